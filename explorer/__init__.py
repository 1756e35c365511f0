"""The app: page, home, sessions, tours, engine wiring, notebook classes, settings, ``verify``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.bundles import bundle
    from explorer.notebook import (
        Explorer,
        GeometryExplorer,
        SortingExplorer,
        claims,
        close_engine,
        explore,
    )

__all__ = [
    "Explorer",
    "GeometryExplorer",
    "SortingExplorer",
    "bundle",
    "claims",
    "close_engine",
    "explore",
]
_ELSEWHERE = {"bundle": "bundles"}


def __getattr__(name: str) -> Any:
    # Loaded when asked for: the command line should not pay for the page.
    if name in __all__:
        module = import_module(f"explorer.{_ELSEWHERE.get(name, 'notebook')}")
        return getattr(module, name)
    raise AttributeError(f"module 'explorer' has no attribute {name!r}")
