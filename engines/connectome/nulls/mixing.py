"""Whether walks from a wiring to its nulls were long enough to forget where they began."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PROBES_MAX = 64
"""Walks that are also looked at half way."""
_PROBES_MIN = 8
_ERRORS = 4.0
"""Standard errors by which half way and end must differ to count as different."""
IN_PLACE_MAX = 0.02
"""Share of edges that may still leave their places; it varies too little to be held to its sd."""
WATCHED = {
    "reciprocity": 0, "clustering": 1, "transitivity": 2, "path length": 3,
    "directed path length": 4, "degree assortativity": 7, "out-in assortativity": 8,
}  # fmt: skip
"""Measures, by their columns, that must not move any more; besides the edges still in place."""


@dataclass(frozen=True)
class Mixing:
    """How far walks went, and whether their second half still changed anything.

    ``effective``: how many perfect draws would know the nulls' mean as well as these do, which is
    all of them once the start is forgotten: s2 / (b2 + s2 / K) for the worst measure, whose bias b
    is what its second half still moved, prolonged as it slowed down.
    """

    family: str
    n_nulls: int
    attempts_per_edge: float
    accepted_per_edge: float
    in_place: float
    """Mean share of the wiring's edges that a null still has."""
    n_probes: int
    effective: float
    worst: str
    """What moved most between half way and the end."""
    drift: float
    """By how many of the nulls' standard deviations."""

    @property
    def judged(self) -> bool:
        """Whether there were walks enough to tell."""
        return self.n_probes >= _PROBES_MIN

    @property
    def mixed(self) -> bool:
        """Whether nothing was seen to move any more."""
        return self.accepted_per_edge > 0 and (
            not self.judged or self.effective >= self.n_nulls / 2
        )

    def __str__(self) -> str:
        """All of it, as sentences."""
        said = (
            f"{self.attempts_per_edge:,.3g} attempts and {self.accepted_per_edge:,.3g} accepted "
            f"swaps per edge; {self.in_place:.1%} of the edges are still in place"
        )
        if not self.accepted_per_edge:
            return (
                f"Not mixed: no swap keeps what '{self.family}' keeps, so every null is the wiring "
                "itself; choose another null model."
            )
        if not self.judged:
            return f"{said}; fewer than {_PROBES_MIN} nulls cannot tell whether they are mixed."
        said += f"; effective sample size {self.effective:,.3g} of {self.n_nulls:,}."
        if self.mixed:
            return f"Mixed: {said}"
        return (
            f"Not mixed: {self.worst} still moves by {self.drift:.2g} sd in the second half of the "
            f"walks, so z and p are wrong; raise Swaps per edge. {said}"
        )


def independent(family: str, n_nulls: int) -> Mixing:
    """Of nulls that are drawn anew instead of walked to."""
    return Mixing(family, n_nulls, 0.0, float("inf"), float("nan"), 0, float(n_nulls), "", 0.0)


def judged(
    start: np.ndarray, half: np.ndarray, end: np.ndarray, n_nulls: int
) -> tuple[float, str, float]:
    """Effective sample size, the worst measure, and its drift in standard deviations.

    Args:
        start: float64[measure] of the wiring: edges in place, then those of ``WATCHED``.
        half: float64[walk, measure] half way.
        end: float64[walk, measure] at the end.
        n_nulls: how many nulls there are.
    """
    worst = float(n_nulls), "", 0.0
    names = ("the share of edges in place", *WATCHED)
    for k in range(start.size):
        moved = end[:, k] - half[:, k]
        error, spread = moved.std() / np.sqrt(len(moved)), end[:, k].std()
        if not np.isfinite(moved).all() or abs(moved.mean()) <= _ERRORS * error:
            continue
        before = abs(half[:, k].mean() - start[k])
        slowing = min(0.99, abs(moved.mean()) / max(before, 1e-12))
        bias = abs(moved.mean()) * max(1.0, slowing / (1.0 - slowing))
        if k == 0 and bias <= IN_PLACE_MAX:
            continue
        variance = max(spread**2, 1e-12)
        effective = variance / (bias**2 + variance / n_nulls)
        if effective < worst[0]:
            worst = float(effective), names[k], float(abs(moved.mean()) / np.sqrt(variance))
    return worst
