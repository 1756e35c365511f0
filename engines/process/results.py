"""Where results come from besides a worker: the store, and what came with the build."""

from __future__ import annotations

import asyncio
import logging

from engines.boundary import codec, shipped
from engines.boundary.store import Store, Stored, result_key
from engines.boundary.whole import sweep
from engines.contract import ExplorerError, Result
from engines.process.settings import EngineSettings
from engines.running import devices, registry
from engines.running.compute import Job

logger = logging.getLogger(__name__)


class Results:
    """Results by job: same spec, same code, same kind of device."""

    def __init__(self, settings: EngineSettings) -> None:
        """Touches no disk."""
        self.store = Store(settings.cache_dir, max_bytes=settings.cache_bytes)
        self.device = devices.known_without_asking(settings.device, settings.scheduler)
        """What results are computed on; empty until a worker has said so."""

    def open(self) -> None:
        """Open the store and take away what killed processes left anywhere; touches the disk."""
        self.store.open()
        sweep()

    def key(self, job: Job) -> str:
        """The name of the job's result."""
        kind = devices.device_class(self.device) if self.device else "unknown"
        return result_key(job.spec.digest(), registry.code_version(job.name), kind)

    def may_have(self, job: Job) -> bool:
        """Whether it is worth calling `fetch`."""
        return bool(self.device) and self.store.has(self.key(job))

    async def fetch(self, job: Job) -> tuple[Result | None, str]:
        """The stored result and when it was computed; None when there is none to be read."""
        stored = await asyncio.to_thread(self.store.get, self.key(job))
        if stored is None:
            return None, ""
        try:
            return codec.unpack(stored.data), stored.computed_at
        except ExplorerError:
            logger.exception("a stored result of %s cannot be read; it is computed again", job.name)
            return None, ""

    async def packed(self, job: Job) -> bytes | None:
        """The result as it is stored."""
        stored = await asyncio.to_thread(self.store.get, self.key(job))
        return stored.data if stored else None

    def take(self, job: Job, device: str, packed: bytes) -> tuple[str, Stored]:
        """A worker's result; what it returns is to be saved off the event loop."""
        self.device = device
        key = self.key(job)
        return key, self.store.put(key, packed)

    async def came_with_the_build(self, job: Job) -> shipped.Shipped | None:
        """What to show until the job has answered."""
        return await asyncio.to_thread(shipped.find, job.name, job.spec)
