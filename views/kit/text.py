"""The one door for text that came from outside: cleaned when it enters, escaped when shown.

Many of Panel's panes and titles run markup that they are given, so text that is not a constant of
ours reaches them through this module only; a test reads the source of every view for it. Widget
options and labels, tab titles, table cells, axis and legend titles and the ``@x`` of a hover are
shown as text by themselves and need `label` alone.
"""

from __future__ import annotations

import html
from typing import Any, Literal

import pandas as pd
import panel as pn
import panel_material_ui as pmui
from panel_material_ui.notifications import NotificationArea

from engines.boundary.labels import LABEL_MAX, label

SENTENCE_MAX = 2_000
Kind = Literal["info", "success", "warning", "error"]

_CELL_START = ("=", "+", "-", "@", "\t", "\r")


def escaped(x: object, max_length: int = LABEL_MAX) -> str:
    """A label as HTML text, for panes, card titles and whatever else takes HTML.

    >>> escaped("<img src=x onerror=alert(1)>")
    '&lt;img src=x onerror=alert(1)&gt;'
    """
    return html.escape(label(x, max_length))


def escaped_markdown(x: object, max_length: int = LABEL_MAX) -> str:
    """A label for what reads markdown or HTML: nothing in it is a mark, a link or a tag.

    >>> escaped_markdown("*a*")
    '&#42;a&#42;'
    """
    return "".join(
        c if c.isalnum() or c == " " or ord(c) > 127 else f"&#{ord(c)};"
        for c in label(x, max_length)
    )


def text_pane(x: object, *, max_length: int = SENTENCE_MAX, **params: Any) -> pn.pane.HTML:
    """Text as text, in one line."""
    return pn.pane.HTML(escaped(x, max_length), **params)


def sentence_pane(sentence: object, kind: Kind = "info", **params: Any) -> pn.pane.HTML:
    """A sentence for people, read aloud by screen readers; `say` changes it."""
    pane = pn.pane.HTML("", css_classes=["sentence", f"sentence-{kind}"], **params)
    say(pane, sentence, kind)
    return pane


def say(pane: pn.pane.HTML, sentence: object, kind: Kind = "info") -> None:
    """Change what a `text_pane` or `sentence_pane` says."""
    role = "alert" if kind in ("warning", "error") else "status"
    pane.object = f'<div role="{role}">{escaped(sentence, SENTENCE_MAX)}</div>'


def typography(x: object, *, max_length: int = SENTENCE_MAX, **params: Any) -> pmui.Typography:
    """Text in the theme's type; ``variant`` as for panel-material-ui."""
    return pmui.Typography(escaped_markdown(x, max_length), **params)


def notify(sentence: object, kind: Kind = "info", *, duration_ms: int = 8_000) -> None:
    """Show a passing notice in this session; nothing happens where there is no page."""
    area = pn.state.notifications
    if area is None:
        return
    shown = label(sentence, SENTENCE_MAX)
    # Panel's own area takes HTML, panel-material-ui's takes text.
    is_text = isinstance(area, NotificationArea)
    area.send(shown if is_text else html.escape(shown), duration=duration_ms, type=kind)


def safe_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with escaped, distinct column and index names and clean cells.

    Tables show cells as text but run what is in a header.
    """
    clean = frame.copy()
    for position, kind in enumerate(clean.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            cells = [
                label(cell) if isinstance(cell, str) else cell for cell in clean.iloc[:, position]
            ]
            clean.isetitem(position, pd.Series(cells, index=clean.index, dtype=object))
    names = distinct([escaped(name) for name in (*frame.columns, *frame.index.names)])
    clean.columns = names[: len(frame.columns)]
    own = names[len(frame.columns) :]
    clean.index.names = [
        None if name is None else shown for name, shown in zip(frame.index.names, own, strict=True)
    ]
    return clean


def distinct(names: list[str]) -> list[str]:
    """The names, with a number after each that was there before.

    >>> distinct(["a", "b", "a"])
    ['a', 'b', 'a (2)']
    """
    taken: set[str] = set()
    for position, name in enumerate(names):
        number = 2
        while names[position] in taken:
            names[position] = f"{name} ({number})"
            number += 1
        taken.add(names[position])
    return names


def csv_cell(x: object) -> object:
    """A cell that no spreadsheet takes for a formula; numbers stay as they are.

    >>> csv_cell("=HYPERLINK(1)"), csv_cell(-2.5), csv_cell("-2.5")
    ("'=HYPERLINK(1)", -2.5, '-2.5')
    """
    if not isinstance(x, str) or not x.startswith(_CELL_START) or _is_number(x):
        return x
    return "'" + x


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return not text[:1].isspace() and "_" not in text


def csv_text(frame: pd.DataFrame, *, index: bool = False) -> str:
    """The table as CSV, headers and cells guarded by `csv_cell`."""
    guarded = frame.map(csv_cell)
    guarded.columns = [csv_cell(name) for name in frame.columns]
    return guarded.to_csv(index=index, lineterminator="\n")
