"""Workers on this machine: a scheduler in the page's process and one nanny for each worker.

`distributed.LocalCluster` would do, but it takes a worker that restarts twice within a quarter of
a minute for lost and never replaces it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import psutil
from distributed.core import Status
from distributed.security import Security
from distributed.utils import silence_logging_cmgr

from engines.process.nodes import QuietNanny, QuietScheduler
from engines.process.settings import EngineSettings
from engines.running import devices

logger = logging.getLogger(__name__)

_SCRATCH = "neural-explorer-"
_LOOPBACK = "127.0.0.1"
_START_S = 60.0
_POLITE_S = 0.6
"""How long a worker may take to end by itself."""
_LOOKS, _LOOK_S = 500, 0.02
"""How often a killed worker is looked for, and how long between."""
_AGAIN_S = 0.2
"""How long to wait before a nanny that has given up is replaced."""


class WorkersHere:
    """Keeps as many workers alive as asked, behind a certificate nobody else has."""

    def __init__(self, settings: EngineSettings) -> None:
        """Nothing is started yet."""
        self.security = Security.temporary()
        self.address = ""
        self._settings = settings
        self.out_of_memory: set[str] = set()
        """Addresses of workers that were ended because they needed too much memory."""
        self._closing = AsyncExitStack()
        self._keepers: list[asyncio.Task[None]] = []
        self._nannies: dict[int, QuietNanny] = {}
        self._up = asyncio.Condition()
        self._options: dict[str, Any] = {
            "host": _LOOPBACK,
            "protocol": "tls://",
            "security": self.security,
        }

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers that live."""
        return tuple(nanny.pid for nanny in self._nannies.values() if nanny.pid)

    async def start(self) -> None:
        """Start the scheduler and the first workers; returns when all of them can work.

        Raises:
            TimeoutError: they did not start.
        """
        self._closing.enter_context(silence_logging_cmgr(logging.CRITICAL))
        scratch = await asyncio.to_thread(scratch_folder)
        self._closing.push_async_callback(
            asyncio.to_thread, shutil.rmtree, scratch, ignore_errors=True
        )
        scheduler = await QuietScheduler(**self._options, port=0, dashboard=False)
        self._closing.push_async_callback(scheduler.close)
        self.address = scheduler.address
        n_slots = self._settings.rules.n_slots
        self._options |= {
            "n_threads": devices.threads_each(n_slots),
            "on_full": self.out_of_memory.add,
            # One works; the others are held between two frames and cost nothing but their memory.
            "nthreads": 1 + self._settings.rules.n_parked,
            "memory_limit": self._settings.worker_memory,
            "local_directory": scratch,
            "dashboard": False,
            "silence_logs": logging.CRITICAL,
        }
        self.scale(n_slots)
        async with asyncio.timeout(_START_S), self._up:
            await self._up.wait_for(lambda: self._n_up() >= n_slots)

    def scale(self, n_slots: int) -> None:
        """Have this many workers."""
        while len(self._keepers) > n_slots:
            self._keepers.pop().cancel()
        while len(self._keepers) < n_slots:
            self._keepers.append(asyncio.create_task(self._keep(len(self._keepers))))

    async def close(self) -> None:
        """End everything; a worker that does not end by itself is killed and waited for."""
        pids = self.pids
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        # A nanny gives up on a worker that it has killed, when a busy system ends it later.
        for _ in range(_LOOKS):
            if not any(map(psutil.pid_exists, pids)):
                break
            await asyncio.sleep(_LOOK_S)
        await self._closing.aclose()

    def _n_up(self) -> int:
        return sum(nanny.status is Status.running for nanny in self._nannies.values())

    async def _keep(self, slot: int) -> None:
        """Have a nanny for this slot, and another when it gives up."""
        while True:
            nanny = self._nannies[slot] = QuietNanny(self.address, name=slot, **self._options)
            try:
                await nanny
                async with self._up:
                    self._up.notify_all()
                await nanny.finished()
            except Exception:
                # Its worker was killed while it was starting.
                logger.info("a nanny gave up", exc_info=True)
            finally:
                await nanny.close(timeout=_POLITE_S)
            await asyncio.sleep(_AGAIN_S)


def scratch_folder() -> str:
    """A folder only this user can read; takes away those whose process was killed."""
    for left in Path(tempfile.gettempdir()).glob(f"{_SCRATCH}*-*"):
        owner = left.name.removeprefix(_SCRATCH).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-")
