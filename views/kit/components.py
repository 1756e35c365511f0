"""The small browser components every workbench uses: timeline, run bar, facts, notices.

They write text with ``textContent`` only, so no label from a file can become markup.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files
from itertools import count
from os import PathLike
from typing import Any, ClassVar

import panel as pn
import param
from panel.custom import JSComponent

from engines.boundary.stamps import stamped, without_stamp
from views.kit.esm import esm
from views.kit.policy import NO_UPLOADS, policy
from views.kit.theme import css


def tokens_script() -> str:
    """The design tokens as a constant of the component's script."""
    return f"const NX_CSS = {json.dumps(css())}\n"


def stylesheet(package: str, name: str) -> str:
    """The text of a component's style sheet."""
    return (files(package) / "js" / name).read_text(encoding="utf-8")


class Timeline(JSComponent):
    """Play, step, scrub and speed for the clock of one workbench."""

    clock_id = param.String(doc="Names the clock that pictures of this workbench share.")
    steppers = param.List(
        doc='Buttons: {"id", "label"}; ids that begin with "next" only go forward.'
    )
    position = param.Integer(default=0, doc="Where the cursor rests, told at most once a second.")
    playing = param.Boolean(default=False, doc="Whether time is moving.")
    seek_to = param.Integer(default=-1, doc="Set to move the cursor from Python.")
    loop = param.List(doc="[from, to]: play this stretch again and again; empty when none.")
    length = param.Integer(default=-1, doc="Last position, when no picture in the browser knows.")
    unit = param.String(default="step", doc="What positions count, with ``length``.")
    tell_every_ms = param.Integer(default=1000, doc="How often Python is told while time moves.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.kit", "timeline.js", shared=("base.js", "clock.js")
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.kit", "timeline.css")]


class RunBar(JSComponent):
    """Run, Pause, Stop, progress and one line of text."""

    status = param.String(default="idle", doc="A Status value, or idle.")
    fraction = param.Number(default=-1.0, doc="Share done; negative when unknown.")
    sentence = param.String(default="", doc="One line: what happens, or what went wrong.")
    cached = param.Boolean(default=False, doc="Whether what is shown came from the cache.")
    kept = param.Boolean(default=False, doc="Whether the run goes on when the page is left.")
    beat = param.Integer(default=0, doc="Sent back by the browser when it has come to drawing.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.kit", "runbar.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.kit", "runbar.css")]

    def __init__(
        self,
        on_press: Callable[[str], None],
        on_beat: Callable[[object], None] = lambda _beat: None,
        **params: Any,
    ) -> None:
        """``on_press`` is told one of ``_PRESSES``, ``on_beat`` a ``beat`` that was drawn."""
        super().__init__(**params)
        self._on_press, self._on_beat = on_press, on_beat

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and data.get("kind") in _PRESSES:
            self._on_press(data["kind"])
        elif isinstance(data, dict) and data.get("kind") == "beat":
            self._on_beat(data.get("beat"))


_PRESSES = frozenset({"run", "pause", "resume", "stop", "keep", "let go", "recompute"})


class Facts(JSComponent):
    """Sections of facts: title, rows, a sentence, actions, a quiet note.

    A cell of a row is a text, or a dict with text and tone, series, title, or the id of an action.
    """

    sections = param.List(doc="Dicts with title, columns, rows, sentence, tone, actions, note.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.kit", "facts.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.kit", "facts.css")]

    def __init__(self, on_action: Callable[[str], None] | None = None, **params: Any) -> None:
        """``on_action`` is told the id of the action that was pressed."""
        super().__init__(**params)
        self._on_action = on_action

    def _handle_msg(self, data: Any) -> None:
        if self._on_action and isinstance(data, dict) and data.get("id") in self._offered():
            self._on_action(data["id"])

    def _offered(self) -> set[str]:
        """Ids of the buttons and of the cells of tables that can be pressed."""
        actions = [action for section in self.sections for action in section.get("actions", ())]
        rows = [row for section in self.sections for row in section.get("rows", ())]
        pressed = [cell["action"] for row in rows for cell in row if _is_pressed(cell)]
        return {*(action["id"] for action in actions), *pressed}


def _is_pressed(cell: object) -> bool:
    return isinstance(cell, dict) and "action" in cell


class Notices(JSComponent):
    """Sentences that appear for a while; bad ones stay until they are dismissed."""

    notices = param.List(doc='Dicts {"id", "text", "tone"}, newest last.')

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.kit", "notices.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.kit", "notices.css")]

    def __init__(self, **params: Any) -> None:
        """No notice yet."""
        super().__init__(**params)
        self._ids = count()

    def post(self, text: str, *, bad: bool = False) -> None:
        """Show one more sentence."""
        notice = {"id": next(self._ids), "text": text, "tone": "bad" if bad else "plain"}
        self.notices = [*self.notices[-19:], notice]


