"""Nulls in which neurons keep their strengths too: weights are dealt anew until sums are right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from engines.connectome.measures import weighted
from engines.connectome.measures.spec import MeasuresSpec, NullFamily
from engines.connectome.nulls.run import NullRun
from engines.connectome.nulls.shuffling import Walker
from engines.connectome.nulls.strengths import StrengthNulls, strengths
from engines.connectome.wiring.connectome import Connectome
from engines.connectome.wiring.graph import Graph

STRENGTHS: NullFamily = "degrees and strengths"
WeightedFamily = Literal["directed degree", "degrees and strengths", "permuted weights"]
_N_STAGES, _N_COLD, _TRIES_PER_EDGE = 40, 4, 10
_WARMEST, _COOLEST = 10.0, 1e-3
"""In variances of the weights; behind the coolest only what helps is taken."""


Two = tuple[np.ndarray, np.ndarray]


def dealt(walker: Walker, graph: Graph, weight: np.ndarray, seed: int) -> np.ndarray:
    """float64[edge] of a null: the same weights, so that each neuron sends and hears what it did.

    Positive and negative ones keep their sums each. A walk leaves a sender its edges, so signs stay
    where they were sent from.
    """
    made, rng = weight.copy(), np.random.Generator(np.random.Philox(seed))
    for part in (weight > 0, weight < 0):
        there = np.flatnonzero(part)
        if len(there) < 2:
            continue
        own, n = weight[there], graph.n
        due = np.bincount(graph.pre[there], own, n), np.bincount(graph.post[there], own, n)
        ends = walker.pre[there], walker.post[there]
        made[there] = dealt_to(ends, rng.permutation(own), due, rng)
    return made


def dealt_to(
    ends: Two, weight: np.ndarray, due: Two | np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The weights float64[edge], exchanged until neurons send and hear what is ``due``.

    ``ends`` int32[edge] twice; ``due`` float64[neuron] twice, or once where directions are
    forgotten. Simulated annealing after Milisav, Bazinet, Betzel & Misic 2025, A simulated
    annealing algorithm for randomizing weighted networks.
    """
    from engines.connectome.kernels import anneal

    own, (pre, post) = weight.copy(), ends
    if isinstance(due, tuple):
        gaps = [np.bincount(e, own, len(d)) - d for e, d in zip(ends, due, strict=True)]
    else:
        gaps = [np.bincount(pre, own, len(due)) + np.bincount(post, own, len(due)) - due] * 2
    warmth = own.var() * np.geomspace(_WARMEST, _COOLEST, _N_STAGES)
    stages, word = np.concatenate([warmth, np.zeros(_N_COLD)]), np.uint64(rng.integers(2**63))
    anneal.deal(pre, post, own, gaps[0], gaps[1], stages, _TRIES_PER_EDGE * len(own), word)
    return own


def wirings(
    graph: Graph, null: WeightedFamily, n_nulls: int, seed: int, connectome: Connectome
) -> Iterator[Graph]:
    """Null wirings with weights and signs, one after the other.

    "directed degree": a sender keeps its weights, receivers are new; "degrees and strengths": as
    `dealt`; "permuted weights": all edges stay.
    """
    run = NullRun(graph, MeasuresSpec(null=null, n_nulls=n_nulls, seed=seed), connectome)
    for k in range(n_nulls):
        if null == "permuted weights":
            rng = np.random.Generator(np.random.Philox(int(run.seeds[k])))
            yield Graph(graph.members, graph.pre, graph.post, rng.permutation(graph.weight))
            continue
        walker, weight = run.walk(k)[0], graph.weight
        if null == STRENGTHS:
            weight = dealt(walker, graph, weight, int(run.seeds[k]))
        yield Graph(graph.members, walker.pre, walker.post, weight)


class StrengthsKept:
    """Weighted measures and strengths of the nulls of a run, whose strengths are kept."""

    def __init__(
        self, run: NullRun, strong: StrengthNulls, weight: np.ndarray, names: tuple[str, ...]
    ) -> None:
        """``weight`` float64[edge] of zero or more; ``names`` of the measures, one column each."""
        self.run, self.strong, self.weight, self.names = run, strong, weight, names
        self.table = np.full((run.spec.n_nulls, len(names)), np.nan)
        self.n_done = 0

    def until(self, n: int) -> Iterator[int]:
        """Deal and measure nulls up to ``n``, telling how many are done."""
        graph = self.run.graph
        for k in range(self.n_done, n):
            walker = self.run.walk(k)[0]
            weight = dealt(walker, graph, self.weight, int(self.run.seeds[k]))
            null = Graph(graph.members, walker.pre, walker.post, weight)
            for row in weighted.weighted(null, self.run.spec):
                self.table[k, self.names.index(row.name)] = row.value
            self.strong.take(k, strengths(null, weight))
            self.n_done = k + 1
            yield self.n_done
