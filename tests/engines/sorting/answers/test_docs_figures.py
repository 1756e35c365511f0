"""Figures of docs/sorting.md are those that the engine gives now."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from engines.sorting import PRESETS, Ensemble, SortSpec, ensemble
from engines.sorting.settings.shares import shares_from

PAGE = (Path(__file__).parents[4] / "docs" / "sorting.md").read_text(encoding="utf-8")
LEDGERS = ("n_swaps", "n_paper_steps", "n_reads", "n_activations")
KINDS = ("bubble", "insertion", "selection")


@cache
def hundred(algotype: str, control: str) -> Ensemble:
    spec = SortSpec(algotypes=shares_from((algotype,)))
    return ensemble(spec.replace(control=control), 100)


def means(algotype: str, control: str) -> list[float]:
    return [hundred(algotype, control).mean(name) for name in LEDGERS]


@pytest.mark.parametrize("algotype", KINDS)
@pytest.mark.parametrize(("told", "control"), [("cells", "cell view"), ("traditional",) * 2])
def test_the_four_ledgers_are_means_of_a_hundred_runs(algotype, told, control):
    (row,) = re.findall(rf"^\| {algotype}, {told} \|(.*)\|$", PAGE, re.MULTILINE)
    assert [cell.strip() for cell in row.split("|")] == [
        f"{n:,.0f}" for n in means(algotype, control)
    ]


def test_what_is_said_of_the_ledgers_is_what_they_say():
    steps = {k: (means(k, "cell view")[1], means(k, "traditional")[1]) for k in KINDS}
    cheaper = [kind for kind, (cells, program) in steps.items() if cells < program]
    assert cheaper == ["bubble", "insertion"]
    assert "bubble and\ninsertion cells are cheaper than the textbook's programs" in PAGE
    assert all(means(k, "cell view")[2] > means(k, "traditional")[2] for k in KINDS)
    assert "by values read all three are\ndearer" in PAGE


def test_the_peak_and_its_nulls_are_told_once_in_one_figure():
    found = ensemble(PRESETS["Paper (2024)"], 100)
    assert found.control is not None
    peak, null = found.mean("peak_aggregation"), found.null_peak.mean()
    control = found.control.peak.mean()
    said = f"mean peak is {peak:.3f}, that of the control {control:.3f} and that\n  of permuted labels {null:.3f}"
    assert said in PAGE
    assert f"with labels permuted ours is {null:.3f}, not 0.50" in PAGE
    assert f"{peak:.3f} against {null:.3f}" in PAGE
