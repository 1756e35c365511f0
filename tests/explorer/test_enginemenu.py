"""Runs that go on without their page: listed, stopped, opened, forgotten."""

from __future__ import annotations

import gc
import weakref
from types import SimpleNamespace

import pytest

from engines.process.background import Background
from engines.running.compute import Job, JobState, Status
from engines.sorting.model import SortSpec
from explorer.enginemenu import engine_menu
from explorer.page import link_to
from explorer.presence import watch_connections


class FakeEngine:
    def __init__(self) -> None:
        self.background = Background()
        self.said: list = []

    def hide(self, owner: str) -> None:
        self.said.append(("hide", owner))

    def welcome(self, owner: str) -> None:
        self.said.append(("welcome", owner))

    def release(self, owner: str) -> None:
        self.said.append(("release", owner))

    def cancel(self, job: Job) -> None:
        job.tell(JobState(Status.CANCELLED))


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def menu(engine):
    return engine_menu(engine, "me", lambda job: link_to(job.name, job.spec))


def kept(engine, **state) -> Job:
    job = Job("sorting/run", SortSpec(n_cells=50), "page", "v")
    job.tell(JobState(Status.RUNNING, **state))
    engine.background.add(job)
    return job


def test_a_kept_run_is_listed_with_its_progress_and_the_way_to_it(engine, menu):
    job = kept(engine, fraction=0.25)
    (row,) = menu.runs
    assert (row["id"], row["fraction"], row["active"]) == (job.id, 0.25, True)
    assert row["href"].startswith("./sorting?x=run&n_cells=50&")
    job.tell(JobState(Status.RUNNING, fraction=0.5))
    assert menu.runs[0]["fraction"] == 0.5


def test_it_can_be_stopped_from_any_page_and_is_then_gone(engine, menu):
    job = kept(engine)
    menu._handle_msg({"kind": "stop", "id": job.id})
    assert menu.runs == []


def test_what_has_ended_stays_until_it_is_dismissed(engine, menu):
    job = kept(engine)
    menu._handle_msg({"kind": "drop", "id": job.id})
    assert len(menu.runs) == 1, "it still goes on"
    job.tell(JobState(Status.DONE, fraction=1.0))
    assert not menu.runs[0]["active"]
    menu._handle_msg({"kind": "drop", "id": job.id})
    assert menu.runs == []


def test_only_the_last_few_that_ended_are_listed(engine, menu):
    for _ in range(20):
        kept(engine).tell(JobState(Status.DONE, fraction=1.0))
    assert len(menu.runs) == 6


def test_the_page_says_whether_it_is_seen(engine, menu):
    for kind in ("hidden", "visible", "nonsense"):
        menu._handle_msg({"kind": kind})
    menu._handle_msg("hidden")
    assert engine.said == [("hide", "me"), ("welcome", "me")]


def test_the_engine_does_not_keep_menus_alive(engine):
    menu = engine_menu(engine, "me", lambda _job: "")
    gone = weakref.ref(menu)
    del menu
    gc.collect()
    kept(engine)
    assert gone() is None
    assert engine.background._listeners == []


def test_a_page_is_there_from_its_first_connection_to_its_last(engine):
    from bokeh.document import Document
    from bokeh.server.session import ServerSession

    session = ServerSession("page", Document(), io_loop=SimpleNamespace(asyncio_loop=None))
    watch_connections(engine)
    try:
        for act in (session.subscribe, session.subscribe, session.unsubscribe):
            act("one" if act != session.subscribe or not engine.said else "two")
        assert engine.said == [("welcome", "page")] * 2
        session.unsubscribe("two")
        assert engine.said[2:] == [("release", "page")]
    finally:
        watch_connections(None)
