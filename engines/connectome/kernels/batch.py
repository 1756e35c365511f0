"""Every binary measure of one graph on a table of all pairs, a row of numbers each.

Not a kernel itself: one that calls kernels would be compiled with all of them in it once more.
"""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels import bits

COLUMNS = (
    "reciprocity", "clustering", "transitivity", "path length", "directed path length",
    "efficiency", "directed efficiency", "degree assortativity", "out-in assortativity",
    "pairs", "diameter", "reachable pairs", "directed reachable pairs",
)  # fmt: skip
"""What a row holds; "pairs" counts unordered connected pairs."""


def assortativity(x: np.ndarray, y: np.ndarray, products: float) -> float:
    """Pearson correlation over edges of the two ends' degrees, nan where one side never differs.

    ``x``, ``y`` int64[neuron]: how many edges a neuron begins and ends; ``products``: x of the
    first end times y of the second, over all edges. Newman 2002.
    """
    x, y = x.astype(float), y.astype(float)
    m, sx, sy = x.sum(), (x * x).sum(), (y * y).sum()
    if not m:
        return float("nan")
    vx, vy = (x * x * x).sum() - sx * sx / m, (y * y * y).sum() - sy * sy / m
    if vx <= 1e-9 or vy <= 1e-9:
        return float("nan")
    return float((products - sx * sy / m) / np.sqrt(vx * vy))


def fill_paths(
    row: np.ndarray, counts: np.ndarray, n_possible: float, *, directed: bool
) -> tuple[int, int]:
    """Path length and efficiency of a row; answers the pairs that reach each other and the longest.

    ``counts`` int64[distance]: ordered pairs that lie so many steps apart.
    """
    steps = np.flatnonzero(counts)
    found = counts[steps]
    total = int(found.sum())
    row[3 + directed] = (steps * found).sum() / total if total else np.nan
    row[5 + directed] = (found / steps).sum() / n_possible if n_possible else np.nan
    return total, int(steps.max(initial=0))


def fill_clustering(
    row: np.ndarray, local: np.ndarray, closed: float, degree: np.ndarray, *, skip_small: bool
) -> None:
    """Mean clustering and transitivity of a row; ``closed`` ends of paths of two are joined."""
    counted = local[degree > 1] if skip_small else local
    pairs = float((degree * (degree - 1.0)).sum())
    row[1] = counted.sum() / len(counted) if len(counted) else np.nan
    row[2] = closed / pairs if pairs else np.nan


def fill_rich_club(phi: np.ndarray, degree: np.ndarray, edges: np.ndarray) -> None:
    """Fill float64[k]: density among neurons of degree above k (Colizza et al. 2006), or nan.

    ``edges`` [degree]: connected pairs whose lesser end has that degree, those above k summed up.
    """
    k_max = len(phi)
    members = np.bincount(np.minimum(degree, k_max), minlength=k_max + 1)
    above = np.cumsum(members[:0:-1])[::-1].astype(float)
    joined = np.cumsum(edges[:0:-1])[::-1]
    possible = above * (above - 1.0)
    phi[:] = np.nan
    np.divide(2.0 * joined, possible, out=phi, where=above > 1)


def measure(
    adjacency: np.ndarray,
    skip_small: bool,
    row: np.ndarray,
    phi: np.ndarray,
    triads: np.ndarray,
    local: np.ndarray,
) -> None:
    """Fill float64[COLUMNS], float64[k] of rich club, int64[3, 16] of dyads, float64[n] local.

    ``adjacency`` uint8[n, n] without self-loops; ``skip_small`` leaves neurons with fewer than two
    neighbours out of the mean clustering.
    """
    n = len(adjacency)
    out, into = bits.rows_of(adjacency), bits.rows_of(np.ascontiguousarray(adjacency.T))
    either, both = out | into, out & into
    n_out, n_into, degree, n_both = map(bits.row_sums, (out, into, either, both))
    m = int(n_out.sum())
    row[0] = n_both.sum() / m if m else np.nan
    closed = bits.clustering(either, local)
    fill_clustering(row, local, closed, degree, skip_small=skip_small)
    counts, possible = np.zeros(max(n, 2), np.int64), n * (n - 1.0)
    bits.distances(either, either, counts)
    row[9] = degree.sum() / 2.0
    row[11], row[10] = fill_paths(row, counts, possible, directed=False)
    bits.distances(out, into, counts)
    row[12], _ = fill_paths(row, counts, possible, directed=True)
    edges = np.zeros(len(phi) + 1)
    row[7] = assortativity(degree, degree, bits.products(either, degree, degree, edges))
    row[8] = assortativity(n_out, n_into, bits.products(out, n_out, n_into, edges[:0]))
    fill_rich_club(phi, degree, edges)
    bits.dyads(out & ~into, into & ~out, both, triads)
