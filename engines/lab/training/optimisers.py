"""Optimisers: how far a weight goes along its signal.

They work on every network of a stack at once, element by element, in the order of operations of
torch's own, so that a network changes to the same bits as with `torch.optim` alone.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from engines.lab.training.rule import Rule

State = dict[str, Tensor]


def start(rule: Rule, weights: Tensor) -> State:
    """What an optimiser remembers before the first step: arrays like ``weights``, all zero."""
    names = {"momentum": ("velocity",), "Adam": ("mean", "square"), "AdamW": ("mean", "square")}
    return {name: torch.zeros_like(weights) for name in names.get(rule.optimiser, ())}


def apply(
    rule: Rule,
    weights: Tensor,
    signal: Tensor,
    state: State,
    step: int,
    faster: Tensor | None = None,
) -> None:
    """Change ``weights`` and ``state`` in place; ``step`` counts from 1.

    Args:
        rule: which optimiser and how fast.
        weights: any shape, a leading axis for the network.
        signal: towards larger loss, of the same shape; it is overwritten.
        state: as `start` gave it.
        step: how many steps this one makes.
        faster: [net, 1], how many times as far each network goes as the rule says; every step here
            is linear in its length.
    """
    if faster is not None:
        before = weights.clone()
        apply(rule, weights, signal, state, step)
        weights.sub_(before).mul_(faster).add_(before)
        return
    if rule.weight_decay and rule.optimiser == "AdamW":
        weights.mul_(1.0 - rule.learning_rate * rule.weight_decay)
    elif rule.weight_decay:
        signal.add_(weights, alpha=rule.weight_decay)
    _OPTIMISERS[rule.optimiser](rule, weights, signal, state, step)


def _sgd(rule: Rule, weights: Tensor, signal: Tensor, _state: State, _step: int) -> None:
    weights.add_(signal, alpha=-rule.learning_rate)


def _momentum(rule: Rule, weights: Tensor, signal: Tensor, state: State, _step: int) -> None:
    velocity = state["velocity"].mul_(rule.momentum).add_(signal)
    weights.add_(velocity, alpha=-rule.learning_rate)


def _adam(rule: Rule, weights: Tensor, signal: Tensor, state: State, step: int) -> None:
    """Kingma and Ba 2015; AdamW of Loshchilov and Hutter 2019 differs by its decay alone."""
    mean, square = state["mean"], state["square"]
    mean.lerp_(signal, 1.0 - rule.beta1)
    square.mul_(rule.beta2).addcmul_(signal, signal, value=1.0 - rule.beta2)
    length = rule.learning_rate / (1.0 - rule.beta1**step)
    root = torch.sqrt(square, out=signal)
    root.div_((1.0 - rule.beta2**step) ** 0.5).add_(rule.epsilon)
    weights.addcdiv_(mean, root, value=-length)


_OPTIMISERS: dict[str, Callable[[Rule, Tensor, Tensor, State, int], None]] = {
    "SGD": _sgd,
    "momentum": _momentum,
    "Adam": _adam,
    "AdamW": _adam,
}
