"""Integrated gradients: captum, closed forms, and what they add up to."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from engines.contract import InputError
from engines.lab.attribution import integrated
from engines.lab.attribution.integrated import integrated_gradients
from engines.lab.training import Stack, outputs_of, stack_from_seeds

X = torch.randn(5, 6, generator=torch.Generator().manual_seed(0))
TARGET = torch.tensor([0, 2, 1, 0, 2])


def networks(*widths: int, between: type[nn.Module] = nn.Tanh, n: int = 3) -> Stack:
    def build() -> nn.Module:
        parts: list[nn.Module] = []
        for wide, narrow in pairwise((6, *widths, 3)):
            parts += [nn.Linear(wide, narrow), between()]
        return nn.Sequential(*parts[:-1])

    return stack_from_seeds(build, range(n))


class Wrapped(nn.Module):
    """A network that is no plain perceptron to look at."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.inner(x)


def gained(stack: Stack, start: torch.Tensor) -> torch.Tensor:
    """How much the asked output is larger at the input."""
    at = [outputs_of(stack, x)[:, torch.arange(5), TARGET] for x in (X, start.expand(X.shape))]
    return at[0] - at[1]


@pytest.mark.parametrize("between", [nn.ReLU, nn.Tanh, nn.Sigmoid])
@pytest.mark.parametrize("widths", [(8,), (8, 7), (9, 8, 7)])
def test_captum_says_the_same(between, widths):
    """captum, IntegratedGradients."""
    attr = pytest.importorskip("captum.attr")
    stack, start = networks(*widths, between=between), torch.full((6,), 0.3)
    ours = integrated_gradients(stack, X, TARGET, baseline=start)
    for net in range(stack.n_nets):
        theirs = attr.IntegratedGradients(stack.module(net)).attribute(
            X, start.expand(X.shape).contiguous(), target=TARGET, n_steps=50
        )
        torch.testing.assert_close(ours[net], theirs.float(), atol=1e-5, rtol=1e-5)


@settings(deadline=None, max_examples=20)
@given(st.sampled_from([(), (8,), (8, 7)]), st.floats(-1.0, 1.0))
def test_they_add_up_to_what_the_output_gains(widths, start):
    """Completeness, proposition 1 of the paper."""
    stack, at = networks(*widths), torch.full((6,), start)
    found = integrated_gradients(stack, X, TARGET, baseline=at)
    torch.testing.assert_close(found.sum(-1), gained(stack, at), atol=1e-4, rtol=1e-4)


def test_of_a_line_they_are_weight_times_way():
    stack = networks()
    found = integrated_gradients(stack, X, TARGET, baseline=torch.ones(6), n_steps=1)
    torch.testing.assert_close(found, stack.parameters["0.weight"][:, TARGET] * (X - 1.0))


def test_a_square_has_its_closed_form():
    """Of x² from 0 the mean slope is x; of one place it is exact, as Gauss-Legendre promises."""

    class Square(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.tensor([[1.0, 2.0, 3.0, 0.0, 0.0, 0.0]]))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return (self.weight * x.square()).sum(-1, keepdim=True)

    stack = stack_from_seeds(Square, [0])
    found = integrated_gradients(stack, X, torch.zeros(5, dtype=torch.int64), n_steps=1)
    torch.testing.assert_close(found[0], stack.parameters["weight"][0] * X.square())


def test_both_ways_agree():
    stack = stack_from_seeds(Wrapped, range(2))
    plain = stack_from_seeds(lambda: Wrapped().inner, range(2))
    torch.testing.assert_close(integrated_gradients(stack, X, TARGET),
                               integrated_gradients(plain, X, TARGET), atol=1e-6, rtol=1e-5)  # fmt: skip


@pytest.mark.parametrize(("more", "said"),
                         [({"n_steps": 0}, "at least 1 place, a whole number, got 0"),
                          ({"n_steps": 2.5}, "whole number, got 2.5"),
                          ({"baseline": torch.zeros(4)}, "does not fit inputs")])  # fmt: skip
def test_what_cannot_be_asked_is_said(more, said):
    with pytest.raises(InputError, match=said):
        integrated_gradients(networks(8), X, TARGET, **more)


@pytest.mark.parametrize(("x", "target", "said"),
                         [(X, TARGET[:3], "one output each"), (X, TARGET - 1, "0 to 2, got -1 to 1"),
                          (X, TARGET + 1, "0 to 2, got 1 to 3"), (X, TARGET.float(), "int64"),
                          (X[:0], TARGET[:0], "no examples"), (X.int(), TARGET, "x.float"),
                          (X[:, :4], TARGET, "do not take inputs")])  # fmt: skip
@pytest.mark.parametrize("build", [lambda: networks(8), lambda: stack_from_seeds(Wrapped, [0])])
def test_bad_examples_and_targets_are_said(build, x, target, said):
    with pytest.raises(InputError, match=said):
        integrated_gradients(build(), x, target)


@pytest.mark.parametrize("build", [lambda: networks(8), lambda: stack_from_seeds(Wrapped, [0])])
def test_chunks_of_examples_are_the_whole(build, monkeypatch):
    whole = integrated_gradients(build(), X, TARGET)
    monkeypatch.setattr(integrated, "_VALUES_AT_ONCE", 1)
    torch.testing.assert_close(integrated_gradients(build(), X, TARGET), whole)
