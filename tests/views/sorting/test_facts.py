"""The inspector's sections: right numbers, said with n and interval."""

from __future__ import annotations

import pytest

from engines.sorting import SortSpec, ensemble, measure, simulate
from engines.sorting.experiments.arrays.cell import EXPERIMENT as CELL
from engines.sorting.model import CellSpec
from views.sorting import cell_facts, facts

PAIR = SortSpec(algotypes=["bubble", "selection"])


@pytest.fixture(scope="module")
def many():
    return ensemble(PAIR, 20)


def test_the_ledger_stands_beside_the_mean_of_many_runs(many):
    run = simulate(PAIR)
    alone = facts.ledger_section(run, None)
    assert alone["columns"] == ["", "this run"]
    assert [row[1] for row in alone["rows"]] == [f"{count:,}" for count in run.ledger.values()]
    assert [action["id"] for action in alone["actions"]] == ["ensemble"]
    beside = facts.ledger_section(run, many)
    low, high = many.interval("n_swaps")
    assert beside["rows"][0][2] == f"{many.mean('n_swaps'):,.0f} ± {(high - low) / 2:,.0f}"
    assert "n = 20 runs" in beside["note"]


def test_the_papers_numbers_stand_beside_ours_with_a_verdict(many):
    (section,) = facts.paper_sections(many)
    swaps, peak, null = section["rows"]
    assert (swaps[1], peak[1], null[1]) == ("1740.9", "0.72", "0.5")
    for row, name, paper in ((swaps, "n_swaps", 1740.9), (peak, "peak_aggregation", 0.72)):
        near = abs(many.mean(name) - paper) <= 0.03 * paper
        assert row[3]["text"] == ("✓" if near else "≠")
    assert null[3]["text"] == "≠"  # the peak of a run lies above one half by chance alone


def test_settings_of_our_own_have_no_paper_to_stand_beside():
    assert facts.paper_sections(None) == []
    assert facts.paper_sections(ensemble(PAIR.replace(n_cells=30), 3)) == []


def test_delayed_gratification_is_undefined_for_nobody():
    run = simulate(SortSpec(n_cells=40, algotypes=["bubble", "selection"]))
    rows = dict(map(tuple_of_text, facts.gratification_section(run)["rows"]))
    assert rows["detours"] == f"{len(run.detours):,}"
    assert rows["mean net gain"] == f"{measure(run, 'dg_net'):.2f}"
    empty = facts.gratification_section(simulate(SortSpec(n_cells=0)))
    assert empty["rows"][0] == ["detours", "0"]


def tuple_of_text(row: list) -> tuple[str, str]:
    head = row[0]["text"] if isinstance(row[0], dict) else row[0]
    return head, row[1]


@pytest.mark.parametrize("frozen", [False, True])
def test_a_cell_is_offered_what_it_is_not(frozen):
    damage = {"frozen_at": (3,)} if frozen else {}
    spec = CellSpec(run=SortSpec(n_cells=9, algotypes="bubble", **damage), cell=3)
    section = cell_facts.cell_section(CELL.result(spec), shown_value="7")
    offered = [action["id"] for action in section["actions"]]
    assert offered == [
        "unfreeze" if frozen else "freeze", "become insertion", "become selection", "swap with",
    ]  # fmt: skip
    assert any(row[0] == "frozen" for row in section["rows"]) is frozen
    assert section["sentence"]


def test_a_selection_cell_says_where_it_wants_to_be():
    spec = CellSpec(run=SortSpec(n_cells=9, algotypes="selection"), cell=3)
    rows = dict(
        map(tuple_of_text, cell_facts.cell_section(CELL.result(spec), shown_value="7")["rows"])
    )
    assert "ideal position" in rows


def test_undo_is_offered_only_after_an_edit():
    run = simulate(SortSpec(n_cells=9))
    assert facts.provenance_section(run)["actions"] == []
    assert "seed 0" in facts.provenance_section(run)["note"]
    assert facts.provenance_section(None) == {"sentence": "Nothing has run yet; press Run."}


def test_text_values_are_shown_as_labels():
    run = SortSpec(own_values=("<b>x</b>", "a\u202eb"), algotypes="bubble")
    report = CELL.result(CellSpec(run=run, cell=1))
    section = cell_facts.cell_section(report, shown_value=report.label)
    shown = dict(map(tuple_of_text, section["rows"]))["value"]
    assert "\u202e" not in shown
