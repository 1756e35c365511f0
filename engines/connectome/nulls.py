"""Random wirings like a graph, and every measure of each; drawn in batches that can be stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from engines.connectome.graph import Graph, connectome_of
from engines.connectome.spec import MeasuresSpec
from engines.contract import InputError

DENSE_MAX = 6_000
"""Neurons; a null is drawn on a table of all pairs."""
BATCH_S = 0.06
_FAMILY = {
    "directed degree": 0,
    "class blocks": 1,
    "distance bins": 2,
    "undirected degree": 3,
    "random graph": 4,
}
N_DISTANCE_BINS = 12


@dataclass(frozen=True, eq=False)
class Numbers:
    """Measures of one or many graphs: float64[graph, column], [graph, k] and [graph, 13].

    ``columns`` are named in ``kernels.batch.COLUMNS``; ``rich_club`` is density above degree k;
    ``motifs`` counts in the order of ``motifs.NAMES``.
    """

    columns: np.ndarray
    rich_club: np.ndarray
    motifs: np.ndarray

    def first(self, n: int) -> Numbers:
        """The first ``n`` graphs."""
        return Numbers(self.columns[:n], self.rich_club[:n], self.motifs[:n])


def seeds_of(seed: int, n: int) -> np.ndarray:
    """uint64[n] seeds of nulls: the first n are the same however many are drawn."""
    from engines.connectome.kernels.random import words

    return words(np.uint64(seed), n)


class NullRun:
    """Draws nulls of one graph batch by batch; every null depends on its own seed alone."""

    def __init__(self, graph: Graph, spec: MeasuresSpec) -> None:
        """Raise InputError for a graph no null model of this family can shuffle."""
        if graph.n > DENSE_MAX:
            raise InputError(
                f"nulls are drawn for at most {DENSE_MAX:,} neurons, this wiring has {graph.n:,}; "
                "raise the threshold, lesion a part, or set Nulls to 0"
            )
        self.spec, self.n_done = spec, 0
        undirected = spec.null == "undirected degree"
        source = graph.undirected if undirected else graph.binary
        self.adjacency = np.ascontiguousarray(source.toarray().astype(np.uint8))
        if undirected:
            pre, post = source.nonzero()
            upper = pre < post
            self.pre, self.post = pre[upper].astype(np.int32), post[upper].astype(np.int32)
        else:
            self.pre, self.post = graph.pre, graph.post
        self.family = _FAMILY.get(spec.null, 0)
        self.group, self.distance_bin = _rules(graph, spec)
        self.seeds = seeds_of(spec.seed, spec.n_nulls)
        n, k = spec.n_nulls, n_rich(graph)
        self._rows = np.full((n, _n_columns()), np.nan)
        self._phi = np.full((n, k), np.nan)
        self._triads = np.zeros((n, 3, 16), np.int64)

    def numbers(self) -> Numbers:
        """The nulls drawn so far."""
        from engines.connectome import motifs

        done = slice(0, self.n_done)
        counted = self._triads[done].reshape(self.n_done, -1) @ motifs.shares().T
        return Numbers(self._rows[done], self._phi[done], counted)

    def batches(self) -> Iterator[int]:
        """Draw all, telling after each batch how many are done."""
        import numba

        n_threads = max(1, numba.get_num_threads())
        n_batch = n_threads
        with ThreadPoolExecutor(n_threads) as threads:
            while self.n_done < self.spec.n_nulls:
                began = time.perf_counter()
                n = min(n_batch, self.spec.n_nulls - self.n_done)
                cuts = np.linspace(self.n_done, self.n_done + n, n_threads + 1).astype(int)
                list(threads.map(self._draw, cuts[:-1], cuts[1:]))
                self.n_done += n
                took = time.perf_counter() - began
                grown = int(n_batch * BATCH_S / max(took, 1e-6))
                n_batch = max(n_threads, min(4 * n_batch, grown))
                yield self.n_done

    def _draw(self, first: int, last: int) -> None:
        from engines.connectome.kernels import batch

        if last <= first or len(self.adjacency) < 2:
            return
        here = slice(first, last)
        batch.nulls(
            self.adjacency,
            self.pre,
            self.post,
            self.seeds[here],
            round(self.spec.swaps_per_edge * len(self.pre)),
            self.family,
            self.group,
            self.distance_bin,
            self.spec.small_degree == "is left out",
            self._rows[here],
            self._phi[here],
            self._triads[here],
        )


def _n_columns() -> int:
    from engines.connectome.kernels.batch import COLUMNS

    return len(COLUMNS)


def n_rich(graph: Graph) -> int:
    """How many degrees the rich-club curve has: 0 to the largest."""
    return int(graph.degree.max(initial=0)) + 1


def observed(graph: Graph, spec: MeasuresSpec) -> tuple[Numbers, np.ndarray]:
    """The graph's numbers by the kernels that measure its nulls; float64[neuron] clustering."""
    from engines.connectome import motifs
    from engines.connectome.kernels import batch

    source = graph.undirected if spec.null == "undirected degree" else graph.binary
    row, phi = np.full(_n_columns(), np.nan), np.full(n_rich(graph), np.nan)
    triads, local = np.zeros((3, 16), np.int64), np.zeros(graph.n)
    if graph.n and graph.n <= DENSE_MAX:
        dense = np.ascontiguousarray(source.toarray().astype(np.uint8))
        batch.measure(dense, spec.small_degree == "is left out", row, phi, triads, local)
    counted = motifs.shares() @ triads.ravel()
    return Numbers(row[None], phi[None], counted[None]), local


