"""What merging costs, mixture by mixture, and its pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.geometry.mixtures.spec import N_EXPERTS, MixtureSpec
from engines.lab.statistics import mean_over, paired

ARMS = ("aligned, by how often asked", "not aligned", "groups dealt", "heads kept, others dealt",
        "aligned, equal weights")  # fmt: skip
ALIGNED, PLAIN, DEALT, JOINED, EQUAL = range(len(ARMS))
_SHORT = ("aligned", "not aligned", "groups dealt", "others dealt", "equal weights")


@dataclass(frozen=True)
class MixtureFrame(Frame):
    """What is under way."""

    doing: str

    def pictures(self) -> tuple[Picture, ...]:
        """Nothing is drawn before mixtures have learnt."""
        return (Table("Now", {"": (self.doing,)}),)


@dataclass(frozen=True, eq=False)
class MixtureRun(Result):
    """Cross entropies of held-out digits in nats.

    ``whole`` float64[mixture] with all eight experts; ``rise`` float64[arm, left, mixture] how
    much it rises when as many are left as `MixtureSpec.tried` says. ``right`` float64[mixture] of
    the whole, and ``right_left`` float64[arm, mixture] at the asked number. ``often``
    float64[mixture, expert] how often each is asked; ``alike`` float64[expert, expert] cosines of
    the first mixture's router.
    """

    spec: MixtureSpec
    whole: np.ndarray
    rise: np.ndarray
    right: np.ndarray
    right_left: np.ndarray
    often: np.ndarray
    alike: np.ndarray

    def costs(self, arm: int) -> Estimate:
        """Rise of the cross entropy at the asked number of experts."""
        return mean_over(self._at(arm), of=f"rise in nats, {ARMS[arm]}", unit="mixtures")

    def costs_less(self, arm: int, other: int) -> Estimate:
        """Of one arm less that of another, mixture by mixture."""
        pair = paired(self._at(other), self._at(arm), self.spec.seed)
        return pair.estimate("difference", "mixtures")

    def _at(self, arm: int) -> np.ndarray:
        return self.rise[arm, self.spec.tried.index(self.spec.n_left)]

    def pictures(self) -> tuple[Picture, ...]:
        """What merging costs, by how many are left and by how; who is asked; the router."""
        left = np.array(self.spec.tried, float)
        lines = {name: self.rise[arm].mean(axis=1) for arm, name in enumerate(_SHORT)}
        course = Curves("What merging costs", left, lines, Axis("experts left"),
                        Axis("rise of cross entropy, nats"))  # fmt: skip
        return (course, self._bars(), self._asked(), self._router(), self._table())

    def _bars(self) -> Bars:
        found = [self.costs(arm) for arm in range(len(ARMS))]
        ends = np.array([(one.low, one.high) for one in found])
        ticks = tuple((float(k), name) for k, name in enumerate(_SHORT))
        heights = np.array([one.value for one in found])
        return Bars(
            f"{self.spec.n_left} of {N_EXPERTS} experts left", heights, Axis("", ticks=ticks),
            Axis("rise of cross entropy, nats"), whiskers=(ends[:, 0], ends[:, 1]),
        )  # fmt: skip

    def _asked(self) -> Bars:
        order = np.sort(self.often, axis=1)[:, ::-1]
        ticks = tuple((float(k), str(k + 1)) for k in range(N_EXPERTS))
        x = Axis("expert, most asked first", ticks=ticks)
        return Bars("How often experts are asked", order.mean(axis=0), x, Axis("share of digits"))

    def _router(self) -> Heatmap:
        return Heatmap("Router columns of the first mixture", self.alike, Axis("expert"),
                       Axis("expert"), Axis("cosine"))  # fmt: skip

    def _table(self) -> Table:
        rows = [f"{self.costs(arm)}".partition(", n =")[0] for arm in range(len(ARMS))]
        return Table(
            f"Means of {len(self.whole)} mixtures (whole: {self.right.mean():.1%} right, "
            f"{self.whole.mean():.3f} nats)",
            {"experts of a group become their mean": ARMS, "rise in nats, 95 %": tuple(rows),
             "read right": tuple(f"{one:.1%}" for one in self.right_left.mean(axis=1))},
        )  # fmt: skip
