"""Figures in a grid that follows the stage's width and height; each can be opened large."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import ClassVar

import panel as pn
import param
from panel.custom import JSComponent
from panel.viewable import Children, Viewable

from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm
from views.kit.figures import PictureFigure


class PictureGrid(JSComponent):
    """As many columns as show its pictures best; ``Esc`` closes one that was opened large."""

    objects = Children(doc="One pane per picture.")
    aspects = param.List(doc="Width to height of a picture with one scale; 0 fills its place.")
    large = param.Boolean(default=False, doc="Whether the first picture has the room of two.")
    followed = param.Boolean(default=False, doc="Whether something under the grid must be seen.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.kit", "picturegrid.js", shared=("base.js", "large.js")
    )
    _stylesheets: ClassVar[list[str]] = [
        stylesheet("views.kit", "picturegrid.css"),
        stylesheet("views.kit", "large.css"),
    ]

    def lay_out(self, figures: Sequence[PictureFigure], *before: Viewable) -> None:
        """Lay these figures out, after panes of another kind."""
        there = {id(p.object): p for p in self.objects if isinstance(p, pn.pane.Bokeh)}
        panes = [there.get(id(drawn.figure)) or _pane(drawn) for drawn in figures]
        self.param.update(
            objects=[*before, *panes],
            aspects=[0.0] * len(before) + [drawn.aspect for drawn in figures],
            large=not before and len(figures) > 2 and figures[0].large,
        )


def _pane(drawn: PictureFigure) -> pn.pane.Bokeh:
    return pn.pane.Bokeh(drawn.figure, sizing_mode="stretch_both", margin=0)
