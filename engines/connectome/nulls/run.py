"""Random wirings like a graph, and every measure of each; drawn in batches that can be stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial

import numpy as np

from engines.connectome.measures import motifs
from engines.connectome.measures.numbers import Numbers, n_columns, n_rich
from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.nulls.mixing import PROBES_MAX, WATCHED, Mixing, independent, judged
from engines.connectome.nulls.shuffling import OnTable, Walker, draw_of
from engines.connectome.wiring.connectome import Connectome
from engines.connectome.wiring.graph import Graph, connectome_of

BATCH_S = 0.06
_PILOT_MIN = 5_000
_ATTEMPTS_MIN = 3_000
"""Where there are few edges, steps that matter are rare."""
_ATTEMPTS_PER_EDGE_MAX = 2_000
_ATTEMPTS_MAX = 100_000_000
_SECOND = np.uint64(0xD1B54A32D192ED03)
"""Turns a null's seed into that of the second half of its walk."""


def seeds_of(seed: int, n: int) -> np.ndarray:
    """uint64[n] seeds of nulls: the first n are the same however many are drawn."""
    from engines.connectome.kernels.random import words

    return words(np.uint64(seed), n)


class NullRun:
    """Draws nulls of one graph batch by batch; every null depends on its own seed alone."""

    def __init__(
        self,
        graph: Graph,
        spec: MeasuresSpec,
        connectome: Connectome | None = None,
        *,
        rows: bool | None = None,
    ) -> None:
        """Raise InputError for a graph no null model of this family can shuffle.

        ``connectome`` knows classes and places; it is the spec's when left out.
        ``rows`` draws on rows of neighbours (True) or on a table of all pairs, else by size.
        """
        self.spec, self.graph, self.n_done = spec, graph, 0
        self.drawing = draw_of(graph, spec, connectome or connectome_of(spec.wiring), rows=rows)
        self.n = graph.n
        self.seeds = seeds_of(spec.seed, spec.n_nulls)
        n, k = spec.n_nulls, n_rich(graph)
        self._rows = np.full((n, n_columns()), np.nan)
        self._phi = np.full((n, k), np.nan)
        self._triads = np.zeros((n, 3, 16), np.int64)
        self._accepted, self._in_place = np.zeros(n), np.full(n, np.nan)
        self._half = np.full((min(n, PROBES_MAX), 1 + len(WATCHED)), np.nan)
        self._real = np.full(n_columns(), np.nan)

    @cached_property
    def n_attempts(self) -> int:
        """Steps that a walk tries, so that as many as were asked for are accepted."""
        drawing, m = self.drawing, self.drawing.n_edges
        if self.spec.null == "random graph" or m < 2:
            return 0
        walker, n_pilot = drawing.start(), max(2 * m, _PILOT_MIN)
        # Behind the nulls' seeds, so that a pilot is no null; its first half forgets the wiring.
        first, second = seeds_of((self.spec.seed + 0x51ED2701) % 2**64, 2)
        drawing.step(walker, n_pilot, first)
        rate = drawing.step(walker, n_pilot, second) / n_pilot
        most = min(_ATTEMPTS_PER_EDGE_MAX * m, max(_ATTEMPTS_MAX, 20 * m)) + _PILOT_MIN
        wanted = self.spec.swaps_per_edge * m / rate if rate else most
        return int(np.ceil(max(_ATTEMPTS_MIN, min(wanted, most))))

    def numbers(self) -> Numbers:
        """The nulls drawn so far."""
        done = slice(0, self.n_done)
        return Numbers(self._rows[done], self._phi[done], motifs.counted(self._triads[done]))

    def mixing(self) -> Mixing:
        """Whether the walks so far were long enough; their second half must change nothing."""
        spec, n, m = self.spec, self.n_done, max(1, self.drawing.n_edges)
        if spec.null == "random graph":
            return independent(spec.null, n)
        probes = slice(0, min(n, len(self._half)))
        watched = list(WATCHED.values())
        start = np.array([1.0, *self._real[watched]])
        end = np.column_stack([self._in_place[probes], self._rows[probes][:, watched]])
        found = judged(start, self._half[probes], end, n) if n else (0.0, "", 0.0)
        return Mixing(
            spec.null,
            n,
            self.n_attempts / m,
            float(self._accepted[:n].mean()) if n else 0.0,
            float(self._in_place[:n].mean()) if n else 1.0,
            min(n, len(self._half)),
            *found,
        )

    def batches(self) -> Iterator[int]:
        """Draw all, telling after each batch how many are done."""
        import numba

        n_threads = max(1, numba.get_num_threads())
        n_batch = n_threads
        self._real = self._measured_start()
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

    def _measured_start(self) -> np.ndarray:
        """float64[column] of the wiring; the attempts of a walk are found here, before threads."""
        row, phi = np.full(n_columns(), np.nan), np.zeros(self._phi.shape[1])
        if self.n_attempts and isinstance(self.drawing, OnTable):
            triads, local = np.zeros((3, 16), np.int64), np.zeros(self.n)
            self.drawing.measure(self.drawing.start(), row, phi, triads, local)
        return row

    def walk(self, k: int, halfway: Callable[[Walker], None] | None = None) -> tuple[Walker, int]:
        """The null of seed ``k``, and how many steps were taken; ``halfway`` may look at it."""
        walker, n_first = self.drawing.start(), self.n_attempts // 2
        n_taken = self.drawing.step(walker, n_first, self.seeds[k])
        if self.n_attempts:
            if halfway:
                halfway(walker)
            seed = self.seeds[k] ^ _SECOND
            n_taken += self.drawing.step(walker, self.n_attempts - n_first, seed)
        return walker, n_taken

    def _draw(self, first: int, last: int) -> None:
        local, m = np.empty(self.n), max(1, self.drawing.n_edges)
        for k in range(first, last if self.n > 1 else first):
            look = partial(self._look, k, local=local) if k < len(self._half) else None
            walker, n_taken = self.walk(k, look)
            if self.n_attempts:
                self._in_place[k] = self.drawing.in_place(walker)
            self._accepted[k] = n_taken / m
            self.drawing.measure(walker, self._rows[k], self._phi[k], self._triads[k], local)

    def _look(self, k: int, walker: Walker, local: np.ndarray) -> None:
        """Measure a walk half way; on rows only the edges in place, which cost little."""
        self._half[k, 0] = self.drawing.in_place(walker)
        if isinstance(self.drawing, OnTable):
            row, phi = np.full(n_columns(), np.nan), np.zeros(self._phi.shape[1])
            self.drawing.measure(walker, row, phi, np.zeros((3, 16), np.int64), local)
            self._half[k, 1:] = row[list(WATCHED.values())]


def observed(
    graph: Graph, spec: MeasuresSpec, *, rows: bool | None = None
) -> tuple[Numbers, np.ndarray]:
    """The graph's numbers by the kernels that measure its nulls; float64[neuron] clustering."""
    row, phi = np.full(n_columns(), np.nan), np.full(n_rich(graph), np.nan)
    triads, local = np.zeros((3, 16), np.int64), np.zeros(graph.n)
    if graph.n:
        drawing = draw_of(graph, spec, None, rows=rows)
        drawing.measure(drawing.start(), row, phi, triads, local)
    return Numbers(row[None], phi[None], motifs.counted(triads[None])), local
