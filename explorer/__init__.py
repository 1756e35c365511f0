"""The app: page, home, sessions, tours, engine wiring, notebook classes, settings, ``verify``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.notebook import (
        Explorer,
        GeometryExplorer,
        SortingExplorer,
        claims,
        close_engine,
        explore,
    )

__all__ = ["Explorer", "GeometryExplorer", "SortingExplorer", "claims", "close_engine", "explore"]


def __getattr__(name: str) -> Any:
    # Loaded when asked for: the command line should not pay for the page.
    if name in __all__:
        from explorer import notebook

        return getattr(notebook, name)
    raise AttributeError(f"module 'explorer' has no attribute {name!r}")
