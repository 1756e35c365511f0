"""Desks: each browser's session, saved by itself, and the sessions that people named.

One file each, strict JSON with a checksum, written whole; an id is never a path. A desk that is
opened replaces what the browser had open, which is kept under a name of its own first.
"""

from __future__ import annotations

import re
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engines.boundary.labels import label
from engines.boundary.whole import data_root, write_whole
from engines.contract import ExplorerError, InputError
from explorer.sessions import (
    SESSION_MAX_BYTES,
    SavedPage,
    Session,
    app_version,
    session_from_bytes,
    session_to_bytes,
)

_ID = re.compile(r"[0-9a-f]{32}")
_SUFFIX, _DAMAGED = ".desk.json", ".damaged"
DESKS_MAX = 200
"""More named sessions are refused; the list is for people."""
_lock = threading.RLock()
"""Opening keeps what was open, which writes too."""
_noted: dict[tuple[Path, str], dict[str, tuple[str, SavedPage]]] = {}
"""Pages that are on their way to the disk: a page that is reloaded must find them already."""


@dataclass(frozen=True)
class Kept:
    """One entry of the list."""

    id: str
    session: Session
    saved: datetime
    here: bool
    """Whether it is what this browser has open."""


class Desks:
    """Sessions by id in one private folder. Every method touches the disk."""

    def __init__(self, browser: str, folder: Path | None = None) -> None:
        """``browser`` names this browser's own desk; a name that is none of ours is refused."""
        if not _ID.fullmatch(browser):
            raise InputError("a browser's id has 32 hexadecimal digits")
        self.browser, self.folder = browser, folder or data_root() / "desks"

    def load(self, identity: str = "") -> Session | None:
        """A session by id, this browser's without one; None when there is none.

        Raises:
            InputError: a damaged file, which is set aside.
        """
        path = self._path(identity or self.browser)
        try:
            with path.open("rb") as file:
                data = file.read(SESSION_MAX_BYTES + 1)
        except OSError:
            return None
        try:
            return session_from_bytes(data)
        except InputError:
            path.replace(path.with_suffix(_DAMAGED))
            raise InputError("a saved session was damaged on disk and has been set aside") from None

    def note(self, workbench: str, page: SavedPage) -> None:
        """Tell the other pages of this browser at once what `remember` will write later."""
        _noted.setdefault((self.folder, self.browser), {})[page.experiment] = (workbench, page)

    def left(self, name: str) -> SavedPage | None:
        """An experiment as this browser left it, None when it did not open it.

        Raises:
            InputError: a damaged file, which is set aside.
        """
        noted = _noted.get((self.folder, self.browser), {}).get(name)
        if noted is not None:
            return noted[1]
        session = self.load()
        return session.page(name) if session is not None else None

    def settle(self) -> None:
        """Write everything that was noted; before the whole session is read."""
        for workbench, page in list(_noted.get((self.folder, self.browser), {}).values()):
            self.remember(workbench, page, app_version())

    def remember(self, workbench: str, page: SavedPage, version: str) -> None:
        """Put one experiment's page at the front of this browser's session.

        Raises:
            InputError: nothing could be written.
        """
        with _lock:
            try:
                now = self.load()
            except InputError:  # it has been set aside; this page is what is left
                now = None
            others = [p for p in (now.pages if now else ()) if p.experiment != page.experiment]
            title = now.title if now else ""
            session = Session(
                app_version=version, title=title, workbench=workbench, pages=[page, *others]
            )
            self._write(self.browser, _fitting(session))
            noted = _noted.get((self.folder, self.browser), {})
            there = noted.get(page.experiment)
            if there is not None and there[1] == page:
                del noted[page.experiment]

    def kept(self) -> list[Kept]:
        """Every session on this machine, this browser's first, then the newest; no damaged one."""
        self.settle()
        found = []
        for path in self.folder.glob(f"*{_SUFFIX}") if self.folder.is_dir() else ():
            identity = path.name.removesuffix(_SUFFIX)
            try:
                session = self.load(identity)
                saved = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
            except (ExplorerError, OSError):
                continue
            if session is not None:
                found.append(Kept(identity, session, saved, identity == self.browser))
        return sorted(found, key=lambda k: (not k.here, -k.saved.timestamp()))

    def keep(self, session: Session, title: str) -> str:
        """Keep a session under a name; returns its id.

        Raises:
            InputError: too many sessions, or nothing could be written.
        """
        n_there = len(list(self.folder.glob(f"*{_SUFFIX}"))) if self.folder.is_dir() else 0
        if n_there >= DESKS_MAX:
            raise InputError(f"{n_there} sessions are kept, at most {DESKS_MAX}; delete some first")
        identity = secrets.token_hex(16)
        self._write(identity, _titled(session, title))
        return identity

    def name(self, identity: str, title: str) -> None:
        """Call a session something else."""
        session = self._there(identity)
        self._write(identity, _titled(session, title))

    def duplicate(self, identity: str) -> str:
        """A copy, named after the first; returns its id."""
        session = self._there(identity)
        return self.keep(session, f"{session.title or 'Session'}, copy")

    def delete(self, identity: str) -> None:
        """Forget a session."""
        self._there(identity)
        self._path(identity).unlink(missing_ok=True)

    def open(self, session: Session) -> None:
        """Make a session this browser's; what was open is kept unless it is kept already."""
        self.settle()
        with _lock:
            try:
                now = self.load()
            except InputError:
                now = None
            _noted.pop((self.folder, self.browser), None)
            if now is not None and now.pages and not self._is_kept(now):
                self.keep(now, f"Open before {session.title or 'another session'}")
            self._write(self.browser, session)

    def take(self, identity: str) -> Session:
        """Open a session by its id and return it."""
        session = self._there(identity)
        if identity != self.browser:
            self.open(session)
        return session

    def _is_kept(self, session: Session) -> bool:
        others = (kept.session for kept in self.kept() if not kept.here)
        return any(other.pages == session.pages for other in others)

    def _there(self, identity: str) -> Session:
        session = self.load(identity)
        if session is None:
            raise InputError("this session is no longer there; the list shows those that are")
        return session

    def _path(self, identity: str) -> Path:
        if not _ID.fullmatch(identity):
            raise InputError("a session's id has 32 hexadecimal digits")
        return self.folder / f"{identity}{_SUFFIX}"

    def _write(self, identity: str, session: Session) -> None:
        data, path = session_to_bytes(session), self._path(identity)
        try:
            write_whole(path, data)
        except OSError as error:
            raise InputError(
                f"the session could not be saved ({error.strerror}); "
                "save it as a file instead, or free some space"
            ) from error


