"""Local rules: nothing crosses to another block, chains of noise, rules against their equations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as fn

from engines.contract import SpecError
from engines.diagrams import local_rules
from engines.diagrams.experiments.architectures.local_rules import CLAIMS, EXPERIMENT
from engines.diagrams.local.answers import answers, own_levels
from engines.diagrams.local.asked import FIRST_BLOCK, FROZEN, NOPROP, RULES, LocalSpec
from engines.diagrams.local.counter_current import CounterCurrent
from engines.diagrams.local.denoising import NoProp, shares
from engines.diagrams.local.results import LocalFrame, LocalResult
from engines.diagrams.local.running import Comparison, noise, reach_of

SHORT: dict[str, Any] = {"n_steps": 50, "n_nets": 2, "n_hidden": 8, "n_blocks": 3}


@pytest.fixture(scope="module")
def run() -> tuple[list[LocalFrame], LocalResult]:
    *frames, last = EXPERIMENT.frames(LocalSpec(**SHORT))
    assert isinstance(last, LocalResult)
    return [frame for frame in frames if isinstance(frame, LocalFrame)], last


@pytest.mark.parametrize("answer", answers(), ids=lambda a: a.target)
def test_known_answers(answer):
    assert answer.verdict().reproduced


def test_a_loss_moves_its_own_layers_and_no_other(run):
    """Slopes towards every other layer are exactly 0, and towards its own they are not."""
    _, result = run
    np.testing.assert_array_equal(result.counter.size > 0, own_levels())
    np.testing.assert_array_equal(result.noprop.size > 0, np.eye(3, dtype=bool))
    assert result.crossing() == 0.0


def test_with_nothing_cut_a_loss_would_reach_further():
    """The control of the test before: the same losses where values and signals are not cut."""

    class Uncut(CounterCurrent):
        def _upwards(self, x: torch.Tensor) -> list[torch.Tensor]:
            values = [x]
            for layer in self.up:
                value = layer(values[-1])
                values.append(fn.elu(value) if layer is not self.up[-1] else value)
            return values

    torch.manual_seed(0)
    x = torch.cat([torch.randn(9, 6), fn.one_hot(torch.arange(9) % 3, 3)], 1)
    cut, uncut = (reach_of(made(6, 5, 3), x).size > 0 for made in (CounterCurrent, Uncut))
    assert uncut.sum() > cut.sum()
    assert uncut[-1, :4].all()


def test_counter_current_losses_are_their_equations():
    """Kao & Hariharan 2024: inner products with every class's signal against one-hot labels."""
    torch.manual_seed(1)
    made = CounterCurrent(6, 5, 3)
    x, y = torch.randn(9, 6), torch.arange(9) % 3
    losses = made(torch.cat([x, fn.one_hot(y, 3)], 1))
    up = [layer for layer in made.up if isinstance(layer, nn.Linear)]
    down = [layer for layer in made.down if isinstance(layer, nn.Linear)]
    signal, value = fn.elu(down[3](torch.eye(3))), fn.elu(up[2](fn.elu(up[1](fn.elu(up[0](x))))))
    torch.testing.assert_close(losses[3], ((value @ signal.T - fn.one_hot(y, 3)) ** 2).mean())
    torch.testing.assert_close(losses[4], fn.cross_entropy(up[3](value), y))
    assert len(losses) == 5
    torch.testing.assert_close(made.eval()(x), up[3](value))


def test_frozen_feedback_stays_and_is_not_counted(run):
    _, result = run
    made = Comparison(LocalSpec(**SHORT))
    training = made.trainings[FROZEN]
    before = {name: value.clone() for name, value in training.stack.buffers.items()}
    training.advance(5)
    assert before
    assert all(torch.equal(training.stack.buffers[name], value) for name, value in before.items())
    plain = dict(zip(RULES, result.n_parameters, strict=True))
    assert plain[FROZEN] == plain[RULES[0]]


def test_the_label_grows_out_of_noise():
    found = shares(10)
    assert found[0] == 0.0
    assert found[-1] == 1.0
    assert (np.diff(found) > 0).all()


def test_the_first_block_sees_no_label():
    """Its share of the label is 0: with another label it answers the same."""
    torch.manual_seed(0)
    made = NoProp(4, 6, 3, 2)
    digit, rest = torch.randn(5, 4), torch.randn(5, 6)
    torch.manual_seed(2)
    target = fn.one_hot(torch.zeros(5, dtype=torch.long), 3).float()
    answer = made.answers(digit[None], rest[None, :, :3], slice(0, 1))[0]
    losses = made(torch.cat([digit, target, rest], 1))
    torch.testing.assert_close(losses[0], ((answer - target) ** 2).mean())
    said = made.eval()(torch.cat([digit, rest], 1))
    assert said.shape == (5, 2, 3)
    torch.testing.assert_close(said[:, 0], answer)


def test_noise_is_a_function_of_seed_and_step():
    assert torch.equal(noise(3, 7, 5, 4), noise(3, 7, 5, 4))
    assert not torch.equal(noise(3, 7, 5, 4), noise(3, 8, 5, 4))


def test_frames_come_in_order_and_the_result_last(run):
    frames, result = run
    assert frames[-1].fraction == 1.0
    assert (np.diff(result.steps) > 0).all()
    np.testing.assert_array_equal(result.blocks[-1, -1], result.ends(NOPROP))
    np.testing.assert_array_equal(result.blocks[-1, 0], result.ends(FIRST_BLOCK))
    assert ((result.right >= 0) & (result.right <= 1)).all()
    assert len(result.pictures()) == 5
    assert len(result.moments()) == len(result.steps)


def test_claims_need_a_run_as_long_as_they_say(run):
    _, result = run
    assert EXPERIMENT.findings(result) == ()
    assert all(not claim.preset or claim.preset in EXPERIMENT.presets for claim in CLAIMS)


def test_in_a_notebook_a_rule_is_asked_for_by_name():
    found = local_rules(**SHORT)
    assert found.mean("Backprop").n == 2


@pytest.mark.parametrize(("fields", "said"), [({"n_blocks": 0}, "blocks"), ({"n_nets": 1}, "Net")])
def test_what_cannot_be_is_one_sentence(fields, said):
    with pytest.raises(SpecError, match=said):
        LocalSpec(**fields)
