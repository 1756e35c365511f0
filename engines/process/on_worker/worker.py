"""What runs inside a worker process besides jobs: its set-up, its warming up, its end."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import importlib
import importlib.util
import logging
import os
import platform
import re
import signal
import sys
import threading
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
from distributed import Nanny

import engines
from engines.process.on_worker import job
from engines.running import registry

logger = logging.getLogger(__name__)

_SECRET = re.compile(
    r"(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|APIKEY|KEY)(_|$)"
    r"|^TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD$"
)
_COMPARED = ("distributed", "msgpack", "numpy", "pydantic")
_PR_SET_PDEATHSIG = 1
_QUIET_S = 1.0
_NICE = 5
"""About a third of the share of the page's process."""


def scrub_environment() -> None:
    """Take secrets, and what would make torch load pickles, out of this process."""
    for name in [name for name in os.environ if _SECRET.search(name.upper())]:
        del os.environ[name]


def die_with_parent() -> None:
    """Let the kernel end this process with its parent, also in the middle of a C loop (Linux).

    Elsewhere the worker sees the closed pipe as soon as its C loop returns.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def give_way() -> None:
    """Let the page and the browser go first where all cores are busy; alone, nothing is slower."""
    lower = psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else _NICE
    with contextlib.suppress(psutil.AccessDenied):
        psutil.Process().nice(lower)


def kill_worker(address: str, dask_worker: Nanny) -> bool:
    """Runs in the nanny: end the worker at this address and what it started; the nanny restarts it.

    Returns whether there was such a worker.
    """
    pid = dask_worker.pid
    if pid is None or dask_worker.worker_address != address:
        return False
    try:
        worker = psutil.Process(pid)
        family = [*worker.children(recursive=True), worker]
    except psutil.NoSuchProcess:
        return False
    for process in family:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    return True


def warm_up() -> None:
    """Load what first jobs would wait for, in the background; returns at once."""
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()


def _warm_up() -> None:
    for workbench in registry.workbenches():
        name = f"engines.{workbench}.experiments._warm"
        if importlib.util.find_spec(name) is not None:
            _tried(name, lambda name=name: importlib.import_module(name).warm())
    # It takes a core for a second: the first runs come first.
    job.wait_until_quiet(_QUIET_S)
    _tried("torch", lambda: importlib.import_module("torch"))


def _tried(name: str, load: Any) -> None:
    try:
        load()
    except Exception:
        # Only speed is lost: the job that needs it will say what is wrong.
        logger.exception("could not warm up %s", name)


def facts() -> dict[str, str]:
    """What must be equal in the page and in a worker for results to be the same."""
    major, minor, _ = platform.python_version_tuple()
    packages = {name: version(name) for name in _COMPARED}
    return {"Python": f"{major}.{minor}", **packages, "the engines' code": code_digest()}


def code_digest() -> str:
    """A hash of every engine source file this process would import."""
    hashed = hashlib.sha256()
    for root in map(Path, engines.__path__):
        for source in sorted(root.rglob("*.py")):
            hashed.update(source.relative_to(root).as_posix().encode() + b"\0")
            hashed.update(source.read_bytes())
    return hashed.hexdigest()[:16]


def differences(theirs: dict[str, str]) -> str:
    """What differs from this process's `facts`, for people; empty when nothing does."""
    ours = facts()
    found = [
        f"{name} is {theirs.get(name, 'missing')} there and {ours[name]} here"
        for name in ours
        if theirs.get(name) != ours[name]
    ]
    return "; ".join(found)
