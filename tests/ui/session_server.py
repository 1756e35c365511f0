"""Opens and closes sessions of the app and reports what stays alive, as one line of JSON."""

import asyncio
import gc
import json
import sys
from types import SimpleNamespace

import panel as pn
import panel_material_ui as pmui
import psutil
from bokeh.client import pull_session

from engines.running.compute import InProcess
from explorer.app import pages
from views.kit.workbench import ExperimentView


class Engine(InProcess):
    """The in-process compute with the face of an engine process."""

    state = SimpleNamespace(
        phase="ready", device="cpu", n_threads=1, n_queued=0, memory_bytes=0, sentence=""
    )

    def __init__(self) -> None:
        super().__init__()
        self.listeners = []

    def listen(self, listener):
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)


def alive(*kinds: type) -> int:
    gc.collect()
    return sum(isinstance(thing, kinds) for thing in gc.get_objects())


def visit(port: int, n: int) -> None:
    for k in range(n):
        pull_session(url=f"http://127.0.0.1:{port}/{'sorting' if k % 5 else ''}").close()


async def main(n: int) -> dict:
    engine = Engine()
    server = pn.io.server.get_server(
        pages(engine),
        port=0,
        address="127.0.0.1",
        start=True,
        show=False,
        unused_session_lifetime_milliseconds=200,
        check_unused_sessions_milliseconds=100,
    )
    memory = psutil.Process().memory_info

    async def wave(count: int) -> None:
        await asyncio.to_thread(visit, server.port, count)
        for _ in range(100):
            await asyncio.sleep(0.1)
            if not server.get_sessions():
                break
        await asyncio.sleep(0.5)
        gc.collect()

    await wave(10)  # caches and imports settle
    before = memory().rss
    await wave(n)
    report = {
        "views": alive(ExperimentView),
        "pages": alive(pmui.Page),
        "listeners": len(engine.listeners),
        "mb_per_session": (memory().rss - before) / 1e6 / n,
        "sessions": len(server.get_sessions()),
    }
    server.stop()
    return report


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(int(sys.argv[1])))))
