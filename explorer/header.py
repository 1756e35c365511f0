"""The top bar: workbenches, the engine's state, share, theme and help."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm


class Header(JSComponent):
    """One line that every page carries."""

    links = param.List(doc='Dicts {"title", "href", "active"}, one per finished workbench.')
    in_atlas = param.Boolean(
        default=False, doc="Whether this is the Atlas, which has no session: no engine, no help."
    )
    engine = param.Dict(
        default={"tone": "plain", "text": "engine starting", "detail": ""},
        doc="The engine in one phrase, its tone and a longer text.",
    )
    can_share = param.Boolean(default=True, doc="Whether there is a state to share.")
    manual = param.String(default="", doc="Where help leads on a page that has no session.")
    may_save = param.Boolean(default=True, doc="Whether sessions are saved and opened here.")
    go = param.String(doc="Set to lead the browser to another page of the app.")
    dropped = param.Bytes(default=b"", doc="A file that was dropped on the page.")
    dropped_name = param.String(default="", doc="What that file is called; only a label.")
    file = param.Dict(default={}, doc='Set to {"name", "text"} to save a file.')
    bundle = param.Bytes(default=b"", doc="A file of bytes, saved as ``bundle_name``.")
    bundle_name = param.String(doc="What the browser calls it.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "explorer", "header.js", shared=("base.js", "figures.js")
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("explorer", "header.css")]

    def __init__(self, on_message: Callable[[dict[str, Any]], None], **params: Any) -> None:
        """``on_message`` is told {"kind": ...}: help, save, bundle, open ..."""
        super().__init__(**params)
        self._on_message = on_message
        self.param.watch(self._came, "dropped")

    def hand_over(self, name: str, content: bytes) -> None:
        """Let the browser save a file of bytes."""
        self.bundle = b""
        self.param.update(bundle_name=name, bundle=content)

    def _came(self, event: Any) -> None:
        if event.new:
            name = self.dropped_name
            self._on_message({"kind": "dropped", "data": bytes(event.new), "name": name})
            self.dropped = b""

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict):
            self._on_message(data)
