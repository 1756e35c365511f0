"""The bundled weights are at least as good as the table of floors says, on fresh instances."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engines.pointer.bundled.floors import FLOORS, SEED, measured, standard_error

PAGE = (Path(__file__).parents[4] / "docs" / "pointer.md").read_text(encoding="utf-8")
EXACT = [f for f in FLOORS if (f.weights, f.score) == ("hull-5-50", "accuracy")]


def told(floor):
    return f"{floor.weights}: {floor.score} at {floor.n}"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("floor", FLOORS, ids=told)
def test_bundled_weights_reach_their_floor(floor):
    torch.set_num_threads(1)
    found = measured(floor)
    assert floor.reached(found), (
        f"{floor.score} of {floor.weights} at n = {floor.n} is {found:.4g}, floor {floor.bound:g}"
    )


@pytest.mark.timeout(300)
@pytest.mark.parametrize("floor", EXACT, ids=told)
def test_the_page_holds_the_figures_of_fresh_instances(floor):
    torch.set_num_threads(1)
    right, error = 100 * measured(floor), 100 * standard_error(floor)
    row = f"| {floor.n} | {right:.1f} ± {error:.1f} % | {floor.n_instances:,} |"
    assert f"{row} {100 * floor.bound:g} % |" in PAGE
    assert f"seed {SEED}" in PAGE
