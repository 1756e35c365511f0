"""Stacked is alone, bit for bit: held against plain torch, a module and `torch.optim` in a loop."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn

from engines.lab.training import ArrayBatches, Rule, Training, stack_from_seeds
from engines.lab.training.losses import loss_of

N_NETS, N_STEPS = 4, 12


def optimiser_of(rule: Rule, parameters) -> torch.optim.Optimizer:
    decay, rate = rule.weight_decay, rule.learning_rate
    match rule.optimiser:
        case "SGD":
            return torch.optim.SGD(parameters, rate, weight_decay=decay)
        case "momentum":
            return torch.optim.SGD(parameters, rate, rule.momentum, weight_decay=decay)
        case "Adam":
            return torch.optim.Adam(parameters, rate, weight_decay=decay)
        case _:
            return torch.optim.AdamW(parameters, rate, weight_decay=decay)


def plain_torch(build, seed: int, batches: ArrayBatches, loss: str, rule: Rule, n_steps: int):
    """The oracle: nothing of ours but the batches."""
    torch.manual_seed(seed)
    module = build()
    optimiser = optimiser_of(rule, module.parameters())
    for step in range(n_steps):
        x, y = batches.batch(step)
        cost = loss_of(loss)(module(x), y)
        optimiser.zero_grad()
        cost.backward()
        optimiser.step()
    return module


def stacked(build, batches, loss="cross-entropy", rule=None, n_steps=N_STEPS, n_nets=N_NETS):
    training = Training(stack_from_seeds(build, range(n_nets)), batches, loss, rule or Rule())
    training.advance(n_steps)
    return training


def differing(training: Training, build, batches, loss, rule, n_steps=N_STEPS) -> list[str]:
    """Parameters and buffers of any network that are not the oracle's to the bit."""
    found = []
    for net in range(training.n_nets):
        wanted = plain_torch(build, net, batches, loss, rule, n_steps).state_dict()
        ours = training.stack.module(net).state_dict()
        assert list(ours) == list(wanted)
        found += [f"{net} {n}" for n, value in wanted.items() if not torch.equal(ours[n], value)]
    return found


def perceptron(sizes, function=nn.ReLU) -> nn.Sequential:
    parts: list[nn.Module] = []
    for n_in, n_out in pairwise(sizes):
        parts += [nn.Linear(n_in, n_out), function()]
    return nn.Sequential(*parts[:-1])


def examples(n_in: tuple[int, ...], n_out: int, size: int, *, loss="cross-entropy", n=300):
    draw = torch.Generator().manual_seed(5)
    x = torch.randn(n, *n_in, generator=draw)
    if loss == "cross-entropy":
        y = torch.randint(0, n_out, (n,), generator=draw)
    else:
        y = torch.randn(n, n_out, generator=draw)
        y = (y > 0).float() if loss == "logistic" else y
    return ArrayBatches(x, y, size, seed=3)


@pytest.mark.parametrize("optimiser", ["SGD", "momentum", "Adam", "AdamW"])
@pytest.mark.parametrize("loss", ["cross-entropy", "squared error", "logistic"])
def test_every_optimiser_is_torchs_own_to_the_bit(optimiser, loss):
    rule = Rule(optimiser=optimiser, learning_rate=0.01, weight_decay=0.05)
    batches = examples((20,), 5, 64, loss=loss)

    def build():
        return perceptron([20, 24, 16, 5])

    training = stacked(build, batches, loss, rule)
    assert training.way == "products"
    assert not differing(training, build, batches, loss, rule)


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.into, self.inside, self.out = nn.Linear(12, 16), nn.Linear(16, 16), nn.Linear(16, 4)
        self.norm = nn.LayerNorm(16)

    def forward(self, x):
        x = self.into(x)
        return self.out(x + torch.relu(self.inside(self.norm(x))))


