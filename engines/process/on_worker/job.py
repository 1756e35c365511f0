"""The worker's side: drives an experiment, sends its frames, looks at its flag between two.

A run that is told to hold waits in its thread, at a frame, and another may work meanwhile.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.boundary import codec
from engines.contract import ExplorerError, Frame, Result
from engines.process.machine.events import Flag
from engines.process.on_worker.compiling import kernels_watched
from engines.process.on_worker.outward import spreading
from engines.process.on_worker.pace import Pace
from engines.running import devices, registry, wording

logger = logging.getLogger(__name__)

_CHANGED = threading.Condition()
_FLAGS: dict[str, tuple[Flag, int]] = {}
"""The last flag of each run, and its number: flags may overtake each other on their way."""
_ACTIVE: set[str] = set()
_HERE: set[str] = set()
"""Active runs and held ones."""
_GOES_ON: tuple[Flag, int] = ("run", 0)


class Stopped(Exception):  # noqa: N818 - a way out of the loop, not an error
    """The run's flag says cancel."""


@dataclass(frozen=True)
class Ticket:
    """What a worker needs to know to drive a run; all of it plain values."""

    run: str
    attempt: int
    name: str
    spec: bytes
    """The spec, packed by `engines.boundary.codec`."""
    topic: str
    """Where frames are sent."""
    device: str
    """What ``--device`` says: auto, cpu, cuda:N or mps."""
    spread: bool = False
    """Whether the run may use the cluster's other workers for its independent parts."""


def set_flag(run: str, flag: Flag, order: int = 0) -> None:
    """Tell a run to go on, to hold or to end; looked at between two frames."""
    with _CHANGED:
        if order >= _FLAGS.get(run, _GOES_ON)[1]:
            _FLAGS[run] = flag, order
            _CHANGED.notify_all()


def wait_until_quiet(seconds: float) -> None:
    """Return when no run has been active for this long."""
    with _CHANGED:
        while True:
            _CHANGED.wait_for(lambda: not _ACTIVE)
            if not _CHANGED.wait_for(lambda: bool(_ACTIVE), timeout=seconds):
                return


@contextlib.contextmanager
def _active(run: str) -> Iterator[None]:
    with _CHANGED:
        # A flag may have come before its run; those of earlier runs are of no use any more.
        for name in [name for name in _FLAGS if name not in _HERE and name != run]:
            del _FLAGS[name]
        _ACTIVE.add(run)
        _HERE.add(run)
        _CHANGED.notify_all()
    try:
        yield
    finally:
        with _CHANGED:
            _ACTIVE.discard(run)
            _HERE.discard(run)
            _CHANGED.notify_all()


def run(ticket: Ticket) -> tuple[bytes, bytes]:
    """Drive the run to its end. Never raises: returns how it ended, and the result, both packed."""
    with _active(ticket.run):
        return _driven(ticket)


def _driven(ticket: Ticket) -> tuple[bytes, bytes]:
    send = _sender(ticket)
    send({"kind": "started", "pid": os.getpid()})
    outcome, result = {"status": "done", "sentence": "", "device": ""}, b""
    try:
        outcome["device"], result = _outcome(ticket, send)
    except Stopped:
        outcome["status"] = "cancelled"
    except ExplorerError as error:
        outcome |= {"status": "failed", "sentence": str(error)}
    except MemoryError as error:
        outcome |= {"status": "failed", "sentence": f"not enough memory: {error}"}
    except Exception:
        error_id = uuid.uuid4().hex[:8]
        logger.exception("run of %s failed, error id %s", ticket.name, error_id)
        outcome |= {"status": "failed", "sentence": wording.unexpected(error_id)}
    return codec.pack(outcome), result


def _outcome(ticket: Ticket, send: Callable[[dict[str, Any]], None]) -> tuple[str, bytes]:
    experiment = registry.experiment(ticket.name)
    spec = codec.unpack(ticket.spec)
    device = devices.resolve(ticket.device)
    watched = kernels_watched(experiment, ticket.name, spec, send)
    with devices.using(device), spreading(over_cluster=ticket.spread), watched:
        result = drive(experiment.frames(spec), send, lambda: _look_at_flag(ticket.run, send))
    return device, codec.pack(result)


def drive(
    items: Iterator[Frame | Result],
    send: Callable[[dict[str, Any]], None],
    look_at_flag: Callable[[], None],
) -> Result:
    """Send frames at the pace of `Pace`, the last one always, and return the result.

    Raises:
        Stopped: the flag says cancel.
        ExplorerError: the generator ended without a result.
    """
    pace, unsent = Pace(), None
    with contextlib.closing(_closable(items)) as frames:
        for item in frames:
            look_at_flag()
            if isinstance(item, Result):
                if unsent is not None:
                    send(_message(unsent))
                return item
            now = time.monotonic()
            unsent = item
            if pace.allows(now):
                message = _message(item)
                send(message)
                pace.sent(len(message["frame"]), now)
                unsent = None
    raise ExplorerError(wording.NO_RESULT)


def _closable(items: Iterator[Frame | Result]) -> Any:
    """A generator, so that leaving early runs the ``finally`` blocks of an experiment now."""
    return items if hasattr(items, "close") else (item for item in items)


def _message(frame: Frame) -> dict[str, Any]:
    return {"kind": "frame", "fraction": frame.fraction, "frame": codec.pack(frame)}


def _look_at_flag(run_id: str, send: Callable[[dict[str, Any]], None]) -> None:
    """Return to go on, wait while held, raise `Stopped` when cancelled."""
    if _FLAGS.get(run_id, _GOES_ON)[0] == "run":
        return
    with _CHANGED, random_state_kept():
        while (newest := _FLAGS.get(run_id, _GOES_ON))[0] == "pause":
            _ACTIVE.discard(run_id)
            _CHANGED.notify_all()
            send({"kind": "held", "order": newest[1]})
            _CHANGED.wait_for(lambda told=newest: _FLAGS.get(run_id) != told)
        _ACTIVE.add(run_id)
        if newest[0] == "cancel":
            raise Stopped


@contextlib.contextmanager
def random_state_kept() -> Iterator[None]:
    """What the process shares is as it was when this ends, whatever others drew meanwhile.

    Networks are built from torch's one generator, so a run that works while another is held must
    not move it under its hands.
    """
    torch, before = _loaded_torch(), np.random.get_state(legacy=False)  # noqa: NPY002
    kept = (torch.get_rng_state(), torch.get_num_threads()) if torch is not None else None
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002
        if torch is not None and kept is not None:
            torch.set_rng_state(kept[0])
            torch.set_num_threads(kept[1])


def _loaded_torch() -> Any:
    """Torch, unless no run can have drawn from it: another thread may be loading it just now."""
    torch = sys.modules.get("torch")
    return None if getattr(getattr(torch, "__spec__", None), "_initializing", False) else torch


def _sender(ticket: Ticket) -> Callable[[dict[str, Any]], None]:
    from distributed import get_worker

    worker = get_worker()
    head = {"run": ticket.run, "attempt": ticket.attempt}

    def send(message: dict[str, Any]) -> None:
        worker.log_event(ticket.topic, {**head, "sent_at": time.time(), **message})

    return send
