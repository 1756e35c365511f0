"""What views hold: the engine process behind the `Compute` protocol.

This is the thin shell around `engines.process.machine.state.Machine`: it turns what happens into
events, carries out the instructions that come back, and tells jobs what is new.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

from engines.boundary import codec
from engines.contract import ExplorerError, Frame, Result, Spec
from engines.process.background import Background
from engines.process.cluster import Cluster, WorkerGoneError
from engines.process.connect import ClusterError
from engines.process.machine import events as ev
from engines.process.machine.state import Machine
from engines.process.on_worker.job import Ticket
from engines.process.results import Results
from engines.process.settings import EngineSettings
from engines.process.status import EnginePhase, EngineState
from engines.running import devices, registry, wording
from engines.running.compute import Job, JobState, Status

logger = logging.getLogger(__name__)

_WATCH_S = 1.0
"""How often memory and the connection are looked at."""
_RECONNECT_S = 5.0

StateListener = Callable[[EngineState], None]


@dataclass
class _Work:
    """What the shell keeps for a run; the machine keeps the rest."""

    job: Job
    frame: Frame | None = None
    result: Result | None = None


class EngineProcess:
    """Runs jobs in worker processes; lives in the page's event loop and never blocks it."""

    def __init__(self, settings: EngineSettings | None = None) -> None:
        """Starts nothing; jobs may be submitted before `start` and wait for it."""
        self.settings = settings or EngineSettings()
        rules = self.settings.rules
        self.state = EngineState(
            device=self.settings.device, n_threads=devices.threads_each(rules.n_slots)
        )
        """The newest state; see `listen`."""
        self.results = Results(self.settings)
        self._topic = f"explorer-{uuid.uuid4().hex}"
        self._cluster = Cluster(self.settings, self._topic, self)
        self._machine = Machine(replace(rules, fixed=bool(self.settings.scheduler)))
        self.background = Background()
        """What goes on without its page."""
        self._jobs: dict[str, Job] = {}
        self._work: dict[str, _Work] = {}
        self._listeners: list[StateListener] = []
        self._events: deque[ev.Event] = deque()
        self._draining = False
        self._wake: asyncio.TimerHandle | None = None
        self._closing = False
        self._tasks: set[asyncio.Task[Any]] = set()
        self._connected = False
        self._trouble = ""

    # Life ----------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start the workers, or join the cluster; returns when the first jobs can run.

        Never raises for what a user can mend: `state` then says lost, and why.
        """
        opening = asyncio.create_task(asyncio.to_thread(self.results.open))
        await self._connect()
        await opening
        self._spawn(self._watch())
        self._publish()

    async def close(self) -> None:
        """End all jobs and all workers; returns when no process is left."""
        self._closing = True
        if self._wake is not None:
            self._wake.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for job in tuple(self._jobs.values()):
            job.tell(JobState(Status.CANCELLED, sentence=wording.CLOSED))
        self._jobs.clear()
        await self._cluster.close()

    async def __aenter__(self) -> EngineProcess:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close."""
        await self.close()

    def listen(self, listener: StateListener) -> Callable[[], None]:
        """Call ``listener(state)`` after every change; returns the way to stop it."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    @property
    def worker_pids(self) -> tuple[int, ...]:
        """The process ids of the workers on this machine that are ours."""
        return self._cluster.pids

    # Compute -------------------------------------------------------------------------------

    def submit(
        self,
        spec: Spec,
        *,
        owner: str = "",
        view: str = "",
        recompute: bool = False,
        deadline_s: float | None = None,
    ) -> Job:
        """Start, join or find in the store the run of ``spec``."""
        name = registry.name_of(type(spec))
        job = Job(name, spec, owner, view)
        self._jobs[job.id] = job
        self._handle(
            ev.Submitted(
                job.id,
                owner,
                view,
                self.results.key(job),
                seconds=registry.experiment(name).seconds(spec),
                deadline_s=deadline_s or self.settings.deadline_s,
                recompute=recompute,
            )
        )
        if not (recompute or job.state.status.final or self.results.may_have(job)):
            self._spawn(self._show_first(job))
        return job

    def pause(self, job: Job) -> None:
        """Hold the run between two frames."""
        self._handle(ev.Paused(job.id))

    def resume(self, job: Job) -> None:
        """Let a paused run go on."""
        self._handle(ev.Resumed(job.id))

    def cancel(self, job: Job) -> None:
        """Stop the run, or leave it to the others who want it; frames that came stay."""
        self._handle(ev.Cancelled(job.id))

    def keep(self, job: Job, *, kept: bool = True) -> None:
        """Let the run go on when its page is left, or no longer."""
        if kept and job.id in self._jobs:
            self.background.add(job)
        elif not kept:
            self.background.drop(job.id)
        self._handle(ev.Kept(job.id, kept))

    def hide(self, owner: str) -> None:
        """Nobody looks at what the owner shows: hold what only they asked for."""
        self._handle(ev.Hidden(owner))

    def release(self, owner: str) -> None:
        """The owner has gone: hold what only they asked for, cancel it when they stay away."""
        self._handle(ev.Released(owner))

    def welcome(self, owner: str) -> None:
        """The owner is looked at again, or is back: what was held goes on."""
        self._handle(ev.Returned(owner))

    async def result_bytes(self, job: Job) -> bytes | None:
        """The packed result as it is stored, to be sent on without packing it again."""
        return await self.results.packed(job)

    # Events --------------------------------------------------------------------------------

    def slot_up(self, slot: str) -> None:
        """The cluster has a worker."""
        self._handle(ev.SlotUp(slot))

    def slot_down(self, slot: str, why: str) -> None:
        """The cluster has lost a worker."""
        self._handle(ev.SlotDown(slot, why))

    def message(self, message: dict[str, Any]) -> None:
        """A worker says something about the run it drives."""
        run, attempt = message["run"], message["attempt"]
        work, about = self._work.get(run), self._machine.runs.get(run)
        if work is None or about is None or about.attempt != attempt:
            return
        if message["kind"] == "started":
            self._handle(ev.Started(run, attempt))
        elif message["kind"] == "doing":
            self._handle(ev.Doing(run, attempt, message["sentence"]))
        elif message["kind"] == "held":
            self._handle(ev.Held(run, attempt, message["order"]))
        elif message["kind"] == "frame":
            work.frame = codec.unpack(message["frame"])
            self._handle(ev.Progressed(run, attempt, message["fraction"]))

    def _handle(self, event: ev.Event) -> None:
        """Take the event to the machine; a listener may cause further events meanwhile."""
        self._events.append(event)
        if self._draining:
            return
        self._draining = True
        try:
            while self._events:
                self._handle_one(self._events.popleft())
        finally:
            self._draining = False
        self._set_alarm()
        self._publish()

    def _handle_one(self, event: ev.Event) -> None:
        instructions = self._machine.handle(event, asyncio.get_running_loop().time())
        if isinstance(event, ev.Submitted) and event.job in self._machine.runs:
            self._work[event.job] = _Work(self._jobs[event.job])
        for instruction in instructions:
            self._obey(instruction)

    def _set_alarm(self) -> None:
        if self._wake is not None:
            self._wake.cancel()
        moment = self._machine.next_wake()
        loop = asyncio.get_running_loop()
        finite = moment < float("inf") and not self._closing
        self._wake = loop.call_at(moment, self._handle, ev.Ticked()) if finite else None

    # Instructions --------------------------------------------------------------------------

    def _obey(self, instruction: ev.Instruction) -> None:
        match instruction:
            case ev.Tell():
                self._tell(instruction)
            case ev.Look(run):
                self._look(run)
            case ev.Start():
                self._spawn(self._drive(instruction, self._work[instruction.run].job))
            case ev.Signal():
                self._cluster.signal(instruction)
            case ev.Kill(run, slot):
                self._cluster.kill(slot, run)
            case ev.Scale(n_slots):
                self._cluster.scale(n_slots)
            case ev.Forget(run):
                self._work.pop(run, None)

    def _tell(self, said: ev.Tell) -> None:
        job, work = self._jobs.get(said.job), self._work.get(said.run)
        if job is None:
            return
        if said.state.status.final:
            del self._jobs[said.job]
        done = said.state.status is Status.DONE
        job.tell(
            said.state,
            frame=work.frame if work else None,
            result=work.result if work and done else None,
        )

    def _look(self, run: str) -> None:
        job = self._work[run].job
        if self.results.may_have(job):
            self._spawn(self._fetch(run, job))
        else:
            self._events.append(ev.Looked(run))

    async def _fetch(self, run: str, job: Job) -> None:
        result, computed_at = await self.results.fetch(job)
        work = self._work.get(run)
        if work is None:
            return
        work.result = result
        self._handle(ev.Looked(run, computed_at))

    async def _show_first(self, job: Job) -> None:
        first = await self.results.came_with_the_build(job)
        if first is not None and job.frame is None and not job.state.status.final:
            job.tell(first=first)

    async def _drive(self, start: ev.Start, job: Job) -> None:
        spec = codec.pack(job.spec)
        device = self.settings.device
        many = bool(self.settings.scheduler)
        ticket = Ticket(start.run, start.attempt, job.name, spec, self._topic, device, many)
        try:
            packed, result = await self._cluster.run(start.slot, ticket)
            outcome = codec.unpack(packed)
            status = Status(outcome["status"])
            if status is Status.DONE:
                self._take(start.run, job, outcome["device"], result)
        except WorkerGoneError:
            return  # the slot going down is an event of its own
        except ExplorerError as error:
            status, outcome = Status.FAILED, {"sentence": str(error)}
        except Exception:
            error_id = uuid.uuid4().hex[:8]
            logger.exception("the engine could not run %s, error id %s", job.name, error_id)
            status, outcome = Status.FAILED, {"sentence": wording.unexpected(error_id)}
        self._handle(ev.Ended(start.run, start.attempt, status, outcome["sentence"]))

    def _take(self, run: str, job: Job, device: str, packed: bytes) -> None:
        """Decode the result and write it to the store at once."""
        key, stored = self.results.take(job, device, packed)
        self._spawn(asyncio.to_thread(self.results.store.save, key, stored))
        result = codec.unpack(packed)
        if (work := self._work.get(run)) is not None:
            work.result = result

    # Health --------------------------------------------------------------------------------

    async def _connect(self) -> None:
        try:
            await self._cluster.connect()
        except ClusterError as error:
            self._trouble = str(error)
        except Exception:
            error_id = uuid.uuid4().hex[:8]
            logger.exception("the engine did not start, error id %s", error_id)
            self._trouble = wording.not_started(error_id)
        else:
            self._connected, self._trouble = True, ""
        self._publish()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_WATCH_S if self._connected else _RECONNECT_S)
            if self._connected and self._cluster.connected:
                self._publish(await self._cluster.memory_bytes())
                continue
            self._connected, self._trouble = False, self._trouble or wording.LOST
            for slot in tuple(self._machine.slots):
                self.slot_down(slot, wording.CONNECTION_LOST)
            await self._cluster.close()
            await self._connect()

    def _publish(self, memory_bytes: int | None = None) -> None:
        machine = self._machine
        state = replace(
            self.state,
            phase=self._phase(),
            device=self.results.device or self.settings.device,
            n_workers=len(machine.slots),
            n_running=machine.n_running,
            n_queued=machine.n_queued,
            memory_bytes=self.state.memory_bytes if memory_bytes is None else memory_bytes,
            address=self._cluster.address,
            sentence=self._trouble or self._cluster.sentence or self.results.store.notice,
        )
        if state != self.state:
            self.state = state
            for listener in tuple(self._listeners):
                _call(listener, state)

    def _phase(self) -> EnginePhase:
        if not self._connected:
            return EnginePhase.LOST if self._trouble else EnginePhase.STARTING
        if self.settings.scheduler:
            return EnginePhase.REMOTE
        if len(self._machine.slots) < self.settings.rules.n_slots:
            return EnginePhase.RESTARTING
        return EnginePhase.BUSY if self._machine.n_running else EnginePhase.READY

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("the engine's shell failed", exc_info=error)
        self._publish()


def _call(listener: StateListener, state: EngineState) -> None:
    try:
        listener(state)
    except Exception:
        # A broken header must not stop the engine.
        logger.exception("a listener of the engine failed")
