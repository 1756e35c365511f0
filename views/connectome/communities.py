"""The view of `connectome/communities`: runs, nulls and who goes with whom above the numbers."""

from __future__ import annotations

from typing import Any

from views.kit.generic import GenericView


class CommunitiesView(GenericView):
    """The generic view without a timeline: the last moment says it all."""

    def timeline(self) -> list[Any]:
        """None."""
        return []

    def stage(self) -> list[Any]:
        """The pictures, and the tables under them."""
        return [self.pictures, self.tables]


VIEW = CommunitiesView
