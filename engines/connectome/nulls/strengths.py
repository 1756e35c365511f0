"""How strength is spread over neurons, held against the same weights dealt out by chance.

Where a null keeps every neuron's degrees, the strengths it gives are known as soon as the weights
are dealt: each neuron gets as many as it has edges, whoever its partners are. So no edge is moved
for them. Among random graphs degrees are drawn anew as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.nulls.dealing import random_ends
from engines.connectome.wiring.graph import Graph
from engines.contract.pictures import Axis, Curves

KINDS = ("in-strength", "out-strength", "strength")
"""Weights of incoming edges, of outgoing ones, of both."""
N_LEVELS = 48


@dataclass(frozen=True, eq=False)
class Strengths:
    """Share of neurons stronger than each level, float64[kind, level], and that of nulls.

    ``level`` float64[level] in units of weight; ``null_*`` are nan before there are nulls.
    """

    level: np.ndarray
    share: np.ndarray
    null_mean: np.ndarray
    null_low: np.ndarray
    null_high: np.ndarray

    def pictures(self) -> tuple[Curves, ...]:
        """One figure per kind: this wiring, and the band of its nulls."""
        x = np.log10(self.level) if len(self.level) else np.zeros(0)
        return tuple(
            Curves(
                kind.capitalize(),
                x,
                {"this wiring": self.share[k], _BAND: self.null_mean[k]},
                Axis(f"log10 of {kind}"),
                Axis("share of neurons above"),
                {_BAND: (self.null_low[k], self.null_high[k])},
            )
            for k, kind in enumerate(KINDS)
        )


_BAND = "nulls, 95 % band"


def strengths(graph: Graph, weight: np.ndarray) -> np.ndarray:
    """float64[kind, neuron] of weights float64[edge]."""
    into = np.bincount(graph.post, weight, graph.n)
    out = np.bincount(graph.pre, weight, graph.n)
    return np.stack([into, out, into + out])


def gini(values: np.ndarray) -> float:
    """Inequality of non-negative values: 0 when all are equal, 1 - 1/n when one has all.

    >>> gini(np.array([0.0, 0.0, 0.0, 8.0]))
    0.75
    """
    n, total = len(values), float(values.sum())
    if n == 0 or total <= 0:
        return float("nan")
    rank = np.arange(1, n + 1)
    return float(2.0 * (rank @ np.sort(values)) / (n * total) - (n + 1.0) / n)


def levels_of(values: np.ndarray) -> np.ndarray:
    """float64[level]: equal steps of the logarithm, from the weakest positive to the strongest."""
    there = values[values > 0]
    if not len(there):
        return np.zeros(0)
    return np.unique(np.geomspace(there.min(), there.max(), N_LEVELS))


def share_above(values: np.ndarray, level: np.ndarray) -> np.ndarray:
    """float64[level]: share of ``values`` float64[neuron] that are larger."""
    n_below = np.searchsorted(np.sort(values), level, side="right")
    return 1.0 - n_below / max(1, len(values))


class StrengthNulls:
    """Strengths of one graph and, null by null, of its weights dealt out by chance."""

    def __init__(self, graph: Graph, weight: np.ndarray, spec: MeasuresSpec) -> None:
        """``weight`` float64[edge] of zero or more."""
        self.spec = spec
        self._graph, self._weight = _seen(graph, weight, spec)
        self.real = strengths(self._graph, self._weight)
        self.level = levels_of(self.real)
        self.n_done = 0
        n = spec.n_nulls
        self._share = np.zeros((n, len(KINDS), len(self.level)))
        self.columns = {name: np.full(n, np.nan) for name in self.values()}

    def values(self, found: np.ndarray | None = None) -> dict[str, float]:
        """Inequality and maximum of each kind, of the graph itself or of ``found``."""
        rows = self.real if found is None else found
        spread = {f"{kind} Gini": gini(row) for kind, row in zip(KINDS, rows, strict=True)}
        most = {
            f"largest {kind}": float(row.max(initial=0.0))
            for kind, row in zip(KINDS, rows, strict=True)
        }
        return {**spread, **most}

    def until(self, n: int, seeds: np.ndarray) -> None:
        """Deal for nulls up to ``n``; ``seeds`` uint64[null], the nulls' own."""
        for k in range(self.n_done, n):
            self.take(k, self._dealt(np.random.Generator(np.random.Philox(int(seeds[k])))))

    def take(self, k: int, found: np.ndarray) -> None:
        """The strengths float64[kind, neuron] of null ``k``, the next one."""
        self._share[k] = [share_above(row, self.level) for row in found]
        for name, value in self.values(found).items():
            self.columns[name][k] = value
        self.n_done = k + 1

    def _dealt(self, rng: np.random.Generator) -> np.ndarray:
        graph, weight = self._graph, rng.permutation(self._weight)
        if self.spec.null != "random graph":
            return strengths(graph, weight)
        # G(n, m): every ordered pair of different neurons has an edge with the same odds.
        drawn = Graph(graph.members, *random_ends(rng, graph.n, len(weight)), weight)
        return strengths(drawn, weight)

    def found(self) -> Strengths:
        """Shares with the nulls dealt so far."""
        share = np.stack([share_above(row, self.level) for row in self.real])
        nothing = np.full_like(share, np.nan)
        if not self.n_done:
            return Strengths(self.level, share, nothing, nothing, nothing)
        drawn = self._share[: self.n_done]
        low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
        return Strengths(self.level, share, drawn.mean(axis=0), low, high)


def _seen(graph: Graph, weight: np.ndarray, spec: MeasuresSpec) -> tuple[Graph, np.ndarray]:
    """The graph as its null family sees it: without directions, both of a pair are added."""
    if spec.null != "undirected degree":
        return graph, weight
    one_way = sparse.csr_array((weight, (graph.pre, graph.post)), shape=(graph.n, graph.n))
    upper = sparse.triu(one_way + one_way.T, 1).tocoo()
    low, high = (a.astype(np.int32) for a in upper.coords)
    return Graph(graph.members, low, high, upper.data), upper.data
