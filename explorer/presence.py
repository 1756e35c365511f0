"""Whether a page is there: told when a browser's connection comes and goes.

Bokeh gives a session up half a minute after its page was left; until then its runs would keep
workers busy. The socket closes at once.
"""

from __future__ import annotations

from typing import Protocol

from bokeh.server.connection import ServerConnection
from bokeh.server.session import ServerSession


class Attendance(Protocol):
    """Who is told; an owner is a session's id."""

    def welcome(self, owner: str) -> None:
        """The owner is looked at again, or is back."""
        ...

    def release(self, owner: str) -> None:
        """The owner has gone."""
        ...


_subscribe, _unsubscribe = ServerSession.subscribe, ServerSession.unsubscribe
_told: Attendance | None = None


def watch_connections(told: Attendance | None) -> None:
    """Tell this engine of every connection that opens or closes from now on; None ends it."""
    global _told
    _told = told
    ServerSession.subscribe = _came
    ServerSession.unsubscribe = _went


def _came(self: ServerSession, connection: ServerConnection) -> None:
    _subscribe(self, connection)
    if _told is not None:
        _told.welcome(str(self.id))


def _went(self: ServerSession, connection: ServerConnection) -> None:
    _unsubscribe(self, connection)
    if _told is not None and self.connection_count == 0:
        _told.release(str(self.id))
