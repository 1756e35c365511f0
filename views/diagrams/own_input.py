"""An input of one's own: the file that is brought, which one flows now, the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn

from engines.boundary.arrays import KINDS
from engines.boundary.brought import keep_brought
from engines.contract import ExplorerError
from engines.diagrams.watching.spec import UPLOAD_MAX_BYTES
from views.kit.components import Facts, Upload
from views.kit.text import label

_BACK = {"id": "back", "label": "Back to drawn input"}


class OwnInput:
    """The place to bring an input; ``on_file(upload, title)`` is told of it, of "" to go back."""

    def __init__(self, on_file: Callable[[str, str], None]) -> None:
        self._on_file = on_file
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self.upload = Upload(
            self._bring, label="NPY, NPZ by the inputs' names, a table or a PNG",
            placeholder="a row of numbers per example", accept=",".join(KINDS),
            max_bytes=UPLOAD_MAX_BYTES, **wide,
        )  # fmt: skip
        self.facts = Facts(lambda _action: self._on_file("", ""), sections=[], **wide)
        self.panel = pn.Column(self.upload, self.facts, margin=0, **wide)

    def _bring(self, name: str, data: bytes) -> None:
        name = name or "pasted.csv"
        try:
            kept = keep_brought(name, data, KINDS, UPLOAD_MAX_BYTES)
        except ExplorerError as error:
            self.upload.note = str(error)
            return
        self._on_file(kept, label(name, 60))

    def tell(self, upload: str, title: str) -> None:
        """Say which file flows now."""
        self.upload.note = ""
        row = ["flows now", named(upload, title)]
        told = {"title": "Own input", "rows": [row], "actions": [_BACK]}
        self.facts.sections = [told] if upload else []


def named(upload: str, title: str) -> str:
    """What a file that was brought is called."""
    return label(title or f"your {upload.partition('.')[2]} file", 60)
