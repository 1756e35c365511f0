"""Losing units: as many as were asked for, those that matter least, and never back again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.diagrams import lose_units
from engines.diagrams.arms.results import ArmsResult
from engines.diagrams.cutting.groups import groups
from engines.diagrams.cutting.removing import named, without
from engines.diagrams.experiments.architectures.thinning import EXPERIMENT
from engines.diagrams.language.check import circuit_from_text
from engines.diagrams.running.module import module_from_circuit
from engines.diagrams.thinning.answers import answers
from engines.diagrams.thinning.asked import ARMS, HYBRID, KEPT, LOSS, RIGHT, ThinningSpec
from engines.diagrams.thinning.running import Comparison, _steps
from engines.diagrams.thinning.saliency import corrected, least, saliency

SHORT: dict[str, Any] = {"n_before": 10, "n_during": 10, "n_after": 10, "n_nets": 2}
TEXT = """def Thin(x: b p) -> b c
  size h = 64
  u: b h = Linear+[In](x)
  a: b h = relu(u)
  y: b c = Linear+[Out](a)
"""


@pytest.fixture(scope="module")
def run() -> ArmsResult:
    return lose_units(**SHORT)


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


@settings(deadline=None)
@given(st.integers(0, 12), st.integers(0, 2**31))
def test_the_least_are_those_of_a_sort(n: int, seed: int):
    scores = torch.from_numpy(np.random.default_rng(seed).integers(0, 5, (3, 12)).astype(float))
    found = least(scores, n)
    assert (found.sum(-1) == n).all()
    for row, chosen in zip(scores, found, strict=True):
        np.testing.assert_array_equal(row[chosen].sort().values, row.sort().values[:n])


def test_a_unit_without_weights_and_slope_matters_least():
    torch.manual_seed(0)
    rows, slopes = torch.randn(2, 4, 9, 5, dtype=torch.float64)
    rows[:, 3], slopes[:, 3] = 0.0, 0.0
    found = saliency(rows, slopes)
    # Its cosine is that of a right angle, a quarter of a criterion in four.
    assert (found[:, 3] <= 0.25 + 1e-12).all()
    assert (found >= 0).all()
    assert (found <= 1 + 1e-12).all()


@settings(deadline=None)
@given(st.integers(1, 7), st.integers(0, 2**31))
def test_correcting_chooses_as_many_as_are_asked_for(n: int, seed: int):
    draw = np.random.default_rng(seed)
    rows, pull = (torch.from_numpy(draw.standard_normal((3, 8, 4))) for _ in range(2))
    found = corrected(rows, lambda at: at.square() * pull, n)
    assert (found.sum(-1) == n).all()


def test_correcting_lets_off_who_turns_out_to_matter():
    """The smallest unit has no slope where it is, and a steep one where it is shrunk."""
    rows = torch.tensor([[[1.0], [2.0], [3.0], [4.0]]], dtype=torch.float64)

    def slopes(at: torch.Tensor) -> torch.Tensor:
        steep = torch.where((at == rows), 0.01, 0.01)
        steep[:, 0] = torch.where(at[:, 0] < 1.0, 100.0, 0.0)
        return steep

    assert least(saliency(rows, slopes(rows)), 1).tolist() == [[True, False, False, False]]
    assert corrected(rows, slopes, 1).tolist() == [[False, True, False, False]]


def test_who_has_gone_stays_away():
    made = Comparison(ThinningSpec(**SHORT))
    before: torch.Tensor | None = None
    for _ in _steps(made):
        if before is not None:
            assert (made.dead | ~before).all()
        before = made.dead.clone()
        held = made.training.stack.parameters["0.weight"]
        assert (held[made.dead] == 0).all()


def test_what_is_left_is_the_network_cut_by_its_group():
    made = Comparison(ThinningSpec(**SHORT))
    for _ in _steps(made):
        pass
    net, x = len(made.dead) - 1, made.exam[0][:20]
    circuit = circuit_from_text(TEXT)
    module = module_from_circuit(circuit, {"p": 64, "c": 10})
    own = made.training.stack.one(net)
    names = {"In_weight": "0.weight", "In_bias": "0.bias", "Out_weight": "2.weight",
             "Out_bias": "2.bias"}  # fmt: skip
    with torch.no_grad():
        for name, value in module.named_parameters():
            value.copy_(own[names[name]].reshape(value.shape))
        gone = torch.nonzero(made.dead[net]).flatten().tolist()
        cut = without(module, named(groups(circuit), "h"), gone)
        torch.testing.assert_close(cut(x), made.training.stack.module(net)(x))
    assert len(gone) == 64 - KEPT[-1]


def test_all_ways_begin_alike(run):
    first = run.looks.seen[:, 0]
    np.testing.assert_array_equal(first, np.broadcast_to(first[:, :1, :1], first.shape))
    assert run.looks.steps[-1] == 30
    assert run.looks.seen.shape == (2, len(run.looks.steps), len(ARMS), len(KEPT), 2)
    assert len(run.pictures()) == 5
    assert not EXPERIMENT.findings(run)  # claims want more steps


def test_in_a_notebook_a_number_of_units_is_asked_for(run):
    assert run.looks.mean(RIGHT, HYBRID, "8").n == 2
    assert run.looks.mean(LOSS, HYBRID, "32").value > 0.0
