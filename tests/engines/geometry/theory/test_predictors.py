"""Learning without negative pairs against autograd, the balance of weights and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import SpecError
from engines.geometry.theory.noncontrastive import Rules, begun, flow, look, moved
from engines.geometry.theory.predictors import ARMS, PredictorRun, PredictorSpec
from engines.geometry.theory.resting import resting
from engines.running import registry

EXPERIMENT = registry.experiment("geometry/noncontrastive")
ONE = torch.ones(1, 1, 1, dtype=torch.float64)


def rules(*, stopped: float = 1.0, follows: float = 0.0) -> Rules:
    return Rules(ONE, stopped * ONE, 0.02 * ONE, 2.0 * ONE, follows * ONE, 0.1 * ONE)


@pytest.fixture(scope="module")
def run() -> PredictorRun:
    found = EXPERIMENT.result(PredictorSpec(dimension=6, n_seeds=5, duration=100.0))
    assert isinstance(found, PredictorRun)
    return found


@pytest.mark.parametrize("stopped", [1.0, 0.0])
def test_the_flow_is_the_gradient_of_the_expected_loss(stopped):
    # E |W_p W x1 - W_a x2|^2 / 2 with x1, x2 = x + noise: cross-covariance I, own (1 + s) I.
    state = begun(0, 1, 5, 0.5)
    predictor, features = (part[0].clone().requires_grad_() for part in state[:2])
    target = features if stopped == 0 else features.detach()
    student = predictor @ features
    own = 1.1 * (student**2).sum() + 1.1 * (target**2).sum()
    (0.5 * (own - 2.0 * (student * target).sum())).backward()
    found = flow(state, rules(stopped=stopped))
    # The learning rate of the predictor is 2, weights decay by .02.
    assert predictor.grad is not None
    assert features.grad is not None
    torch.testing.assert_close(found[0][0], -2.0 * predictor.grad - 0.02 * predictor.detach())
    torch.testing.assert_close(found[1][0], -features.grad - 0.02 * features.detach())


def test_a_following_target_moves_towards_the_features():
    predictor, features, target = begun(1, 2, 4, 0.3)
    found = flow((predictor, features, target + 1.0), rules(follows=0.5))
    torch.testing.assert_close(found[2], torch.full_like(target, -0.5))


@given(st.floats(0.0, 0.24), st.floats(0.05, 10.0))
@settings(max_examples=20, deadline=None)
def test_a_mode_at_rest_stays(decay, rate):
    rest = resting(decay, rate, 0.03)
    assert rest is not None
    gain, size, _ = rest
    weight = gain / rate**0.5
    off = 1.0 - gain * 1.03
    assert rate * weight**2 * off - decay * gain == pytest.approx(0.0, abs=1e-9)
    assert weight * (gain * off - decay) == pytest.approx(0.0, abs=1e-9)
    assert size == pytest.approx(1.03 * weight**2)


def test_too_much_decay_leaves_no_rest():
    assert resting(0.25 / 1.03 + 1e-9, 1.0, 0.03) is None
    assert resting(0.25 / 1.03 - 1e-9, 1.0, 0.03) is not None


def test_each_net_of_a_stack_is_as_it_is_alone():
    stack = begun(2, 3, 5, 0.3)
    all_on = ONE.expand(3, 1, 1)
    wide = Rules(all_on, all_on, 0.1 * all_on, all_on, 0 * all_on, 0.03 * all_on)
    alone = stack[0][1:2], stack[1][1:2], stack[2][1:2]
    one = Rules(ONE, ONE, 0.1 * ONE, ONE, 0 * ONE, 0.03 * ONE)
    for _ in range(50):
        stack, alone = moved(stack, wide, 0.2), moved(alone, one, 0.2)
    for part, own in zip(stack, alone, strict=True):
        torch.testing.assert_close(part[1:2], own, rtol=0, atol=1e-12)


def test_a_predictor_that_is_a_function_of_the_features_is_aligned():
    _, features, target = begun(3, 1, 6, 1.0)
    seen = look((features @ features.mT, features, target), rules())
    assert seen.alignment[0] == pytest.approx(1.0)
    assert seen.commutator[0] == pytest.approx(0.0, abs=1e-12)
    empty = look((features, 0.0 * features, target), rules())
    assert np.isnan(empty.alignment[0])


def test_what_collapses_is_said_and_never_nan_in_the_table(run):
    table = run.pictures()[-1]
    assert len(table.columns[""]) == len(ARMS)
    assert not any("nan" in cell for column in table.columns.values() for cell in column)
    assert "undefined: collapsed" in table.columns["alignment"]


def test_pictures_hold_theory_and_controls_at_every_moment(run):
    first, *_ = run.moments()
    for pictures in (first.pictures(), run.pictures()):
        totals, modes, plane, heat = pictures[:4]
        assert {"no predictor", "theory: no predictor"} <= set(totals.lines)
        assert "features, theory" in modes.lines
        assert "rests" in plane.kind
        assert heat.values.shape == (6, 6)


def test_equal_specs_give_equal_bytes_and_wrong_ones_a_sentence(run):
    again = EXPERIMENT.result(run.spec)
    assert isinstance(again, PredictorRun)
    assert again.total.tobytes() == run.total.tobytes()
    with pytest.raises(SpecError, match="Weight decay"):
        PredictorSpec(decay=-0.1)
