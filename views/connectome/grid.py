"""Tables above pictures, for results that are numbers first."""

from __future__ import annotations

from typing import Any

from views.kit.generic import GenericView


class GridView(GenericView):
    """The generic view with its pictures under the tables."""

    def timeline(self) -> list[Any]:
        """None: the last moment says it all."""
        return []

    def stage(self) -> list[Any]:
        """The tables, and the pictures under them."""
        return [self.tables, self.pictures]
