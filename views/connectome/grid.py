"""Declared pictures two abreast, for results that are many small ones."""

from __future__ import annotations

from typing import Any

import panel as pn

from engines.contract import Spec
from engines.running.compute import Compute
from views.kit.generic import GenericView


def abreast(least_px: int, **named: Any) -> pn.Column:
    """A column whose children stand side by side while each has that many pixels.

    A column, as Panel leaves what is in its own grid without the page's theme.
    """
    columns = f"repeat(auto-fill, minmax(min({least_px}px, 100%), 1fr))"
    style = f":host {{ display: grid; grid-template-columns: {columns}; gap: 0 8px; }}"
    # Panel's own button for scrolling would take the first place.
    free = ":host > * { min-width: 0; } .scroll-button { display: none; }"
    wide: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": (12, 0), **named}
    return pn.Column(stylesheets=[style + free], **wide)


class GridView(GenericView):
    """The generic view with its pictures side by side under the tables."""

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        self.pictures = abreast(340)

    def timeline(self) -> list[Any]:
        """None: the last moment says it all."""
        return []

    def stage(self) -> list[Any]:
        """The tables, and the pictures under them."""
        return [self.tables, self.pictures]
