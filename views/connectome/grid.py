"""Declared pictures two abreast, for results that are many small ones."""

from __future__ import annotations

from typing import Any

import panel as pn

from engines.compute import Compute
from engines.contract import Spec
from views.kit.generic import GenericView


class GridView(GenericView):
    """The generic view with its pictures in two columns under the tables."""

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        rows = {"grid-auto-rows": "minmax(300px, auto)"}
        self.pictures = pn.GridBox(
            ncols=2, sizing_mode="stretch_width", margin=(12, 0), styles=rows
        )

    def timeline(self) -> list[Any]:
        """None: the last moment says it all."""
        return []

    def stage(self) -> list[Any]:
        """The tables, and the pictures under them."""
        return [self.tables, self.pictures]
