"""The rules once more, in plain Python: slow, readable, and written without the kernels.

It draws the same random words as the kernels of the burst, uniform (mixtures), sweep, round robin
and synchronous schedulers, so that tests hold the two against each other swap for swap, and
benchmarks time the kernels against it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

from engines.sorting.chance import rng
from engines.sorting.motion.start import start_of
from engines.sorting.settings.shares import ALGOTYPES
from engines.sorting.settings.spec import (
    IMMOVABLE,
    MOVABLE,
    NOT_FROZEN,
    SortSpec,
    measured_descending,
)

_BUBBLE, _INSERTION, _SELECTION = 0, 1, 2


class Words:
    """A stream of random words, one after the other."""

    def __init__(self, seed: int, stream: int) -> None:
        """The stream of this purpose."""
        self._start = self._counter = rng.stream_start(seed, stream)

    def number(self, place: int) -> int:
        """The word at this place, from 1, whatever was drawn before."""
        return rng.mix64((self._start + place * rng.GAMMA) % 2**64)

    def word(self) -> int:
        """The next 64 bits."""
        self._counter = (self._counter + rng.GAMMA) % 2**64
        return rng.mix64(self._counter)

    def below(self, limit: int) -> int:
        """A uniform integer below the limit, by rejection."""
        while True:
            product = (self.word() >> 32) * limit
            if product % 2**32 >= 2**32 % limit:
                return product >> 32

    def two_below(self, high_limit: int, low_limit: int) -> tuple[int, int]:
        """Two uniform integers from the halves of one word."""
        while True:
            word = self.word()
            high, low = (word >> 32) * high_limit, (word % 2**32) * low_limit
            if high % 2**32 >= 2**32 % high_limit and low % 2**32 >= 2**32 % low_limit:
                return high >> 32, low >> 32


@dataclass
class PlainRun:
    """What happened."""

    order: list[int]
    swaps: list[tuple[int, int]] = field(default_factory=list)
    activations: list[int] = field(default_factory=list)
    n_activations: int = 0
    n_paper_steps: int = 0
    n_reads: int = 0
    stop: str = ""


class PlainArray:
    """An array that sorts itself, one activation at a time."""

    def __init__(self, spec: SortSpec) -> None:
        """The array at its start."""
        start = start_of(spec)
        self.spec, self.n = spec, spec.n_cells
        self.rank = start.rank.tolist()
        self.algotype = start.algotype.tolist()
        self.down = start.descending.tolist()
        self.frozen = self._frozen_seen = start.frozen.tolist()
        self.ideal = [self.n - 1 if down else 0 for down in self.down]
        self.nudges = [0] * self.n
        self.changes: list[tuple[int, int]] = []
        """Step and cell of everything that thawed or switched."""
        self._switch_is_due = spec.switch_at > 0
        self._turns = list(range(self.n))
        self._noise, self._failure = (Words(spec.seed, s) for s in (rng.NOISE, rng.FAILURE))
        self._errs = False
        self._changed = (0, 0, 0)
        self.words = Words(spec.seed, rng.SCHEDULE)
        self.run = PlainRun(list(range(self.n)))

    def finish(self) -> PlainRun:
        """Run to the end."""
        self.begin()
        while not self.run.stop:
            self.next_turns()
        return self.run

    def begin(self) -> None:
        """See whether anything is to be done."""
        if self.n == 0:
            self.run.stop = "empty"
        else:
            self._look_for_end()

    def next_turns(self) -> None:
        """One burst, or one round."""
        if self.spec.scheduler in {"sweep", "round robin", "synchronous"}:
            self._round()
        else:
            self._burst()

    # Schedulers

    def _burst(self) -> None:
        longest = 2.0 * self.spec.mean_burst - 1.0 if self.spec.scheduler == "burst" else 1.0
        whole = math.floor(longest)
        odds = int((longest - whole) * 2**32)
        if odds and self.words.below(2**32) < odds:
            whole += 1
        coins, length = 0, 1
        if whole == 1:
            cell, coins = self.words.two_below(self.n, 2)
        else:
            cell, more = self.words.two_below(self.n, whole)
            length = more + 1
        for place in range(length):
            flips = self.algotype[cell] == _BUBBLE and not self.frozen[cell]
            if flips and whole > 1 and place % 64 == 0:
                coins = self.words.word()
            due = self._switch_is_due
            self._activate(cell, bool(coins >> place % 64 & 1), self.run.order)
            if self.run.stop or due != self._switch_is_due:
                return

    def _round(self) -> None:
        if self.spec.scheduler != "round robin":
            for place in range(self.n - 1, 0, -1):
                other = self.words.below(place + 1)
                turns = self._turns
                turns[place], turns[other] = turns[other], turns[place]
        synchronous = self.spec.scheduler == "synchronous"
        seen = list(self.run.order) if synchronous else self.run.order
        claimed: set[int] | None = set() if synchronous else None
        self._frozen_seen = list(self.frozen) if synchronous else self.frozen
        coins = 0
        for turn, cell in enumerate(self._turns):
            if turn % 64 == 0:
                coins = self.words.word()
            self._activate(cell, bool(coins >> turn % 64 & 1), seen, claimed)
            if self.run.stop in ("sorted", "quiescent") or self._n_swaps_spent():
                return
            if self.run.stop and turn < self.n - 1:
                return
        # Only now: in the middle of a round cells may still act on what they have seen.
        if synchronous and self._is_at_rest():
            self.run.n_activations, self.run.n_reads, self.run.n_paper_steps = self._changed
            self.run.stop = "quiescent"

    # One activation

    def _activate(
        self, cell: int, rightwards: bool, seen: list[int], claimed: set[int] | None = None
    ) -> None:
        run = self.run
        run.n_activations += 1
        if not (self.frozen[cell] or self._frozen_seen[cell]):
            self._errs = self._happens(self.spec.sensing_noise, self._noise)
            p = seen.index(cell)
            before = (self.ideal[cell], sum(self.nudges), len(run.swaps), len(self.changes))
            target = self._wish(cell, p, rightwards, seen)
            if target is not None and not self._happens(self.spec.action_failure, self._failure):
                self._attempt(cell, p, target, claimed)
            if before != (self.ideal[cell], sum(self.nudges), len(run.swaps), len(self.changes)):
                self._changed = (run.n_activations, run.n_reads, run.n_paper_steps)
                self._switch_if_due()
                self._look_for_end(in_round=claimed is not None)
        if not run.stop and run.n_activations >= self.spec.max_activations:
            run.stop = "budget"

    def _happens(self, chance: float, words: Words) -> bool:
        return words.number(self.run.n_activations) < int(chance * 2**64)

    def _attempt(self, cell: int, p: int, target: int, claimed: set[int] | None) -> None:
        order, needed = self.run.order, self.spec.nudges_to_unfreeze
        stuck = self.frozen[order[target]] == IMMOVABLE
        if claimed is not None and not (stuck and not needed):
            if claimed & {p, target}:
                return
            claimed |= {p, target}
        other = order[target]
        if needed and self.frozen[other]:
            self.nudges[other] += 1
            if self.nudges[other] == needed:
                self.frozen[other] = NOT_FROZEN
                self.changes.append((len(self.run.swaps) + 1, other))
        if self.frozen[other] != IMMOVABLE:
            self._swap(min(p, target), max(p, target))
        elif self.algotype[cell] == _SELECTION:
            self.ideal[cell] += -1 if self.down[cell] else 1

    def _switch_if_due(self) -> None:
        n_swaps, spec = len(self.run.swaps), self.spec
        early = not self._switch_is_due or n_swaps < spec.switch_at
        if early or self._is_sorted() or self._n_swaps_spent():
            return
        self._switch_is_due = False
        keys = [Words(spec.seed, rng.SWITCH).number(cell + 1) for cell in range(self.n)]
        drawn = sorted((c for c in range(self.n) if not self.frozen[c]), key=keys.__getitem__)
        kind = ALGOTYPES.index(spec.switch_to)
        for cell in sorted(drawn[: int(spec.switch_fraction * len(drawn) + 0.5)]):
            if self.algotype[cell] != kind:
                self.algotype[cell] = kind
                self.ideal[cell] = self.n - 1 if self.down[cell] else 0
                self.changes.append((n_swaps, cell))

    def _wish(self, cell: int, p: int, rightwards: bool, seen: list[int]) -> int | None:
        if self.algotype[cell] == _BUBBLE:
            return self._bubble(cell, p, rightwards, seen)
        if self.algotype[cell] == _INSERTION:
            return self._insertion(cell, p, seen)
        return self._selection(cell, p, seen)

    def _wrong(self, left: int, right: int, down: bool) -> bool:
        one, other = self.rank[left], self.rank[right]
        return one < other if down else one > other

    def _wants(self, cell: int, p: int, side: int, seen: list[int]) -> bool:
        other = p + side
        if not 0 <= other < self.n:
            return False
        if self._frozen_seen[seen[other]] == IMMOVABLE and not self.spec.nudges_to_unfreeze:
            return False
        pair = (cell, seen[other]) if side == 1 else (seen[other], cell)
        return self._wrong(*pair, self.down[cell]) != self._errs

    def _bubble(self, cell: int, p: int, rightwards: bool, seen: list[int]) -> int | None:
        side = 1 if rightwards else -1
        if 0 <= p + side < self.n:
            self.run.n_reads += 1
        if self._wants(cell, p, 1, seen) or self._wants(cell, p, -1, seen):
            self.run.n_paper_steps += 1
        return p + side if self._wants(cell, p, side, seen) else None

    def _prefix(self, cell: int, p: int, seen: list[int]) -> tuple[bool, int]:
        """Whether the cells left of ``p`` are in order, and how many were looked at."""
        last = None
        for place in range(p):
            other = seen[place]
            if self._frozen_seen[other]:
                last = None
                continue
            if last is not None and self._wrong(last, other, self.down[cell]):
                return False, place + 1
            last = other
        return True, p

    def _insertion(self, cell: int, p: int, seen: list[int]) -> int | None:
        in_order, looked_at = self._prefix(cell, p, seen)
        self.run.n_reads += looked_at
        if not in_order or not self._wants(cell, p, -1, seen):
            return None
        self.run.n_paper_steps += 1
        return p - 1

    def _selection(self, cell: int, p: int, seen: list[int]) -> int | None:
        q = self.ideal[cell]
        if q == p or not 0 <= q < self.n:
            return None
        self.run.n_reads += 1
        self.run.n_paper_steps += 1
        target, step = seen[q], -1 if self.down[cell] else 1
        larger = (self.rank[cell] < self.rank[target]) != self._errs
        if not larger:
            self.ideal[cell] += step
            return None
        if self._frozen_seen[target] == MOVABLE and self.spec.selection_frozen_quirk:
            self.ideal[cell] += step
        return q

    # What follows

    def _swap(self, a: int, b: int) -> None:
        run = self.run
        run.order[a], run.order[b] = run.order[b], run.order[a]
        run.swaps.append((a, b))
        run.activations.append(run.n_activations)

    def _able(self, cell: int) -> bool:
        p, order = self.run.order.index(cell), self.run.order
        if self.frozen[cell]:
            return False
        outlooks = (False, True) if self.spec.sensing_noise else (False,)
        return any(self._able_when(cell, p, order, errs) for errs in outlooks)

    def _able_when(self, cell: int, p: int, order: list[int], errs: bool) -> bool:
        self._errs = errs
        if self.algotype[cell] == _BUBBLE:
            return self._wants(cell, p, 1, order) or self._wants(cell, p, -1, order)
        if self.algotype[cell] == _INSERTION:
            return self._prefix(cell, p, order)[0] and self._wants(cell, p, -1, order)
        return self.ideal[cell] != p and 0 <= self.ideal[cell] < self.n

    def _is_at_rest(self) -> bool:
        self._frozen_seen = self.frozen
        return not any(self._able(cell) for cell in range(self.n))

    def _n_swaps_spent(self) -> bool:
        return len(self.run.swaps) >= self.spec.max_swaps

    def _is_sorted(self) -> bool:
        down = measured_descending(self.spec)
        errors = sum(self._wrong(*pair, down) for pair in pairwise(self.run.order))
        return len(set(self.down)) == 1 and not errors

    def _look_for_end(self, *, in_round: bool = False) -> None:
        if self._is_sorted():
            self.run.stop = "sorted"
        elif self._n_swaps_spent():
            self.run.stop = "budget"
        elif not in_round and self._is_at_rest():
            self.run.stop = "quiescent"
