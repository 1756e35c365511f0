"""What learners in a changing world give: how often they were right, and how fast they learnt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, InputError, Result
from engines.contract.pictures import Axis, Curves, Picture, Table
from engines.lab.statistics import half_widths, mean_over, paired
from engines.sorting.needs.asked import (
    ARMS,
    BEGAN,
    BEST,
    INTERVALS,
    NEED,
    RATES,
    SHOWN,
    NeedsSpec,
)

_NAMES = tuple(f"every {interval}" if interval else "never" for interval in INTERVALS)
_TICKS = tuple((float(k), str(i) if i else "never") for k, i in enumerate(INTERVALS))


def chosen_of(right: np.ndarray) -> np.ndarray:
    """int64[interval, net]: the start or rate that is best for all other networks there.

    Args:
        right: float64[start, interval, net].
    """
    return (right.sum(-1, keepdims=True) - right).argmax(0)


def of_kind(right: np.ndarray, kind: str) -> np.ndarray:
    """float64[interval, net]: a kind, each network with the start that is best for all others.

    Args:
        right: float64[arm, interval, net].
        kind: one of `SHOWN`, or `BEGAN`: rates that stay at the starts that are chosen by need.
    """
    rows = right.reshape(len(SHOWN), len(RATES), *right.shape[1:])
    by_kind: dict[str, np.ndarray] = dict(zip(SHOWN, rows, strict=True))
    chosen = chosen_of(by_kind[NEED if kind == BEGAN else kind])
    own = by_kind[BEST if kind == BEGAN else kind]
    return np.take_along_axis(own, chosen[None], 0)[0]


@dataclass(frozen=True, eq=False)
class NeedsFrame(Frame):
    """The stream so far, in windows."""

    batches: np.ndarray
    """int64[window]: the last batch of each."""
    right: np.ndarray
    """float64[window, arm, interval, net]: share right before it was learnt from."""
    rate: np.ndarray
    """float64[window, arm, interval, net]: learning rate, mean over hidden units, at the end."""

    def pictures(self) -> tuple[Picture, ...]:
        """Up to here."""
        if not len(self.batches):
            return ()
        return (by_interval(whole(self.batches, self.right)), *courses(self))


def whole(batches: np.ndarray, right: np.ndarray) -> np.ndarray:
    """float64[arm, interval, net]: over all windows, by their lengths."""
    lengths = np.diff(batches, prepend=0)
    return np.tensordot(lengths / lengths.sum(), right, 1)


@dataclass(frozen=True, eq=False)
class NeedsResult(Result):
    """The whole stream."""

    spec: NeedsSpec
    batches: np.ndarray
    right: np.ndarray
    rate: np.ndarray
    """As in the frames."""

    def at(self, arm: str, interval: int) -> np.ndarray:
        """float64[net]: share right of the stream whose labels change every so many batches.

        Args:
            arm: one of `ARMS`, or `BEGAN`, or of `SHOWN`: with starts that are best for others.
            interval: one of `INTERVALS`.

        Raises:
            InputError: nothing of this name.
        """
        kinds = (*SHOWN, BEGAN)
        if arm not in (*ARMS, *kinds) or interval not in INTERVALS:
            raise InputError(
                f"there is no {arm!r} every {interval} batches; there are: "
                f"{', '.join((*kinds, *ARMS))}, "
                f"every {', '.join(map(str, INTERVALS))} (0 for never)"
            )
        found, k = whole(self.batches, self.right), INTERVALS.index(interval)
        return of_kind(found, arm)[k] if arm in kinds else found[ARMS.index(arm), k]

    def mean(self, arm: str, interval: int) -> Estimate:
        """Mean over networks."""
        of = f"share right, swaps {_NAMES[INTERVALS.index(interval)]}, {arm}"
        return mean_over(self.at(arm, interval), of=of, unit="networks")

    def apart(self, one: str, other: str, interval: int) -> Estimate:
        """One arm less another, network by network."""
        of = f"share right, swaps {_NAMES[INTERVALS.index(interval)]}, {one} less {other}"
        pairs = paired(self.at(other, interval), self.at(one, interval), self.spec.seed)
        return pairs.estimate(of, "networks")

    def gap(self, interval: int) -> Estimate:
        """By need less the best of six, mean over networks."""
        of = f"by need less the best of six, swaps {_NAMES[INTERVALS.index(interval)]}"
        return mean_over(self._gap(interval), of=of, unit="networks")

    def _gap(self, interval: int) -> np.ndarray:
        return self.at(NEED, interval) - self.at(BEST, interval)

    def moments(self) -> tuple[Frame, ...]:
        """The stream as a film, a frame per window."""
        n = len(self.batches)
        return tuple(
            NeedsFrame(self.batches[:k], self.right[:k], self.rate[:k], fraction=k / n)
            for k in range(1, n + 1)
        )

    def pictures(self) -> tuple[Picture, ...]:
        """By interval, the stream, the rates, in numbers."""
        found = whole(self.batches, self.right)
        return (by_interval(found), *courses(self), self.table())

    def table(self) -> Table:
        """Everybody."""
        found = whole(self.batches, self.right)
        arms = tuple(arm for arm in ARMS if arm.startswith((f"{NEED}, from", "stays")))
        rows = np.stack([
            *(of_kind(found, kind) for kind in (*SHOWN, BEGAN)),
            *(found[ARMS.index(arm)] for arm in arms),
        ])  # fmt: skip
        columns = {
            name: tuple(f"{row.mean():.3f} ± {float(half_widths(row)):.2g}" for row in rows[:, k])
            for k, name in enumerate(_NAMES)
        }
        n = found.shape[-1]
        return Table(
            f"Share right of the stream, mean ± 95 % interval of {n} networks, by when labels "
            "change places (batches)",
            {"learning rate": (*SHOWN, BEGAN, *arms), **columns},
        )


def by_interval(found: np.ndarray) -> Curves:
    """Share right by how often labels change places."""
    rows = {arm: of_kind(found, arm) for arm in SHOWN}
    middle = {arm: row.mean(-1) for arm, row in rows.items()}
    half = {arm: half_widths(row) for arm, row in rows.items()}
    return Curves(
        "Right before it is learnt from",
        np.arange(len(INTERVALS), dtype=float),
        middle,
        Axis("batches between two swaps of labels", ticks=_TICKS),
        Axis("share right of the stream"),
        bands={arm: (middle[arm] - half[arm], middle[arm] + half[arm]) for arm in rows},
        dots=middle,
    )


def courses(seen: NeedsFrame | NeedsResult) -> tuple[Curves, Curves]:
    """With most swaps: how often right, and the rates by world; starts that are best there."""
    found = whole(seen.batches, seen.right)
    means = found.mean(-1).reshape(len(SHOWN), len(RATES), len(INTERVALS))
    best = {kind: means[k].argmax(0) + k * len(RATES) for k, kind in enumerate(SHOWN)}
    last = len(INTERVALS) - 1
    shown = {ARMS[best[kind][last]]: seen.right[:, best[kind][last], last].mean(-1)
             for kind in SHOWN}  # fmt: skip
    x = Axis("batch")
    need = {f"swaps {name}, from {RATES[best[NEED][k]]:g}": seen.rate[:, best[NEED][k], k].mean(-1)
            for k, name in enumerate(_NAMES)}  # fmt: skip
    return (
        Curves(f"The stream, a swap {_NAMES[last]} batches",
               seen.batches.astype(float), shown, x, Axis("share right of a window")),
        Curves("Learning rate of those that change it by need", seen.batches.astype(float),
               need, x, Axis("learning rate")),
    )  # fmt: skip
