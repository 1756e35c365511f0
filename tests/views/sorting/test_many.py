"""Views of many runs: the mixture's control, the paper's rows, the map's cells."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from engines.sorting import EnsembleSpec, PaperSpec, SortSpec, SweepSpec
from engines.sorting.ensembles.sweeps import Sweep
from engines.sorting.paper.page import PaperPage
from views.kit.catalog import view_type
from views.sorting.many import ManyView
from views.sorting.paper import PaperView
from views.sorting.sweep import SweepView

SMALL = SweepSpec(
    run=SortSpec(n_cells=16, algotypes=("bubble", "selection")), n_runs=3, n_x=3, n_y=2
)
BAR = "error, cell-view bubble with 1 immovable frozen"


def rows(view) -> list[list]:
    return [row for section in view.tables.sections for row in section.get("rows", ())]


async def ran(kind, name, compute, spec):
    view = kind(name, compute, owner="me", spec=spec)
    view.__panel__()
    view.run()
    await compute.settle()
    return view


# Mixtures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ensemble", "pair", "sweep"])
def test_a_mixture_is_chosen_as_for_one_run(name, compute):
    view = view_type(f"sorting/{name}")(f"sorting/{name}", compute)
    assert isinstance(view, ManyView)
    [mix] = view.extra_controls()["Algotypes"]
    mix.shares = [
        {"name": "bubble", "parts": 0, "descending": False},
        {"name": "insertion", "parts": 3, "descending": True},
        {"name": "selection", "parts": 1, "descending": False},
    ]
    shares = view.spec().run.algotypes
    assert [(s.algotype, s.parts, s.descending) for s in shares] == [
        ("insertion", 3, True),
        ("selection", 1, False),
    ]
    view.take(view.spec().replace(run=SortSpec(algotypes=("bubble",))))
    assert [row["parts"] for row in mix.shares] == [1, 0, 0]


async def test_an_ensemble_shows_its_control(compute):
    spec = EnsembleSpec(run=SMALL.run, n_runs=4)
    view = await ran(ManyView, "sorting/ensemble", compute, spec)
    assert "aggregation, all cells bubble" in view._figures[0].layers


# The map ----------------------------------------------------------------------------------------


async def test_a_cell_of_the_map_tells_its_numbers_and_opens_its_runs(compute):
    view = await ran(SweepView, "sorting/sweep", compute, SMALL)
    opened = []
    view.link = lambda name, spec: opened.append((name, spec)) or f"?x={name}"
    assert isinstance(view.result, Sweep)
    view._tap(SimpleNamespace(x=1.4, y=0.2))
    about = view.facts.sections[0]
    assert about["title"] == "This cell"
    assert ["ended sorted", f"{view.result.sorted_runs[0, 1]} of 3"] in about["rows"]
    assert opened[0] == ("sorting/run", SMALL.at(1, 0))
    assert opened[1] == ("sorting/ensemble", EnsembleSpec(run=SMALL.at(1, 0), n_runs=3))
    assert view.selection() == {"cell": [1, 0]}


async def test_a_click_beside_the_map_selects_nothing(compute):
    view = await ran(SweepView, "sorting/sweep", compute, SMALL)
    view._tap(SimpleNamespace(x=7.0, y=-1.0))
    assert view.facts.sections[0]["title"] == "No cell selected"


@pytest.mark.parametrize("selection", [{"cell": [1, 1]}, {"cell": "x"}, {"cell": [1.5, 0]}, {}])
async def test_a_link_restores_a_cell_that_is_one(compute, selection):
    view = SweepView("sorting/sweep", compute, spec=SMALL)
    view.select(selection)
    assert view.selection() == ({"cell": [1, 1]} if selection.get("cell") == [1, 1] else {})


# The paper --------------------------------------------------------------------------------------


@pytest.fixture
async def paper(compute) -> PaperView:
    return await ran(PaperView, "sorting/paper", compute, PaperSpec(n_runs=10, only=BAR))


async def test_a_row_shows_the_printed_number_ours_and_the_verdict(paper):
    [row] = rows(paper)
    assert row[1]["text"] == "1.91"
    assert "[" in row[2]
    assert row[-1]["action"] == BAR
    assert paper.timeline() == []


async def test_a_row_runs_again_with_new_seeds_and_is_judged_anew(paper, compute):
    before = rows(paper)[0][2]
    paper.tables._handle_msg({"id": BAR})
    paper.tables._handle_msg({"id": BAR})
    await compute.settle()
    asked = compute.asked(PaperSpec)
    assert [spec.seed for spec in asked] == [0, 10, 20]
    assert asked[-1].only == BAR
    assert rows(paper)[0][2] != before
    assert isinstance(paper.result, PaperPage)
    assert len(paper.result.rows) == 1


async def test_a_row_of_an_unfinished_page_says_to_wait(compute):
    view = PaperView("sorting/paper", compute, spec=PaperSpec(n_runs=10))
    said = []
    view.notices.post = lambda sentence, **_kind: said.append(sentence)
    view._again(BAR)
    assert "when the page is complete" in said[0]
