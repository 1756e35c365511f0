"""What the engine keeps for one computation, and the rules it is kept under."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum, auto

from engines.process.machine import events as ev
from engines.running import wording
from engines.running.compute import JobState, Status

_EARLY_S = 1e-3
"""An alarm may ring this much too early and still counts: sums of moments are rounded."""


@dataclass(frozen=True)
class Rules:
    """The numbers of the game; times in seconds."""

    n_slots: int = 2
    """Workers to begin with; all but one may be taken by long runs."""
    max_slots: int = 4
    """Workers there may be when short runs would wait behind ones that said they were short."""
    fixed: bool = False
    """Someone else decides how many workers there are (an existing cluster)."""
    long_s: float = 1.0
    """A run expected to take longer is a long one."""
    overrun_s: float = 2.0
    """A run that has taken longer is a long one, whatever it said."""
    grace_s: float = 1.5
    """How long a run may take to notice that it should stop, before its worker is killed."""
    patience_s: float = 5.0
    """How long to wait before a worker is killed again."""
    release_s: float = 20.0
    """How long what an owner that has gone asked for lies held, say for a page reload."""
    pause_limit_s: float = 1800.0
    """How long a run may lie held because nobody wants it to go on."""
    idle_s: float = 30.0
    """How long everything must be idle before extra workers are given back."""
    n_parked: int = 8
    """Runs that may lie held on one worker while others use it; 0 where that is not ours to say."""
    quantum_s: float = 0.2
    """How long a run may work before a short one that has not begun yet goes before it."""
    deaf_s: float = 0.5
    """A run that has not held after this long is not waited for."""


class Phase(Enum):
    """Where a computation is; what jobs show is derived from it."""

    LOOKING = auto()
    QUEUED = auto()
    RUNNING = auto()
    PARKED = auto()
    """Held on its worker, whose slot is free for others."""
    STOPPING = auto()


@dataclass
class Request:
    """One view's share in a run."""

    job: str
    owner: str
    view: str
    paused: bool = False
    away: bool = False
    """Whether its page is not looked at: hidden, or gone."""
    kept: bool = False
    """Whether it is wanted all the same."""
    told: JobState | None = None

    @property
    def idle(self) -> bool:
        """Whether the run need not go on for this one."""
        return self.paused or (self.away and not self.kept)


