"""Modes whose race is known: the gradient itself, what is conserved, and an aligned mode."""

from __future__ import annotations

import numpy as np

from engines.contract import KnownAnswer
from engines.geometry.mechanisms.mode_race import blow_up_times, modes, speeds


def _off_gradient() -> float:
    """Largest distance of the mode equations from torch's gradient, over its size."""
    import torch

    p, m = 11, 5
    rng = np.random.Generator(np.random.Philox(2))
    theta = torch.tensor(rng.standard_normal((p, m))).requires_grad_()
    # So small that softmax is flat to rounding.
    xi = torch.tensor(1e-9 * rng.standard_normal((m, p))).requires_grad_()
    grid = torch.arange(p)
    hidden = ((theta[:, None] + theta[None]) ** 2).reshape(p * p, m)
    loss = torch.nn.functional.cross_entropy(hidden @ xi, ((grid[:, None] + grid) % p).ravel())
    found = [slope.numpy() for slope in torch.autograd.grad(loss, [theta, xi])]
    ours = speeds(*modes(theta.detach().numpy(), xi.detach().numpy()), p)
    torchs = modes(-found[0], -found[1])
    return max(float(np.abs(a - b).max() / np.abs(b).max())
               for a, b in zip(ours, torchs, strict=True))  # fmt: skip


def _late() -> float:
    """Blow-up of an aligned real mode, z = sqrt(2) w, over its closed form."""
    p, w = 23, 0.05
    found = blow_up_times(np.array([np.sqrt(2) * w + 0j]), np.array([w + 0j]), p)[0]
    return float(found / (p**2 / (4 * w) * (1 - 1e-3)))


def winners_answers() -> tuple[KnownAnswer, ...]:
    """Both."""
    return (
        KnownAnswer("mode equations less torch's gradient, flat softmax",
                    "torch.autograd of the whole loss", 0.0, 1e-6, _off_gradient),
        KnownAnswer("time for an aligned mode to grow a thousandfold, over the exact one",
                    "closed form: w' = (4 / p²) w², so .999 p² / 4 w", 1.0, 0.02, _late),
    )  # fmt: skip
