"""Says which kernel a run compiles, how many there are and how long that takes."""

from __future__ import annotations

import contextlib
import importlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from engines.boundary import shipped
from engines.contract import Experiment, Spec
from engines.running import wording

_EVERY_S = 0.2
_EVENT = "numba:compile"


@contextlib.contextmanager
def kernels_watched(
    experiment: Experiment, name: str, spec: Spec, send: Callable[[dict[str, Any]], None]
) -> Iterator[None]:
    """While it lasts, ``send`` is told of every kernel that this thread compiles.

    How many there will be is known from when the build was made, how long the rest takes from
    those that are done.
    """
    n_kernels = shipped.cost(name, spec)[1] or shipped.cost(name, experiment.default())[1]
    if not n_kernels and "numba" not in sys.modules:
        yield
        return
    event = _events()
    watch = _watch(event, send, n_kernels)
    event.register(_EVENT, watch)
    try:
        yield
    finally:
        event.unregister(_EVENT, watch)


def _watch(event: Any, send: Callable[[dict[str, Any]], None], n_kernels: int) -> Any:
    class Watch(event.Listener):
        """Counts what begins to be compiled, nested kernels too."""

        def __init__(self) -> None:
            self.thread, self.n = threading.get_ident(), 0
            self.begun_at, self.told_at = 0.0, -_EVERY_S

        def on_start(self, _event: Any) -> None:
            # Another run may be held in another thread; numba tells everybody of everything.
            if threading.get_ident() != self.thread:
                return
            now = time.monotonic()
            self.begun_at = self.begun_at or now
            self.n += 1
            if now - self.told_at >= _EVERY_S:
                self.told_at = now
                each_s = (now - self.begun_at) / max(1, self.n - 1)
                rest_s = each_s * (n_kernels - self.n + 1)
                sentence = wording.compiling(self.n, n_kernels, rest_s)
                send({"kind": "doing", "sentence": sentence})

        def on_end(self, _event: Any) -> None:
            """Nothing to say."""

    return Watch()


def _events() -> Any:
    """What numba tells of its compiling, in a process where another thread may load numba too."""
    # A thread that asks for the inner module first holds that while it waits for the outer one.
    importlib.import_module("numba")
    return importlib.import_module("numba.core.event")


def n_compiled() -> tuple[Callable[[], int], Callable[[], None]]:
    """A count of the kernels that this process compiles from now on, and how to stop counting."""
    event = _events()
    watch = _watch(event, lambda _message: None, 0)
    event.register(_EVENT, watch)
    return (lambda: watch.n), (lambda: event.unregister(_EVENT, watch))
