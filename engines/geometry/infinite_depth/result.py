"""What a run yields: frames while sets are learnt, and what deep kernels became."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Curves, Picture, Points, Table
from engines.geometry.infinite_depth.classifiers import LIMITS
from engines.geometry.infinite_depth.kernels import KINDS
from engines.geometry.infinite_depth.spec import InfiniteDepthSpec
from engines.lab.statistics import half_widths, mean_over, paired

_SETS = "sets of points"


@dataclass(frozen=True)
class InfiniteDepthFrame(Frame):
    """What is under way."""

    doing: str

    def pictures(self) -> tuple[Picture, ...]:
        """Nothing is drawn before there are answers."""
        return (Table("Now", {"": (self.doing,)}),)


@dataclass(frozen=True, eq=False)
class InfiniteDepthRun(Result):
    """Answers of every activation and depth beside those of three classifiers.

    ``agreement`` float64[kind, depth, limit, set]; ``error`` float64[kind, depth, set] and
    ``limit_error`` float64[limit, set] on true labels. Of the first set: ``asked`` float64[point,
    3] and ``answers`` int64[kind, point] of the deepest networks.
    """

    spec: InfiniteDepthSpec
    agreement: np.ndarray
    error: np.ndarray
    limit_error: np.ndarray
    between: np.ndarray
    """float64[set]: how often nearest neighbour and votes by distance agree."""
    asked: np.ndarray
    answers: np.ndarray

    def agrees(self, kind: str, limit: str | None = None, depth: int = -1) -> Estimate:
        """How often a network answers as a classifier does: its own limit when none is named."""
        of = f"answers as {LIMITS[limit or kind]}, {kind}"
        return mean_over(self._agreement(kind, limit, depth), of=of, unit=_SETS)

    def rather(self, kind: str, limit: str, depth: int = -1) -> Estimate:
        """How much more often as its own limit than as another, set by set."""
        other, own = (self._agreement(kind, one, depth) for one in (limit, None))
        return paired(other, own, self.spec.seed).estimate("difference", _SETS)

    def _agreement(self, kind: str, limit: str | None, depth: int) -> np.ndarray:
        return self.agreement[KINDS.index(kind), depth, KINDS.index(limit or kind)]

    def errs(self, kind: str) -> Estimate:
        """Error of the deepest networks on true labels."""
        return mean_over(self.error[KINDS.index(kind), -1], of=f"error, {kind}", unit=_SETS)

    def more_error(self, kind: str, other: str) -> Estimate:
        """Of one kind less another, set by set."""
        less, more = (self.error[KINDS.index(one), -1] for one in (other, kind))
        return paired(less, more, self.spec.seed).estimate("difference", _SETS)

    def pictures(self) -> tuple[Picture, ...]:
        """Agreement and errors by depth, answers on the sphere, and numbers."""
        return (self._agreements(), self._errors(), *map(self._map, KINDS), self._table())

    @property
    def _depth_axis(self) -> Axis:
        ticks = tuple((float(np.log10(n)), f"{n:,}") for n in self.spec.depths)
        return Axis("layers", ticks=ticks)

    def _agreements(self) -> Curves:
        each = {LIMITS[kind]: self.agreement[k, :, k] for k, kind in enumerate(KINDS)}
        drawn = {"nearest neighbour and votes": np.tile(self.between, (len(self.spec.depths), 1))}
        return self._curves("Deep networks answer as ...", {**each, **drawn}, "share of answers",
                            large=True)  # fmt: skip

    def _errors(self) -> Curves:
        each = {kind: self.error[k] for k, kind in enumerate(KINDS)}
        last = {"votes by distance": np.tile(self.limit_error[-1], (len(self.spec.depths), 1))}
        return self._curves("Error on true labels", {**each, **last}, "share of points")

    def _curves(
        self, title: str, each: dict[str, np.ndarray], label: str, *, large: bool = False
    ) -> Curves:
        lines = {name: values.mean(axis=-1) for name, values in each.items()}
        half = {name: half_widths(values) for name, values in each.items()}
        bands = {name: (lines[name] - half[name], lines[name] + half[name]) for name in lines}
        x = np.log10(np.array(self.spec.depths, float))
        return Curves(title, x, lines, self._depth_axis, Axis(label), bands, large=large)

    def _map(self, kind: str) -> Points:
        """The eighth of the sphere as a triangle: a corner is where one coordinate is all."""
        share = self.asked**2
        xy = np.stack([share[:, 1] + 0.5 * share[:, 2], 0.75**0.5 * share[:, 2]], axis=1)
        said = self.answers[KINDS.index(kind)]
        names = tuple("near a corner" if one > 0 else "between" for one in said)
        bare = Axis("", ticks=((-9.0, ""),))
        return Points(kind.capitalize(), xy, bare, bare, names, square=True)

    def _table(self) -> Table:
        rows = [(kind, k, depth) for k, kind in enumerate(KINDS)
                for depth in range(len(self.spec.depths))]  # fmt: skip
        said = [self.agrees(kind, depth=depth) for kind, _, depth in rows]
        spec = self.spec
        return Table(
            f"{spec.n_sets} sets of {spec.n_learnt} points, {100 * spec.flipped:g} % of labels "
            f"flipped, seed {spec.seed}; 95 % t intervals over sets",
            {
                "activation with": tuple(kind for kind, _, _ in rows),
                "layers": np.array([spec.depths[depth] for _, _, depth in rows]),
                "should answer as": tuple(LIMITS[kind] for kind, _, _ in rows),
                "does": np.array([one.value for one in said]),
                "low": np.array([one.low for one in said]),
                "high": np.array([one.high for one in said]),
                "error": np.array([self.error[k, depth].mean() for _, k, depth in rows]),
            },
        )
