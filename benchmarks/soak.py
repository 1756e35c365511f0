"""What many visitors cost: sessions that come and go, twenty at once, a thousand requests a second.

    python benchmarks/soak.py [--full]

Prints target, measured value and verdict, and last one line of JSON with every figure. Sessions
are pulled over real sockets from a server in this process; no browser is needed. The default run
takes about a minute; ``--full`` opens and closes 500 sessions and holds twenty visitors for a
minute. Absolute times mean something on a quiet machine only: the load is printed with them.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np
import panel as pn
import psutil
from bokeh.client import pull_session
from table import Figure, as_json

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from engines.process.client import EngineProcess  # noqa: E402 - found by its place
from engines.process.settings import EngineSettings  # noqa: E402
from engines.running import registry  # noqa: E402
from explorer.app import pages  # noqa: E402
from explorer.server import HealthHandler, configure_panel  # noqa: E402

VISITORS = 20
PLACES = ("sorting", "connectome", "pointer", "diagrams", "geometry")


class _Soak:
    """A server and an engine of its own, and the figures so far."""

    def __init__(self, n_sessions: int, seconds: float) -> None:
        self.n_sessions, self.seconds = n_sessions, seconds
        self.figures: list[Figure] = []
        self.engine: Any = None
        self.server: Any = None

    def add(self, name: str, target: float, measured: float, unit: str) -> None:
        figure = Figure(name, unit, round(float(measured), 3), at_most=target)
        self.figures.append(figure)
        print(figure, flush=True)

    async def run(self) -> None:
        configure_panel()
        async with EngineProcess(EngineSettings()) as self.engine:
            self.server = pn.io.server.get_server(
                dict[str, Any](pages(self.engine)), port=0, address="127.0.0.1", start=True,
                show=False,
                extra_patterns=[("/healthz", HealthHandler)],
                unused_session_lifetime_milliseconds=200, check_unused_sessions_milliseconds=100,
            )  # fmt: skip
            try:
                await self._come_and_go()
                await self._at_once()
                await self._submits()
            finally:
                self.server.stop()

    async def _come_and_go(self) -> None:
        await self._wave(15)  # caches and imports settle
        before = psutil.Process().memory_info().rss
        await self._wave(self.n_sessions)
        grown = (psutil.Process().memory_info().rss - before) / 2**20
        self.add(f"growth over {self.n_sessions} sessions", 50.0, grown, "MiB")

    async def _wave(self, n: int) -> None:
        for first in range(0, n, 5):
            await asyncio.to_thread(self._visits, min(5, n - first))
        for _ in range(100):
            await asyncio.sleep(0.1)
            if not self.server.get_sessions():
                break
        gc.collect()

    def _visits(self, n: int) -> None:
        for k in range(n):
            self._session(PLACES[k % len(PLACES)]).close()

    def _session(self, place: str) -> Any:
        return pull_session(url=f"http://127.0.0.1:{self.server.port}/{place}")

    async def _at_once(self) -> None:
        alone = await self._visited(1)
        many = await self._visited(VISITORS)
        self.add("echo p95 with one visitor", 20.0, alone, "ms")
        self.add(f"echo p95 with {VISITORS}, times one visitor's", 1.5, many / alone, "x")

    async def _visited(self, n: int) -> float:
        """95th percentile in ms of a trivial answer while every visitor runs a job a second."""
        ready, leave = threading.Event(), threading.Event()
        held = asyncio.create_task(asyncio.to_thread(self._hold, n, ready, leave))
        await asyncio.to_thread(ready.wait, 300)
        echo = asyncio.create_task(asyncio.to_thread(self._echo, self.seconds))
        spec = registry.experiment("sorting/run").default()
        begun, seed = time.monotonic(), 0
        while not echo.done():
            asked = spec.model_copy(update={"seed": 1_000_000 * n + seed})
            self.engine.submit(asked, owner=f"visitor {seed % n}", view="v")
            seed += 1  # a question a second each, and not all in one moment
            await asyncio.sleep(max(0.0, begun + seed / n - time.monotonic()))
        leave.set()
        await held
        return float(np.percentile(await echo, 95))

    def _hold(self, n: int, ready: threading.Event, leave: threading.Event) -> None:
        """Sessions belong to the thread that opened them."""
        sessions = [self._session("sorting") for _ in range(n)]
        ready.set()
        leave.wait()
        for session in sessions:
            session.close()

    def _echo(self, seconds: float) -> list[float]:
        waits, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            begun = time.perf_counter()
            with urlopen(f"http://127.0.0.1:{self.server.port}/healthz", timeout=20) as answer:
                answer.read()
            waits.append(1000 * (time.perf_counter() - begun))
            time.sleep(0.02)
        return waits

    async def _submits(self) -> None:
        """The page's loop stays free while a thousand questions come in a second."""
        spec = registry.experiment("sorting/run").default()
        lags: list[float] = []
        stop = asyncio.Event()
        watch = asyncio.create_task(_watch(lags, stop))
        begun = time.monotonic()
        for k in range(1_000):
            asked = spec.model_copy(update={"seed": 5_000_000 + k})
            self.engine.submit(asked, owner="in a hurry", view="v")
            if k % 20 == 19:
                await asyncio.sleep(max(0.0, begun + (k + 1) / 1_000 - time.monotonic()))
        self.add("a thousand submits, at a thousand a second", 1.2, time.monotonic() - begun, "s")
        stop.set()
        await watch
        self.add("the loop meanwhile, p99 late", 60.0, float(np.percentile(lags, 99)), "ms")
        self.engine.release("in a hurry")


async def _watch(lags: list[float], stop: asyncio.Event) -> None:
    while not stop.is_set():
        begun = time.perf_counter()
        await asyncio.sleep(0.005)
        lags.append(1000 * (time.perf_counter() - begun - 0.005))


def main(say: Callable[[str], None] = print) -> None:
    """Read the options, soak, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="500 sessions, a minute of visitors")
    full = parser.parse_args().full
    logging.getLogger("bokeh").setLevel(logging.ERROR)
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    say(f"load {load} on {psutil.cpu_count()} cores")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ.update(EXPLORER_CACHE=f"{folder}/cache", EXPLORER_DATA=f"{folder}/data")
        soak = _Soak(500 if full else 25, 60.0 if full else 5.0)
        asyncio.run(soak.run())
    say(as_json(soak.figures))


if __name__ == "__main__":
    main()
