"""The view of experiments that run an array many times: its mixture is chosen as for one run."""

from __future__ import annotations

from typing import Any, ClassVar

from views.kit.generic import GenericView
from views.sorting.mix import mix_of


class ManyView(GenericView):
    """The generic view of a spec with a ``run`` inside, whose algotypes have a control."""

    own_controls: ClassVar[tuple[str, ...]] = ("algotypes", "frozen_at", "edits")
    folded_groups: ClassVar[frozenset[str]] = frozenset(
        {"Switch of algotype", "Faithful to the paper's code", "Limits", "Engine"}
    )

    def extra_controls(self) -> dict[str, list[Any]]:
        """The mixture."""
        return {"Algotypes": [mix_of(self.controls.inner["run"])]}
