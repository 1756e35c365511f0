"""Random wirings like a graph, and every measure of each; drawn in batches that can be stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from engines.connectome.measures.numbers import Numbers, n_columns, n_rich
from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.nulls.shuffling import draw_of
from engines.connectome.wiring.connectome import Connectome
from engines.connectome.wiring.graph import Graph, connectome_of

BATCH_S = 0.06


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
        self.spec, self.n_done = spec, 0
        self.drawing = draw_of(graph, spec, connectome or connectome_of(spec.wiring), rows=rows)
        self.n = graph.n
        self.seeds = seeds_of(spec.seed, spec.n_nulls)
        n, k = spec.n_nulls, n_rich(graph)
        self._rows = np.full((n, n_columns()), np.nan)
        self._phi = np.full((n, k), np.nan)
        self._triads = np.zeros((n, 3, 16), np.int64)

    def numbers(self) -> Numbers:
        """The nulls drawn so far."""
        from engines.connectome.measures import motifs

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
        here = slice(first, last)
        if last > first:
            self.drawing.nulls(
                self.seeds[here], self._rows[here], self._phi[here], self._triads[here]
            )


def observed(
    graph: Graph, spec: MeasuresSpec, *, rows: bool | None = None
) -> tuple[Numbers, np.ndarray]:
    """The graph's numbers by the kernels that measure its nulls; float64[neuron] clustering."""
    from engines.connectome.measures import motifs

    row, phi = np.full(n_columns(), np.nan), np.full(n_rich(graph), np.nan)
    triads, local = np.zeros((3, 16), np.int64), np.zeros(graph.n)
    if graph.n:
        draw_of(graph, spec, None, rows=rows).real(row, phi, triads, local)
    counted = motifs.shares() @ triads.ravel()
    return Numbers(row[None], phi[None], counted[None]), local
