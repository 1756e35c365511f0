"""``python -m explorer first``: computes what pages show before their own runs have answered.

Every page is opened as a newcomer opens it, every question it asks is answered here, with no
kernel compiled before, and the answers are written to ``assets/first``. Run it when results have
changed; it takes a few minutes.
"""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, TextIO

from engines.boundary import codec, shipped
from engines.boundary.whole import write_whole
from engines.contract import ExplorerError, Spec
from engines.process.background import Background
from engines.process.on_worker.compiling import n_compiled
from engines.running import registry
from engines.running.compute import Job, JobState, Status

HOME = "home"
"""Names the front page among the experiments."""
_HERE = "import sys; from explorer.first import here; sys.exit(here(sys.argv[1], sys.stdout))"
_BYTES_MAX = 3_000_000
"""A larger answer is not shipped: its page shows how far the run is instead."""


@dataclass(frozen=True)
class Answered:
    """One question that a page asks when it is opened."""

    name: str
    spec: Spec
    packed: bytes
    seconds: float
    n_kernels: int


class Answers:
    """A compute that answers every question at once, whole, and remembers it."""

    def __init__(self) -> None:
        """Nothing has been asked."""
        self.answered: list[Answered] = []
        self.background = Background()
        self.state = SimpleNamespace(phase="ready", device="cpu", n_threads=1, n_queued=0)
        self.state.memory_bytes, self.state.sentence = 0, ""
        self._asked: list[Job] = []

    def submit(
        self, spec: Spec, *, owner: str = "", view: str = "", recompute: bool = False
    ) -> Job:
        """Remember the question; `answer` answers it."""
        del recompute
        job = Job(registry.name_of(type(spec)), spec, owner, view)
        self._asked.append(job)
        return job

    def answer(self) -> Iterator[Answered]:
        """Answer what was asked, and what is asked because of the answers."""
        count, stop = n_compiled()
        while self._asked:
            job = self._asked.pop(0)
            # Of the processor, so that it does not matter what else this machine does.
            begun, before = time.process_time(), count()
            result = registry.experiment(job.name).result(job.spec)
            seconds = time.process_time() - begun
            yield Answered(job.name, job.spec, codec.pack(result), seconds, count() - before)
            job.tell(JobState(Status.DONE, fraction=1.0), result=result)
        stop()

    def listen(self, _listener: Any) -> Any:
        """The state never changes."""
        return lambda: None

    def _nothing(self, *_: object, **__: object) -> None:
        """Nothing to pause, stop, keep or hide."""

    pause = resume = cancel = keep = release = hide = welcome = _nothing


def pages() -> tuple[str, ...]:
    """Every page there is: the front page and each experiment that people choose from."""
    listed = (name for workbench in registry.workbenches() for name in registry.listed(workbench))
    return (HOME, *listed)


async def answers_of(page: str) -> tuple[Answered, ...]:
    """What a page asks when it is opened with nothing in its address, answered."""
    from explorer.asked import address_from_arguments
    from explorer.home import home
    from explorer.links import finished_workbenches
    from explorer.page import WorkbenchPage

    compute: Any = Answers()
    workbench, _, leaf = page.partition("/")
    if page == HOME:
        opened: Any = home(compute, "", finished_workbenches())
    else:
        opened = WorkbenchPage(
            workbench, compute, address_from_arguments({"x": [leaf.encode()]}), ""
        )
        opened.page()
        opened.start()
    found = tuple(compute.answer())
    del opened
    return found


def write(answered: Answered) -> str:
    """Write one answer where it differs from what is there; what was done, in a word."""
    path = shipped.place(answered.name, answered.spec)
    if len(data := _content(answered)) > _BYTES_MAX:
        return "too large"
    there = shipped.find(answered.name, answered.spec)
    if there is not None and _alike(there, answered):
        return "unchanged"
    write_whole(path, data)
    path.chmod(0o644)  # it is shipped
    return "written"


def _alike(there: shipped.Shipped, answered: Answered) -> bool:
    """Whether writing it again would say nothing new."""
    made = there.version, there.processor
    same = there.packed == answered.packed and made == (
        shipped.this_version(), shipped.processor(),
    )  # fmt: skip
    longer, shorter = sorted((there.seconds, answered.seconds), reverse=True)
    return same and longer <= max(2.0, 2.0 * shorter)


def _content(answered: Answered) -> bytes:
    return shipped.bytes_from_result(
        answered.packed, answered.spec, seconds=answered.seconds, n_kernels=answered.n_kernels
    )


def first(asked: Sequence[str], *, out: TextIO) -> int:
    """Compute and write, each page in a process of its own, two at a time."""
    unknown = [name for name in asked if name not in pages()]
    if unknown:
        out.write(f"no page named {unknown[0]!r}; there are: {', '.join(pages())}\n")
        return 2
    begun, failed, kept = time.monotonic(), 0, set()
    with ThreadPoolExecutor(2) as pool:
        for code, said in pool.map(_apart, asked or pages()):
            out.write(said)
            out.flush()
            failed = max(failed, code)
            kept |= {word for word in said.split() if word.endswith(shipped.SUFFIX)}
    if not (asked or failed):
        _sweep(kept, out)
    size = sum(path.stat().st_size for path in shipped.folder().rglob(f"*{shipped.SUFFIX}"))
    out.write(f"{size / 1e6:.1f} MB in all, {time.monotonic() - begun:.0f} s\n")
    return failed


def here(page: str, out: TextIO) -> int:
    """Compute and write one page in this process, which should have compiled no kernel."""
    logging.disable(logging.WARNING)
    try:
        found = asyncio.run(answers_of(page))
    except ExplorerError as error:
        out.write(f"{page}: {error}\n")
        return 1
    for answered in found:
        done = write(answered)
        out.write(
            f"{page}: {shipped.place(answered.name, answered.spec).name} {done}, "
            f"{answered.seconds:.1f} s, {answered.n_kernels} kernels\n"
        )
    return 0


def _apart(page: str) -> tuple[int, str]:
    """In a process that has compiled no kernel and finds none.

    It has a single thread: threads of numpy that wait for each other would count as time of the
    processor.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as cache:
        done = subprocess.run(  # noqa: S603 - this very program, with a name from a fixed list
            [sys.executable, "-c", _HERE, page],
            env={**os.environ, "NUMBA_CACHE_DIR": cache, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    return done.returncode, done.stdout + (done.stderr[-2000:] if done.returncode else "")


def _sweep(kept: set[str], out: TextIO) -> None:
    """Take away answers that no page asks for any more."""
    for path in shipped.folder().rglob(f"*{shipped.SUFFIX}"):
        if path.name not in kept:
            path.unlink()
            out.write(f"{path.name} removed: no page asks for it\n")
