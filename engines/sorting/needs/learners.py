"""Learners side by side: three layers, stochastic gradient, and a rate that what is taken changes.

Man, Damasio and Neven 2022, Need is all you need, arXiv 2205.08645: a learner guesses what it sees
and tries what its rate would become by taking it; if it would do better on what it saw last, it
takes it. What is taken then acts by what it is, not by what it was thought to be.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as fn

from engines.sorting.needs.asked import FED, LEAST

Layers = list[tuple[Tensor, Tensor]]
"""Weights [learner, out, in] and biases [learner, out]."""


@dataclass(frozen=True)
class Seen:
    """One batch as the learners see it."""

    hidden: list[Tensor]
    """Inputs of every layer, [learner, example, unit]."""
    logits: Tensor


def seen(layers: Layers, x: Tensor) -> Seen:
    """[learner, example, number] through all layers, with ELU between."""
    hidden = [x]
    for k, (weight, bias) in enumerate(layers):
        x = torch.baddbmm(bias[:, None], x, weight.mT)
        if k < len(layers) - 1:
            x = fn.elu(x)
            hidden.append(x)
    return Seen(hidden, x)


def slopes(layers: Layers, view: Seen, label: Tensor) -> Layers:
    """Gradient of the mean cross-entropy by every weight and bias.

    Args:
        layers: the learners.
        view: what they saw.
        label: int64[learner, example].
    """
    error = view.logits.softmax(-1)
    error.scatter_add_(-1, label[..., None], -torch.ones_like(error[..., :1]))
    error = error / label.shape[-1]
    found: Layers = []
    for k in reversed(range(len(layers))):
        found.insert(0, (error.mT @ view.hidden[k], error.sum(1)))
        if k:
            # Of ELU: 1 above 0, and below it what it says plus 1.
            error = (error @ layers[k][0]) * (view.hidden[k].clamp_max(0.0) + 1.0)
    return found


def moved(layers: Layers, slope: Layers, rates: list[Tensor]) -> Layers:
    """After one step.

    Args:
        layers: the learners.
        slope: of their losses.
        rates: [learner, out] of each layer.
    """
    return [
        (weight - rate[..., None] * by_weight, bias - rate * by_bias)
        for (weight, bias), (by_weight, by_bias), rate in zip(layers, slope, rates, strict=True)
    ]


def right(logits: Tensor, label: Tensor) -> Tensor:
    """float[learner]: share of answers that are right."""
    return (logits.argmax(-1) == label).float().mean(-1)


def effect(label: Tensor, step: float) -> Tensor:
    """[learner]: by how much taking something of these labels changes a rate."""
    return torch.where(label >= FED, step, -step)


def eaten(rates: list[Tensor], change: Tensor, shares: list[Tensor] | None) -> list[Tensor]:
    """Rates after something was taken, never below LEAST.

    Args:
        rates: [learner, out] of each layer.
        change: [learner].
        shares: how much of it reaches each unit, [learner, out] with mean 1; evenly without.
    """
    if shares is None:
        return [(rate + change[:, None]).clamp_min(LEAST) for rate in rates]
    return [
        (rate + change[:, None] * share).clamp_min(LEAST)
        for rate, share in zip(rates, shares, strict=True)
    ]


def shares_of(view: Seen) -> list[Tensor]:
    """Size of every unit's activity at the last example over the layer's mean, [learner, out]."""
    sizes = [layer[:, -1].abs() for layer in (*view.hidden[1:], view.logits.softmax(-1))]
    return [size / size.mean(-1, keepdim=True).clamp_min(LEAST) for size in sizes]


def would_take(
    layers: Layers,
    slope: Layers,
    rates: list[Tensor],
    other: list[Tensor],
    past: tuple[Tensor, Tensor],
) -> Tensor:
    """bool[learner]: whether a step at the other rates would be right more often on what is past.

    Args:
        layers: the learners.
        slope: of their losses.
        rates: as they are.
        other: as they would become.
        past: what was seen last, [learner, example, number] and labels.
    """
    x, label = past
    now, then = (right(seen(moved(layers, slope, r), x).logits, label) for r in (rates, other))
    return then > now
