"""Changes reach the browser in the order in which they were made.

A model is described in full in the first message that holds it and by its name alone afterwards, so
a message must not be overtaken. Bokeh writes a change down when it happens and sends it when the
callback has ended; panel sends later changes of the same callback at once, ahead of it, or lays
them aside while the socket is busy and is overtaken in turn. The browser then meets a name it does
not know and throws the whole message away.

Here a message takes its place in the socket's queue in the moment it is written down.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from bokeh.document import Document
from bokeh.document.events import DocumentPatchedEvent
from bokeh.server.connection import ServerConnection
from panel.io import document as panel_document
from tornado.websocket import WebSocketClosedError

_log = logging.getLogger(__name__)
_on_the_way: set[asyncio.Task[None]] = set()
"""Held here until they are sent; a task nobody holds may be collected."""


def keep_order() -> None:
    """Let every message of bokeh and of panel queue where it was written."""
    ServerConnection.send_patch_document = _send_one
    panel_document.write_events = _send_all
    panel_document.schedule_write_events = _send_all


def _send_one(self: ServerConnection, event: DocumentPatchedEvent) -> asyncio.Task[None]:
    return _queued(self, [event])


def _send_all(
    _document: Document,
    connections: Sequence[ServerConnection],
    events: list[DocumentPatchedEvent],
) -> None:
    for connection in connections:
        _queued(connection, events)


def _queued(connection: ServerConnection, events: list[DocumentPatchedEvent]) -> asyncio.Task[None]:
    message = connection.protocol.create("PATCH-DOC", events)
    socket = connection._socket
    task = asyncio.ensure_future(_sent(socket, message, socket.write_lock.acquire()))
    _on_the_way.add(task)
    task.add_done_callback(_on_the_way.discard)
    return task


async def _sent(socket: Any, message: Any, place: Any) -> None:
    with await place:
        try:
            for part in (message.header_json, message.metadata_json, message.content_json):
                await socket.write_message(part, locked=False)
            await message.write_buffers(socket, locked=False)
        except WebSocketClosedError:
            _log.debug("the page was closed before its last message")
