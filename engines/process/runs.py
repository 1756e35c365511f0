"""What the engine keeps for one computation, and the rules it is kept under."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum, auto

from engines.running import wording
from engines.running.compute import JobState, Status


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
    """How long the jobs of an owner that has gone are kept, say for a page reload."""
    pause_limit_s: float = 1800.0
    """How long a paused run may hold a worker."""
    idle_s: float = 30.0
    """How long everything must be idle before extra workers are given back."""


class Phase(Enum):
    """Where a computation is; what jobs show is derived from it."""

    LOOKING = auto()
    QUEUED = auto()
    RUNNING = auto()
    STOPPING = auto()


@dataclass
class Request:
    """One view's share in a run."""

    job: str
    owner: str
    view: str
    paused: bool = False
    told: JobState | None = None


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
    begun_at: float = 0.0
    deadline_at: float = math.inf
    kill_at: float = math.inf
    held_since: float | None = None
    stop_status: Status = Status.CANCELLED
    stop_sentence: str = ""

    @property
    def busy(self) -> bool:
        """Whether it occupies a slot."""
        return self.phase in (Phase.RUNNING, Phase.STOPPING)

    def long(self, now: float, rules: Rules) -> bool:
        """Whether it counts as a long run: it said so, or it has shown so."""
        return self.seconds > rules.long_s or (self.busy and now - self.begun_at >= rules.overrun_s)

    def wanted_to_hold(self) -> bool:
        """A run is held only when everybody who wants it has paused."""
        return bool(self.requests) and all(r.paused for r in self.requests.values())

    def due_at(self, rules: Rules) -> float:
        """When something must be done about it if nothing happens before; inf for never."""
        if self.phase is Phase.STOPPING:
            return self.kill_at
        if self.phase is not Phase.RUNNING:
            return math.inf
        if self.held_since is not None:
            return self.held_since + rules.pause_limit_s
        return self.deadline_at

    def state_for(self, request: Request, now: float, n_ahead: int = 0) -> JobState:
        """What this request's job shows at this moment."""
        elapsed = now - self.begun_at if self.busy else 0.0
        if self.phase is Phase.STOPPING:
            return JobState(Status.RUNNING, self.fraction, wording.STOPPING, elapsed_s=elapsed)
        if self.phase is Phase.RUNNING and (self.started or request.paused):
            status = Status.PAUSED if request.paused else Status.RUNNING
            return JobState(status, self.fraction, self.note, elapsed_s=elapsed)
        sentence = self.note
        if self.phase is Phase.QUEUED and not sentence:
            sentence = wording.waiting(n_ahead)
        return JobState(Status.QUEUED, sentence=sentence, queued_ahead=n_ahead)
