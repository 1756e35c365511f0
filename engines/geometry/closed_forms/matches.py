"""How often a random sparse pattern matches a segment that was not meant.

Of n cells ``n_active`` are active; a segment of s synapses sees b of them with hypergeometric
chance (Ahmad & Hawkins 2016, arXiv 1601.00720).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from engines.contract.pictures import Axis
from engines.geometry.closed_forms.beside import Beside, Overlay
from engines.geometry.closed_forms.spec import ClosedFormsSpec

PATTERNS = 20
"""Patterns are so many times as many as deep networks."""
_CELLS_AT_ONCE = 4_000_000
LEAST = 10
"""Matches of all groups together, below which a share is not shown."""
AT_FIRST, LARGER, DENSE = "as asked", "twice the cells", "twice, as dense"


def match_chance(n_cells: int, n_active: int, n_synapses: int, threshold: int) -> float:
    """Chance that at least ``threshold`` of the synapses are on active cells.

    >>> round(match_chance(200, 20, 20, 5), 10)
    0.0345367411
    """
    most = min(n_active, n_synapses)
    ways = sum(
        math.comb(n_synapses, b) * math.comb(n_cells - n_synapses, n_active - b)
        for b in range(threshold, most + 1)
    )
    return ways / math.comb(n_cells, n_active)


def independent_chance(n_cells: int, n_active: int, n_synapses: int, threshold: int) -> float:
    """The same as if every synapse were active by a coin of its own: the binomial law."""
    p = n_active / n_cells
    return sum(
        math.comb(n_synapses, b) * p**b * (1.0 - p) ** (n_synapses - b)
        for b in range(threshold, n_synapses + 1)
    )


def overlaps(
    rng: np.random.Generator, n: int, n_cells: int, n_active: int, n_synapses: int
) -> np.ndarray:
    """int64[pattern]: synapses on active cells; the segment's are on the first cells."""
    keys = rng.random((n, n_cells), dtype=np.float32)
    last = np.partition(keys, n_active - 1, axis=1)[:, n_active - 1]
    return (keys[:, :n_synapses] <= last[:, None]).sum(axis=1)


def blocks(n: int, n_cells: int) -> Iterator[int]:
    """Patterns that are drawn at once: a few million cells, whatever is asked for."""
    at_once = max(1, _CELLS_AT_ONCE // n_cells)
    for first in range(0, n, at_once):
        yield min(at_once, n - first)


def systems(spec: ClosedFormsSpec) -> dict[str, tuple[int, int, int]]:
    """Cells, active cells and synapses of every line."""
    n, a, s = spec.n_cells, spec.n_active, spec.n_synapses
    return {AT_FIRST: (n, a, s), LARGER: (2 * n, a, s), DENSE: (2 * n, 2 * a, s)}


def drawn(spec: ClosedFormsSpec) -> Iterator[Overlay | None]:
    """None while patterns are drawn, and the overlay last."""
    thresholds = np.arange(1, min(spec.n_active, spec.n_synapses, 12) + 1)
    n, rows = PATTERNS * spec.n_draws, []
    for which, (name, sizes) in enumerate(systems(spec).items()):
        shares = np.empty((spec.n_groups, len(thresholds)))
        for group in range(spec.n_groups):
            rng = np.random.default_rng([spec.seed % 2**32, 1, which, group])
            matched = np.zeros(len(thresholds))
            for size in blocks(n, sizes[0]):
                matched += (overlaps(rng, size, *sizes)[:, None] >= thresholds).sum(axis=0)
                yield None
            shares[group] = matched / n
        shares[:, shares.sum(axis=0) * n < LEAST] = np.nan
        theory = np.array([match_chance(*sizes, int(k)) for k in thresholds])
        rows.append(Beside(name, theory, shares))
    x_axis = Axis("threshold, active synapses")
    title = f"Chance matches of {spec.n_active} active cells"
    yield Overlay(title, thresholds.astype(float), x_axis, "share of patterns", tuple(rows),
                  log=True)  # fmt: skip