def when_unlocked(document: Any, callback: Callable[[], None]) -> None:
    """Run a callback where models may change: at the document's next tick, or now without one.

    What goes wrong in a tick has no caller, so it goes to panel's exception handler.
    """
    if document is None or document.session_context is None:
        callback()
        return

    def tick() -> None:
        try:
            callback()
        except Exception as error:
            if pn.config.exception_handler is None:
                raise
            pn.config.exception_handler(error)

    document.add_next_tick_callback(tick)


def current_document() -> Any:
    """The document of the session that is being served, None in a notebook or a script."""
    return pn.state.curdoc


class Downloads(JSComponent):
    """A row of buttons that save files; the bytes are made when one is pressed."""

    items = param.List(
        doc='Dicts {"id", "label", "title"}; with "figures" the browser draws the page\'s figures.'
    )
    filename = param.String(default="", doc="Name of the file in ``content``.")
    content = param.Bytes(default=b"", doc="Set by Python; the browser saves it.")
    stamp = param.String(default="", doc="What made the pictures, as JSON; written into them.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.kit", "downloads.js", shared=("base.js", "figures.js")
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.kit", "downloads.css")]

    def __init__(self, on_save: Callable[[str], tuple[str, bytes] | None], **params: Any) -> None:
        """``on_save(id)`` returns a file name and its bytes, or None when there is nothing."""
        super().__init__(**{"visible": policy().saves, **params})
        self._on_save = on_save
        self.drawn: list[tuple[str, str]] = []
        """Title and SVG text of the figures on the page, for a button that asks for them."""
        self.provenance: Callable[[], dict[str, Any] | None] = lambda: None
        """What made what is saved; files that can carry it do."""

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and data.get("id") in {item["id"] for item in self.items}:
            self.drawn = drawn_figures(data.get("drawn"))
            made = self._on_save(data["id"])
            if made is not None:
                self.hand_over(*made)

    def hand_over(self, filename: str, content: bytes) -> None:
        """Let the browser save a file, also one that took a while to make."""
        made_by = self.provenance()
        if made_by is not None:
            content = stamped(filename, content, made_by)
        self.content = b""
        self.param.update(filename=filename, content=content)


def drawn_figures(sent: Any) -> list[tuple[str, str]]:
    """What the browser sent of its figures; anything of another form is left out."""
    figures = [each for each in sent if isinstance(each, dict)] if isinstance(sent, list) else []
    pairs = [(each.get("title"), each.get("svg")) for each in figures]
    return [(t, svg) for t, svg in pairs if isinstance(t, str) and isinstance(svg, str)]


# panel-material-ui restyles models by the end of their class name (Title, Legend, Axis, Figure,
# Toolbar, Tooltip ...), so no component of ours may end in one of those words.
class Heading(JSComponent):
    """What is on stage, as a heading with a quiet detail."""

    title = param.String(doc="The heading.")
    detail = param.String(doc="Its setting in a few words.")
    families = param.List(
        doc='The workbench\'s families: {"title", "sentence", "active", "members"}, and of each '
        'member {"title", "claim", "href", "active"}.'
    )
    related = param.List(doc='What goes with this one: {"title", "why", "href"}.')

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.kit", "title.js", shared=("base.js", "families.js")
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.kit", "title.css")]


class Folds(JSComponent):
    """Folds the columns beside the stage and remembers it in the browser."""

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.kit", "folds.js", shared=("base.js", "large.js")
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.kit", "folds.css")]


class Upload(JSComponent):
    """Paste text or pick a file; ``on_data(name, data)`` reads it, name is empty for a paste."""

    label = param.String(doc="What is wanted.")
    placeholder = param.String(doc="An example of it.")
    accept = param.String(default=".csv,.tsv,.txt,.json", doc="File endings offered.")
    max_bytes = param.Integer(default=8 * 1024 * 1024, doc="Larger files are refused.")
    filename = param.String(default="", doc="Name of the file that came; only a label.")
    content = param.Bytes(default=b"", doc="What came.")
    note = param.String(default="", doc="What became of it.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.kit", "upload.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.kit", "upload.css")]

    def __init__(self, on_data: Callable[[str, bytes], None], **params: Any) -> None:
        """``on_data`` raises nothing; it shows what it did by setting ``note``."""
        super().__init__(**{"visible": policy().uploads, **params})
        self._on_data = on_data
        self.param.watch(self._came, "content")

    def _came(self, event: Any) -> None:
        if event.new:
            self._take(self.filename, without_stamp(bytes(event.new)))
            self.content = b""

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and data.get("kind") == "text":
            self._take("", str(data.get("text", "")).encode())

    def _take(self, name: str, data: bytes) -> None:
        if policy().uploads:
            self._on_data(name, data)
        else:
            self.note = NO_UPLOADS
