"""A drawing as files; the picture in pixels is made by the browser itself."""

from __future__ import annotations

from collections.abc import Callable

from engines.contract import ExplorerError
from engines.diagrams.drawing.files import file_from_drawing
from engines.diagrams.specs.drawing import Drawing

ITEMS = (
    {"id": "svg", "label": "SVG", "title": "The picture, light, for papers and slides"},
    {"id": "svg-dark", "label": "SVG dark", "title": "The picture, dark"},
    {"id": "tikz", "label": "TikZ", "title": "The picture as LaTeX source"},
    {"id": "html", "label": "HTML", "title": "One file to hover and click, without a network"},
    {"id": "json", "label": "JSON", "title": "The operations as data, and the text"},
    {"id": "python", "label": "Python", "title": "A torch module that runs by itself"},
    {"id": "text", "label": "Text", "title": "The diagram in words"},
)


def saved(drawing: Drawing, kind: str, complain: Callable[[str], None]) -> tuple[str, bytes] | None:
    """File name and content of one of ITEMS."""
    try:
        return file_from_drawing(drawing, kind)
    except ExplorerError as error:
        complain(str(error))
        return None
