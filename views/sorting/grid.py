"""A sheet of cells: its values and its algotypes side by side."""

from __future__ import annotations

from typing import Any

import panel as pn

from engines.compute import Compute
from engines.contract import Spec
from views.kit.generic import GenericView


class SheetView(GenericView):
    """The generic view with two pictures in a row."""

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        self.pictures: Any = pn.GridBox(ncols=2, sizing_mode="stretch_width", margin=0)


VIEW = SheetView
