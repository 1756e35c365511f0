"""What several folders of tests share: a guarded server in a thread, and the order of tests."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import settings

# How fast something is decides no test; a first example may load what others find loaded.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# As in the engine, a thread for each process: two that run tests beside each other would wait for
# one another in every product of matrices. Before numpy and torch are loaded, which read it once.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")


@pytest.hookimpl(tryfirst=True)  # before groups are read from the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a browser come last: the app they share runs on beside what follows.

    A process takes a file whole, but for tests that go by themselves.
    """
    with_browser = {item.path for item in items if "browser" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path in with_browser)
    for item in items:
        alone = item.get_closest_marker("apart") is not None
        item.add_marker(pytest.mark.xdist_group(item.nodeid if alone else str(item.path)))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse to go on where a file would not stay together, for nothing else would tell.

    Everything would pass, but start what its tests share in every process.
    """
    together = session.config.getoption("loadgroup", default=False)
    if together and session.items and not any("@" in item.nodeid for item in session.items):
        raise pytest.UsageError("this pytest does not let xdist keep a file's tests together")


@contextmanager
def served(apps: Mapping[str, Callable[[], Any]], **options: Any) -> Iterator[Any]:
    """A `SafeServer` for these pages, answering from a thread of its own."""
    from explorer.server import safe_serve

    loop = asyncio.new_event_loop()
    found: list[Any] = []
    ready = threading.Event()

    def run() -> None:
        asyncio.set_event_loop(loop)

        async def start() -> None:
            try:
                found.append(safe_serve(apps, **options))
            finally:
                ready.set()

        loop.run_until_complete(start())
        loop.run_forever()
        pending = asyncio.all_tasks(loop)
        for task in pending:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        loop.close()

    thread = threading.Thread(target=run, name="served", daemon=True)
    thread.start()
    assert ready.wait(30)
    assert found, "the server did not start"
    try:
        yield found[0]
    finally:
        loop.call_soon_threadsafe(found[0].stop)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


@pytest.fixture(scope="session")
def serve() -> Callable[..., Any]:
    """``with serve({"/": page}) as server:`` puts pages behind the guard; see `served`."""
    return served