def _rules(graph: Graph, spec: MeasuresSpec) -> tuple[np.ndarray, np.ndarray]:
    """int32[neuron] classes and int16[neuron, neuron] bins of distance, where they are needed."""
    no_bins = np.zeros((1, 1), np.int16)
    group = np.zeros(graph.n, np.int32)
    if spec.null == "class blocks":
        classes = np.array(connectome_of(spec.wiring).column("class"))[graph.members]
        if not any(classes):
            raise InputError("this connectome names no classes; choose another null model")
        return np.unique(classes, return_inverse=True)[1].astype(np.int32), no_bins
    if spec.null == "distance bins":
        places = connectome_of(spec.wiring).position_um
        if not len(places) or not np.isfinite(places).any():
            raise InputError("this connectome has no soma positions; choose another null model")
        return group, distance_bins(places[graph.members])
    return group, no_bins


def distance_bins(places_um: np.ndarray) -> np.ndarray:
    """int16[neuron, neuron]: bins with equally many pairs; unknown places share bin -1."""
    gap = np.linalg.norm(places_um[:, None] - places_um[None], axis=2)
    known = np.isfinite(gap)
    edges = np.quantile(gap[known], np.linspace(0, 1, N_DISTANCE_BINS + 1)[1:-1])
    return np.where(known, np.searchsorted(edges, gap), -1).astype(np.int16)


def empirical_p(real: np.ndarray, nulls: np.ndarray) -> np.ndarray:
    """float64[measure], two-sided (r + 1) / (K + 1): nulls at least as far from their mean.

    ``real`` float64[measure], ``nulls`` float64[null, measure]. North, Curtis & Sham 2002.
    """
    centre = nulls.mean(axis=0)
    # A whisker, so that equal sums in another order of adding count as equal.
    tolerance = 1e-12 * (np.abs(centre) + np.abs(real))
    further = np.abs(nulls - centre) >= np.abs(real - centre) - tolerance
    return np.where(np.isfinite(real), (further.sum(axis=0) + 1.0) / (len(nulls) + 1.0), np.nan)


def z_scores(real: np.ndarray, nulls: np.ndarray) -> np.ndarray:
    """float64[measure]: distance from the nulls' mean in their standard deviations, or nan."""
    spread = nulls.std(axis=0)
    scale = 1e-9 * (np.abs(nulls.mean(axis=0)) + 1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > scale, (real - nulls.mean(axis=0)) / spread, np.nan)


def holm(p: np.ndarray) -> np.ndarray:
    """float64: p corrected for all finite members of the family (Holm 1979).

    >>> holm(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    out = np.full(len(p), np.nan)
    there = np.flatnonzero(np.isfinite(p))
    order = there[np.argsort(p[there], kind="stable")]
    factor = len(order) - np.arange(len(order))
    out[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * factor))
    return out
