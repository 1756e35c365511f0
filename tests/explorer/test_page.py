"""One page per session, with an engine that is not there."""

from __future__ import annotations

import gc
import weakref
from types import SimpleNamespace
from typing import Any, ClassVar
from urllib.parse import parse_qs

import panel as pn
import panel_material_ui as pmui
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engines.process.background import Background
from engines.running import registry
from engines.running.compute import InProcess
from engines.sorting.model import AlgotypeShare, EnsembleSpec, SortSpec
from explorer.asked import RESERVED, address_from_arguments
from explorer.header import Header
from explorer.links import address, experiment_links, finished_workbenches, links
from explorer.page import (
    WorkbenchPage,
    forget_page,
    forget_views,
    shell,
)
from explorer.pill import engine_pill, watch_engine
from explorer.sessions import SessionStore, session_from_specs, session_to_bytes


def state(**changes: Any) -> SimpleNamespace:
    usual = {
        "phase": "ready",
        "device": "cpu",
        "n_threads": 4,
        "n_queued": 0,
        "memory_bytes": 0,
        "sentence": "",
    }
    return SimpleNamespace(**{**usual, **changes})


class FakeEngine(InProcess):
    """Runs in this process and has a state to listen to."""

    def __init__(self) -> None:
        super().__init__()
        self.state = state(phase="starting")
        self.listeners: list = []
        self.jobs: list = []
        self.background = Background()

    def listen(self, listener):
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def change(self, **changes: Any) -> None:
        self.state = state(**changes)
        for listener in tuple(self.listeners):
            listener(self.state)

    def submit(self, spec, **who):
        self.jobs.append(super().submit(spec, **who))
        return self.jobs[-1]


@pytest.fixture(autouse=True)
def ends(monkeypatch, tmp_path) -> list:
    """What waits for the session's end; without a session panel would keep it for ever."""
    found: list = []
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    monkeypatch.setattr(type(pn.state), "on_session_destroyed", lambda _, call: found.append(call))
    return found


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


def opened(engine, query: str = "", workbench: str = "sorting") -> WorkbenchPage:
    """As the server does: the query's texts as bytes."""
    found = parse_qs(query, keep_blank_values=True)
    arguments = {name: [text.encode() for text in texts] for name, texts in found.items()}
    return WorkbenchPage(workbench, engine, address_from_arguments(arguments), "me")


def notes(page: WorkbenchPage) -> list[str]:
    return [notice["text"] for notice in page.view.notices.notices]


SPECS = st.builds(
    SortSpec,
    n_cells=st.integers(2, 300),
    algotypes=st.lists(
        st.builds(
            AlgotypeShare,
            algotype=st.sampled_from(["bubble", "insertion", "selection"]),
            parts=st.integers(1, 9),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    scheduler=st.sampled_from(["burst", "uniform", "sweep"]),
    seed=st.integers(0, 2**64 - 1),
)
SELECTIONS = st.fixed_dictionaries(
    {},
    optional={
        "colour": st.sampled_from(["value", "frozen"]),
        "compare": st.sampled_from(["algotypes", "schedulers"]),
        "cell": st.integers(0, 10**6),
    },
)


# Two whole pages per example are too slow to shrink.
@given(SPECS, SELECTIONS)
@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate])
def test_an_address_leads_back_to_what_is_shown(spec, selection):
    first = opened(FakeEngine())
    first.view.take(spec)
    first.view.select(selection)
    second = opened(FakeEngine(), first.query())
    assert second.view.controls.spec() == spec
    assert second.view.selection() == first.view.selection() == selection
    assert notes(second) == []
    assert second.query() == first.query()


def test_another_experiment_of_the_workbench_is_in_its_address():
    page = opened(FakeEngine(), "x=ensemble&n_runs=7")
    assert page.name == "sorting/ensemble"
    assert page.view.controls.spec().n_runs == 7
    page.view.controls.inner["run"].n_cells = 31
    again = opened(FakeEngine(), page.query())
    assert again.name == "sorting/ensemble"
    assert again.view.controls.spec() == page.view.controls.spec()
    assert isinstance(again.view.controls.spec(), EnsembleSpec)


@pytest.mark.parametrize("leaf", ["nowhere", "compare", "../run", "verify", ""])
def test_an_experiment_that_is_none_of_ours_opens_the_first(leaf):
    assert opened(FakeEngine(), f"x={leaf}").name == "sorting/run"


def test_no_field_of_an_experiment_is_a_word_of_the_address():
    for workbench in finished_workbenches():
        for name in registry.listed(workbench):
            assert not set(registry.experiment(name).spec.model_fields) & set(RESERVED), name


def test_what_does_not_fit_is_left_out_and_said(engine):
    page = opened(engine, "n_cells=-5&seed=3&magic=1")
    assert page.view.controls.spec() == page.base.replace(seed=3)
    assert len(notes(page)) == 2
    assert all(notice["tone"] == "bad" for notice in page.view.notices.notices)
    assert any("'magic'" in note for note in notes(page))
    assert any("Cells" in note for note in notes(page))


