"""The composition: which pages there are, what starting says, what cannot be started."""

from __future__ import annotations

import webbrowser
from types import SimpleNamespace

import panel as pn
import pytest

from engines.process.background import Background
from engines.running import registry
from engines.running.compute import InProcess
from explorer import app
from explorer.links import finished_workbenches
from explorer.page import WorkbenchPage, forget_page
from explorer.settings import Settings


class FakeEngine(InProcess):
    def __init__(self) -> None:
        super().__init__()
        self.state = SimpleNamespace(
            phase="starting", device="", n_threads=0, n_queued=0, memory_bytes=0, sentence=""
        )
        self.jobs: list = []
        self.released: list[str] = []
        self.background = Background()

    def listen(self, _listener):
        return lambda: None

    def submit(self, spec, **who):
        self.jobs.append(super().submit(spec, **who))
        return self.jobs[-1]

    def release(self, owner: str) -> None:
        self.released.append(owner)
        super().release(owner)


@pytest.fixture
def ends(monkeypatch) -> list:
    found: list = []
    monkeypatch.setattr(type(pn.state), "on_session_destroyed", lambda _, call: found.append(call))
    return found


async def test_the_front_page_opens_help_and_is_released_with_its_session(ends):
    engine = FakeEngine()
    page = app.home_page(engine)
    header, _menu = page.header
    assert not header.can_share
    header._handle_msg({"kind": "help"})
    header._handle_msg({"kind": "save"})
    assert page.main[1].open
    assert [link["active"] for link in header.links] == [False] * len(header.links)
    while ends:
        ends.pop()(None)
    assert engine.released == [""]


async def test_there_is_an_address_for_the_front_and_for_every_workbench(ends, monkeypatch):
    built: list[str] = []
    loaded: list = []
    monkeypatch.setattr(type(pn.state), "onload", lambda _, call: loaded.append(call))
    start = WorkbenchPage.start
    monkeypatch.setattr(WorkbenchPage, "start", lambda page: (built.append(page.name), start(page)))
    engine = FakeEngine()
    pages = app.pages(engine)
    assert list(pages) == ["/", *finished_workbenches()]
    for name in finished_workbenches():
        page = pages[name]()
        loaded.pop()()
        assert built.pop() == registry.listed(name)[0]
        forget_page(page)
    while ends:
        ends.pop()(None)
    assert all(job.state.status.final for job in engine.jobs)


# Starting ---------------------------------------------------------------------------------------


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(webbrowser, "open", found.append)
    return found


SERVER = SimpleNamespace(
    url="http://127.0.0.1:5006/?token=printed",
    guard=SimpleNamespace(one_time_url=lambda: "http://127.0.0.1:5006/?token=once"),
)


def test_the_address_is_a_line_of_its_own_and_the_browser_gets_another(opened, capsys):
    app.announce(SERVER, Settings())
    assert capsys.readouterr().out.splitlines()[1] == SERVER.url
    assert opened == ["http://127.0.0.1:5006/?token=once"]


def test_no_browser_is_opened_when_none_is_wanted(opened, capsys):
    app.announce(SERVER, Settings(browser=False))
    assert SERVER.url in capsys.readouterr().out
    assert opened == []


def test_what_cannot_be_served_is_a_sentence_and_status_one(monkeypatch, opened, capsys):
    def refuse(_pages, port: int, **_more: object):
        raise OSError(f"no free port from {port} to {port + 49}; give another --port")

    monkeypatch.setattr(app, "safe_serve", refuse)
    assert app.serve(Settings(port=5600)) == 1
    said = capsys.readouterr()
    assert said.err == "no free port from 5600 to 5649; give another --port\n"
    assert said.out == ""
    assert opened == []
