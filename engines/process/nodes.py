"""dask.distributed's scheduler, nanny and worker, with what would surprise a user switched off.

No HTTP ports, no job run again after its worker died, no spilling, no pausing, no kept events.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dask.config
from distributed import Nanny, Scheduler, Worker

from engines.process.on_worker import worker
from engines.process.steady import keep_steady

keep_steady()  # here, because page, nannies and workers all load this module

OUT_OF_MEMORY = "worker-restart-memory"
"""The topic on which a nanny says that its worker needed too much memory."""

OVERRIDES: dict[str, Any] = {
    "distributed.scheduler.allowed-failures": 0,
    # Heard of by the clock on the wall: after a night's sleep every worker would be started anew.
    "distributed.scheduler.worker-ttl": None,
    "distributed.scheduler.work-stealing": False,
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.admin.system-monitor.gil.enabled": False,
    # Events are kept by the scheduler, which lives in the page's process.
    "distributed.admin.low-level-log-length": 8,
}


class QuietScheduler(Scheduler):
    """Listens on its TLS port only."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Takes what `Scheduler` takes."""
        with dask.config.set(OVERRIDES):
            super().__init__(*args, **options)

    def start_http_server(self, *_: Any, **__: Any) -> None:
        """Open no port."""


class QuietWorker(Worker):
    """Listens on its TLS port only, and is prepared before it takes its first job."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Runs in the worker process, before anything of ours is loaded."""
        worker.scrub_environment()
        worker.die_with_parent()
        worker.give_way()
        super().__init__(*args, **options)

    def start_http_server(self, *_: Any, **__: Any) -> None:
        """Open no port."""


class QuietNanny(Nanny):
    """Starts and restarts one `QuietWorker`; lives in the page's process."""

    def __init__(
        self, *args: Any, n_threads: int, on_full: Callable[[str], None], **options: Any
    ) -> None:
        """``n_threads`` is what numpy, torch and numba may each use in the worker.

        ``on_full`` hears the address of a worker before that is ended for its memory.
        """
        self._on_full = on_full
        number = str(n_threads)
        # OpenBLAS reads its number before any code of ours runs in the worker.
        early = {"OPENBLAS_NUM_THREADS": number, "VECLIB_MAXIMUM_THREADS": number}
        late = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
        with dask.config.set({**OVERRIDES, "distributed.nanny.pre-spawn-environ": early}):
            super().__init__(
                *args,
                worker_class=QuietWorker,
                env=dict.fromkeys(late, number),
                config=OVERRIDES,
                **options,
            )
        # What an engine before this one put into this process's environment would come first.
        self.pre_spawn_env.update(early)
        self.env.update(early)

    def log_event(self, topic: str, msg: Any) -> None:
        """Tell the page's process at once what the scheduler may hear after the worker's end."""
        if topic == OUT_OF_MEMORY:
            self._on_full(msg["worker"])
        super().log_event(topic, msg)