@pytest.mark.parametrize(
    "view", ['{"colour":["value"]}', '{"cell":{}}', '{"compare":null,"at":1e999}', "[" * 900]
)
def test_a_selection_that_is_nonsense_opens_the_page_all_the_same(engine, view):
    assert opened(engine, f"view={view}").view.selection() == {}


def test_a_spec_too_long_for_an_address_is_a_session_there(engine):
    page = opened(engine)
    values = tuple(range(1000, 0, -1))
    page.view.take(SortSpec(own_values=values, seed=2))
    page.view.select({"colour": "value"})
    query = page.query()
    assert query.startswith("session=")
    assert len(query) < 60
    again = opened(engine, query)
    assert again.view.controls.spec() == SortSpec(own_values=values, seed=2)
    assert again.view.selection() == {"colour": "value"}


@pytest.mark.parametrize("identity", ["0" * 32, "x", "../../etc/passwd"])
def test_a_session_that_is_not_there_is_a_note(engine, identity):
    page = opened(engine, f"session={identity}")
    assert len(notes(page)) == 1
    assert page.view.controls.spec() == page.base


def test_a_session_about_something_else_says_where_to_open_it(engine):
    other = session_from_specs("sorting", {"sorting/ensemble": EnsembleSpec()})
    page = opened(engine, "session=" + SessionStore().save(other))
    assert notes(page) == ["this session is about sorting/ensemble, not sorting/run; open it there"]


async def test_a_saved_file_is_opened_again_and_run(engine):
    page = opened(engine, "n_cells=17&seed=5")
    page.view.select({"history": "frozen"})
    page.header._handle_msg({"kind": "save"})
    saved = page.header.file
    assert saved["name"] == "sorting-session.json"
    other = opened(engine)
    n_jobs = len(engine.jobs)
    open_file(other, saved["text"])
    assert other.view.controls.spec() == page.view.controls.spec()
    assert other.view.selection() == {"history": "frozen"}
    assert len(engine.jobs) == n_jobs + 1
    assert engine.jobs[-1].spec == page.view.controls.spec()
    assert notes(other) == ["The session is open; the run repeats it exactly."]


def open_file(page: WorkbenchPage, text: str) -> None:
    page.header._handle_msg({"kind": "open", "text": text})


def test_a_file_that_is_no_session_is_a_sentence_and_changes_nothing(engine):
    page = opened(engine, "seed=4")
    for text in ("", "{}", "[" * 10_000, "\ud800".encode("utf-8", "replace").decode()):
        open_file(page, text)
    assert len(notes(page)) == 4
    assert page.view.controls.spec().seed == 4
    assert engine.jobs == []
    page.header._handle_msg({"kind": "too-large"})
    assert notes(page)[-1].startswith("This file is too large to be opened here")


def test_a_damaged_session_file_is_refused(engine):
    page = opened(engine)
    whole = session_to_bytes(page._session(page.base)).decode()
    open_file(page, whole.replace('"n_cells":100', '"n_cells":101'))
    assert "changed or damaged" in notes(page)[0]


def test_saving_while_knobs_do_not_fit_is_a_sentence(engine):
    page = opened(engine)
    page.view.controls.n_frozen = 101
    page.header._handle_msg({"kind": "save"})
    assert "cannot be frozen" in notes(page)[0]
    assert page.header.file == {}


def test_help_opens_and_closes(engine):
    page = opened(engine)
    for wanted in (True, False):
        page.header._handle_msg({"kind": "help"})
        assert page.help.dialog.open is wanted
    page.header._handle_msg({"kind": "dance"})
    page.header._handle_msg("help")
    assert notes(page) == []


async def test_what_is_asked_of_a_page_that_is_not_there_yet_is_done_when_it_is(
    engine, monkeypatch
):
    page = opened(engine)
    monkeypatch.setattr(page, "_is_served", lambda: True)
    page.header._handle_msg({"kind": "help"})
    assert not page.help.dialog.open
    page.start()
    assert page.help.dialog.open
    page.close()


async def test_opening_a_page_runs_what_its_address_says(engine):
    page = opened(engine, "n_cells=14")
    page.start()
    assert [job.spec for job in engine.jobs] == [page.base.replace(n_cells=14)]
    assert engine.jobs[0].owner == "me"
    page.close()
    assert engine.jobs[0].state.status == "cancelled"


async def test_a_link_to_a_tour_starts_it_at_its_step(engine):
    page = opened(engine, "tour=own-will&step=2")
    page.start()
    assert (page.player.step, page.player.n_steps > 2) == (1, True)
    other = opened(engine, "tour=nowhere")
    other.start()
    assert other.player.n_steps == 0


def test_a_whole_page_can_be_built_for_every_experiment(engine):
    for workbench in finished_workbenches():
        for name in registry.listed(workbench):
            page = opened(engine, "x=" + name.partition("/")[2], workbench)
            built = page.page()
            assert isinstance(built, pmui.Page)
            assert built.meta.title == f"{workbench.title()} · Neural Explorer"
            (family,) = (f for f in page.view.heading.families if f["active"])
            assert [m["href"] for m in family["members"] if m["active"]] == [address(name)]
            forget_page(built)


