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


class HomeCard(JSComponent):
    """A workbench at a glance."""

    title = param.String(doc="Its name.")
    sentence = param.String(doc="What people do there.")
    href = param.String(doc="Where it is.")
    tours = param.List(doc='Dicts {"title", "href", "sentence"}.')
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


def home(compute: Compute, owner: str, workbenches: tuple[str, ...]) -> pn.Column:
    """The cards of all finished workbenches."""
    cards = [_card(name, compute, owner) for name in workbenches]
    grid = pn.FlexBox(*cards, gap="20px", sizing_mode="stretch_width", margin=(0, 0, 24, 0))
    return pn.Column(
        Welcome(sizing_mode="stretch_width"),
        grid,
        sizing_mode="stretch_width",
        margin=(24, 40),
        css_classes=["nx-home"],
    )


def _card(workbench: str, compute: Compute, owner: str) -> HomeCard:
    card = registry.experiment(registry.listed(workbench)[0]).card
    mine = [t for t in tours().values() if t.experiment.partition("/")[0] == workbench]
    return HomeCard(
        title=workbench.title(),
        sentence=card.claim,
        href=f"./{workbench}",
        tours=[
            {"title": t.title, "href": f"./{workbench}?tour={t.name}", "sentence": t.sentence}
            for t in mine
        ],
        objects=_thumbnail(workbench, compute, owner),
        width=420,
    )


def _thumbnail(workbench: str, compute: Compute, owner: str) -> list[Any]:
    """``views/<workbench>/thumbnail.py``'s picture, if there is one."""
    module = f"views.{workbench}.thumbnail"
    if importlib.util.find_spec(f"views.{workbench}") is None:
        return []
    if importlib.util.find_spec(module) is None:
        return []
    return [importlib.import_module(module).thumbnail(compute, owner)]