def _titled(session: Session, title: str) -> Session:
    return session.model_copy(update={"title": label(title, 100) or "Session"})


def _fitting(session: Session) -> Session:
    """The session without what does not fit: first the oldest pages' changes, then the pages."""
    pages = list(session.pages)
    for k in reversed(range(len(pages))):
        if len(session_to_bytes(session)) <= SESSION_MAX_BYTES:
            break
        pages[k] = pages[k].model_copy(update={"past": [], "future": []})
        session = session.model_copy(update={"pages": pages})
    while len(session_to_bytes(session)) > SESSION_MAX_BYTES and len(session.pages) > 1:
        session = session.model_copy(update={"pages": session.pages[:-1]})
    return session


def row_from_kept(kept: Kept, title_of: Any) -> dict[str, Any]:
    """One row of the list: what it is called, what is in it, when it was saved, where it opens."""
    titles = [title_of(page.experiment) for page in kept.session.pages]
    shown = ", ".join(titles[:3]) + (f" and {len(titles) - 3} more" if len(titles) > 3 else "")
    return {
        "id": kept.id,
        "here": kept.here,
        "title": kept.session.title or ("What was open here" if kept.here else "Another browser"),
        "detail": shown,
        "saved": f"{kept.saved:%Y-%m-%d %H:%M}",
    }
