"""Which device an engine computes on, and how many threads each worker may use.

The page never imports torch: it checks how a choice is written and leaves the rest to the worker.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from engines.contract import InputError

_FORMS = re.compile(r"auto|cpu|cuda(:\d+)?|mps")
_CURRENT: ContextVar[str] = ContextVar("device", default="cpu")


def checked(choice: str) -> str:
    """The choice as it is kept, say ``"cuda:0"`` for ``"CUDA"``.

    Raises:
        InputError: it is none of auto, cpu, cuda, cuda:N and mps.

    >>> checked(" CUDA ")
    'cuda:0'
    """
    text = choice.strip().lower()
    if not _FORMS.fullmatch(text):
        raise InputError(f"--device must be auto, cpu, cuda:N or mps, got {choice!r}")
    return "cuda:0" if text == "cuda" else text


def resolve(choice: str) -> str:
    """The device this process computes on. Imports torch only when there is something to ask.

    Raises:
        InputError: the device that was asked for is not there.
    """
    return _resolved(checked(choice))


@lru_cache(maxsize=8)
def _resolved(choice: str) -> str:
    if choice == "cpu" or (choice == "auto" and not accelerator_likely()):
        return "cpu"
    import torch

    n_cuda = torch.cuda.device_count() if torch.cuda.is_available() else 0
    has_mps = torch.backends.mps.is_available()
    if choice == "auto":
        return "cuda:0" if n_cuda else "mps" if has_mps else "cpu"
    if choice == "mps" and not has_mps:
        raise InputError("this machine has no mps device; choose --device cpu or auto")
    if choice.startswith("cuda") and int(choice.partition(":")[2]) >= n_cuda:
        raise InputError(
            f"{choice} was asked for, but torch sees {n_cuda} CUDA devices here; "
            "choose --device cpu or auto"
        )
    return choice


def known_without_asking(choice: str, scheduler: str = "") -> str:
    """What ``choice`` means on this machine where that is certain, else the empty string."""
    choice = checked(choice)
    if choice != "auto":
        return choice
    return "" if scheduler or accelerator_likely() else "cpu"


def accelerator_likely() -> bool:
    """Whether it is worth importing torch to ask for a GPU; costs microseconds."""
    if sys.platform == "darwin":
        return os.uname().machine == "arm64"
    if sys.platform == "win32":
        return Path(os.environ.get("SYSTEMROOT", "C:/Windows"), "System32/nvcuda.dll").exists()
    return any(Path(node).exists() for node in ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg"))


def device_class(device: str) -> str:
    """What a result depends on: all GPUs of a kind count as one.

    >>> device_class("cuda:3")
    'cuda'
    """
    return device.partition(":")[0]


def current() -> str:
    """The device the running experiment should use; ``"cpu"`` outside the engine process."""
    return _CURRENT.get()


@contextlib.contextmanager
def using(device: str) -> Iterator[None]:
    """Make ``device`` the current one."""
    token = _CURRENT.set(device)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def n_cores() -> int:
    """Cores this process may use, which may be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def threads_each(n_workers: int, cores: int | None = None) -> int:
    """Threads for each of ``n_workers`` so that together they use the cores once.

    >>> threads_each(2, cores=8), threads_each(4, cores=2)
    (4, 1)
    """
    return max(1, (n_cores() if cores is None else cores) // n_workers)
