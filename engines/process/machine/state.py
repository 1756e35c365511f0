"""The engine's mind: events in, instructions out, nothing else.

It starts no process, waits for nothing and knows no clock but the ``now`` it is handed, so every
rule can be tested by plain function calls: the latest job of a view wins, equal computations are
shared, owners take fair turns, the page in front comes first, short runs go before long ones,
nothing runs twice unless it is said.

A run that is held is parked: it lies on its worker, whose slot is free for others, and goes on
there when its turn comes again.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

from engines.process.machine import events as ev
from engines.process.machine import turns
from engines.process.machine.runs import Phase, Request, Rules, Run
from engines.process.machine.staff import Staff
from engines.running import wording
from engines.running.compute import JobState, Status

CRASHES_ALLOWED = 2
"""A run that ended its worker this often is not started again until somebody insists."""


class Machine:
    """All jobs, runs, owners and slots of one engine. One door: `handle`."""

    def __init__(self, rules: Rules | None = None) -> None:
        """Nothing is running, and no slot is there yet."""
        self.rules = rules or Rules()
        self.slots: dict[str, Run | None] = {}
        """Live workers and what each is doing."""
        self.runs: dict[str, Run] = {}
        self._run_of_job: dict[str, Run] = {}
        self._job_of_view: dict[tuple[str, str], str] = {}
        self._leaving: dict[str, float] = {}
        self._away: set[str] = set()
        self._crashes: dict[str, int] = {}
        self._served: dict[tuple[str, bool], int] = {}
        self._turns = itertools.count(1)
        self._staff = Staff(self.rules)
        self._now = 0.0
        self._out: list[ev.Instruction] = []
        self._handlers: dict[type, Callable[[Any], object]] = {
            ev.Submitted: self._submit,
            ev.Cancelled: lambda event: self._cancel(event.job),
            ev.Paused: lambda event: self._pause(event.job, paused=True),
            ev.Resumed: lambda event: self._pause(event.job, paused=False),
            ev.Kept: lambda event: self._keep(event.job, kept=event.kept),
            ev.Hidden: lambda event: self._look_away(event.owner, away=True),
            ev.Released: self._released,
            ev.Returned: self._returned,
            ev.Looked: self._looked,
            ev.SlotUp: lambda event: self.slots.setdefault(event.slot, None),
            ev.SlotDown: self._slot_down,
            ev.Started: lambda event: self._progress(event, math.nan),
            ev.Doing: lambda event: self._progress(event, math.nan, event.sentence),
            ev.Held: self._held,
            ev.Progressed: lambda event: self._progress(event, event.fraction),
            ev.Ended: self._ended,
            ev.Ticked: lambda _: self._overdue(),
        }

    # The door ------------------------------------------------------------------------------

    def handle(self, event: ev.Event, now: float) -> list[ev.Instruction]:
        """What to do about this event; ``now`` is monotonic, in seconds."""
        self._now, self._out = now, []
        self._handlers[type(event)](event)
        self._dispatch()
        self._make_room()
        if self._staff.changed(self._floor):
            self._out.append(ev.Scale(self._staff.n_wanted))
        self._tell_places()
        return self._out

    def next_wake(self) -> float:
        """When to send `Ticked` if nothing happens before; inf for never."""
        dues = [run.due_at(self.rules) for run in self.runs.values()]
        dues += [*self._leaving.values(), self._staff.next_look]
        dues += [moment for moment in turns.next_look(self._floor) if moment > self._now]
        return min(dues, default=math.inf)

    @property
    def n_queued(self) -> int:
        """Computations that wait for a worker."""
        return len(self._floor.waiting)

    @property
    def n_running(self) -> int:
        """Computations that occupy a worker."""
        return sum(1 for _ in self._busy())

    # What views do -------------------------------------------------------------------------

    def _released(self, event: ev.Released) -> None:
        self._leaving.setdefault(event.owner, self._now + self.rules.release_s)
        self._look_away(event.owner, away=True)

    def _returned(self, event: ev.Returned) -> None:
        self._leaving.pop(event.owner, None)
        self._look_away(event.owner, away=False)

    def _look_away(self, owner: str, *, away: bool) -> None:
        (self._away.add if away else self._away.discard)(owner)
        for run in tuple(self.runs.values()):
            for request in run.requests.values():
                if request.owner == owner:
                    request.away = away
            self._hold_or_go_on(run)

    def _keep(self, job: str, *, kept: bool) -> None:
        run = self._run_of_job.get(job)
        if run is not None:
            run.requests[job].kept = kept
            self._hold_or_go_on(run)

    def _submit(self, event: ev.Submitted) -> None:
        if event.owner in self._leaving:
            self._returned(ev.Returned(event.owner))
        earlier = self._job_of_view.pop((event.owner, event.view), None)
        if event.recompute:
            self._crashes.pop(event.key, None)
        if self._crashes.get(event.key, 0) >= CRASHES_ALLOWED:
            refused = JobState(Status.CRASHED, sentence=wording.QUARANTINED)
            self._out.append(ev.Tell(event.job, "", refused))
        else:
            self._attach(self._joinable(event) or self._new_run(event), event)
        if earlier:
            self._detach(earlier, JobState(Status.REPLACED))

    def _joinable(self, event: ev.Submitted) -> Run | None:
        for run in self.runs.values():
            stale = run.phase is Phase.LOOKING and event.recompute
            if run.key == event.key and run.phase is not Phase.STOPPING and not stale:
                return run
        return None

    def _new_run(self, event: ev.Submitted) -> Run:
        run = Run(event.job, event.key, event.seconds, event.deadline_s, next(self._turns))
        self.runs[run.id] = run
        if event.recompute:
            run.phase = Phase.QUEUED
        else:
            self._out.append(ev.Look(run.id))
        return run

    def _attach(self, run: Run, event: ev.Submitted) -> None:
        request = Request(event.job, event.owner, event.view, away=event.owner in self._away)
        run.requests[event.job] = request
        self._run_of_job[event.job] = run
        self._job_of_view[event.owner, event.view] = event.job
        # A newcomer takes its turn behind those who already wait, so nobody can be starved.
        for lane in (False, True):
            self._served.setdefault((event.owner, lane), run.turn)
        self._hold_or_go_on(run)
        if run.on_worker:
            self._tell(run, request)

    def _detach(self, job: str, state: JobState) -> None:
        run = self._run_of_job.pop(job)
        request = run.requests.pop(job)
        if self._job_of_view.get((request.owner, request.view)) == job:
            del self._job_of_view[request.owner, request.view]
        self._out.append(ev.Tell(job, run.id, self._final(run, state)))
        if run.requests:
            self._hold_or_go_on(run)
        elif run.phase is Phase.RUNNING:
            self._stop(run)
        elif not run.busy:
            self._drop(run)

    def _cancel(self, job: str, sentence: str = "") -> None:
        run = self._run_of_job.get(job)
        if run is None or run.phase is Phase.STOPPING:
            return
        if len(run.requests) > 1 or not run.busy:
            self._detach(job, JobState(Status.CANCELLED, sentence=sentence))
        else:
            self._stop(run, sentence=sentence)

    def _pause(self, job: str, *, paused: bool) -> None:
        run = self._run_of_job.get(job)
        if run is None or run.phase not in (Phase.RUNNING, Phase.PARKED):
            return
        run.requests[job].paused = paused
        self._hold_or_go_on(run)
        self._tell(run, run.requests[job])

    def _hold_or_go_on(self, run: Run) -> None:
        hold = run.wanted_to_hold() or run.yielding
        if run.phase is Phase.RUNNING and hold != (run.held_since is not None):
            self._out.append(run.hold(self._now) if hold else run.go_on(self._now))

    def _held(self, event: ev.Held) -> None:
        """The worker has laid the run aside: its slot is free."""
        run = self._attempt(event)
        # An answer to an earlier flag says nothing about now.
        if run is None or not run.obeys(event.order):
            return
        if not self._parking_place(run.slot):
            if run.left:
                self._stop(run, sentence=wording.LEFT)
            elif run.yielding:
                run.yielding = False
                self._hold_or_go_on(run)
            return
        run.phase, run.started = Phase.PARKED, True
        self.slots[run.slot] = None
        for request in run.requests.values():
            self._tell(run, request)

    def _parking_place(self, slot: str) -> bool:
        """Whether one more run may lie on this worker; one that was left makes room."""
        parked = self._floor.parked(slot)
        if len(parked) < self._floor.n_places:
            return True
        left = [run for run in parked if run.left]
        if not left:
            return False
        first = min(left, key=lambda run: run.held_since or 0.0)
        self._finish(first, JobState(Status.CANCELLED, sentence=wording.LEFT))
        return True

    # What workers do -----------------------------------------------------------------------

    def _looked(self, event: ev.Looked) -> None:
        run = self.runs.get(event.run)
        if run is None or run.phase is not Phase.LOOKING:
            return
        if event.found_at:
            self._finish(run, JobState(Status.DONE, from_cache=event.found_at))
        else:
            run.phase = Phase.QUEUED

    def _progress(
        self, event: ev.Started | ev.Doing | ev.Progressed, fraction: float, doing: str = ""
    ) -> None:
        run = self._attempt(event)
        if run is None:
            return
        run.started, run.doing, run.fraction = True, doing, fraction
        if run.phase is Phase.RUNNING:
            for request in run.requests.values():
                if not request.paused:
                    self._tell(run, request)

    def _ended(self, event: ev.Ended) -> None:
        run = self._attempt(event)
        if run is None:
            return
        if event.status is Status.CANCELLED:
            self._finish(run, JobState(run.stop_status, sentence=run.stop_sentence))
            return
        if event.status is Status.DONE:
            self._crashes.pop(run.key, None)
        self._finish(run, JobState(event.status, sentence=event.sentence))

    def _attempt(self, event: ev.OfAttempt) -> Run | None:
        """The run the event speaks of, unless it is about something long past."""
        run = self.runs.get(event.run)
        return run if run and run.on_worker and run.attempt == event.attempt else None

    def _slot_down(self, event: ev.SlotDown) -> None:
        run = self.slots.pop(event.slot, None)
        for held in [r for r in self.runs.values() if r.phase is Phase.PARKED]:
            if held.slot == event.slot:
                self._begin_again(held, event.why, wording.BEGUN_AGAIN)
        if run is None:
            return
        if run.phase is Phase.STOPPING:
            sentence = run.stop_sentence or wording.STOPPED_HARD
            self._finish(run, JobState(run.stop_status, sentence=sentence))
            return
        self._crashes[run.key] = self._crashes.get(run.key, 0) + 1
        if run.started:
            self._crashed(run, event.why)
        else:
            self._begin_again(run, event.why, wording.RETRIED)

    def _begin_again(self, run: Run, why: str, note: str) -> None:
        """Once: what did not end its worker itself is started again, and says so."""
        run.wait_again(note)
        if run.attempt > 1:
            self._crashed(run, why)

    def _crashed(self, run: Run, why: str) -> None:
        again = self._crashes.get(run.key, 0) >= CRASHES_ALLOWED
        self._finish(run, JobState(Status.CRASHED, sentence=wording.crashed(why, again=again)))

    # What time does ------------------------------------------------------------------------

    def _overdue(self) -> None:
        for owner in [o for o, moment in self._leaving.items() if moment <= self._now]:
            self._leave(owner)
        due = [r for r in self.runs.values() if r.due_at(self.rules) <= self._now]
        for run in due:
            if run.phase is Phase.STOPPING:
                run.kill_at = self._now + self.rules.patience_s
                self._out.append(ev.Kill(run.id, run.slot))
            elif run.phase is Phase.PARKED:
                sentence = wording.paused_too_long(self.rules.pause_limit_s)
                self._finish(run, JobState(Status.CANCELLED, sentence=sentence))
            elif run.held_since is not None:
                self._stop(run, sentence=wording.paused_too_long(self.rules.pause_limit_s))
            else:
                self._stop(run, Status.FAILED, wording.deadline(run.deadline_s))

    def _leave(self, owner: str) -> None:
        del self._leaving[owner]
        requests = [r for run in self.runs.values() for r in run.requests.values()]
        for request in [r for r in requests if r.owner == owner and not r.kept]:
            self._cancel(request.job, wording.LEFT)
        for lane in (False, True):
            self._served.pop((owner, lane), None)

    def _stop(self, run: Run, status: Status = Status.CANCELLED, sentence: str = "") -> None:
        run.phase, run.kill_at = Phase.STOPPING, self._now + self.rules.grace_s
        run.stop_status, run.stop_sentence = status, sentence
        self._out.append(run.signal("cancel"))
        for request in run.requests.values():
            self._tell(run, request)

    # Turns ---------------------------------------------------------------------------------

    @property
    def _floor(self) -> turns.Floor:
        n_wanted = len(self.slots) if self.rules.fixed else self._staff.n_wanted
        return turns.Floor(self.runs.values(), self._now, self.rules, len(self.slots), n_wanted)

    def _dispatch(self) -> None:
        for slot in [slot for slot, run in self.slots.items() if run is None]:
            found = turns.next_run(self._floor, self._served, slot)
            if found is None:
                continue
            run, lane = found
            self._served[lane] = next(self._turns)
            self.slots[slot] = run
            if run.phase is Phase.PARKED:
                self._out.append(run.go_on(self._now))
                for request in run.requests.values():
                    self._tell(run, request)
            else:
                run.begin(slot, self._now)
                self._out.append(ev.Start(run.id, slot, run.attempt))

    def _make_room(self) -> None:
        """Hold what should give way, and no longer what nobody waits for any more."""
        while (run := turns.makes_room(self._floor)) is not None:
            run.yielding = True
            self._hold_or_go_on(run)
        if not self._floor.waiting:
            for run in [r for r in self._busy() if r.yielding]:
                run.yielding = False
                self._hold_or_go_on(run)

    # Telling -------------------------------------------------------------------------------

    def _busy(self) -> Iterator[Run]:
        return (run for run in self.runs.values() if run.busy)

    def _tell(self, run: Run, request: Request, n_ahead: int = 0) -> None:
        request.told = run.state_for(request, self._now, n_ahead)
        self._out.append(ev.Tell(request.job, run.id, request.told))

    def _tell_places(self) -> None:
        """Tell queued jobs their place, where it has changed."""
        queued = [run for run in self._floor.waiting if run.phase is Phase.QUEUED]
        for n_ahead, run in enumerate(sorted(queued, key=lambda run: run.turn)):
            for request in run.requests.values():
                if request.told != run.state_for(request, self._now, n_ahead):
                    self._tell(run, request, n_ahead)

    def _final(self, run: Run, state: JobState) -> JobState:
        fraction = 1.0 if state.status is Status.DONE else run.fraction
        return dataclasses.replace(state, fraction=fraction, elapsed_s=run.worked_s(self._now))

    def _finish(self, run: Run, state: JobState) -> None:
        if self.slots.get(run.slot) is run:
            self.slots[run.slot] = None
        final = self._final(run, state)
        for request in run.requests.values():
            del self._run_of_job[request.job]
            if self._job_of_view.get((request.owner, request.view)) == request.job:
                del self._job_of_view[request.owner, request.view]
            self._out.append(ev.Tell(request.job, run.id, final))
        self._drop(run)

    def _drop(self, run: Run) -> None:
        if run.phase is Phase.PARKED:
            # It ends as soon as it hears of it; nobody waits for that.
            self._out.append(run.signal("cancel"))
        del self.runs[run.id]
        self._out.append(ev.Forget(run.id))
