"""The tools above the stage: dimensions, colours, what the RDM shows and how it is sorted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import panel as pn
import panel_material_ui as pmui

from engines.geometry.film.spec import MAPS, Layout
from engines.geometry.measures.rdm_kinds import Dissimilarity
from views.geometry.components import GeometryStage
from views.kit.text import label, say, sentence_pane

FORMS = ("dissimilarity", "ranks", "geo-topological", "left below, right above")
ORDERS = ("as given", "label", "cluster")
DEFAULTS: dict[str, Any] = {
    "dims": "2-D",
    "form": FORMS[0],
    "order": ORDERS[0],
    "layout": get_args(Layout)[0],
    "dissimilarity": get_args(Dissimilarity)[0],
    "seed": 0,
}
SEED_MAX = 2**31 - 1


class Toolbar:
    """One row of small choices; those of the stage act at once, the others make another film."""

    def __init__(self, stage: GeometryStage) -> None:
        """Bound to a stage."""
        self._stage = stage
        self.dims = _select("Scatter", ["2-D", "3-D"], 74)
        self.colour = _select("Colour", [], 96)
        self.form = _select("RDM shows", list(FORMS), 132)
        self.quantiles = pmui.RangeSlider(
            label="l to u", start=0.0, end=1.0, value=(0.2, 0.8), step=0.05, size="small",
            width=130, margin=(0, 8), visible=False,
        )  # fmt: skip
        self.order = _select("Sorted by", list(ORDERS), 98)
        self.layout = _select("Layout", list(get_args(Layout)), 138)
        self.dissimilarity = _select("Dissimilarity", list(get_args(Dissimilarity)), 138)
        self.seed = pmui.IntInput(
            label="Seed of the map", value=0, start=0, end=SEED_MAX, size="small", margin=0,
            width=110, visible=False,
        )  # fmt: skip
        self.progress = sentence_pane("", visible=False, sizing_mode="stretch_width")
        self.layout.param.watch(self._offer_seed, "value")
        for widget in (self.dims, self.colour, self.form, self.quantiles, self.order):
            widget.param.watch(self._to_stage, "value")

    def _to_stage(self, *_events: Any) -> None:
        low, high = self.quantiles.value
        self.quantiles.visible = self.form.value == "geo-topological"
        self._stage.param.update(
            dims=3 if self.dims.value == "3-D" else 2,
            colour=self.colour.value or "",
            form=self.form.value,
            low=low,
            high=high,
            order=self.order.value,
        )

    @property
    def is_map(self) -> bool:
        """Whether a map is asked for, which hangs on a seed."""
        return self.layout.value in MAPS

    def _offer_seed(self, *_events: Any) -> None:
        self.seed.visible = self.is_map

    def tell(self, sentence: str) -> None:
        """How far another layout is; nothing when none is under way."""
        say(self.progress, sentence)
        self.progress.visible = bool(sentence)

    def offer_colours(self, labels: Mapping[str, tuple[str, ...]]) -> None:
        """What stimuli can be coloured by; at first the first that groups any of them."""
        columns = [label(name) for name in labels]
        if columns != self.colour.options:
            groups = [label(k) for k, values in labels.items() if len(set(values)) < len(values)]
            usual = [*groups, *columns, None][0]
            kept = self.colour.value if self.colour.value in columns else usual
            self.colour.param.update(options=columns, value=kept, visible=bool(columns))
            self._to_stage()

    def row(self) -> pn.FlexBox:
        """All tools, wrapping where the stage is narrow."""
        shown = [self.dims, self.colour, self.form, self.quantiles, self.order]
        return pn.FlexBox(
            *shown,
            self.layout,
            self.seed,
            self.dissimilarity,
            self.progress,
            gap="8px",
            align_items="end",
            margin=(0, 0, 10, 0),
            sizing_mode="stretch_width",
        )

    def choices(self) -> dict[str, Any]:
        """What differs from `DEFAULTS`, for a link."""
        now = {name: getattr(self, name).value for name in DEFAULTS}
        return {name: value for name, value in now.items() if value != DEFAULTS[name]}

    def choose(self, choices: dict[str, Any]) -> None:
        """Restore `choices`; what is not offered is passed over."""
        for name in DEFAULTS:
            widget, choice = getattr(self, name), choices.get(name)
            if isinstance(choice, str) and choice in getattr(widget, "options", ()):
                widget.value = choice
        seed = choices.get("seed")
        if type(seed) is int and 0 <= seed <= SEED_MAX:
            self.seed.value = seed


def _select(title: str, options: list[str], width: int) -> pmui.Select:
    value = options[0] if options else None
    return pmui.Select(
        label=title, options=options, value=value, size="small", margin=0, width=width
    )
