"""Ways to one and the same signal of every network: all at once, or one after the other.

`alone` is the plain way that everything is held against: the module itself, its loss, autograd. The
others are faster and are taken where they give the same bits (see `exactness`).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.func import functional_call, vmap

from engines.lab.training.problem import Problem
from engines.lab.training.signals import SignalOf, signal_of
from engines.lab.training.stack import Stack, Tensors

Way = Callable[[Stack, Tensors, Tensor, Tensor, bool, Tensor], None]
"""Stack, fixed weights, inputs, targets, whether they are the networks' own, and the matrix laid
out like the weights into which the signals are written. Buffers of the stack move on."""


def together(problem: Problem) -> Way:
    """All networks at once by `torch.vmap`: any module."""
    signal = signal_of(problem.signal, problem.module, problem.loss)

    def way(stack: Stack, fixed: Tensors, x: Tensor, y: Tensor, own: bool, into: Tensor) -> None:
        data = 0 if own else None
        run = vmap(signal, in_dims=(0, 0, 0, data, data))
        found, after = run(stack.parameters, stack.buffers, fixed, x, y)
        for name, view in stack.views(into).items():
            view.copy_(found[name])
        for name, value in stack.buffers.items():
            value.copy_(after[name])

    return way


def alone(problem: Problem) -> Way:
    """One network after the other, by autograd where the signal is the gradient."""
    local = signal_of(problem.signal, problem.module, problem.loss)
    one = _autograd(problem) if problem.signal == "gradient" else local

    def way(stack: Stack, fixed: Tensors, x: Tensor, y: Tensor, own: bool, into: Tensor) -> None:
        views, parameters = stack.views(into), stack.parameters
        for net in range(stack.n_nets):
            found, after = one(
                {name: value[net] for name, value in parameters.items()},
                {name: value[net] for name, value in stack.buffers.items()},
                {name: value[net] for name, value in fixed.items()},
                x[net] if own else x,
                y[net] if own else y,
            )
            for name, view in views.items():
                view[net].copy_(found[name])
            for name, value in stack.buffers.items():
                value[net].copy_(after[name])

    return way


def _autograd(problem: Problem) -> SignalOf:
    def signal(
        parameters: Tensors, buffers: Tensors, _fixed: Tensors, x: Tensor, y: Tensor
    ) -> tuple[Tensors, Tensors]:
        kept = {name: value.clone() for name, value in buffers.items()}
        leaves = {name: value.detach().requires_grad_() for name, value in parameters.items()}
        cost = problem.loss(functional_call(problem.module, (leaves, kept), (x,)), y)
        found = torch.autograd.grad(cost, list(leaves.values()), allow_unused=True)
        return {
            name: torch.zeros_like(value) if gradient is None else gradient
            for (name, value), gradient in zip(leaves.items(), found, strict=True)
        }, kept

    return signal
