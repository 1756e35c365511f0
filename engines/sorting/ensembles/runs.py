"""The runs of an ensemble: seeds in a row, rows of numbers and curves, by one engine or another."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engines.contract import SpecError
from engines.running import devices
from engines.sorting.ensembles.results import EnsembleFrame, EnsembleSpec
from engines.sorting.motion.start import start_of
from engines.sorting.settings.spec import SortSpec
from engines.sorting.trajectory.moments import STOPS

if TYPE_CHECKING:
    from engines.sorting.ensembles.single_run import Outcome, Scratch

BATCH_S = 0.05
"""Runs are done in batches of about this long, so that the ensemble can be stopped."""


def growing(runs: Runs) -> Iterator[Runs]:
    """Do the runs in batches, by the engine that is asked for or the faster one; yields between.

    Raises:
        SpecError: torch is asked for a run that only numba computes.
    """
    from engines.sorting.ensembles.choice import chosen_engine

    by_torch = runs.spec.run.n_cells > 0 and chosen_engine(runs.spec) == "torch"
    for _ in _by_torch(runs) if by_torch else _by_threads(runs):
        yield runs


def _by_threads(runs: Runs) -> Iterator[None]:
    """One run per thread at a time in the numba kernels, in batches of about 50 ms."""
    import numba

    n_batch = numba.get_num_threads()
    with ThreadPoolExecutor(n_batch) as threads:
        while runs.n_done < runs.spec.n_runs:
            started = time.perf_counter()
            runs.do(min(n_batch, runs.spec.n_runs - runs.n_done), threads)
            took = time.perf_counter() - started
            n_batch = max(1, min(4 * n_batch, int(n_batch * BATCH_S / max(took, 1e-6))))
            yield


def _by_torch(runs: Runs) -> Iterator[None]:
    """All runs of a batch round by round, on the current device."""
    from engines.sorting.batched.batch import batch_runs

    device, n_all = devices.current(), runs.spec.n_runs
    size = batch_runs(runs.spec.run.n_cells, device)
    while runs.n_done < n_all:
        yield from runs.do_together(min(size, n_all - runs.n_done), device)


class Runs:
    """The rows that the kernels fill, batch after batch, one array per thread."""

    def __init__(self, spec: EnsembleSpec, labelled_as: SortSpec | None = None) -> None:
        """Runs with the labels of their own algotypes, or of another spec's.

        Raises:
            SpecError: the run has edits by hand, which belong to one trajectory.
        """
        from engines.sorting.kernels import summary

        if spec.run.edits:
            raise SpecError("an ensemble repeats a run without edits by hand; leave them out")

        self._kernel = summary
        self.spec, self._labelled_as = spec, labelled_as
        self.n_done = 0
        n_runs = spec.n_runs
        self.seeds = [(spec.run.seed + run) % 2**64 for run in range(n_runs)]
        self.numbers = np.zeros((n_runs, summary.N_NUMBERS), np.int64)
        self.curves = np.zeros((n_runs, 3, summary.N_POINTS), np.int32)
        self.dg_net = np.zeros(n_runs)
        self._scratch: deque[Scratch] = deque()

    def do(self, n_runs: int, threads: ThreadPoolExecutor) -> None:
        """The next ``n_runs`` runs; every run writes its own rows only."""
        runs = range(self.n_done, self.n_done + n_runs)
        self.n_done += n_runs
        if self.spec.run.n_cells:
            list(threads.map(self._do_one, runs))

    def do_together(self, n_runs: int, device: str) -> Iterator[None]:
        """The next ``n_runs`` runs as one batch in torch; yields now and then."""
        from engines.sorting.batched.batch import HANDED_OVER, SynchronousBatch, unstarted
        from engines.sorting.ensembles.single_run import Outcome

        numbers = range(self.n_done, self.n_done + n_runs)
        batch = SynchronousBatch([unstarted(self._spec_of(run)) for run in numbers], device)
        for _ in batch.rounds():
            yield
        for run, ended in zip(numbers, batch.finished(), strict=True):
            if ended.code == HANDED_OVER:
                self._do_one(run)
            else:
                kinds = np.stack([ended.start.algotype] * 2)
                outcome = Outcome(ended.start, ended.code, kinds, ended.numbers, ended.log, -1)
                self._summarize(run, outcome)
        self.n_done += n_runs

    def _spec_of(self, run: int) -> SortSpec:
        return self.spec.run.replace(seed=self.seeds[run])

    def _do_one(self, run: int) -> None:
        from engines.sorting.ensembles.single_run import Scratch, sorted_run

        try:
            scratch = self._scratch.pop()
        except IndexError:  # every other thread is using one
            scratch = Scratch()
        self._summarize(run, sorted_run(self._spec_of(run), scratch))
        self._scratch.append(scratch)

    def _summarize(self, run: int, outcome: Outcome) -> None:
        from engines.sorting.ensembles.single_run import summarized

        if self._labelled_as is not None:
            labels = start_of(self._labelled_as.replace(seed=self.seeds[run])).algotype
            outcome = replace(outcome, kinds=np.stack([labels] * 2), switched_at=-1)
        rows = (self.numbers[run], self.curves[run])
        self.dg_net[run] = summarized(self._spec_of(run), outcome, *rows)

    def aggregation(self) -> np.ndarray:
        """float64[run, point]: share of like neighbours (denominator n)."""
        return self._shares(self._kernel.SAME_CURVE)

    def null_aggregation(self) -> np.ndarray:
        """float64[run, point]: the same with every run's labels permuted."""
        return self._shares(self._kernel.NULL_CURVE)

    def _shares(self, row: int) -> np.ndarray:
        """float64[run, point]: a curve of clusters over n, nan below two cells."""
        n = self.spec.run.n_cells
        return self.curves[: self.n_done, row] / (float(n) if n > 1 else np.nan)

    def sortedness(self) -> np.ndarray:
        """float64[run, point]: percent, of the runs done so far."""
        n = self.spec.run.n_cells
        if n == 0:
            return np.full((self.n_done, self._kernel.N_POINTS), 100.0)
        first_cell = 0 if self.spec.run.sortedness_no_plus1 else 1
        errors = self.curves[: self.n_done, self._kernel.ERROR_CURVE]
        return 100.0 * (n - 1 + first_cell - errors) / n

    def frame(self) -> EnsembleFrame:
        """The runs done so far."""
        if self.n_done == 0:
            nothing = np.full(self._kernel.N_POINTS, np.nan)
            return EnsembleFrame(0, float("nan"), nothing, nothing, fraction=0.0)
        return EnsembleFrame(
            n_done=self.n_done,
            mean_swaps=float(self.numbers[: self.n_done, self._kernel.N_SWAPS].mean()),
            sortedness=self.sortedness().mean(axis=0),
            aggregation=self.aggregation().mean(axis=0),
            fraction=self.n_done / self.spec.n_runs,
        )

    def per_run(self) -> dict[str, np.ndarray]:
        """Every measure with one number per run, by name."""
        n, kernel, numbers = self.spec.run.n_cells, self._kernel, self.numbers
        cells = float(n) if n > 1 else np.nan
        swaps = numbers[:, kernel.N_SWAPS]
        return {
            "n_swaps": swaps,
            "n_paper_steps": numbers[:, kernel.N_PAPER_STEPS],
            "n_reads": numbers[:, kernel.N_READS],
            "n_activations": numbers[:, kernel.N_ACTIVATIONS],
            "final_error": numbers[:, kernel.FINAL_ERROR],
            "dg_net": self.dg_net,
            "dg_ratio": self.dg_net + 1.0,
            "peak_aggregation": numbers[:, kernel.PEAK] / cells,
            "null_peak": numbers[:, kernel.NULL_PEAK] / cells,
            "peak_at": 100.0 * numbers[:, kernel.PEAK_STEP] / np.maximum(swaps, 1),
        }

    def ended_sorted(self) -> np.ndarray:
        """bool[run]: which runs stopped because the array was sorted."""
        return self.stops()[: self.n_done] == STOPS.index("sorted")

    def stops(self) -> np.ndarray:
        """Kernel codes as places in STOPS: sorted 1 and so on; an empty array never ran."""
        if self.spec.run.n_cells == 0:
            return np.full(self.spec.n_runs, STOPS.index("empty"), np.uint8)
        return (self.numbers[:, self._kernel.STOP] - 1).astype(np.uint8)
