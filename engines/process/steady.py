"""A clock that no correction of the machine's time moves.

dask and tornado wait by the clock on the wall: set back by an hour, messages between page and
workers would come an hour late; after a night's sleep every worker would look lost.
"""

from __future__ import annotations

import sys
import time

from tornado.ioloop import IOLoop

_WALL = time.time
_OFFSET = time.time() - time.monotonic()


def steady_time() -> float:
    """Seconds since 1970 by the clock as it stood when this process began."""
    return _OFFSET + time.monotonic()


def _loop_time(self: IOLoop) -> float:  # noqa: ARG001 - takes the place of a method
    return steady_time()


def keep_steady() -> None:
    """Let dask's modules loaded so far, and every loop of tornado, wait by this clock."""
    IOLoop.time = _loop_time
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "distributed" and vars(module).get("time") is _WALL:
            vars(module)["time"] = steady_time
