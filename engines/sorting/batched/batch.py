"""A batch of synchronous runs in torch: the law, and the bytes, of the numba kernel.

All runs of a batch live through their rounds together. What is rare, and would need the kernel's
own order of events, is handed over to the kernel: a random word that is drawn again, a round in
whose middle the array may have been sorted, and a run that gets nowhere for so long that it may
be a livelock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from engines.sorting.batched.rules import Wishes, at_rest, exchanged, granted, wishes
from engines.sorting.batched.words import shuffles, words
from engines.sorting.kernels import state
from engines.sorting.kernels.retrace import fill_errors
from engines.sorting.kernels.run import prepare
from engines.sorting.motion.kernel_knobs import new_state, set_knobs
from engines.sorting.motion.start import Start, start_of
from engines.sorting.settings.spec import SortSpec

HANDED_OVER = -1
"""The code of a run that the kernel is to do."""

MOST_ROUNDS = 64
"""Rounds whose turns are shuffled at once, at most."""


@dataclass(frozen=True)
class SortedRun:
    """A run: at first as the kernels would begin it, in the end as they would leave it."""

    spec: SortSpec
    start: Start
    numbers: np.ndarray
    """int64[number], as in `kernels.state`."""
    code: int
    log: np.ndarray
    """int64[4, swap]."""


def unstarted(spec: SortSpec) -> SortedRun:
    """A run before its first round; it may stop at once."""
    start = start_of(spec)
    cells = state.new_cells(start.rank, start.algotype, start.descending, start.frozen)
    numbers = new_state(spec)
    set_knobs(numbers, spec, start.algotype, start.descending, start.frozen)
    code = int(prepare(cells, numbers))
    return SortedRun(spec, start, numbers, code, state.new_log(0))


def batch_runs(n_cells: int, device: str) -> int:
    """Runs of one batch: enough for the device to be busy, few enough to fit."""
    places = 2**15 if device == "cpu" else 2**20
    return max(1, places // max(n_cells, 1))


class SynchronousBatch:
    """Runs of one spec that differ in their seed only, moved on round by round."""

    def __init__(self, runs: Sequence[SortedRun], device: str) -> None:
        """The runs at their start."""
        self.runs, self.device = runs, torch.device(device)
        self.spec, self.n = runs[0].spec, runs[0].spec.n_cells
        numbers = runs[0].numbers
        self.direction = int(numbers[state.DESCENDING])
        self.one_direction = bool(numbers[state.ONE_DIRECTION])
        self.window = int(numbers[state.WINDOW])
        self.n_rounds = 0
        codes = np.array([run.code for run in runs])
        self.code = self._tensor(codes)
        self.ledger = self._tensor(np.zeros((len(runs), 3)))
        self._log: list[torch.Tensor] = []
        self._turn = torch.arange(self.n, device=self.device)
        self.rows = self._rows_at_start(np.flatnonzero(codes == state.RUNNING))

    def _tensor(self, values: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(values, np.int64)).to(self.device)

    def _rows_at_start(self, going: np.ndarray) -> dict[str, torch.Tensor]:
        """Everything about the runs that are going on, one row per run."""
        given = {"rank": "rank", "kind": "algotype", "down": "descending", "frozen": "frozen"}
        shape = (len(going), self.n)
        starts = [self.runs[run].start for run in going]
        rows = {
            name: self._tensor(np.array([getattr(start, field) for start in starts]).reshape(shape))
            for name, field in given.items()
        }
        counters = [int(self.runs[run].numbers[state.COUNTER]) for run in going]
        rows |= {"id": self._tensor(going), "counter": self._tensor(np.array(counters, np.int64))}
        rows |= {name: self._turn.repeat(shape[0], 1) for name in ("order", "position", "turns")}
        rows["ideal"] = rows["down"] * (self.n - 1)
        zero = torch.zeros_like(rows["id"])
        # Activations, reads and paper steps: so far, and when something last changed.
        rows |= {"spent": zero[:, None].repeat(1, 3), "changed": zero[:, None].repeat(1, 3)}
        rows |= {"swaps": zero, "since": zero, "code": zero + state.RUNNING}
        rows["least"] = self._errors(rows["rank"])
        rows["goal"] = rows["rank"].sort(dim=1, descending=bool(self.direction)).values
        return rows

    def _errors(self, rank_at: torch.Tensor) -> torch.Tensor:
        left, right = rank_at[:, :-1], rank_at[:, 1:]
        return (left < right if self.direction else left > right).sum(1)

    def rounds(self) -> Iterator[int]:
        """Go on to the end; yields, after some rounds, how many runs are left."""
        while len(self.rows["id"]):
            self.some_rounds()
            yield len(self.rows["id"])

    def some_rounds(self) -> int:
        """As many rounds as are shuffled at once; answers how many."""
        turns, coins = self._next_turns()
        for shuffle, rightwards in zip(turns, coins, strict=True):
            self._round(shuffle.T, rightwards)
        ended = self.rows["code"] != state.RUNNING
        ids = self.rows["id"][ended]
        self.code[ids], self.ledger[ids] = self.rows["code"][ended], self.rows["spent"][ended]
        self.rows = {name: row[~ended] for name, row in self.rows.items()}
        return len(turns)

    def _next_turns(self) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """Shuffles [turn, run] and coins [run, turn] of the next rounds, by the kernel's words."""
        n, n_runs = self.n, len(self.rows["id"])
        places = 2**20 if self.device.type == "cpu" else 2**25
        n_rounds = max(1, min(MOST_ROUNDS, places // (n * n_runs)))
        per_round = n - 1 + (n + 63) // 64
        drawn = words(self.rows["counter"], self.n_rounds * per_round, n_rounds * per_round)
        drawn = drawn.view(n_runs, n_rounds, per_round)
        turns, redrawn = shuffles(drawn[:, :, : n - 1], n)
        self._stop(redrawn.any(1), HANDED_OVER)
        coins = (drawn[:, :, n - 1 + self._turn // 64] >> (self._turn % 64) & 1) == 1
        return list(turns.unbind(2)), list(coins.unbind(1))

    def _stop(self, which: torch.Tensor, code: int) -> None:
        """Note why these runs stop, unless they have stopped already."""
        running = self.rows["code"] == state.RUNNING
        self.rows["code"] = torch.where(which & running, code, self.rows["code"])

    def _round(self, shuffle: torch.Tensor, rightwards: torch.Tensor) -> None:
        rows, left = self.rows, self.spec.max_activations - self.n_rounds * self.n
        rows["turns"] = rows["turns"].gather(1, shuffle)
        live = (rows["code"] == state.RUNNING)[:, None] & (self._turn < left)
        asked = wishes(rows, rightwards, quirk=self.spec.selection_frozen_quirk)
        given = granted(asked) & live
        after = exchanged(rows["order"], asked, given)
        taken = live & (self._turn <= self._last_turn(given, after)[:, None])
        given = given & taken
        self._note(asked, given)
        changed = self._count(asked, given, taken)
        rows["order"] = after
        rows["position"] = rows["position"].scatter(1, after, self._turn.expand_as(after))
        rows["ideal"] = rows["ideal"].scatter(1, rows["turns"], asked.ideal)
        self.n_rounds += 1
        if left >= self.n and (left < 2 * self.n or bool((live.any(1) & ~changed).any())):
            self._rest()
        if left <= self.n:
            self._stop(torch.ones_like(changed), state.BUDGET)

    def _last_turn(self, given: torch.Tensor, after: torch.Tensor) -> torch.Tensor:
        """int64[run]: the last turn that is taken in this round, and why it is the last."""
        rows, n_given = self.rows, given.sum(1)
        rank_at = rows["rank"].gather(1, after)
        errors = self._errors(rank_at)
        last_swap = torch.where(given, self._turn, -1).amax(1)
        limit = (self.spec.max_swaps - rows["swaps"])[:, None]
        last_allowed = torch.where(given.cumsum(1) >= limit, self._turn, self.n).amin(1)
        sorts = (errors == 0) & (n_given > 0) & (last_swap <= last_allowed) & self.one_direction
        spent = (last_allowed < self.n) & ~sorts
        rows["since"] = torch.where(errors < rows["least"], 0, rows["since"] + n_given)
        rows["least"] = torch.minimum(errors, rows["least"])
        lost = self._sorted_within(rank_at, errors) | (rows["since"] >= self.window)
        self._stop(lost, HANDED_OVER)
        self._stop(sorts, state.SORTED)
        self._stop(spent, state.BUDGET)
        last = torch.where(sorts, last_swap, self.n - 1)
        return torch.where(spent, last_allowed, last)

    def _sorted_within(self, rank_at: torch.Tensor, errors: torch.Tensor) -> torch.Tensor:
        """Whether some of the round's swaps, but not all of them, may have sorted the array."""
        before = self.rows["rank"].gather(1, self.rows["order"])
        possible = (before == self.rows["goal"]) | (rank_at == self.rows["goal"])
        return possible.all(1) & (errors > 0) & self.one_direction

    def _note(self, asked: Wishes, given: torch.Tensor) -> None:
        """Log the swaps: run, both positions, activations up to the swap."""
        run, turn = given.nonzero(as_tuple=True)
        ends = asked.place[run, turn], asked.target[run, turn]
        when = self.n_rounds * self.n + turn + 1
        log = (self.rows["id"][run], torch.minimum(*ends), torch.maximum(*ends), when)
        self._log.append(torch.stack(log))

    def _count(self, asked: Wishes, given: torch.Tensor, taken: torch.Tensor) -> torch.Tensor:
        """Fill the ledgers; bool[run]: whether anything changed."""
        rows = self.rows
        looked = torch.stack([taken.long(), asked.reads * taken, asked.paper_steps * taken], 2)
        changes = (given | asked.advanced) & taken
        last_change = torch.where(changes, self._turn, -1).amax(1)
        until = (self._turn <= last_change[:, None])[:, :, None]
        changed = changes.any(1)
        at_change = rows["spent"] + (looked * until).sum(1)
        rows["changed"] = torch.where(changed[:, None], at_change, rows["changed"])
        rows["spent"] = rows["spent"] + looked.sum(1)
        rows["swaps"] = rows["swaps"] + given.sum(1)
        return changed

    def _rest(self) -> None:
        """Stop what is at rest; its idle tail is forgotten."""
        rest = at_rest(self.rows) & (self.rows["code"] == state.RUNNING)
        self._stop(rest, state.QUIESCENT)
        self.rows["spent"] = torch.where(rest[:, None], self.rows["changed"], self.rows["spent"])

    def finished(self) -> Iterator[SortedRun]:
        """All runs, in the order given; those handed over have nothing but their code."""
        log = torch.cat([self.code.new_zeros((4, 0)), *self._log], 1)
        log = log[:, torch.sort(log[0], stable=True).indices].cpu().numpy()
        ends = np.cumsum(np.bincount(log[0], minlength=len(self.runs)))
        code, ledger = self.code.tolist(), self.ledger.cpu().numpy()
        for number, run in enumerate(self.runs):
            swaps = log[1:, ends[number - 1] if number else 0 : ends[number]]
            yield _finished(run, code[number], ledger[number], swaps)


def _finished(run: SortedRun, code: int, ledger: np.ndarray, swaps: np.ndarray) -> SortedRun:
    log = state.new_log(swaps.shape[1])
    log[: state.ERROR] = swaps
    numbers = run.numbers.copy()
    longest = fill_errors(run.start.rank.copy(), int(numbers[state.DESCENDING]), log)
    if longest >= numbers[state.WINDOW]:
        code = HANDED_OVER
    numbers[[state.ACTIVATIONS, state.READS, state.PAPER_STEPS]] = ledger
    numbers[[state.STEP, state.SWAPS]] = log.shape[1]
    if log.shape[1]:
        numbers[state.N_BAD] = log[state.ERROR, -1]
    return SortedRun(run.spec, run.start, numbers, code, log)
