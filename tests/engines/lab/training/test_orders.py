"""Orders of examples by network, and learning rates by network."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engines.contract import InputError
from engines.lab.data.characters import ALPHABET, characters, text
from engines.lab.training import OrderedBatches, Rule, Training, stack_from_seeds
from engines.lab.training.rule import Optimiser

X = torch.randn(50, 8, generator=torch.Generator().manual_seed(0))
Y = torch.arange(50) % 3


def test_a_network_sees_the_same_examples_in_any_stack():
    few, many = (OrderedBatches(X, Y, 16, n, seed=5) for n in (3, 9))
    for step in (0, 7):
        assert torch.equal(few.batch(step)[0], many.batch(step)[0][:3])
    x, _ = many.batch(0)
    assert not torch.equal(x[0], x[1])


@pytest.mark.parametrize("optimiser", ["SGD", "momentum", "Adam", "AdamW"])
def test_rates_by_network_are_those_of_networks_with_one_rate(optimiser: Optimiser):
    def trained(rates: tuple[float, ...], rate: float) -> torch.Tensor:
        stack = stack_from_seeds(lambda: nn.Linear(8, 3), [4] * max(1, len(rates)))
        rule = Rule(optimiser=optimiser, learning_rate=rate, weight_decay=0.01)
        batches = OrderedBatches(X, Y, 16, stack.n_nets, seed=1)
        batches.batch = lambda step: (X[None].expand(stack.n_nets, -1, -1),
                                      Y[None].expand(stack.n_nets, -1))  # fmt: skip
        training = Training(stack, batches, rule=rule, rates=rates)
        training.advance(20)
        return training.stack.weights

    both = trained((0.01, 0.03), 0.01)
    for net, rate in enumerate((0.01, 0.03)):
        torch.testing.assert_close(both[net], trained((), rate)[0], rtol=1e-4, atol=1e-5)


def test_a_rate_for_each_network_is_asked_for():
    stack = stack_from_seeds(lambda: nn.Linear(8, 3), range(3))
    with pytest.raises(InputError, match="2 learning rates came for 3 networks"):
        Training(stack, OrderedBatches(X, Y, 4, 3), rates=(0.1, 0.2))


def test_characters_are_windows_of_sentences_that_never_repeat_the_exam():
    task = characters(3, n=500, n_test=200)
    said = text(600, 3)
    for k in (0, 17, 499):
        assert "".join(ALPHABET[c] for c in task.x[k]) == said[k : k + 12]
        assert ALPHABET[task.y[k]] == said[k + 12]
    assert text(600, 4)[:100] != said[:100]
    assert 0 < task.chance < 0.3
