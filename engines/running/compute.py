"""What a view holds: a way to ask for work and to be told how it goes.

The app hands views the engine process; tests and scripts hand them `InProcess`. Both keep the
same promises, so every view can be tested without a process.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import math
import uuid
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from engines.boundary.shipped import Shipped
from engines.contract import Experiment, ExplorerError, Frame, Result, Spec
from engines.running import registry, wording

logger = logging.getLogger(__name__)


class Status(StrEnum):
    """Where a job is. The last five are final."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    CRASHED = "crashed"
    REPLACED = "replaced"

    @property
    def final(self) -> bool:
        """Whether nothing more will come."""
        return self not in (Status.QUEUED, Status.RUNNING, Status.PAUSED)


@dataclass(frozen=True)
class JobState:
    """A job at one moment, in numbers and in a sentence for people."""

    status: Status = Status.QUEUED
    fraction: float = math.nan
    """Share of the work done, nan when nobody can know."""
    sentence: str = ""
    """Why it waits, failed or crashed, and what to do; empty when there is nothing to say."""
    queued_ahead: int = 0
    elapsed_s: float = 0.0
    from_cache: str = ""
    """When the cached result was computed (ISO 8601, UTC); empty for a fresh one."""


Listener = Callable[["Job"], None]


class JobFailedError(ExplorerError):
    """A job that ended without a result; its text is the job's sentence."""


class Job:
    """One request on its way. Listeners are called in the page's event loop, newest state only."""

    def __init__(self, name: str, spec: Spec, owner: str, view: str) -> None:
        """A queued job; only a `Compute` makes one."""
        self.id = uuid.uuid4().hex
        self.name, self.spec, self.owner, self.view = name, spec, owner, view
        self.state = JobState()
        self.frame: Frame | None = None
        """The newest frame."""
        self.result: Result | None = None
        self.first: Shipped | None = None
        """What came with the build, to be shown until this job has answered."""
        self._listeners: list[Listener] = []
        self._ended = asyncio.Event()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener(job)`` after every change; returns the way to stop it."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def tell(
        self,
        state: JobState | None = None,
        *,
        frame: Frame | None = None,
        result: Result | None = None,
        first: Shipped | None = None,
    ) -> None:
        """For the compute side: take what is new and call the listeners once."""
        self.frame = frame or self.frame
        self.result = result or self.result
        self.first = first or self.first
        self.state = state or self.state
        if self.state.status.final:
            self._ended.set()
        for listener in tuple(self._listeners):
            self._call(listener)
        if self.state.status.final:
            self._listeners.clear()

    def _call(self, listener: Listener) -> None:
        try:
            listener(self)
        except Exception:
            # One broken picture must not keep the others, or the engine, from going on.
            logger.exception("a listener of job %s failed", self.id)

    async def ended(self) -> Result:
        """Wait for the result; raises JobFailedError when there will be none."""
        await self._ended.wait()
        if self.result is None:
            raise JobFailedError(self.state.sentence or f"the run was {self.state.status}")
        return self.result


class Compute(Protocol):
    """Asks for work. At most one queued job per (owner, view): the latest wins."""

    def submit(
        self, spec: Spec, *, owner: str = "", view: str = "", recompute: bool = False
    ) -> Job:
        """Start (or join, when the same spec is already on its way) the run of ``spec``."""
        ...

    def pause(self, job: Job) -> None:
        """Hold the run between two frames."""
        ...

    def resume(self, job: Job) -> None:
        """Let a paused run go on."""
        ...

    def cancel(self, job: Job) -> None:
        """Stop the run; frames that came stay."""
        ...

    def keep(self, job: Job, *, kept: bool = True) -> None:
        """Let the run go on when its page is left, or no longer."""
        ...

    def release(self, owner: str) -> None:
        """The owner has gone: cancel what only they asked for and did not keep."""
        ...


class InProcess:
    """Runs jobs in this process, one frame per turn of the event loop; for tests and scripts.

    It keeps nothing, so every run is computed: ``recompute`` changes nothing.
    """

    def __init__(self) -> None:
        """Nothing is started until something is submitted."""
        self._jobs: dict[str, Job] = {}
        self._kept: set[str] = set()
        self._may_go_on: dict[str, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def submit(
        self,
        spec: Spec,
        *,
        owner: str = "",
        view: str = "",
        recompute: bool = False,
    ) -> Job:
        """Start the run of ``spec``, replacing this view's earlier one."""
        del recompute
        for earlier in tuple(self._jobs.values()):
            if (earlier.owner, earlier.view) == (owner, view):
                self._end(earlier, Status.REPLACED)
        job = Job(registry.name_of(type(spec)), spec, owner, view)
        self._jobs[job.id] = job
        self._may_go_on[job.id] = asyncio.Event()
        self._may_go_on[job.id].set()
        task = asyncio.ensure_future(self._drive(job, registry.experiment(job.name)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    def pause(self, job: Job) -> None:
        """Hold the run between two frames."""
        if job.state.status is Status.RUNNING:
            self._may_go_on[job.id].clear()
            job.tell(dataclasses.replace(job.state, status=Status.PAUSED))

    def resume(self, job: Job) -> None:
        """Let a paused run go on."""
        if job.state.status is Status.PAUSED:
            job.tell(dataclasses.replace(job.state, status=Status.RUNNING))
            self._may_go_on[job.id].set()

    def cancel(self, job: Job) -> None:
        """Stop the run; frames that came stay."""
        self._end(job, Status.CANCELLED)

    def keep(self, job: Job, *, kept: bool = True) -> None:
        """Let the run go on when its owner is released, or no longer."""
        (self._kept.add if kept else self._kept.discard)(job.id)

    def release(self, owner: str) -> None:
        """Cancel everything this owner asked for and did not keep."""
        for job in tuple(self._jobs.values()):
            if job.owner == owner and job.id not in self._kept:
                self.cancel(job)

    def _end(self, job: Job, status: Status, sentence: str = "") -> None:
        self._jobs.pop(job.id, None)
        self._kept.discard(job.id)
        if not job.state.status.final:
            job.tell(dataclasses.replace(job.state, status=status, sentence=sentence))
        if (gate := self._may_go_on.pop(job.id, None)) is not None:
            gate.set()

    async def _drive(self, job: Job, experiment: Experiment) -> None:
        if job.state.status.final:
            return
        job.tell(JobState(Status.RUNNING))
        items = experiment.frames(job.spec)
        try:
            await self._iterate(job, items, self._may_go_on[job.id])
        except ExplorerError as error:
            self._end(job, Status.FAILED, str(error))
        except Exception:
            error_id = uuid.uuid4().hex[:8]
            logger.exception("run of %s failed, error id %s", job.name, error_id)
            self._end(job, Status.FAILED, wording.unexpected(error_id))
        finally:
            if isinstance(items, Generator):
                items.close()

    async def _iterate(
        self, job: Job, items: Iterator[Frame | Result], may_go_on: asyncio.Event
    ) -> None:
        for item in items:
            await may_go_on.wait()
            if job.state.status.final:
                return
            if isinstance(item, Result):
                job.tell(JobState(Status.DONE, fraction=1.0), result=item)
                self._end(job, Status.DONE)
                return
            job.tell(JobState(Status.RUNNING, item.fraction), frame=item)
            await asyncio.sleep(0)
        raise ExplorerError(wording.NO_RESULT)
