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

NO_TABLE = np.zeros((1, 1), np.uint8)
N_DISTANCE_BINS = 12
_PAIRS_MAX = 2_000_000
FREE, BLOCKS, DISTANCES, UNDIRECTED, RANDOM = range(5)
_FEW_EDGES = 32
EXCURSION_EDGES_MAX = 5_000
"""Edges up to which a walk leaves its rule for a while; ways back are too rare above."""
_FAMILY = {
    "directed degree": FREE,
    "degrees and strengths": FREE,
    "class blocks": BLOCKS,
    "distance bins": DISTANCES,
    "undirected degree": UNDIRECTED,
    "random graph": RANDOM,
}


@dataclass(frozen=True, eq=False)
class Walker:
    """A wiring on its way to a null: its table uint8[n, n] or none, int32[edge] ends."""

    table: np.ndarray
    pre: np.ndarray
    post: np.ndarray


class Draw(Protocol):
    """Walks from a wiring to a null and measures it; threads may call it at once."""

    n_edges: int
    """Edges that steps exchange."""

    def start(self) -> Walker:
        """A copy of the wiring, to walk from."""
        ...

    def step(self, walker: Walker, n_attempts: int, seed: np.uint64) -> int:
        """Try steps, or draw a random graph; counts those that were taken."""
        ...

    def in_place(self, walker: Walker) -> float:
        """Share of the wiring's edges that the walker still has."""
        ...

    def measure(
        self, walker: Walker, row: np.ndarray, phi: np.ndarray, triads: np.ndarray,
        local: np.ndarray,
    ) -> None:  # fmt: skip
        """Fill a row of each output."""
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


def _away_odds(n_edges: int) -> float:
    """What a wiring off its rule counts, per two edges, so that walks are mostly at home."""
    if n_edges > EXCURSION_EDGES_MAX:
        return 0.0
    # Few edges leave few ways out, and ways back are found soon.
    return 0.5 if n_edges <= _FEW_EDGES else 1.0 / n_edges


class OnTable:
    """Nulls on uint8[neuron, neuron]; exact distances between all pairs."""

    def __init__(self, graph: Graph, spec: MeasuresSpec, rules: Rules) -> None:
        undirected = spec.null == "undirected degree"
        source = graph.undirected if undirected else graph.binary
        self.table = np.ascontiguousarray(source.toarray().astype(np.uint8))
        self.pre, self.post = graph.pre, graph.post
        if undirected:
            self.pre, self.post = (a.astype(np.int32) for a in np.nonzero(np.triu(self.table)))
        self.starts = np.searchsorted(self.pre, np.arange(graph.n + 1)).astype(np.int64)
        self.spec, self.rules, self.n_edges = spec, rules, len(self.pre)
        self.rule = _FAMILY.get(spec.null, FREE)

    def start(self) -> Walker:
        """As `Draw.start`."""
        return Walker(self.table.copy(), self.pre.copy(), self.post.copy())

    def step(self, walker: Walker, n_attempts: int, seed: np.uint64) -> int:
        """As `Draw.step`."""
        from engines.connectome.kernels import swaps, walks

        ends = walker.table, walker.pre, walker.post
        if self.n_edges < 2:
            return 0
        if self.rule == RANDOM:
            swaps.random_edges(*ends, seed)
            return self.n_edges
        if self.rule == UNDIRECTED:
            return swaps.swap_undirected(*ends, swaps.ANYWHERE, n_attempts, seed)
        rules, odds = self.rules, _away_odds(self.n_edges)
        kept = rules.group, rules.bins, rules.place_um, rules.edges_um, odds
        rows = walker.table, self.starts, walker.pre, walker.post
        return walks.walk(*rows, n_attempts, seed, self.rule, *kept)

    def in_place(self, walker: Walker) -> float:
        """As `Draw.in_place`."""
        return float(walker.table[self.pre, self.post].mean()) if self.n_edges else 1.0

    def measure(
        self, walker: Walker, row: np.ndarray, phi: np.ndarray, triads: np.ndarray,
        local: np.ndarray,
    ) -> None:  # fmt: skip
        """As `Draw.measure`."""
        from engines.connectome.kernels import batch

        left_out = self.spec.small_degree == "is left out"
        batch.measure(walker.table, left_out, row, phi, triads, local)


class OnRows:
    """Nulls of any size on rows of neighbours; paths from a sample of sources."""

    def __init__(self, graph: Graph, spec: MeasuresSpec, rules: Rules) -> None:
        self.n, self.spec, self.rules = graph.n, spec, rules
        source = graph.undirected if spec.null == "undirected degree" else graph.binary
        source.sort_indices()
        self.starts = source.indptr.astype(np.int64)
        self.post = source.indices.astype(np.int32)
        self.pre = np.repeat(np.arange(graph.n, dtype=np.int32), np.diff(self.starts))
        self.rule = _FAMILY.get(spec.null, FREE)
        self.n_edges = len(self.post) // (2 if self.rule == UNDIRECTED else 1)
        rng = np.random.Generator(np.random.Philox([spec.seed, 17]))
        n_sources = min(N_SOURCES, graph.n)
        self.sources = np.sort(rng.choice(graph.n, n_sources, replace=False)).astype(np.int32)

    def start(self) -> Walker:
        """As `Draw.start`; random graphs overwrite the senders, all others share them."""
        pre = self.pre.copy() if self.rule == RANDOM else self.pre
        return Walker(NO_TABLE, pre, self.post.copy())

    def step(self, walker: Walker, n_attempts: int, seed: np.uint64) -> int:
        """As `Draw.step`."""
        from engines.connectome.kernels import rows, walks

        if self.n_edges < 2:
            return 0
        if self.rule == RANDOM:
            rng = np.random.Generator(np.random.Philox(int(seed)))
            pre, post = random_ends(rng, self.n, self.n_edges)
            order = np.argsort(pre, kind="stable")
            walker.pre[:], walker.post[:] = pre[order], post[order]
            return self.n_edges
        if self.rule == UNDIRECTED:
            twin = rows.twins(self.starts, walker.post, walker.pre)
            return rows.swap_undirected(
                self.starts, walker.pre, walker.post, twin, n_attempts, seed
            )
        rules, odds = self.rules, _away_odds(self.n_edges)
        kept = rules.group, rules.bins, rules.place_um, rules.edges_um, odds
        ends = walker.table, self.starts, walker.pre, walker.post
        return walks.walk(*ends, n_attempts, seed, self.rule, *kept)

    def in_place(self, walker: Walker) -> float:
        """As `Draw.in_place`."""
        real = self.pre.astype(np.int64) * self.n + self.post
        null = walker.pre.astype(np.int64) * self.n + walker.post
        return float(np.isin(real, null).mean()) if self.n_edges else 1.0

    def measure(
        self, walker: Walker, row: np.ndarray, phi: np.ndarray, triads: np.ndarray,
        local: np.ndarray,
    ) -> None:  # fmt: skip
        """As `Draw.measure`."""
        from engines.connectome.kernels import census

        ends, left_out = (walker.pre, walker.post), self.spec.small_degree == "is left out"
        census.measure(self.n, *ends, left_out, self.sources, row, phi, triads, local)
