"""The tools above the stage: what a click does, what is compared, what colours and time mean."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui

from views.sorting.components import SortingStage
from views.sorting.variations import COMPARISONS

TOOLS = ("inspect", "freeze", "swap")
DEFAULTS = {"compare": COMPARISONS[0], "colour": "algotype", "history": "value", "clock": "swap"}
"""Chosen at first, and left out of a link."""


class Toolbar:
    """One row of small choices."""

    def __init__(self, canvas: SortingStage) -> None:
        """Colour, history and clock belong to the canvas; click and comparison to the view."""
        small: dict[str, Any] = {"size": "small", "margin": 0, "width": 122}
        self.tool = pmui.RadioButtonGroup(
            label="Click to", options=list(TOOLS), value=TOOLS[0], size="small", margin=0
        )
        wide = {**small, "width": 186}
        self.compare = pmui.Select(
            label="Side by side", options=list(COMPARISONS), value=COMPARISONS[0], **wide
        )
        colour, history, unit = (canvas.param[n] for n in ("colour", "history", "clock_unit"))
        self._chosen = {
            "compare": self.compare,
            "colour": pmui.Select.from_param(colour, label="Colour", **small),
            "history": pmui.Select.from_param(history, label="History", **small),
            "clock": pmui.Select.from_param(unit, label="Clock", **small),
        }

    @property
    def widgets(self) -> tuple[Any, ...]:
        """Those whose value is part of a link."""
        return tuple(self._chosen.values())

    def row(self) -> pn.FlexBox:
        """All tools, wrapping where the stage is narrow."""
        return pn.FlexBox(
            self.tool,
            *self.widgets,
            gap="10px",
            align_items="end",
            margin=(0, 0, 12, 0),
            sizing_mode="stretch_width",
        )

    def choices(self) -> dict[str, str]:
        """What differs from `DEFAULTS`."""
        now = {name: str(widget.value) for name, widget in self._chosen.items()}
        return {name: value for name, value in now.items() if value != DEFAULTS[name]}

    def choose(self, choices: dict[str, Any]) -> None:
        """Restore `choices`; names and values that are not offered are passed over."""
        for name, widget in self._chosen.items():
            choice = choices.get(name)
            if isinstance(choice, str) and choice in widget.options:
                widget.value = choice
