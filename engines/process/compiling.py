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

    How many there will be, and how long all take, is known from when the build was made.
    """
    seconds, n_kernels = shipped.cost(name, spec)
    if not n_kernels:
        seconds, n_kernels = shipped.cost(name, experiment.default())
    if not n_kernels and "numba" not in sys.modules:
        yield
        return
    event = importlib.import_module("numba.core.event")
    watch = _watch(event, send, seconds, n_kernels)
    event.register(_EVENT, watch)
    try:
        yield
    finally:
        event.unregister(_EVENT, watch)


def _watch(
    event: Any, send: Callable[[dict[str, Any]], None], seconds: float, n_kernels: int
) -> Any:
    class Watch(event.Listener):
        """Counts what begins to be compiled, nested kernels too."""

        def __init__(self) -> None:
            self.thread, self.n, self.told_at = threading.get_ident(), 0, -_EVERY_S

        def on_start(self, _event: Any) -> None:
            # Another run may be held in another thread; numba tells everybody of everything.
            if threading.get_ident() != self.thread:
                return
            self.n += 1
            now = time.monotonic()
            if now - self.told_at >= _EVERY_S:
                self.told_at = now
                rest_s = seconds * (1.0 - (self.n - 1) / max(1, n_kernels))
                sentence = wording.compiling(self.n, n_kernels, rest_s)
                send({"kind": "doing", "sentence": sentence})

        def on_end(self, _event: Any) -> None:
            """Nothing to say."""

    return Watch()


def n_compiled() -> tuple[Callable[[], int], Callable[[], None]]:
    """A count of the kernels that this process compiles from now on, and how to stop counting."""
    event = importlib.import_module("numba.core.event")
    watch = _watch(event, lambda _message: None, 0.0, 0)
    event.register(_EVENT, watch)
    return (lambda: watch.n), (lambda: event.unregister(_EVENT, watch))
