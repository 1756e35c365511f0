"""The engine's two vocabularies: what happened (events) and what to do about it (instructions)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engines.running.compute import JobState, Status

Flag = Literal["run", "pause", "cancel"]
"""What a worker is told about the run it drives."""


@dataclass(frozen=True)
class Submitted:
    """A view asks for a run. Equal keys are the same computation."""

    job: str
    owner: str
    view: str
    key: str
    seconds: float = 0.0
    """A guess of the run's length."""
    deadline_s: float = 3600.0
    recompute: bool = False


@dataclass(frozen=True)
class Cancelled:
    """A view no longer wants its job."""

    job: str


@dataclass(frozen=True)
class Paused:
    """A view holds its job."""

    job: str


@dataclass(frozen=True)
class Resumed:
    """A view lets its job go on."""

    job: str


@dataclass(frozen=True)
class Kept:
    """A view wants its job to go on when nobody looks at it, or no longer does."""

    job: str
    kept: bool = True


@dataclass(frozen=True)
class Hidden:
    """Nobody looks at what this owner shows; it is still there."""

    owner: str


@dataclass(frozen=True)
class Released:
    """An owner has gone; it may come back within the grace time."""

    owner: str


@dataclass(frozen=True)
class Returned:
    """An owner is looked at again."""

    owner: str


@dataclass(frozen=True)
class Looked:
    """The store has answered; ``found_at`` is when the result was computed, empty for a miss."""

    run: str
    found_at: str = ""


@dataclass(frozen=True)
class SlotUp:
    """A worker can take runs."""

    slot: str


@dataclass(frozen=True)
class SlotDown:
    """A worker is gone; ``why`` is a clause for people."""

    slot: str
    why: str = ""


@dataclass(frozen=True)
class Started:
    """The worker has begun this attempt."""

    run: str
    attempt: int


@dataclass(frozen=True)
class Doing:
    """What the worker does for this attempt before its first frame."""

    run: str
    attempt: int
    sentence: str


@dataclass(frozen=True)
class Held:
    """The worker holds this attempt, as flag number ``order`` told it."""

    run: str
    attempt: int
    order: int


@dataclass(frozen=True)
class Progressed:
    """The worker has sent a frame of this attempt."""

    run: str
    attempt: int
    fraction: float


@dataclass(frozen=True)
class Ended:
    """The worker has ended this attempt by itself: done, cancelled or failed."""

    run: str
    attempt: int
    status: Status
    sentence: str = ""


OfAttempt = Started | Doing | Held | Progressed | Ended
"""What a worker says of the attempt it drives."""


@dataclass(frozen=True)
class Ticked:
    """Time has passed."""


Event = (
    Submitted | Cancelled | Paused | Resumed | Kept | Hidden | Released | Returned | Looked
    | SlotUp | SlotDown | Started | Doing | Held | Progressed | Ended | Ticked
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """Ask the store for this run's result and answer with `Looked`."""

    run: str


@dataclass(frozen=True)
class Start:
    """Give this run to this slot."""

    run: str
    slot: str
    attempt: int


@dataclass(frozen=True)
class Signal:
    """Set the flag the worker looks at between two frames; a later ``order`` counts."""

    run: str
    slot: str
    flag: Flag
    order: int = 0


@dataclass(frozen=True)
class Kill:
    """End this slot's process; a new one follows as `SlotDown`, then `SlotUp`."""

    run: str
    slot: str


@dataclass(frozen=True)
class Tell:
    """A job has a new state."""

    job: str
    run: str
    state: JobState


@dataclass(frozen=True)
class Scale:
    """Have this many slots."""

    n_slots: int


@dataclass(frozen=True)
class Forget:
    """Nobody wants this run any more; what is kept for it may go."""

    run: str


Instruction = Look | Start | Signal | Kill | Tell | Scale | Forget
