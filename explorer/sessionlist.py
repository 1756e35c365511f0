"""The list of sessions on the front page: open, name, duplicate, delete."""

from __future__ import annotations

from os import PathLike
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from engines.contract import ExplorerError
from engines.running import registry
from explorer.desks import Desks, row_from_kept
from explorer.links import address
from explorer.sessions import Session
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm


class SessionList(JSComponent):
    """Every session on this machine; nothing is shown while there is none."""

    rows = param.List(doc='Dicts {"id", "here", "title", "detail", "saved"}.')
    go = param.String(doc="Set to lead the browser to a page of the app.")
    said = param.String(doc="What went wrong last, as a sentence.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "explorer", "sessionlist.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("explorer", "sessionlist.css")]

    def __init__(self, desks: Desks | None, **params: Any) -> None:
        """``desks`` None is a browser without a name, which has no list."""
        super().__init__(**params)
        self._desks = desks
        self._show()

    def _show(self) -> None:
        kept = self._desks.kept() if self._desks is not None else []
        self.rows = [row_from_kept(each, title_of) for each in kept]

    def _handle_msg(self, data: Any) -> None:
        if self._desks is None or not isinstance(data, dict):
            return
        identity = str(data.get("id", ""))
        try:
            self.said = ""
            match data.get("kind"):
                case "open":
                    self.go = resumed(self._desks.take(identity))
                case "name":
                    self._desks.name(identity, str(data.get("title", "")))
                case "duplicate":
                    self._desks.duplicate(identity)
                case "delete":
                    self._desks.delete(identity)
        except ExplorerError as error:
            self.said = str(error)
        self._show()


def title_of(name: str) -> str:
    """An experiment's title, its name when this version has none of that name."""
    try:
        return registry.experiment(name).card.title
    except ExplorerError:
        return name


def resumed(session: Session) -> str:
    """Where a session goes on: the page that was in front, as it was left."""
    names = [page.experiment for page in session.pages]
    known = {name for bench in registry.workbenches() for name in registry.listed(bench)}
    front = next((name for name in names if name in known), "")
    return f"{address(front)}&resume=1" if front else "./"
