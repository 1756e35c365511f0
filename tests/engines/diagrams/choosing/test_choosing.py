"""Choosing a basis: bases are what they are called, and a node keeps what its gate weighs most."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engines.diagrams import choose_bases
from engines.diagrams.choosing.answers import answers
from engines.diagrams.choosing.asked import (
    ALL,
    ARMS,
    BEST,
    ERROR,
    FIXED,
    GATE,
    TASKS,
    ChoosingSpec,
)
from engines.diagrams.choosing.networks import Choosing, keep_one
from engines.diagrams.choosing.results import ChoosingResult
from engines.diagrams.choosing.running import Comparison
from engines.diagrams.experiments.architectures.choosing import EXPERIMENT


@pytest.fixture(scope="module")
def run() -> ChoosingResult:
    return choose_bases(n_steps=50, n_nets=2, n_hidden=2)


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


def test_gates_weigh_one_in_all_and_sums_weigh_one_each():
    torch.manual_seed(0)
    gated, plain = Choosing(2, 3, gated=True), Choosing(2, 3, gated=False)
    torch.nn.init.normal_(gated.gate)
    torch.testing.assert_close(gated.weights().sum(-1), torch.ones(3))
    assert (plain.weights() == 1.0).all()


def test_a_node_keeps_what_weighs_most_and_goes_on_as_large():
    torch.manual_seed(0)
    made = Choosing(2, 3, gated=True)
    torch.nn.init.normal_(made.gate)
    share, x = made.gate.softmax(-1), torch.randn(5, 2)
    wanted = torch.zeros_like(share).scatter(-1, share.argmax(-1, keepdim=True), 1.0)
    with torch.no_grad():
        made.kept.copy_(wanted)
        # What the chosen basis alone added before, with the others at nothing.
        before = made(x) - torch.nn.functional.silu(x) @ made.base.T
        made.kept.fill_(1.0)
        held = {f"0.{name}": value[None] for name, value in made.named_parameters()}
        buffers = {f"0.{name}": value[None] for name, value in made.named_buffers()}
        keep_one(held, buffers, "0")
        after = made(x) - torch.nn.functional.silu(x) @ made.base.T
    torch.testing.assert_close(after, before * share.amax(-1))
    assert torch.equal(made.kept, wanted)


def test_all_arms_see_the_same_points_and_targets_of_spread_one():
    made = Comparison(ChoosingSpec(n_steps=50, n_nets=2, n_hidden=2))
    first, other = (made.trainings[name].batches.batch(3) for name in (GATE, FIXED[2]))
    for one, two in zip(first, other, strict=True):
        assert torch.equal(one, two)
    x, y = first
    assert torch.equal(x[0], x[2])
    assert not torch.equal(x[0], x[1])
    # x y, the second formula, from its own inputs.
    torch.testing.assert_close(y[2, :, 0] / y[2, 0, 0], x[2].prod(-1) / x[2, 0].prod(),
                               rtol=1e-4, atol=1e-5)  # fmt: skip
    np.testing.assert_allclose(made.y_test.std(1), 1.0, rtol=2e-3)


def test_the_best_is_chosen_on_validation_and_examined_elsewhere():
    made = Comparison(ChoosingSpec(n_steps=50, n_nets=2, n_hidden=2))
    looking = made.look()
    while True:
        try:
            next(looking)
        except StopIteration as end:
            seen = dict(zip(ARMS, end.value[0], strict=True))
            break
    for task in range(len(TASKS)):
        for net in range(2):
            known = {name: made.errors(name)[0, task, net] for name in FIXED}
            best = min(known, key=known.__getitem__)
            assert seen[BEST][task, net] == made.errors(best)[1, task, net]


def test_every_node_ends_with_one_basis(run):
    np.testing.assert_allclose(run.shares.sum(axis=1), 1.0)
    assert run.n_parameters[ARMS.index(GATE)] == (2 + 1) * 2 * 9
    assert run.n_parameters[ARMS.index(ALL)] > 5 * 8 * (2 + 1) * 2
    assert run.looks.steps[-1] == 50
    assert len(run.pictures()) == 5
    assert not EXPERIMENT.findings(run)  # claims want more steps


def test_in_a_notebook_one_formula_is_asked_for(run):
    assert run.looks.mean(ERROR, GATE, "x y").n == 2
    assert run.apart(GATE, GATE).value == 0.0