class Attending(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Linear(6, 16)
        self.q, self.k, self.v = (nn.Linear(16, 16, bias=False) for _ in range(3))
        self.out = nn.Linear(16, 4)

    def forward(self, x):
        x = self.embed(x)
        scores = self.q(x) @ self.k(x).transpose(-1, -2) / 4.0
        return self.out((scores.softmax(-1) @ self.v(x)).mean(-2))


def convolution() -> nn.Module:
    return nn.Sequential(
        nn.Unflatten(1, (1, 8)), nn.Conv1d(1, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(36, 4)
    )


def normed() -> nn.Module:
    return nn.Sequential(nn.Linear(12, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 4))


ANY = {
    "residual": (Residual, (12,)),
    "attention": (Attending, (5, 6)),
    "convolution": (convolution, (8,)),
    "batch norm": (normed, (12,)),
    "GELU": (lambda: perceptron([12, 16, 4], nn.GELU), (12,)),
    "SiLU": (lambda: perceptron([12, 16, 4], nn.SiLU), (12,)),
    "softplus": (lambda: perceptron([12, 16, 4], nn.Softplus), (12,)),
    "odd sigmoid": (lambda: perceptron([7, 9, 11, 4], nn.Sigmoid), (7,)),
    "no bias": (
        lambda: nn.Sequential(nn.Linear(5, 8, bias=False), nn.Tanh(), nn.Linear(8, 4)),
        (5,),
    ),
}


@pytest.mark.parametrize("size", [64, 50, 7, 1])
@pytest.mark.parametrize("name", ANY)
def test_any_module_is_plain_torch_to_the_bit(name, size):
    build, n_in = ANY[name]
    if name == "batch norm" and size == 1:
        pytest.skip("batch norm needs more than one example")
    rule, batches = Rule(optimiser="Adam", learning_rate=0.01), examples(n_in, 4, size)
    training = stacked(build, batches, rule=rule)
    assert training.way in ("products", "together", "alone")
    assert not differing(training, build, batches, "cross-entropy", rule)


TEXT = """\
def Net(X: b i) -> b o
  h: b m = Linear+[A](X)
  r: b m = relu(h)
  z: b o = Linear+[B](r)
"""


@pytest.mark.parametrize("size", [64, 7])
def test_a_diagram_is_trained_by_the_module_it_gives(size):
    from engines.diagrams import Diagram

    diagram = Diagram.from_text(TEXT)
    rule, batches = Rule(), examples((12,), 4, size)

    def build():
        return diagram.to_torch({"i": 12, "m": 24, "o": 4})

    training = stacked(build, batches, rule=rule)
    assert training.way == "together"
    assert not differing(training, build, batches, "cross-entropy", rule)


# Kernels of norms and of a convolution's bias add up in another order for many networks at once.
TOGETHER = ("attention", "GELU", "softplus")
ALONE = ("residual", "convolution", "batch norm")


@pytest.mark.parametrize(("names", "way"), [(TOGETHER, "together"), (ALONE, "alone")])
def test_the_fastest_way_that_keeps_the_bits_is_taken(names, way):
    for name in names:
        build, n_in = ANY[name]
        assert stacked(build, examples(n_in, 4, 64), n_steps=1).way == way, name


@settings(max_examples=15, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 40), min_size=2, max_size=5),
    size=st.integers(1, 90),
    function=st.sampled_from([nn.ReLU, nn.Tanh, nn.Sigmoid, nn.GELU]),
    optimiser=st.sampled_from(["SGD", "momentum", "Adam", "AdamW"]),
    loss=st.sampled_from(["cross-entropy", "squared error", "logistic"]),
)
@example(sizes=[1, 1, 3], size=1, function=nn.ReLU, optimiser="SGD", loss="cross-entropy")
def test_perceptrons_of_any_size_are_plain_torch_to_the_bit(sizes, size, function, optimiser, loss):
    def build():
        return perceptron(sizes, function)

    rule, batches = Rule(optimiser=optimiser), examples((sizes[0],), sizes[-1], size, loss=loss)
    training = stacked(build, batches, loss, rule, n_steps=4, n_nets=3)
    assert not differing(training, build, batches, loss, rule, 4)


def test_examples_of_their_own_are_learnt_as_alone():
    draw = torch.Generator().manual_seed(0)
    x, y = torch.randn(3, 40, 6, generator=draw), torch.randint(0, 3, (3, 40), generator=draw)
    rule = Rule()

    def build():
        return perceptron([6, 10, 3])

    training = stacked(build, ArrayBatches(x, y, 16, seed=1, own=True), rule=rule, n_nets=3)
    for net in range(3):
        alone = ArrayBatches(x[net], y[net], 16, seed=1)
        wanted = plain_torch(build, net, alone, "cross-entropy", rule, N_STEPS)
        for name, value in wanted.named_parameters():
            assert torch.equal(training.stack.parameters[name][net], value)


def test_a_stack_of_many_is_a_stack_of_few():
    batches = examples((10,), 3, 32)

    def build():
        return perceptron([10, 12, 3], nn.Tanh)

    many, few = stacked(build, batches, n_nets=9), stacked(build, batches, n_nets=2)
    assert torch.equal(many.stack.weights[:2], few.stack.weights)
