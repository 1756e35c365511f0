"""How fast the engine process starts, answers, streams, stops and recovers.

    python benchmarks/engine_process.py [--full]

Prints target, measured value and verdict, and last one line of JSON with every figure. The
default run takes less than a minute; ``--full`` kills a hundred workers instead of six. Absolute
times mean something on a quiet machine only: the load is printed with them.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from table import Figure, as_json

ROOT = Path(__file__).resolve().parents[1]
PROBES = ROOT / "tests" / "engines" / "process" / "probes"
sys.path[:0] = [str(ROOT), str(PROBES)]


class _Bench:
    """The engine under test, fresh specs, and the figures so far."""

    def __init__(self, folder: Path, n_kills: int) -> None:
        self.folder, self.n_kills = folder, n_kills
        self.figures: list[Figure] = []
        self._seed = 0

    def add(self, name: str, target: float, measured: float, unit: str) -> None:
        figure = Figure(name, unit, round(float(measured), 3), at_most=target)
        self.figures.append(figure)
        print(figure, flush=True)

    def quick(self, **fields: Any) -> Any:
        from engines.probes.experiments.faults.quick import QuickSpec  # type: ignore[import-not-found]

        self._seed += 1
        return QuickSpec(seed=self._seed, **fields)

    def steady(self, **fields: Any) -> Any:
        from engines.probes.experiments.faults.steady import SteadySpec  # type: ignore[import-not-found]

        self._seed += 1
        return SteadySpec(seed=self._seed, **fields)

    async def run(self) -> None:
        from engines.process.client import EngineProcess
        from engines.process.settings import EngineSettings

        self.engine = EngineProcess(EngineSettings(warm=False, cache_dir=self.folder))
        begun = time.perf_counter()
        await self.engine.start()
        self.add("engine ready", 2.0, time.perf_counter() - begun, "s")
        for part in (
            self.round_trip, self.frames_60, self.frames_10mb, self.large_result,
            self.latest_wins, self.beside_training, self.cancel, self.c_loop, self.kills,
        ):  # fmt: skip
            await part()
        begun = time.perf_counter()
        await self.engine.close()
        self.add("close", 2.0, time.perf_counter() - begun, "s")

    async def timed(self, spec: Any, owner: str = "") -> float:
        begun = time.perf_counter()
        await self.engine.submit(spec, owner=owner).ended()
        return time.perf_counter() - begun

    async def round_trip(self) -> None:
        times = []
        for _ in range(60):
            times.append(1e3 * await self.timed(self.quick()))
            await asyncio.sleep(0.03)
        self.add("round trip of a warm trivial job, p50", 15, np.percentile(times[5:], 50), "ms")
        spec = self.quick()
        await self.timed(spec)
        self.add("the same from the store", 15, 1e3 * await self.timed(spec), "ms")

    async def frames_60(self) -> None:
        latency, lag, rate = await self.stream(n_bytes=400, seconds=4)
        self.add("frame latency at 60/s, p95", 10, np.percentile(latency, 95), "ms")
        self.add("loop lag at 60/s, p99", 20, np.percentile(lag, 99), "ms")
        self.add("frames missing of 60/s", 6, max(0.0, 60 - rate), "1/s")

    async def frames_10mb(self) -> None:
        latency, lag, rate = await self.stream(n_bytes=166_000, seconds=4, frame_s=1 / 70)
        self.add("frame latency at 10 MB/s, p95", 10, np.percentile(latency, 95), "ms")
        self.add("loop lag at 10 MB/s, p99", 20, np.percentile(lag, 99), "ms")
        self.add("megabytes missing of 10 MB/s", 1, max(0.0, 10 - rate * 0.166), "MB/s")

    async def stream(
        self, *, n_bytes: int, seconds: float, frame_s: float = 1 / 60
    ) -> tuple[list[float], list[float], float]:
        """Latencies and loop lags in ms, and frames per second."""
        spec = self.steady(n_frames=int(seconds / frame_s), frame_s=frame_s, n_bytes=n_bytes)
        latency: list[float] = []
        seen: set[int] = set()

        def hear(job: Any) -> None:
            if job.frame is not None and job.frame.step not in seen:
                seen.add(job.frame.step)
                latency.append(1e3 * (time.time() - job.frame.made_at))

        async with lag_of_the_loop() as lag:
            job = self.engine.submit(spec)
            job.listen(hear)
            begun = time.perf_counter()
            await job.ended()
        return latency, lag, len(seen) / (time.perf_counter() - begun)

    async def large_result(self) -> None:
        times = [1e3 * await self.timed(self.quick(n_values=1_250_000)) for _ in range(5)]
        self.add("10 MB result, median of 5", 100, np.median(times), "ms")

    async def latest_wins(self) -> None:
        blocking = [
            self.engine.submit(self.steady(n_frames=80), owner=f"block {i}") for i in range(2)
        ]
        most, begun, jobs = 0, time.perf_counter(), []
        for _ in range(1000):
            jobs.append(self.engine.submit(self.quick(), owner="me", view="slider"))
            most = max(most, self.engine.state.n_queued)
            await asyncio.sleep(0)
        spent = time.perf_counter() - begun
        await jobs[-1].ended()
        replaced = sum(job.state.status == "replaced" for job in jobs)
        self.add("1000 submits: most queued for the view", 1, most, "")
        self.add("1000 submits: not replaced by the latest", 3, 1000 - replaced, "")
        self.add("1000 submits: time spent", 1.0, spent, "s")
        await asyncio.gather(*(job.ended() for job in blocking))

    async def beside_training(self) -> None:
        trainings = [
            self.engine.submit(self.steady(n_frames=3000, said_s=30.0), owner=f"t{i}")
            for i in range(2)
        ]
        await until(lambda: any(job.frame for job in trainings))
        times = [1e3 * await self.timed(self.quick(delay_s=0.02), "me") for _ in range(20)]
        self.add("20 ms job beside a training, p95", 100, np.percentile(times, 95), "ms")
        for job in trainings:
            self.engine.cancel(job)
        await until(lambda: all(job.state.status.final for job in trainings))

    async def cancel(self) -> None:
        times = []
        for _ in range(10):
            job = self.engine.submit(self.steady(n_frames=3000))
            await until(lambda job=job: job.frame is not None)
            begun = time.perf_counter()
            self.engine.cancel(job)
            await until(lambda job=job: job.state.status.final)
            times.append(1e3 * (time.perf_counter() - begun))
        self.add("cooperative stop, worst of 10", 300, max(times), "ms")

    async def c_loop(self) -> None:
        from engines.probes.experiments.faults.hang import HangSpec  # type: ignore[import-not-found]

        job = self.engine.submit(HangSpec(), owner="stuck")
        await until(lambda: job.frame is not None)
        begun = time.perf_counter()
        self.engine.cancel(job)
        await until(lambda: job.state.status.final)
        self.add("stop of a job lost in C", 3.0, time.perf_counter() - begun, "s")
        await until(lambda: self.engine.state.n_workers == 2)

    async def kills(self) -> None:
        rng = random.Random(0)
        said, recovered, hung, unseen = [], [], 0, 0
        for number in range(self.n_kills):
            diary = self.folder / f"diary {number}"
            job = self.engine.submit(self.steady(n_frames=400, diary=str(diary)))
            await until(diary.exists)
            await asyncio.sleep(rng.uniform(0.02, 0.5))
            psutil.Process(int(diary.read_text().split()[1])).kill()
            begun = time.perf_counter()
            try:
                await until(lambda job=job: job.state.status.final, 10)
                said.append(time.perf_counter() - begun)
                await asyncio.wait_for(self.timed(self.quick()), 10)
                recovered.append(time.perf_counter() - begun)
            except TimeoutError:
                hung += 1
            unseen += diary.read_text().count("start") > 1
        self.add(f"{self.n_kills} kills: sentence shown, worst", 0.5, max(said), "s")
        self.add(f"{self.n_kills} kills: next result, p95", 3.0, np.percentile(recovered, 95), "s")
        self.add(f"{self.n_kills} kills: hung jobs", 0, hung, "")
        self.add(f"{self.n_kills} kills: jobs run twice unseen", 0, unseen, "")
        await until(lambda: self.engine.state.n_workers == 2)

    def orphans(self) -> None:
        """Workers alive five seconds after the page's process was killed."""
        command = [sys.executable, __file__, "--serve-until-killed", str(self.folder)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as page:
            assert page.stdout is not None
            pids = [int(pid) for pid in page.stdout.readline().split()]
            workers = [psutil.Process(pid) for pid in pids]
            page.kill()
        _, alive = psutil.wait_procs(workers, timeout=5)
        self.add("orphans 5 s after the page was killed", 0, len(alive), "")


async def until(true: Callable[[], bool], within_s: float = 30.0) -> None:
    async with asyncio.timeout(within_s):
        while True:
            if true():
                return
            await asyncio.sleep(0.002)


@contextlib.asynccontextmanager
async def lag_of_the_loop() -> AsyncIterator[list[float]]:
    """How late the event loop is, in ms, while the block runs."""
    lag: list[float] = []

    async def watch() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.005)
            lag.append(1e3 * (time.perf_counter() - begun - 0.005))

    watching = asyncio.create_task(watch())
    yield lag
    watching.cancel()


async def serve_until_killed(folder: str) -> None:
    from engines.process.client import EngineProcess
    from engines.process.settings import EngineSettings

    engine = EngineProcess(EngineSettings(warm=False, cache_dir=Path(folder)))
    await engine.start()
    print(*engine.worker_pids, flush=True)
    await asyncio.sleep(60)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="kill a hundred workers")
    parser.add_argument("--serve-until-killed", metavar="FOLDER", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve_until_killed:
        asyncio.run(serve_until_killed(options.serve_until_killed))
        return 0
    load = psutil.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(Path(folder), 100 if options.full else 6)
        asyncio.run(bench.run())
        bench.orphans()
    print(as_json(bench.figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