@dataclass
class Run:
    """One computation, wanted by one or more jobs."""

    id: str
    key: str
    seconds: float
    deadline_s: float
    turn: int
    """Order of arrival."""
    phase: Phase = Phase.LOOKING
    requests: dict[str, Request] = field(default_factory=dict)
    attempt: int = 0
    slot: str = ""
    started: bool = False
    fraction: float = math.nan
    note: str = ""
    doing: str = ""
    """What its worker does while there is no frame to show, say compiling."""
    begun_at: float = 0.0
    deadline_at: float = math.inf
    kill_at: float = math.inf
    held_since: float | None = None
    """Since when it has been told to hold."""
    yielding: bool = False
    """Whether it holds for another run, not because nobody wants it."""
    order: int = 0
    """Number of the last flag it was sent."""
    rested_s: float = 0.0
    """How long it has been held in all, the present time not counted."""
    stop_status: Status = Status.CANCELLED
    stop_sentence: str = ""

    @property
    def busy(self) -> bool:
        """Whether it occupies a slot."""
        return self.phase in (Phase.RUNNING, Phase.STOPPING)

    @property
    def on_worker(self) -> bool:
        """Whether a worker has it, going on or held."""
        return self.busy or self.phase is Phase.PARKED

    @property
    def front(self) -> bool:
        """Whether somebody looks at it."""
        return any(not request.away for request in self.requests.values())

    def worked_s(self, now: float) -> float:
        """How long this attempt has been computed, its pauses left out."""
        if not self.on_worker:
            return 0.0
        until = now if self.held_since is None else self.held_since
        return until - self.begun_at - self.rested_s

    def long(self, now: float, rules: Rules) -> bool:
        """Whether it counts as a long run: it said so, or it has shown so."""
        return self.seconds > rules.long_s or self.worked_s(now) >= rules.overrun_s - _EARLY_S

    def had_its_turn(self, now: float, rules: Rules) -> bool:
        """Whether it has worked for long enough to give way to one that has not begun."""
        return self.seconds > rules.long_s or self.worked_s(now) >= rules.quantum_s - _EARLY_S

    def wanted_to_hold(self) -> bool:
        """A run is held only when nobody who wants it needs it to go on."""
        return bool(self.requests) and all(r.idle for r in self.requests.values())

    @property
    def left(self) -> bool:
        """Whether everybody who wants it has gone, and nobody has only paused it."""
        return bool(self.requests) and all(r.idle and not r.paused for r in self.requests.values())

    def begin(self, slot: str, now: float) -> None:
        """One more attempt, on this worker."""
        self.phase, self.slot, self.attempt = Phase.RUNNING, slot, self.attempt + 1
        self.started, self.doing, self.fraction, self.begun_at = False, "", math.nan, now
        self.held_since, self.rested_s = None, 0.0
        self.deadline_at = now + self.deadline_s

    def wait_again(self, note: str) -> None:
        """Its worker has gone."""
        self.phase, self.slot, self.note = Phase.QUEUED, "", note
        self.held_since, self.yielding, self.started = None, False, False
        for request in self.requests.values():
            request.paused = False

    def hold(self, now: float) -> ev.Signal:
        """Tell its worker to hold it at the next frame."""
        self.held_since = now
        return self.signal("pause")

    def go_on(self, now: float) -> ev.Signal:
        """Tell its worker to go on; pauses do not count for the deadline."""
        rested_s = 0.0 if self.held_since is None else now - self.held_since
        self.deadline_at += rested_s
        self.rested_s += rested_s
        self.phase, self.held_since, self.yielding = Phase.RUNNING, None, False
        return self.signal("run")

    def signal(self, flag: ev.Flag) -> ev.Signal:
        """The next flag for its worker."""
        self.order += 1
        return ev.Signal(self.id, self.slot, flag, self.order)

    def obeys(self, order: int) -> bool:
        """Whether a worker that holds it for flag number ``order`` does what it should now."""
        return self.phase is Phase.RUNNING and self.held_since is not None and order == self.order

    def deaf(self, now: float, rules: Rules) -> bool:
        """Whether it occupies its slot although it was told to leave it."""
        if self.phase is Phase.STOPPING:
            return True
        held = self.phase is Phase.RUNNING and self.held_since is not None
        return held and now - (self.held_since or 0.0) >= rules.deaf_s - _EARLY_S

    def due_at(self, rules: Rules) -> float:
        """When something must be done about it if nothing happens before; inf for never."""
        if self.phase is Phase.STOPPING:
            return self.kill_at
        if not self.on_worker:
            return math.inf
        if self.held_since is None:
            return self.deadline_at
        return self.held_since + rules.pause_limit_s if self.wanted_to_hold() else math.inf

    def state_for(self, request: Request, now: float, n_ahead: int = 0) -> JobState:
        """What this request's job shows at this moment."""
        elapsed = self.worked_s(now)
        if self.phase is Phase.STOPPING:
            return JobState(Status.RUNNING, self.fraction, wording.STOPPING, elapsed_s=elapsed)
        if self.on_worker and (self.started or request.paused):
            status = Status.PAUSED if request.paused else Status.RUNNING
            waits = self.phase is Phase.PARKED and not request.paused
            note = wording.GIVES_WAY if waits else self.note or self.doing
            return JobState(status, self.fraction, note, elapsed_s=elapsed)
        sentence = self.note
        if self.phase is Phase.QUEUED and not sentence:
            sentence = wording.waiting(n_ahead)
        return JobState(Status.QUEUED, sentence=sentence, queued_ahead=n_ahead)
