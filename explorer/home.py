"""The front page: one card per finished workbench, with a live picture and its tours."""

from __future__ import annotations

import importlib
import importlib.util
from os import PathLike
from typing import Any, ClassVar

import panel as pn
import param
from panel.custom import JSComponent
from panel.viewable import Children

from engines.running import registry
from engines.running.compute import Compute
from explorer.tours import tours
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm
from views.kit.stills import still


class HomeCard(JSComponent):
    """A workbench at a glance."""

    title = param.String(doc="Its name.")
    sentence = param.String(doc="What people do there.")
    href = param.String(doc="Where it is.")
    tours = param.List(doc='Dicts {"title", "href", "sentence"}.')
    still = param.Dict(default={}, doc='The picture that came with the build, "light" and "dark".')
    live = param.Boolean(default=False, doc="Whether the live picture has something to show.")
    objects = Children(doc="The live picture.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "explorer", "home.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("explorer", "home.css")]


class Welcome(JSComponent):
    """One sentence about the app."""

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "explorer", "welcome.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("explorer", "home.css")]


def home(compute: Compute, owner: str, workbenches: tuple[str, ...], *more: Any) -> pn.Column:
    """``more``, then the cards of all finished workbenches."""
    cards = [_card(name, compute, owner) for name in workbenches]
    grid = pn.FlexBox(*cards, gap="20px", sizing_mode="stretch_width", margin=(0, 0, 24, 0))
    return pn.Column(
        Welcome(sizing_mode="stretch_width"),
        *more,
        grid,
        sizing_mode="stretch_width",
        margin=(24, 40),
        css_classes=["nx-home"],
    )


def _card(workbench: str, compute: Compute, owner: str) -> HomeCard:
    card = registry.experiment(registry.listed(workbench)[0]).card
    mine = [t for t in tours().values() if t.experiment.partition("/")[0] == workbench]
    picture = _thumbnail(workbench, compute, owner)
    made = HomeCard(
        title=workbench.title(),
        sentence=card.claim,
        href=f"./{workbench}",
        tours=[
            {"title": t.title, "href": f"./{workbench}?tour={t.name}", "sentence": t.sentence}
            for t in mine
        ],
        objects=picture,
        still=still(workbench),
        styles=_FILLS,
    )
    for live in picture:
        _watch(live, made)
    return made


_ANSWERS = ("picture", "scene", "drawing")
"""What thumbnails call the field that is empty until their answer has come."""
# As many beside each other as fit, and the last row as wide as the others: no hole.
_FILLS = {"flex": "1 1 380px", "width": "auto", "min-width": "min(380px, 100%)"}


def _watch(live: Any, card: HomeCard) -> None:
    """Tell the card when its live picture has something to show."""
    fields = [name for name in _ANSWERS if name in live.param]

    def look(*_events: Any) -> None:
        card.live = all(getattr(live, name) for name in fields)

    if fields:
        live.param.watch(look, fields)
    look()


def _thumbnail(workbench: str, compute: Compute, owner: str) -> list[Any]:
    """``views/<workbench>/thumbnail.py``'s picture, if there is one."""
    module = f"views.{workbench}.thumbnail"
    if importlib.util.find_spec(f"views.{workbench}") is None:
        return []
    if importlib.util.find_spec(module) is None:
        return []
    return [importlib.import_module(module).thumbnail(compute, owner)]
