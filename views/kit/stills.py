"""Pictures made with the build: what a card shows before anything live has come."""

from __future__ import annotations

import base64
from functools import lru_cache

from views.kit.assets import asset


@lru_cache(maxsize=512)
def still(workbench: str, name: str = "home") -> dict[str, str]:
    """Addresses of the picture in light and in dark, that hold it whole; empty without one.

    ``name`` is an experiment's, or "home" for the workbench's own card.

    >>> still("sixth")
    {}
    """
    found = {}
    for theme in ("light", "dark"):
        try:
            data = asset(f"pictures/{workbench}/{name}-{theme}.webp").read_bytes()
        except FileNotFoundError:
            return {}
        found[theme] = f"data:image/webp;base64,{base64.b64encode(data).decode()}"
    return found
