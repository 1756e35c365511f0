"""Known answers of dendrites."""

from __future__ import annotations

from typing import Any

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """Correlations of numpy, errors of autograd, and a dendrite that opens."""
    return (
        KnownAnswer("correlation less numpy's, largest miss", "numpy.corrcoef", 0.0, 1e-12,
                    correlation_miss),
        KnownAnswer("correlations with errors as computed less those with autograd's",
                    "torch.autograd, slope of the loss by every neuron's sum", 0.0, 1e-12,
                    error_miss),
        KnownAnswer("change of the outputs when a dendrite opens",
                    "by construction: its weight is 0", 0.0, 0.0, opening),
        KnownAnswer("largest slope that reaches a dendrite's weights, not learning by backprop",
                    "by construction: 0", 0.0, 0.0, reaching),
    )  # fmt: skip


def _made(*, by_gradient: bool = False) -> tuple[Any, Any, Any]:
    """A small network without and with dendrites taken, pictures and labels."""
    import torch

    from engines.diagrams.dendrites.asked import Way
    from engines.diagrams.dendrites.networks import Growing

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = Growing(5, 4, 3, Way(True, follows=True, by_gradient=by_gradient)).double()
        return made, torch.randn(40, 5, dtype=torch.float64), torch.randint(0, 3, (40,))


def correlation_miss() -> float:
    """Column by column."""
    import numpy as np
    import torch

    from engines.diagrams.dendrites.networks import correlation

    a, b = torch.randn(2, 30, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    theirs = [np.corrcoef(x, y)[0, 1] for x, y in zip(a.T.numpy(), b.T.numpy(), strict=True)]
    return float(np.abs(correlation(a, b).numpy() - theirs).max())


def error_miss() -> float:
    """With one dendrite open and taken, past which errors of hidden neurons come back."""
    import torch
    from torch.nn import functional as fn

    from engines.diagrams.dendrites.networks import correlation

    made, x, label = _made()
    made.n_open = 1
    with torch.no_grad():
        for layer in (made.first, made.last):
            layer.taken.copy_(torch.linspace(-1, 1, layer.taken.numel()).view_as(layer.taken))
    first = made._sums(made.first, x).detach().requires_grad_()
    hidden = torch.tanh(first)
    last = made._sums(made.last, hidden)
    errors = torch.autograd.grad(fn.cross_entropy(last, label), [first, last])
    with torch.no_grad():
        theirs = [
            correlation(layer.dendrites(at, slice(1, 2))[0], error).abs()
            for layer, at, error in zip(
                (made.first, made.last), (x, hidden), errors, strict=True
            )
        ]  # fmt: skip
        return float((made.following(x, label) - torch.cat(theirs)).abs().max())


def opening() -> float:
    """None open against all."""
    import torch

    made, x, _ = _made()
    with torch.no_grad():
        before = made.logits(x)[1]
        made.n_open = 3
        return float((made.logits(x)[1] - before).abs().max())


def reaching(*, by_gradient: bool = False) -> float:
    """From the loss, with every dendrite open and taken."""
    import torch
    from torch.nn import functional as fn

    made, x, label = _made(by_gradient=by_gradient)
    made.n_open = 3
    with torch.no_grad():
        for layer in (made.first, made.last):
            layer.taken.fill_(0.5)
    weights = [v for layer in (made.first, made.last) for v in (layer.dendrite, layer.rest)]
    loss = fn.cross_entropy(made.logits(x)[1], label)
    slopes = torch.autograd.grad(loss, weights, allow_unused=True)
    return max(0.0 if slope is None else float(slope.abs().max()) for slope in slopes)
