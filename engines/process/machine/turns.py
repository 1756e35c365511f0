"""Who may start next, who makes room, how many workers there should be: pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from engines.process.machine.runs import Phase, Rules, Run

Lane = tuple[str, bool]
"""An owner, and whether it is about long runs."""


@dataclass(frozen=True)
class Floor:
    """What is going on at one moment."""

    runs: Collection[Run]
    now: float
    rules: Rules
    n_live: int
    """Workers there are."""
    n_wanted: int
    """Workers there should be."""

    @property
    def busy(self) -> list[Run]:
        """Runs that occupy a worker."""
        return [run for run in self.runs if run.busy]

    @property
    def waiting(self) -> list[Run]:
        """Runs that want a worker and have none."""
        phases = (Phase.QUEUED, Phase.PARKED)
        return [run for run in self.runs if run.phase in phases and not run.wanted_to_hold()]

    @property
    def n_places(self) -> int:
        """Held runs that may lie on one worker."""
        return 0 if self.rules.fixed else self.rules.n_parked

    def parked(self, slot: str) -> list[Run]:
        """Runs that lie held on this worker."""
        return [run for run in self.runs if run.phase is Phase.PARKED and run.slot == slot]

    def has_place(self, slot: str) -> bool:
        """Whether one more run could lie on this worker."""
        parked = self.parked(slot)
        return len(parked) < self.n_places or any(run.left for run in parked)

    def long(self, run: Run) -> bool:
        """Whether the run counts as a long one now."""
        return run.long(self.now, self.rules)

    def light(self, run: Run) -> bool:
        """Whether it may go before what has worked for a while: short, and not begun yet."""
        return run.phase is Phase.QUEUED and not self.long(run)

    def lanes(self, run: Run) -> Iterator[Lane]:
        """The lanes whose turn the run would take: an owner has at most one run in each."""
        taken = {(r.owner, self.long(b)) for b in self.busy for r in b.requests.values()}
        is_long = self.long(run)
        for request in run.requests.values():
            if (request.owner, is_long) not in taken:
                yield request.owner, is_long


def next_run(floor: Floor, served: Mapping[Lane, int], slot: str) -> tuple[Run, Lane] | None:
    """The run whose owner has waited longest for a turn, and whose turn it takes.

    What somebody looks at comes first, and a worker always stays free for short runs. A run that
    is held goes on where it lies.
    """
    n_long = sum(map(floor.long, floor.busy))
    room_for_long = floor.n_live if floor.n_wanted <= 1 else floor.n_live - 1
    found = []
    for run in floor.waiting:
        elsewhere = run.phase is Phase.PARKED and run.slot != slot
        if elsewhere or (floor.long(run) and n_long >= room_for_long):
            continue
        rank = not run.front, not floor.light(run)
        found += [
            (rank, served.get(lane, run.turn), run.turn, run, lane) for lane in floor.lanes(run)
        ]
    if not found:
        return None
    *_, run, lane = min(found, key=lambda one: one[:3])
    return run, lane


def makes_room(floor: Floor) -> Run | None:
    """The run that should give its worker to one that waits, if there is any."""
    on_its_way = [r for r in floor.busy if r.yielding and not r.deaf(floor.now, floor.rules)]
    for run in sorted(floor.waiting, key=lambda run: (not run.front, not floor.light(run))):
        if next(floor.lanes(run), None) is None:
            continue
        served = next((other for other in on_its_way if not _elsewhere(run, other)), None)
        if served is not None:
            on_its_way.remove(served)
            continue
        found = [other for other in floor.busy if gives_way(floor, other, run)]
        if found:
            return min(found, key=lambda other: (other.front, not floor.long(other), -other.turn))
    return None


def _elsewhere(waiting: Run, running: Run) -> bool:
    return waiting.phase is Phase.PARKED and waiting.slot != running.slot


def gives_way(floor: Floor, running: Run, waiting: Run) -> bool:
    """Whether a run should be held for one that waits."""
    if running.phase is not Phase.RUNNING or running.held_since is not None:
        return False
    if _elsewhere(waiting, running) or not floor.has_place(running.slot):
        return False
    if running.front != waiting.front:
        return waiting.front
    return floor.light(waiting) and running.had_its_turn(floor.now, floor.rules)


def next_look(floor: Floor) -> Iterator[float]:
    """Moments at which `makes_room` or `short_run_is_stuck` may answer otherwise."""
    if not floor.waiting:
        return
    for run in floor.busy:
        if run.held_since is not None:
            yield run.held_since + floor.rules.deaf_s
        else:
            yield floor.now + floor.rules.quantum_s - run.worked_s(floor.now)
            yield floor.now + floor.rules.overrun_s - run.worked_s(floor.now)


def short_run_is_stuck(floor: Floor) -> bool:
    """Whether a short run waits while no worker leaves what it does."""
    busy = floor.busy
    full = floor.n_live == floor.n_wanted == len(busy)
    return (
        full
        and any(map(floor.light, floor.waiting))
        and all(run.deaf(floor.now, floor.rules) for run in busy)
    )
