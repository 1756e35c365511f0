"""One sheet in motion, and the result it leaves. Importing this module loads numba."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from engines.sorting.chance import rng
from engines.sorting.kernels import sheet as kernels
from engines.sorting.kernels import state
from engines.sorting.kernels.traces import gratification
from engines.sorting.settings.spec import IMMOVABLE, MOVABLE
from engines.sorting.sheets.frames import N_MOMENTS, GridFrame, GridResult
from engines.sorting.sheets.spec import SHEET_ALGOTYPES, GridSpec

SLICE_SWAPS = 16_384
SLICE_ACTIVATIONS = 200_000
"""Limits of one call into a kernel: some milliseconds, so that a run can be stopped."""

NULL_S = 0.05
"""Permutations are replayed for about this long between two frames."""

_STOPS = {state.SORTED: "sorted", state.QUIESCENT: "quiescent", state.BUDGET: "budget"}


def frames_of(spec: GridSpec) -> Iterator[GridFrame | GridResult]:
    """Moments of the run, and its result last."""
    run = SheetRun(spec)
    yield run.frame()
    while run.code == state.RUNNING:
        run.move_on()
        yield run.frame()
    film = run.film()
    for _ in run.permuted_peaks():
        yield run.frame()
    yield run.result(*film)


class SheetRun:
    """A run that can be moved on in pieces; the pieces never change what it does."""

    def __init__(self, spec: GridSpec) -> None:
        """The sheet at the start of ``spec``."""
        self.spec = spec
        self.rank, self.algotype, self.frozen = start_of(spec)
        self.sheet = self._at_start(self.algotype)
        self.numbers = _numbers(spec)
        self.words = kernels.new_words(rng.stream_start(spec.seed, rng.SCHEDULE))
        self._buffer = state.new_log(SLICE_SWAPS)
        self._logs: list[np.ndarray] = []
        self.null_peaks: list[int] = []
        self.code = int(kernels.prepare_sheet(self.sheet, self.numbers))
        self._seen = [self._now()]

    def _at_start(self, labels: np.ndarray) -> np.ndarray:
        return kernels.new_sheet(self.rank, labels, self.frozen)

    def _now(self) -> tuple[int, int, int]:
        """Swaps, descents and like neighbours."""
        alike = kernels.total_alike(self.sheet, self.spec.n_columns)
        return int(self.numbers[kernels.SWAPS]), int(self.numbers[kernels.N_BAD]), int(alike)

    def move_on(self) -> None:
        """One slice of work."""
        until = int(self.numbers[kernels.ACTIVATIONS]) + SLICE_ACTIVATIONS
        arguments = (self.sheet, self.numbers, self.words, self._buffer, until)
        self.code = int(kernels.run_sheet(*arguments))
        self._logs.append(self._buffer[:, : self.numbers[kernels.LOGGED]].copy())
        self.numbers[kernels.LOGGED] = 0
        self._seen.append(self._now())

    @property
    def log(self) -> np.ndarray:
        """int64[4, swap]: all swaps so far."""
        return np.concatenate([np.zeros((4, 0), np.int64), *self._logs], axis=1)

    def frame(self) -> GridFrame:
        """This moment."""
        step, error, alike = np.array(self._seen, np.int64).T
        first = max(self._seen[0][1], 1)
        return GridFrame(
            spec=self.spec,
            rank=self.rank.astype(np.uint16),
            algotype=self.algotype,
            order=self.sheet[kernels.ORDER].astype(np.uint16),
            step=step,
            error=error,
            alike=alike,
            fraction=min(1.0, max(0.0, 1.0 - float(error[-1]) / first)),
        )

    def film(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Like neighbours at every step, the kept moments, and the sheet at each."""
        log = self.log
        n_swaps = log.shape[1]
        n_moments = min(N_MOMENTS, n_swaps + 1)
        steps = np.arange(n_moments) * n_swaps // max(1, n_moments - 1)
        orders = np.zeros((n_moments, self.spec.n_cells), np.uint16)
        return self._replayed(self.algotype, log, steps, orders), steps, orders

    def _replayed(
        self, labels: np.ndarray, log: np.ndarray, steps: np.ndarray, orders: np.ndarray
    ) -> np.ndarray:
        alike = np.zeros(log.shape[1] + 1, np.int32)
        start = self._at_start(labels)
        kernels.follow_sheet(start, log, self.spec.n_columns, alike, steps, orders)
        return alike

    def permuted_peaks(self) -> Iterator[int]:
        """Replay the run with permuted labels; yields now and then how many are done."""
        log, none = self.log, np.zeros((0, self.spec.n_cells), np.uint16)
        due = time.monotonic() + NULL_S
        for number in range(self.spec.n_permutations):
            seed = (self.spec.seed + number) % 2**64
            labels = self.algotype[rng.shuffled(seed, rng.LABELS, self.spec.n_cells)]
            alike = self._replayed(labels, log, np.zeros(0, np.int64), none)
            self.null_peaks.append(int(alike.max()))
            if time.monotonic() > due:
                yield number + 1
                due = time.monotonic() + NULL_S

    def result(self, alike: np.ndarray, steps: np.ndarray, orders: np.ndarray) -> GridResult:
        """What is kept of the run."""
        errors = np.append(self._seen[0][1], self.log[state.ERROR]).astype(np.int32)
        return GridResult(
            spec=self.spec,
            rank=self.rank.astype(np.int32),
            algotype=self.algotype,
            frozen=self.frozen,
            stop=_STOPS[self.code],
            n_activations=int(self.numbers[kernels.ACTIVATIONS]),
            errors=errors,
            alike=alike,
            moment_step=steps,
            orders=orders,
            null_peaks=np.array(self.null_peaks, np.int32),
            dg_net=float(gratification(errors, False)),
        )


def start_of(spec: GridSpec) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Dense rank, algotype and damage of every cell; each has a random stream of its own."""
    n = spec.n_cells
    if spec.value_mode == "reversed":
        rank = np.arange(n - 1, -1, -1)
    else:
        rank = rng.shuffled(spec.seed, rng.PERMUTATION, n)
    if spec.value_mode == "duplicates":
        rank = rank // spec.n_copies
    kinds = np.repeat(np.arange(len(SHEET_ALGOTYPES), dtype=np.uint8), spec.counts)
    algotype = kinds[rng.shuffled(spec.seed, rng.PLACEMENT, n)]
    frozen = np.zeros(n, np.uint8)
    broken = rng.shuffled(spec.seed, rng.DAMAGE, n)[: spec.n_frozen]
    frozen[broken] = MOVABLE if spec.frozen_kind == "movable" else IMMOVABLE
    return rank.astype(np.int32), algotype, frozen


def _numbers(spec: GridSpec) -> np.ndarray:
    numbers = np.zeros(kernels.N_NUMBERS, np.int64)
    longest = 2.0 * spec.mean_burst - 1.0 if spec.scheduler == "burst" else 1.0
    numbers[kernels.N_COLUMNS] = spec.n_columns
    numbers[kernels.LONGEST_BURST] = int(longest)
    numbers[kernels.LONGER_ODDS] = int((longest - int(longest)) * 2**32)
    numbers[kernels.MAX_SWAPS] = spec.max_swaps
    numbers[kernels.MAX_ACTIVATIONS] = spec.max_activations
    return numbers
