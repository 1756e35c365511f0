"""Undo and redo: what is taken back, what is said, across reloads."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.running import registry
from engines.running.compute import InProcess
from engines.sorting.model import SortSpec
from explorer.desks import Desks
from explorer.history import History, sentence_from_step, step_between
from explorer.memory import Memory
from explorer.sessions import STEPS_MAX, json_from_spec
from views.kit.catalog import view_type

ME = "c" * 32
VALUES = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=3)


@given(st.lists(VALUES, min_size=1, max_size=12))
def test_undoing_everything_leads_back_and_redoing_everything_forth(states):
    history = History()
    for before, after in pairwise(states):
        history.note(step_between((before, {}), (after, {})))

    def applied(now: dict, step: Any, side: int) -> dict:
        changed = {**now, **{k: pair[side] for k, pair in step.fields.items()}}
        return {k: v for k, v in changed.items() if v is not None}

    now = dict(states[-1])
    while (step := history.back()) is not None:
        now = applied(now, step, 0)
    assert now == states[0]
    while (step := history.forth()) is not None:
        now = applied(now, step, 1)
    assert now == states[-1]


def test_a_drag_is_one_change_and_back_where_it_began_is_none():
    history = History()
    for a, b in ((1, 2), (2, 3), (3, 4)):
        history.note(step_between(({"n": a}, {}), ({"n": b}, {})), joined=True)
    assert [step.fields for step in history.past] == [{"n": [1, 4]}]
    history.note(step_between(({"n": 4}, {}), ({"n": 1}, {})), joined=True)
    assert history.past == []


def test_time_that_moves_is_no_change_and_old_changes_are_forgotten():
    assert step_between(({}, {"at": 1}), ({}, {"at": 2})) is None
    history = History()
    for k in range(2 * STEPS_MAX):
        history.note(step_between(({"n": k}, {}), ({"n": k + 1}, {})))
    assert len(history.past) == STEPS_MAX
    for k in range(30):
        history.note(step_between(({"n": k}, {}), ({"n": "x" * 100_000}, {})))
    assert len(history.past) < 10


def test_what_changed_is_said_in_the_spec_s_own_words():
    step: Any = step_between(({"n_cells": 40}, {}), ({"n_cells": 30}, {}))
    assert sentence_from_step(step, SortSpec, undone=False) == "Redone: Cells 40 → 30."
    assert sentence_from_step(step, SortSpec, undone=True) == "Undone: Cells 30 → 40."
    two: Any = step_between(({"run": {"a_b": 1}}, {}), ({"run": {"a_b": 2}}, {"cell": 4}))
    said = sentence_from_step(two, SortSpec, undone=False)
    assert said == "Redone: run, a b 1 → 2 and 1 more."


@pytest.fixture
def desks(tmp_path) -> Desks:
    return Desks(ME, tmp_path)


def opened(desks: Desks | None, name: str = "sorting/run", **fields: Any) -> SimpleNamespace:
    base = registry.experiment(name).default()
    view = view_type(name)(name, InProcess(), owner="me", spec=base.replace(**fields))
    said: list[str] = []
    return SimpleNamespace(view=view, memory=Memory(view, base, desks, said.append), said=said)


def change(page: SimpleNamespace, **values: Any) -> None:
    page.view.controls.param.update(**values)
    page.memory._noted_s = -10.0  # as after a while
    page.memory.look()


def test_every_change_is_undone_and_redone_and_said(desks):
    page = opened(desks)
    before = page.view.spec()
    change(page, n_cells=30)
    change(page, seed=9)
    page.view.select({"colour": "value"})
    page.memory.look()
    page.memory.undo()
    assert page.said == ["Undone: colour value → none."]
    assert page.view.selection().get("colour") is None
    page.memory.undo()
    page.memory.undo()
    assert page.said[-1] == f"Undone: Cells 30 → {before.n_cells}."
    assert page.view.spec() == before
    page.memory.undo()
    assert page.said[-1] == "There is nothing to undo."
    for _ in range(3):
        page.memory.redo()
    assert (page.view.spec().n_cells, page.view.selection()["colour"]) == (30, "value")
    page.memory.redo()
    assert page.said[-1] == "There is nothing to redo."


def test_a_change_after_undo_ends_what_could_be_redone(desks):
    page = opened(desks)
    change(page, n_cells=30)
    page.memory.undo()
    change(page, seed=5)
    page.memory.redo()
    assert page.said[-1] == "There is nothing to redo."


def test_undo_works_across_reloads_and_another_address_is_one_change(desks):
    page = opened(desks)
    change(page, n_cells=30)
    again = opened(desks, n_cells=30)  # as the reloaded address says
    again.memory.undo()
    assert again.view.spec() == page.memory._base
    again.memory.redo()
    elsewhere = opened(desks, n_cells=77)
    elsewhere.memory.undo()
    assert elsewhere.view.spec().n_cells == 30


@pytest.mark.parametrize("workbench", ["sorting", "connectome", "geometry", "diagrams", "pointer"])
def test_every_workbench_is_kept_as_it_was_left(desks, workbench):
    for name in registry.listed(workbench)[:3]:
        page = opened(desks, name)
        page.memory._dirty = True
        page.memory.save()
        left = desks.load().page(name)
        assert left.fields == json_from_spec(page.view.spec())


async def ended(page: SimpleNamespace) -> None:
    job = page.view.run()
    assert job is not None
    await job.ended()


async def test_undo_runs_again_only_what_had_been_run():
    page = opened(None, n_cells=12)
    change(page, n_cells=14)
    page.memory.undo()
    assert page.view.runner.job is None
    await ended(page)
    change(page, seed=8)
    await ended(page)
    page.memory.undo()
    assert page.view.runner.job
    assert page.view.runner.job.spec == page.view.spec()


async def test_a_page_that_cannot_be_saved_says_so_once(tmp_path):
    (tmp_path / "file").write_text("")
    desks, warned = Desks(ME, tmp_path / "file" / "desks"), []
    base = registry.experiment("sorting/run").default()
    view = view_type("sorting/run")("sorting/run", InProcess(), spec=base)
    memory = Memory(view, base, desks, print, warned.append)

    async def saved() -> None:
        memory.save_soon()
        memory.save_in_thread()
        await asyncio.sleep(0.2)

    for _ in range(2):
        await saved()
    assert len(warned) == 1
    assert "no longer saved by itself: the session could not be saved" in warned[0]
    (tmp_path / "file").unlink()
    await saved()
    (tmp_path / "file" / "desks").rename(tmp_path / "elsewhere")
    (tmp_path / "file").rmdir()
    (tmp_path / "file").write_text("")
    await saved()
    assert len(warned) == 2  # it worked again in between