def test_links_name_every_finished_workbench_and_experiment():
    assert [link["title"] for link in links("sorting") if link["active"]] == ["Sorting"]
    assert "answers" not in finished_workbenches()
    shown = experiment_links("sorting", "sorting/ensemble")
    assert [f["title"] for f in shown][:4] == ["Arrays", "Ensembles", "Published", "Sheets"]
    assert [f["title"] for f in shown if f["active"]] == ["Ensembles"]
    assert all(f["sentence"].endswith(".") for f in shown)
    found = [m["href"] for f in shown for m in f["members"]]
    names = ["run", "ensemble", "pair", "sweep", "paper", "grid"]
    assert found[:6] == [f"./sorting?x={name}" for name in names]
    assert sorted(found) == sorted(
        f"./sorting?x={name.partition('/')[2]}" for name in registry.listed("sorting")
    )


# The engine's pill ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "tone", "text"),
    [
        ({"phase": "starting"}, "plain", "engine starting"),
        ({}, "good", "engine ready · cpu, 4 threads"),
        ({"n_threads": 1}, "good", "engine ready · cpu, 1 thread"),
        ({"phase": "busy", "n_queued": 2}, "busy", "engine busy · cpu, 4 threads · 2 queued"),
        ({"memory_bytes": 3 * 2**30}, "good", "engine ready · cpu, 4 threads · 3,072 MiB"),
        ({"phase": "remote", "device": "cuda:0"}, "good", "engine remote · cuda:0, 4 threads"),
        ({"phase": "failed"}, "bad", "engine failed · cpu, 4 threads"),
    ],
)
def test_the_pill_says_how_the_engine_is(changes, tone, text):
    pill = engine_pill(state(**changes, sentence=None))
    assert pill == {"tone": tone, "text": text, "detail": ""}


def test_the_header_follows_the_engine(engine):
    page = opened(engine)
    assert page.header.engine["text"] == "engine starting"
    engine.change(phase="busy", sentence="A long run.")
    assert page.header.engine == {
        "tone": "busy",
        "text": "engine busy · cpu, 4 threads",
        "detail": "A long run.",
    }


def test_the_engine_does_not_keep_headers_alive(engine):
    header = Header(lambda _message: None)
    watch_engine(engine, header, None)
    gone = weakref.ref(header)
    del header
    gc.collect()
    assert gone() is None
    engine.change()
    assert engine.listeners == []


def test_many_changes_of_the_engine_cost_a_page_one_tick(engine):
    class Page:
        session_context = object()
        ticks: ClassVar[list] = []
        timers: ClassVar[list] = []

        def add_next_tick_callback(self, callback) -> None:
            self.ticks.append(callback)

        def add_timeout_callback(self, callback, _ms) -> None:
            self.timers.append(callback)

        def on_session_destroyed(self, callback) -> None:
            self.gone = callback

    page, header = Page(), Header(lambda _message: None)
    watch_engine(engine, header, page)
    for k in range(20):
        engine.change(phase="busy", sentence=f"Run {k}.")
    assert len(page.ticks) == 1
    page.ticks.pop()()
    engine.change(phase="busy", sentence="Run 20.")
    assert page.ticks == []
    page.timers.pop()()
    assert header.engine["detail"] == "Run 20."
    engine.change(phase="ready", sentence="")
    assert len(page.ticks) == 1


# Sessions end -----------------------------------------------------------------------------------


def busy_watchers() -> list:
    return list(pn.state.param.watchers.get("busy", {}).get("value", []))


def test_what_panel_keeps_by_document_goes_with_the_session():
    ended, other = object(), object()
    kept = {"ended": (None, None, ended, None), "other": (None, None, other, None)}
    pn.state._views.update(kept)  # the toolkit's own list, which keeps a page's notifications
    forget_views(ended)
    assert "ended" not in pn.state._views
    assert pn.state._views.pop("other") == kept["other"]


def test_a_page_is_forgotten_by_panels_process_wide_state():
    before = len(busy_watchers())
    page = pmui.Page()
    assert len(busy_watchers()) == before + 1
    other = pmui.Page()
    forget_page(page)
    assert len(busy_watchers()) == before + 1
    gone = weakref.ref(page)
    del page
    gc.collect()
    assert gone() is None
    forget_page(other)
    assert len(busy_watchers()) == before


async def test_a_session_that_has_ended_leaves_nothing_behind(engine, ends):
    before = len(busy_watchers())
    page = opened(engine)
    built = page.page()
    page.start()
    await engine.jobs[0].ended()
    page.close()
    gone = [weakref.ref(page), weakref.ref(page.view), weakref.ref(built)]
    while ends:
        ends.pop()(None)
    assert len(busy_watchers()) == before
    del page, built
    gc.collect()
    assert [ref() for ref in gone] == [None, None, None]
    engine.change(phase="busy")
    assert engine.listeners == []


def test_a_shell_holds_what_it_is_given(engine):
    header = Header(lambda _message: None)
    page = shell([header], [pn.Column()], "A title")
    assert list(page.header) == [header]
    assert page.meta.title == "A title"
    forget_page(page)
