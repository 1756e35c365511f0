"""Normalisations: torch's own, the published formulas, and batches that are cut into parts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from engines.diagrams import norms
from engines.diagrams.arms.results import ArmsResult
from engines.diagrams.experiments.architectures.norms import EXPERIMENT
from engines.diagrams.normalising.answers import answers
from engines.diagrams.normalising.asked import ARMS, BATCHED, LOSS, S0, SIZES, NormsSpec
from engines.diagrams.normalising.networks import Normalised, Reader
from engines.diagrams.normalising.running import Comparison

SHORT: dict[str, Any] = {"n_steps": 20, "n_nets": 2}


@pytest.fixture(scope="module")
def run() -> ArmsResult:
    return norms(**SHORT)


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


def test_parts_of_a_batch_are_batches_of_their_own():
    x = torch.randn(8, 8, 4, 4, dtype=torch.float64)
    two, whole = (Normalised(BATCHED, 8, size).double() for size in (2, 8))
    parts = torch.cat([Normalised(BATCHED, 8, 2).double()(part) for part in x.split(2)])
    torch.testing.assert_close(two(x), parts)
    assert not torch.allclose(two(x), whole(x))


def test_what_is_remembered_does_not_depend_on_later_looks():
    made = Normalised(BATCHED, 8, 4)
    made(torch.randn(8, 8, 4, 4))
    held = made.mean.clone()
    made.eval()(torch.randn(8, 8, 4, 4))
    assert torch.equal(held, made.mean)


def test_a_steep_evonorm_s0_is_relu_over_the_deviation_of_its_group():
    """The sigmoid becomes a step; torch's relu and standard deviation by hand."""
    x = torch.randn(3, 4, 5, 5, dtype=torch.float64)
    made = Normalised(S0, 4, 1).double()
    with torch.no_grad():
        made.slope.fill_(1e6)
        wanted = x.relu() / (x.flatten(1).var(1, unbiased=False) + 1e-5).sqrt()[:, None, None, None]
        torch.testing.assert_close(made(x), wanted)


def test_stacked_networks_remember_what_each_alone_remembers():
    made = Comparison(NormsSpec(**SHORT))
    training = made.trainings[BATCHED, 2]
    alone = [Reader(BATCHED, 2, 10) for _ in range(2)]
    x, _ = training.batches.batch(0)
    for net, module in enumerate(alone):
        module.load_state_dict(training.stack.module(net).state_dict())
        module.train()(x[net])
    training.advance(1)
    for net, module in enumerate(alone):
        for name, value in module.named_buffers():
            torch.testing.assert_close(training.stack.buffers[name][net], value)


def test_all_begin_with_the_same_weights_and_see_the_same_examples():
    made = Comparison(NormsSpec(**SHORT))
    firsts = [one.stack.parameters["first.weight"] for one in made.trainings.values()]
    assert all(torch.equal(firsts[0], other) for other in firsts)
    assert len({id(one.batches) for one in made.trainings.values()}) == 1


def test_what_looks_at_one_picture_is_the_same_at_every_size(run):
    result = run
    at = result.looks.seen[0, -1, ARMS.index(S0)]
    assert (at == at[:1]).all()
    batched = result.looks.seen[0, -1, ARMS.index(BATCHED)]
    assert not np.allclose(batched[0], batched[-1])
    assert result.moments()[-1].fraction == 1.0
    assert len(result.pictures()) == 5
    assert not EXPERIMENT.findings(result)  # claims want more steps


def test_in_a_notebook_a_size_is_asked_for(run):
    found = run.looks
    assert found.mean(LOSS, S0, str(SIZES[0])).n == 2
