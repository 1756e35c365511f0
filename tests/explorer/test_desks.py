"""Desks: what a browser has open is saved by itself, named, copied, deleted, never lost."""

from __future__ import annotations

import json
import random
import threading
from pathlib import Path
from typing import Any

import pytest

from engines.contract import InputError
from engines.running import registry
from engines.sorting.model import EnsembleSpec, SortSpec
from explorer.desks import DESKS_MAX, Desks
from explorer.sessionlist import SessionList, resumed, title_of
from explorer.sessions import (
    SavedPage,
    Session,
    Step,
    json_from_spec,
    session_from_bytes,
    session_selection,
    session_to_bytes,
    specs_from_session,
)

ME, OTHER = "a" * 32, "b" * 32
STORED = Path(__file__).parent / "stored"


def page(name: str = "sorting/run", seed: int = 3, **more) -> SavedPage:
    spec = SortSpec(seed=seed) if name == "sorting/run" else EnsembleSpec()
    return SavedPage(experiment=name, fields=json_from_spec(spec), **more)


@pytest.fixture
def desks(tmp_path) -> Desks:
    made = Desks(ME, tmp_path / "desks")
    made.remember("sorting", page("sorting/ensemble"), "1")
    made.remember("sorting", page(selection={"cell": 2}), "1")
    return made


def test_all_open_experiments_are_one_session_the_last_one_first(desks):
    session = desks.load()
    assert [p.experiment for p in session.pages] == ["sorting/run", "sorting/ensemble"]
    specs, notes = specs_from_session(session)
    assert (specs["sorting/run"], notes) == (SortSpec(seed=3), [])
    desks.remember("sorting", page(seed=4), "1")
    again: Any = Desks(ME, desks.folder).load()
    assert again.pages[0].fields["seed"] == 4
    assert len(again.pages) == 2
    assert Desks(OTHER, desks.folder).load() is None


def test_a_session_is_kept_named_copied_deleted(desks):
    identity = desks.keep(desks.load(), "My\u202e work\n")
    assert desks.load(identity).title == "My work"
    copy = desks.duplicate(identity)
    assert desks.load(copy).title == "My work, copy"
    assert desks.load(copy).pages == desks.load(identity).pages
    desks.name(copy, "Second")
    assert desks.kept()[0].here
    assert {k.session.title for k in desks.kept()} == {"", "My work", "Second"}
    desks.delete(copy)
    assert desks.load(copy) is None
    with pytest.raises(InputError, match="no longer there"):
        desks.delete(copy)


def test_opening_another_session_keeps_what_was_open(desks):
    before = desks.load()
    kept = Session(title="Talk", workbench="sorting", pages=[page(seed=77)])
    identity = desks.keep(kept, "Talk")
    desks.take(identity)
    assert desks.load().pages == kept.pages
    saved = [k.session for k in desks.kept() if k.session.title == "Open before Talk"]
    assert [s.pages for s in saved] == [before.pages]
    n_kept = len(desks.kept())
    desks.take(identity)  # what is open now is kept already
    assert len(desks.kept()) == n_kept


@pytest.mark.parametrize("identity", ["", "../../etc/passwd", "A" * 32, "a" * 31, "CON"])
def test_promise_7_an_id_is_never_a_path(tmp_path, identity):
    with pytest.raises(InputError, match="32 hexadecimal digits"):
        Desks(identity, tmp_path)
    with pytest.raises(InputError, match="32 hexadecimal digits"):
        Desks(ME, tmp_path).delete(identity or "x")


def test_promise_9_200_flips_of_a_saved_session_are_set_aside(desks):
    chance = random.Random(5)
    path = desks._path(ME)
    whole = path.read_bytes()
    noticed = 0
    for _ in range(200):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(damaged) - 1)] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        try:
            same = json.loads(damaged) == json.loads(whole)
        except ValueError:
            same = False
        try:
            assert desks.load() is not None
            assert same  # an escape in capitals says the same
            noticed += 1
        except InputError:
            noticed += not path.exists()
    assert noticed == 200
    path.write_bytes(b"{")
    desks.remember("sorting", page(seed=1), "1")  # goes on, and the damaged one is set aside
    assert len(desks.load().pages) == 1


def test_the_list_has_an_end(desks, monkeypatch):
    monkeypatch.setattr("explorer.desks.DESKS_MAX", 2)
    desks.keep(desks.load(), "one")
    with pytest.raises(InputError, match="delete some first"):
        desks.keep(desks.load(), "two")
    assert DESKS_MAX == 200


def test_what_does_not_fit_loses_its_oldest_changes_first(desks, monkeypatch):
    step = Step(fields={"seed": [1, "x" * 40_000]})
    monkeypatch.setattr("explorer.desks.SESSION_MAX_BYTES", 52_500)
    desks.remember("sorting", page("sorting/ensemble", past=[step]), "1")
    desks.remember("sorting", page(past=[step]), "1")
    front, other = desks.load().pages
    assert (len(front.past), len(other.past)) == (1, 0)


@pytest.mark.parametrize("path", sorted(STORED.glob("schema-1-*.json")), ids=lambda p: p.stem)
def test_a_file_of_schema_1_opens_as_it_was(path):
    old = json.loads(path.read_bytes())["session"]
    session = session_from_bytes(path.read_bytes())
    assert (old["schema_version"], session.schema_version) == (1, 2)
    for saved in old["specs"]:
        spec = specs_from_session(session)[0][saved["experiment"]]
        # Knobs that came later stand as they come.
        later = json_from_spec(type(spec)())
        assert json_from_spec(spec) == {**later, **saved["fields"]}
        assert set(saved["fields"]) <= set(later)
        assert session_selection(session, saved["experiment"]) == old["selections"]
    assert session_from_bytes(session_to_bytes(session)) == session


def test_the_list_on_the_front_page_does_what_its_buttons_say(desks):
    shown = SessionList(desks)
    (row,) = shown.rows
    assert row["here"]
    shown._handle_msg({"kind": "duplicate", "id": ME})
    copy = next(r["id"] for r in shown.rows if not r["here"])
    shown._handle_msg({"kind": "name", "id": copy, "title": "<b>Mine</b>"})
    assert shown.rows[1]["title"] == "<b>Mine</b>"
    shown._handle_msg({"kind": "open", "id": copy})
    assert shown.go == "./sorting?x=run&resume=1"
    shown._handle_msg({"kind": "delete", "id": copy})
    assert [r["here"] for r in shown.rows] == [True]
    for bad in ("../../etc/passwd", copy, None):
        shown._handle_msg({"kind": "open", "id": bad})
        assert shown.said
    shown._handle_msg("nonsense")
    assert SessionList(None).rows == []


def test_a_session_of_experiments_that_are_gone_leads_home():
    gone = Session(workbench="x", pages=[SavedPage(experiment="os/system")])
    assert resumed(gone) == "./"
    assert title_of("os/system") == "os/system"
    assert title_of("sorting/run") == registry.experiment("sorting/run").card.title


def test_a_session_is_opened_while_another_page_notes_what_it_has(tmp_path, monkeypatch):
    desk = Desks("a" * 32, tmp_path)
    page = SavedPage(experiment="sorting/run", fields={"n_cells": 7})
    desk.remember("sorting", page, "1")
    kept = Desks.kept

    def noted_meanwhile(self):
        self.note("sorting", page)
        return kept(self)

    monkeypatch.setattr(Desks, "kept", noted_meanwhile)
    other = Session(title="Other", workbench="sorting", pages=[page])
    opening = threading.Thread(target=desk.open, args=(other,), daemon=True)
    opening.start()
    opening.join(10)
    assert not opening.is_alive()
