"""How kernels are compiled: once per version of this package's code, then read from disk.

numba renews a cached kernel only when the kernel's own file changes, not when a function that it
calls in another file does; so the cache folder carries a hash of all sources of this package.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numba
import platformdirs
from numba.core import config

_SETTINGS: Any = config


@lru_cache(maxsize=1)
def cache_folder() -> Path:
    """Where this version's compiled kernels lie."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    version = hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()
    root = Path(_SETTINGS.CACHE_DIR or platformdirs.user_cache_path("neural-explorer"))
    return root / "connectome-kernels" / version[:16]


def kernel(function: Callable[..., Any]) -> Any:
    """A function compiled on its first call and cached on disk; it runs without the lock."""
    chosen = _SETTINGS.CACHE_DIR
    _SETTINGS.CACHE_DIR = str(cache_folder())
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    finally:
        _SETTINGS.CACHE_DIR = chosen


def part(function: Callable[..., Any]) -> Any:
    """A small part of kernels: its code is put where it is called."""
    return numba.njit(inline="always", error_model="numpy")(function)
