"""How a null is drawn and measured: on a table of all pairs, or on rows where that is too large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from engines.connectome.measures.numbers import DENSE_MAX, N_SOURCES
from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.nulls.dealing import random_ends
from engines.connectome.wiring.connectome import Connectome
from engines.connectome.wiring.graph import Graph
from engines.contract import InputError

N_DISTANCE_BINS = 12
_PAIRS_MAX = 2_000_000
FREE, BLOCKS, DISTANCES, UNDIRECTED, RANDOM = range(5)
_FAMILY = {
    "directed degree": FREE,
    "class blocks": BLOCKS,
    "distance bins": DISTANCES,
    "undirected degree": UNDIRECTED,
    "random graph": RANDOM,
}


class Draw(Protocol):
    """Draws one null per seed and measures it; threads may call it at once."""

    def nulls(
        self, seeds: np.ndarray, rows: np.ndarray, phi: np.ndarray, triads: np.ndarray
    ) -> None:
        """Fill a row of each output per uint64 seed."""
        ...

    def real(self, row: np.ndarray, phi: np.ndarray, triads: np.ndarray, local: np.ndarray) -> None:
        """Measure the graph itself in the same way."""
        ...


def draw_of(
    graph: Graph, spec: MeasuresSpec, connectome: Connectome | None, *, rows: bool | None = None
) -> Draw:
    """By size, or as ``rows`` says; without a ``connectome`` no class or distance is known."""
    large = graph.n > DENSE_MAX if rows is None else rows
    rules = _rules(graph, spec, connectome, large=large)
    return OnRows(graph, spec, rules) if large else OnTable(graph, spec, rules)


@dataclass(frozen=True, eq=False)
class Rules:
    """What swaps must keep: int32[neuron] classes; bins of distance, as a table or by place."""

    group: np.ndarray
    bins: np.ndarray
    place_um: np.ndarray
    edges_um: np.ndarray


def _rules(
    graph: Graph, spec: MeasuresSpec, connectome: Connectome | None, *, large: bool
) -> Rules:
    group, no_bins = np.zeros(graph.n, np.int32), np.zeros((1, 1), np.int16)
    nowhere, no_edges = np.zeros((1, 3)), np.zeros(0)
    if spec.null == "class blocks" and connectome is not None:
        classes = np.array(connectome.column("class"))[graph.members]
        if not any(classes):
            raise InputError("this connectome names no classes; choose another null model")
        group = np.unique(classes, return_inverse=True)[1].astype(np.int32)
    if spec.null == "distance bins" and connectome is not None:
        places = connectome.position_um
        if not len(places) or not np.isfinite(places).any():
            raise InputError("this connectome has no soma positions; choose another null model")
        places = np.ascontiguousarray(places[graph.members])
        if large:
            return Rules(group, no_bins, places, sampled_bin_edges(places))
        return Rules(group, distance_bins(places), nowhere, no_edges)
    return Rules(group, no_bins, nowhere, no_edges)


def _bin_edges(gap_um: np.ndarray) -> np.ndarray:
    return np.quantile(gap_um, np.linspace(0, 1, N_DISTANCE_BINS + 1)[1:-1])


def distance_bins(places_um: np.ndarray) -> np.ndarray:
    """int16[neuron, neuron]: bins with equally many pairs; unknown places share bin -1."""
    gap = np.linalg.norm(places_um[:, None] - places_um[None], axis=2)
    known = np.isfinite(gap)
    edges = _bin_edges(gap[known])
    return np.where(known, np.searchsorted(edges, gap), -1).astype(np.int16)


def sampled_bin_edges(places_um: np.ndarray) -> np.ndarray:
    """float64[bin - 1] in micrometres: bins with about equally many pairs, from a sample."""
    rng = np.random.Generator(np.random.Philox(13))
    ends = rng.integers(0, len(places_um), (2, _PAIRS_MAX))
    gap = np.linalg.norm(places_um[ends[0]] - places_um[ends[1]], axis=1)
    return _bin_edges(gap[np.isfinite(gap) & (ends[0] != ends[1])])


class OnTable:
    """Nulls on uint8[neuron, neuron]; exact distances between all pairs."""

    def __init__(self, graph: Graph, spec: MeasuresSpec, rules: Rules) -> None:
        undirected = spec.null == "undirected degree"
        source = graph.undirected if undirected else graph.binary
        self.table = np.ascontiguousarray(source.toarray().astype(np.uint8))
        self.pre, self.post = graph.pre, graph.post
        if undirected:
            self.pre, self.post = (a.astype(np.int32) for a in np.nonzero(np.triu(self.table)))
        self.spec, self.rules = spec, rules

    def nulls(
        self, seeds: np.ndarray, rows: np.ndarray, phi: np.ndarray, triads: np.ndarray
    ) -> None:
        """As `Draw.nulls`."""
        local = np.empty(len(self.table))
        for k, seed in enumerate(seeds if len(self.table) > 1 else ()):
            self._measure(self.shuffled(seed), rows[k], phi[k], triads[k], local)

    def shuffled(self, seed: np.uint64) -> np.ndarray:
        """uint8[neuron, neuron] of one null."""
        from engines.connectome.kernels import swaps

        drawn, rule = self.table.copy(), _FAMILY.get(self.spec.null, FREE)
        ends = drawn, self.pre.copy(), self.post.copy()
        n_attempts = round(self.spec.swaps_per_edge * len(self.pre))
        if rule == RANDOM:
            swaps.random_edges(*ends, seed)
        elif rule == UNDIRECTED:
            swaps.swap_undirected(*ends, swaps.ANYWHERE, n_attempts, seed)
        else:
            kept = self.rules.group, self.rules.bins
            swaps.swap_directed(*ends, n_attempts, seed, rule, *kept)
        return drawn

    def real(self, row: np.ndarray, phi: np.ndarray, triads: np.ndarray, local: np.ndarray) -> None:
        """As `Draw.real`."""
        self._measure(self.table, row, phi, triads, local)

    def _measure(self, table: np.ndarray, row: np.ndarray, phi: np.ndarray, triads: np.ndarray,
                 local: np.ndarray) -> None:  # fmt: skip
        from engines.connectome.kernels import batch

        batch.measure(table, self.spec.small_degree == "is left out", row, phi, triads, local)


class OnRows:
    """Nulls of any size on rows of neighbours; paths from a sample of sources."""

    def __init__(self, graph: Graph, spec: MeasuresSpec, rules: Rules) -> None:
        self.n, self.spec, self.rules = graph.n, spec, rules
        source = graph.undirected if spec.null == "undirected degree" else graph.binary
        source.sort_indices()
        self.starts = source.indptr.astype(np.int64)
        self.post = source.indices.astype(np.int32)
        self.pre = np.repeat(np.arange(graph.n, dtype=np.int32), np.diff(self.starts))
        rng = np.random.Generator(np.random.Philox([spec.seed, 17]))
        n_sources = min(N_SOURCES, graph.n)
        self.sources = np.sort(rng.choice(graph.n, n_sources, replace=False)).astype(np.int32)

    def nulls(
        self, seeds: np.ndarray, rows: np.ndarray, phi: np.ndarray, triads: np.ndarray
    ) -> None:
        """As `Draw.nulls`."""
        local = np.empty(self.n)
        for k, seed in enumerate(seeds):
            ends = self.shuffled(seed)
            self._measure(*ends, rows[k], phi[k], triads[k], local)

    def shuffled(self, seed: np.uint64) -> tuple[np.ndarray, np.ndarray]:
        """int32[edge] ends of one null, the first sorted."""
        from engines.connectome.kernels import rows

        post, rule = self.post.copy(), _FAMILY.get(self.spec.null, FREE)
        if rule == RANDOM:
            rng = np.random.Generator(np.random.Philox(int(seed)))
            pre, post = random_ends(rng, self.n, len(post))
            order = np.argsort(pre, kind="stable")
            return pre[order], post[order]
        n_attempts = round(self.spec.swaps_per_edge * len(post))
        if rule == UNDIRECTED:
            twin = rows.twins(self.starts, post)
            rows.swap_undirected(self.starts, self.pre, post, twin, n_attempts // 2, seed)
            return self.pre, post
        kept = self.rules.group, self.rules.place_um, self.rules.edges_um
        rows.swap_directed(self.starts, self.pre, post, n_attempts, seed, rule, *kept)
        return self.pre, post

    def real(self, row: np.ndarray, phi: np.ndarray, triads: np.ndarray, local: np.ndarray) -> None:
        """As `Draw.real`."""
        self._measure(self.pre, self.post, row, phi, triads, local)

    def _measure(self, pre: np.ndarray, post: np.ndarray, row: np.ndarray, phi: np.ndarray,
                 triads: np.ndarray, local: np.ndarray) -> None:  # fmt: skip
        from engines.connectome.kernels import census

        left_out = self.spec.small_degree == "is left out"
        census.measure(self.n, pre, post, left_out, self.sources, row, phi, triads, local)
