"""The hands of the engine: gives runs to workers, flags and kills them, reports what they say."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

import psutil
from distributed import Client, Future
from distributed.client import FutureCancelledError
from distributed.scheduler import KilledWorker

from engines.contract import ExplorerError
from engines.process.connect import ClusterError, Connection, joined, started_here
from engines.process.machine.events import Signal
from engines.process.nodes import OUT_OF_MEMORY
from engines.process.on_worker import job, worker
from engines.process.settings import EngineSettings
from engines.running import wording

logger = logging.getLogger(__name__)

_ECHO_S = 0.05
"""How long to wait for what was told to come back, before it is told again."""
_ANSWER_S = 5.0
"""How long to wait for a worker to confirm a flag; a C loop never does."""


class WorkerGoneError(ExplorerError):
    """The worker ended before its job did."""


class Listener(Protocol):
    """What the cluster reports to."""

    def slot_up(self, slot: str) -> None:
        """A worker is there."""
        ...

    def slot_down(self, slot: str, why: str) -> None:
        """A worker has gone; ``why`` is a clause for people or empty."""
        ...

    def message(self, message: dict[str, Any]) -> None:
        """A job has sent something."""
        ...


@dataclass
class _Errand:
    slot: str
    future: Future
    doomed: bool = False
    """Whether its worker is gone or going."""

    async def cancel(self) -> None:
        """Let the scheduler forget it, so that it is not run again."""
        self.doomed = True
        await self.future.cancel(force=True)


class Cluster:
    """The workers of one engine, and the one connection to them."""

    def __init__(self, settings: EngineSettings, topic: str, listener: Listener) -> None:
        """Nothing is started yet."""
        self._settings, self._topic, self._listener = settings, topic, listener
        self._connection: Connection | None = None
        self._errands: dict[str, _Errand] = {}
        self._slots: set[str] = set()
        self._out_of_memory: set[str] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self.sentence = ""
        """Why some workers are not used."""

    @property
    def client(self) -> Client:
        """The connection; only between `connect` and `close`."""
        if self._connection is None:
            raise ExplorerError("the engine is not connected")
        return self._connection.client

    @property
    def connected(self) -> bool:
        """Whether the scheduler can be reached."""
        return self._connection is not None and self.client.status == "running"

    @property
    def address(self) -> str:
        """Where the scheduler listens; empty before `connect`."""
        scheduler = self._connection.client.scheduler if self._connection else None
        return str(scheduler.address) if scheduler else ""

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the workers that were started here and live."""
        here = self._connection.here if self._connection else None
        return here.pids if here else ()

    async def connect(self) -> None:
        """Start workers or join the existing cluster, and report every slot.

        Raises:
            ClusterError: there is no cluster at the address.
        """
        start = joined if self._settings.scheduler else started_here
        self._connection = await start(self._settings)
        if self._connection.here is not None:
            self._out_of_memory = self._connection.here.out_of_memory
        self.client.subscribe_topic(self._topic, lambda event: self._listener.message(event[1]))
        self.client.subscribe_topic(OUT_OF_MEMORY, self._memory_event)
        self.client.subscribe_topic("all", self._worker_event)
        await self._heard()
        for slot in await self._identities():
            await self._slot_up(slot)

    async def _heard(self) -> None:
        """Return when what was subscribed to so far is told.

        Subscriptions go by another way than questions: a worker that comes after we have asked who
        is there, and before the scheduler knows that we listen, would never be seen.
        """
        echo, told = f"{self._topic}-echo", asyncio.Event()
        self.client.subscribe_topic(echo, lambda _: told.set())
        try:
            async with asyncio.timeout(self._settings.connect_s):
                while not told.is_set():
                    await self.client.log_event(echo, "heard?")
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(told.wait(), _ECHO_S)
        except TimeoutError as error:
            raise ClusterError(
                f"the scheduler at {self.address} answers but tells nothing of its workers; "
                "start it anew"
            ) from error
        self.client.unsubscribe_topic(echo)

    async def close(self) -> None:
        """End the workers that were started here and give up the connection."""
        connection, self._connection = self._connection, None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._slots.clear()
        if connection is not None:
            await connection.close([self._topic, OUT_OF_MEMORY, "all"])

    # Orders --------------------------------------------------------------------------------

    async def run(self, slot: str, ticket: job.Ticket) -> tuple[bytes, bytes]:
        """Have the worker drive this run; what `engines.process.on_worker.job.run` returns.

        Raises:
            WorkerGoneError: the worker ended first.
        """
        if slot not in self._slots:
            raise WorkerGoneError(wording.WORKER_ENDED)
        future = self.client.submit(
            job.run,
            ticket,
            key=f"explorer-run-{ticket.run}-{ticket.attempt}",
            workers=[slot],
            allow_other_workers=False,
            pure=False,
            retries=0,
        )
        errand = self._errands[ticket.run] = _Errand(slot, future)
        try:
            return await future
        except KilledWorker as error:
            raise WorkerGoneError(wording.WORKER_ENDED) from error
        except FutureCancelledError as error:
            if errand.doomed:
                raise WorkerGoneError(wording.WORKER_ENDED) from error
            raise ExplorerError(wording.TAKEN_AWAY) from error
        finally:
            if self._errands.get(ticket.run) is errand:
                del self._errands[ticket.run]
            future.release()

    def signal(self, signal: Signal) -> None:
        """Set the run's flag; a worker deep in a C loop hears of it later or never."""
        told = signal.run, signal.flag, signal.order
        sent = self.client.run(job.set_flag, *told, workers=[signal.slot], on_error="ignore")
        self._spawn(asyncio.wait_for(sent, _ANSWER_S))

    def kill(self, slot: str, run: str) -> None:
        """End the worker's process; its nanny starts another."""
        self._spawn(self._kill(slot, run))

    async def _kill(self, slot: str, run: str) -> None:
        errand = self._errands.get(run)
        if errand is not None:
            # First, or the scheduler would see a lost task and not a cancelled one.
            await errand.cancel()
        await self.client.run(
            worker.kill_worker, slot, workers=[slot], nanny=True, on_error="ignore"
        )

    def scale(self, n_slots: int) -> None:
        """Have this many workers, where they are ours to start."""
        if self._connection is not None and self._connection.here is not None:
            self._connection.here.scale(n_slots)

    async def memory_bytes(self) -> int:
        """What all workers occupy."""
        if self._connection is None:
            return 0
        if self._connection.here is None:
            return sum(w["metrics"].get("memory", 0) for w in (await self._identities()).values())
        return sum(_rss(pid) for pid in self.pids)

    # Reports -------------------------------------------------------------------------------

    async def _identities(self) -> dict[str, dict[str, Any]]:
        return (await self._connection.identity())["workers"] if self._connection else {}

    def _worker_event(self, event: tuple[float, Any]) -> None:
        said = event[1] if isinstance(event[1], dict) else {}
        if said.get("action") == "add-worker":
            self._spawn(self._slot_up(said["worker"]))
        elif said.get("action") == "remove-worker":
            self._slot_down(said["worker"])

    def _memory_event(self, event: tuple[float, Any]) -> None:
        self._out_of_memory.add(event[1]["worker"])

    async def _slot_up(self, slot: str) -> None:
        if slot in self._slots:
            return
        self._slots.add(slot)
        if self._settings.scheduler and not await self._usable(slot):
            return
        if slot in self._slots:
            self._listener.slot_up(slot)
        if self._settings.warm:
            await self.client.run(worker.warm_up, workers=[slot], on_error="ignore")

    async def _usable(self, slot: str) -> bool:
        answer = await self.client.run(worker.facts, workers=[slot], on_error="return")
        theirs = answer.get(slot)
        if not isinstance(theirs, dict):
            self.sentence = f"the worker at {slot} cannot import the engines: install them there"
            return False
        found = worker.differences(theirs)
        if found:
            self.sentence = f"the worker at {slot} is not used: {found}"
        return not found

    def _slot_down(self, slot: str) -> None:
        self._slots.discard(slot)
        for errand in [e for e in self._errands.values() if e.slot == slot]:
            # A finished result that died with its worker would be computed again, unseen.
            self._spawn(errand.cancel())
        why = ""
        if slot in self._out_of_memory:
            self._out_of_memory.discard(slot)
            why = wording.out_of_memory(self._settings.worker_memory)
        self._listener.slot_down(slot, why)

    def _spawn(self, order: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.ensure_future(order)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # A worker that no longer answers is reported by its slot going down.
            logger.info("an order to a worker was not confirmed: %r", error)


def _rss(pid: int) -> int:
    try:
        return psutil.Process(pid).memory_info().rss
    except psutil.NoSuchProcess:
        return 0
