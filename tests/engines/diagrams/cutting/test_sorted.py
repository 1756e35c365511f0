"""One network of many widths: what is drawn, what is dead, and what is counted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from engines.contract import SpecError
from engines.diagrams import sorted_widths
from engines.diagrams.cutting.asked import ALONE, FIRST, LARGEST, SORTED, WIDTHS, SortedSpec
from engines.diagrams.cutting.networks import Widths, drawn, units
from engines.diagrams.cutting.results import SortedFrame, SortedResult
from engines.diagrams.cutting.running import Comparison
from engines.diagrams.experiments.architectures.sorted import EXPERIMENT

SHORT: dict[str, Any] = {"n_steps": 50, "n_nets": 2}


@pytest.fixture(scope="module")
def run() -> tuple[list[SortedFrame], SortedResult]:
    *frames, last = EXPERIMENT.frames(SortedSpec(**SHORT))
    assert isinstance(last, SortedResult)
    return [frame for frame in frames if isinstance(frame, SortedFrame)], last


def test_widths_are_drawn_evenly_and_again_for_the_same_seed():
    found = torch.stack([drawn(3, step, 4) for step in range(500)])
    assert torch.equal(found[7], drawn(3, 7, 4))
    _, counts = found.unique(return_counts=True)
    # 2,000 draws of five: a count is 400 ± 18.
    assert counts.tolist() == pytest.approx([400] * 5, abs=90)
    assert units(torch.tensor([4, 64])).sum(-1).tolist() == [4, 64]


def test_a_narrow_network_is_torch_own_of_that_width():
    torch.manual_seed(0)
    made = Widths(6, 3)
    x = torch.randn(5, 6)
    said = made(torch.cat([x, units(torch.tensor(8)).expand(5, -1)], -1))
    narrow = torch.nn.functional.linear(x, made.first.weight[:8], made.first.bias[:8]).relu()
    whole = torch.nn.functional.linear(narrow, made.last.weight[:, :8], made.last.bias)
    torch.testing.assert_close(said, whole)


def test_units_that_are_not_there_never_change():
    """A network of four units learns with four; the rest keeps its first weights to the bit."""
    made = Comparison(SortedSpec(**SHORT))
    held = made.training.stack.parameters
    before = {name: value.clone() for name, value in held.items()}
    made.training.advance(20)
    four = 2  # after both networks that are drawn anew
    weight, first = held["first.weight"][four], before["first.weight"][four]
    assert torch.equal(weight[4:], first[4:])
    assert not torch.equal(weight[:4], first[:4])
    assert not torch.equal(held["first.weight"][0, 32:], before["first.weight"][0, 32:])


def test_at_full_width_nothing_is_cut(run):
    _, result = run
    for arm in (FIRST, LARGEST):
        np.testing.assert_array_equal(result.at(arm, 64), result.at(ALONE, 64))
    assert result.behind(FIRST, (64,)).value == 0.0


def test_the_network_is_its_diagram():
    made = Comparison(SortedSpec(**SHORT))
    made.training.advance(30)
    x = made.exam[0].flatten(1)[:20]
    said = made.training.outputs(torch.cat([x, torch.ones(20, 64)], -1))[1]
    with torch.no_grad():
        torch.testing.assert_close(made.diagram(1)(x), said)


def test_cutting_zeros_is_exact_and_cutting_others_is_not(run):
    _, result = run
    assert (result.exact == 0.0).all()
    assert (result.inexact > 0.0).all()


def test_frames_come_in_order_and_the_result_last(run):
    frames, result = run
    assert frames[-1].fraction == 1.0
    assert (np.diff(result.steps) > 0).all()
    assert len(result.moments()) == len(result.steps)
    assert [len(one.pictures()) for one in (frames[-1], result)] == [2, 4]
    assert result.right.shape == (len(result.steps), 4, len(WIDTHS), 2)
    assert len(EXPERIMENT.findings(result)) == 1  # the exact cut; the others want more steps


def test_in_a_notebook_a_width_is_asked_for():
    found = sorted_widths(**SHORT)
    assert found.mean(SORTED, 16).n == 2
    with pytest.raises(SpecError, match="Net"):
        SortedSpec(n_nets=1)
