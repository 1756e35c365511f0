"""The Atlas: every experiment on one page, searched and filtered in the browser."""

from __future__ import annotations

from os import PathLike
from typing import ClassVar

import panel as pn
import param
from panel.custom import JSComponent

from explorer.catalogue import entries
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm


class AtlasList(JSComponent):
    """Search field, filters and one card per experiment."""

    entries = param.List(doc="What `explorer.catalogue.entries` tells.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "explorer", "matching.js", "atlas.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("explorer", "atlas.css")]


def atlas() -> pn.Column:
    """The page's content."""
    return pn.Column(
        AtlasList(entries=entries(), sizing_mode="stretch_width"),
        sizing_mode="stretch_width",
        margin=(24, 40),
        css_classes=["nx-atlas"],
    )
