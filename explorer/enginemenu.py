"""The engine's menu in the header: runs that go on without their page; who looks at this one."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from os import PathLike
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from engines.running import registry
from engines.running.compute import Job
from views.kit.components import current_document, stylesheet, tokens_script, when_unlocked
from views.kit.esm import esm
from views.kit.runner import bar_state

_EVERY_MS = 500
"""How often the list follows; what begins and ends in between is not told."""


class EngineMenu(JSComponent):
    """A button with the number of kept runs, and their list."""

    runs = param.List(doc='Dicts {"id", "title", "sentence", "fraction", "href", "active"}.')
    still = param.Boolean(
        False, doc="As it was when the page opened: runs are opened, not stopped."
    )

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "explorer", "enginemenu.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("explorer", "enginemenu.css")]

    def __init__(self, on_message: Callable[[dict[str, Any]], None], **params: Any) -> None:
        """``on_message`` is told {"kind": "stop" | "drop", "id"} and {"kind": "hidden" | ...}."""
        super().__init__(**params)
        self._on_message = on_message

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict):
            self._on_message(data)


def rows(jobs: tuple[Job, ...], link: Callable[[Job], str]) -> list[dict[str, Any]]:
    """What the menu shows of the kept jobs, newest first."""
    return [
        {
            "id": job.id,
            "title": registry.experiment(job.name).card.title,
            "href": link(job),
            "active": not job.state.status.final,
            **{key: bar_state(job)[key] for key in ("sentence", "fraction")},
        }
        for job in reversed(jobs)
    ]


def engine_menu(engine: Any, owner: str, link: Callable[[Job], str]) -> EngineMenu:
    """The menu of one page; it lists every kept run of this engine, whoever began it."""

    def hear(message: dict[str, Any]) -> None:
        job = engine.background.find(str(message.get("id", "")))
        if message.get("kind") == "hidden":
            engine.hide(owner)
        elif message.get("kind") == "visible":
            engine.welcome(owner)
        elif message.get("kind") == "stop" and job is not None:
            engine.cancel(job)
        elif message.get("kind") == "drop" and job is not None and job.state.status.final:
            engine.background.drop(job.id)

    menu = EngineMenu(hear, runs=rows(engine.background.jobs, link))
    _follow(menu, engine, current_document(), link)
    return menu


def _follow(menu: EngineMenu, engine: Any, document: Any, link: Callable[[Job], str]) -> None:
    """Keep the list true for as long as the menu lives; the engine must not hold it."""
    mine, pending = weakref.ref(menu), False

    def show() -> None:
        nonlocal pending
        pending = False
        shown = mine()
        if shown is not None:
            shown.runs = rows(engine.background.jobs, link)

    def later() -> None:
        document.add_timeout_callback(show, _EVERY_MS)

    def told() -> None:
        nonlocal pending
        if mine() is None:
            stop()
        elif document is None or document.session_context is None:
            show()
        elif not pending:
            pending = True
            when_unlocked(document, later)

    stop = engine.background.listen(told)
    if document is not None and document.session_context is not None:
        document.on_session_destroyed(lambda _context: stop())
