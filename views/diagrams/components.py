"""The browser components of the diagrams workbench: drawing, editor, legend."""

from __future__ import annotations

import json
from collections.abc import Callable
from os import PathLike
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from engines.diagrams.drawing.formats.palette import DARK, FONT, LIGHT, LOOK, SANS, variables
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm


def colours_script() -> str:
    """The diagram's colours, light and dark, as a constant of the component's script."""
    fonts = f"--d-font:{FONT};--d-sans:{SANS};"
    dark = f":root[data-theme=dark],body[data-jp-theme-light=false]{{{variables(DARK)}}}"
    css = f":root{{{variables(LIGHT)}{fonts}}}{dark}"
    return f"const NX_DIAGRAM_CSS = {json.dumps(css)}\n"


class DiagramStage(JSComponent):
    """One diagram as SVG, with everything that can be done to it by hand."""

    scene = param.String(default="", doc="The scene as JSON; empty while the text is wrong.")
    cards = param.String(default="{}", doc="What to tell about each operation, JSON by path.")
    foldable = param.Boolean(default=True, doc="Whether blocks can be folded here.")
    note = param.String(default="", doc="A sentence below the picture.")
    alt = param.String(default="", doc="The picture in words, for those who cannot see it.")
    camera = param.Dict(default={}, doc="What `views.kit.camera.lenses` gives, of the paper.")
    link_id = param.String(doc="Shared with the editor and the legend that belong to it.")

    _esm: ClassVar[str | PathLike[str]] = (
        tokens_script()
        + colours_script()
        + esm("views.diagrams", "drawing.js", "stage.js", shared=("base.js", "large.js"))
    )
    _stylesheets: ClassVar[list[str]] = [
        stylesheet("views.diagrams", "stage.css"),
        stylesheet("views.kit", "large.css"),
        LOOK,
    ]

    def __init__(self, on_message: Callable[[dict[str, Any]], None], **params: Any) -> None:
        """``on_message`` is told picks, toggles and foldings."""
        super().__init__(**params)
        self._on_message = on_message

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and data.get("kind") in ("pick", "toggle", "fold"):
            self._on_message(data)


class DiagramEditor(JSComponent):
    """The text, coloured, with its mistakes underlined and listed."""

    text = param.String(default="", doc="The text.")
    mistakes = param.List(doc='Dicts {"line", "col", "length", "code", "message", "hint"}.')
    link_id = param.String(doc="Shared with the stage it belongs to.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.diagrams", "editor.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.diagrams", "editor.css")]

    def __init__(self, on_text: Callable[[str], None], **params: Any) -> None:
        """``on_text`` is told the text a little after the last key."""
        super().__init__(**params)
        self._on_text = on_text

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and isinstance(data.get("text"), str):
            self._on_text(data["text"])


class DiagramAxes(JSComponent):
    """Every axis with its size; free ones have a slider."""

    rows = param.List(doc='Dicts {"axis", "said", "size", "free"}.')
    link_id = param.String(doc="Shared with the stage it belongs to.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.diagrams", "legend.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.diagrams", "legend.css")]

    def __init__(self, on_size: Callable[[str, int], None], **params: Any) -> None:
        """``on_size(axis, size)`` is told a size that was chosen."""
        super().__init__(**params)
        self._on_size = on_size

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and isinstance(data.get("axis"), str):
            size = data.get("size")
            if isinstance(size, int) and 1 <= size <= 2**31:
                self._on_size(data["axis"], size)
