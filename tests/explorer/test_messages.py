"""The real session of bokeh, the real ``unlocked`` of panel, and a socket that notes what it gets."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace

import panel as pn
import pytest
from bokeh.document import Document
from bokeh.models import Column, Div
from bokeh.protocol import Protocol
from bokeh.server.connection import ServerConnection
from bokeh.server.session import ServerSession
from panel.io import document as panel_document
from panel.io.document import unlocked
from panel.io.state import set_curdoc
from tornado.locks import Lock
from tornado.websocket import WebSocketClosedError

from explorer.messages import keep_order


class Socket:
    """Takes the parts of messages under a lock, as bokeh's own does."""

    def __init__(self):
        self.write_lock = Lock()
        self.parts = []
        self.is_open = True

    async def write_message(self, part, binary=False, locked=True):
        if not self.is_open:
            raise WebSocketClosedError
        self.parts.append(part)

    async def send_message(self, message):
        await message.send(self)

    @property
    def patches(self):
        """The contents of whole messages, in the order of their arrival."""
        kinds = [json.loads(part).get("msgtype") for part in self.parts]
        starts = [at for at, kind in enumerate(kinds) if kind == "PATCH-DOC"]
        return [self.parts[at + 2] for at in starts]


@pytest.fixture
async def page(monkeypatch):
    for owner, name in (
        (ServerConnection, "send_patch_document"),
        (panel_document, "write_events"),
        (panel_document, "schedule_write_events"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    keep_order()
    document = Document()
    column = Column()
    document.add_root(column)
    session = ServerSession("a session", document)
    document._session_context = lambda: SimpleNamespace(session=session)
    document.models.flush_synced()
    socket = Socket()
    session.subscribe(ServerConnection(Protocol(), socket, None, session))
    pn.state._thread_id_[document] = pn.state._current_thread
    pn.state._loaded[document] = True
    return SimpleNamespace(document=document, column=column, session=session, socket=socket)


async def change(page, what):
    async def changed():
        with set_curdoc(page.document):
            what()

    await page.session.with_document_locked(changed)


def says(patch, *, about, not_about=()):
    """Whether a patch names one model and not the other."""
    return f'"{about.id}"' in patch and not any(f'"{model.id}"' in patch for model in not_about)


async def test_a_change_of_bokeh_is_not_overtaken_by_one_of_panel(page):
    div = Div(text="a")

    def both():
        page.column.children = [div]  # described in full
        with unlocked():
            div.text = "b"  # by its name

    await change(page, both)
    first, second = page.socket.patches
    assert says(first, about=page.column)
    assert says(second, about=div, not_about=[page.column])


async def test_a_change_of_panel_on_a_busy_socket_is_not_overtaken_by_one_of_bokeh(page):
    div = Div(text="a")

    def both():
        with unlocked():
            page.column.children = [div]
        div.text = "b"

    held = await page.socket.write_lock.acquire()
    changing = asyncio.ensure_future(change(page, both))
    await asyncio.sleep(0.03)  # longer than panel waits before it looks again
    assert page.socket.patches == []
    held.__exit__(None, None, None)
    await changing
    first, second = page.socket.patches
    assert says(first, about=page.column)
    assert says(second, about=div, not_about=[page.column])


async def test_a_closed_page_ends_no_callback(page):
    page.socket.is_open = False
    await change(page, lambda: setattr(page.column, "children", [Div()]))
    page.socket.is_open = True
    await change(page, lambda: setattr(page.column, "children", []))
    assert len(page.socket.patches) == 1
