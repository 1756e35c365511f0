"""Networks that code a place, say what moves are worth, and foretell a pattern, side by side."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

N_HIDDEN = 32
ENCODER, HEAD, FORETELLER = slice(0, 4), slice(4, 6), slice(6, 10)


@dataclass(eq=False)
class Networks:
    """Weights [network, ...] of an encoder, a line for moves, and a foreteller.

    ``code = tanh(relu(x W + b) W + b)``, ``worth = code W + b``, and what is foretold is
    ``relu(code W + b) W + b``.
    """

    parts: list[Tensor]

    def codes(self, patterns: Tensor) -> Tensor:
        """float32[network, place, unit] of patterns float32[network, place, number]."""
        w, b, w_out, b_out = self.parts[ENCODER]
        return torch.tanh(torch.baddbmm(b_out, torch.relu(torch.baddbmm(b, patterns, w)), w_out))

    def worth(self, codes: Tensor) -> Tensor:
        """float32[network, place, move]."""
        w, b = self.parts[HEAD]
        return torch.baddbmm(b, codes, w)

    def foretold(self, codes: Tensor) -> Tensor:
        """float32[network, place, number]."""
        w, b, w_out, b_out = self.parts[FORETELLER]
        return torch.baddbmm(b_out, torch.relu(torch.baddbmm(b, codes, w)), w_out)

    def copy(self) -> Networks:
        """The same numbers, which learn nothing."""
        return Networks([part.detach().clone() for part in self.parts])


def drawn(
    n_arms: int, n_each: int, n_numbers: int, n_units: int, n_moves: int, draws: torch.Generator
) -> Networks:
    """Networks [arm x network]; those of one number begin alike in all arms."""
    gains = (
        (n_numbers, N_HIDDEN, 2.0), (N_HIDDEN, n_units, 1.0), (n_units, n_moves, 0.01),
        (n_units, N_HIDDEN, 2.0), (N_HIDDEN, n_numbers, 1.0),
    )  # fmt: skip
    parts = []
    for n_in, n_out, gain in gains:
        weight = torch.randn(n_each, n_in, n_out, generator=draws) * (gain / n_in) ** 0.5
        parts.append(weight.repeat(n_arms, 1, 1).requires_grad_())
        parts.append(torch.zeros(n_arms * n_each, 1, n_out, requires_grad=True))
    return Networks(parts)


def value_errors(
    nets: Networks, codes: Tensor, move: Tensor, paid: Tensor, best: Tensor, discount: float
) -> Tensor:
    """float32[network]: squared error of what moves int64[network, example] are said to be worth.

    Due is what is paid (1, and it is over), else the discounted ``best`` of the place come to.
    """
    due = paid + (1.0 - paid) * discount * best
    said = nets.worth(codes).gather(2, move[..., None])[..., 0]
    return ((said - due) ** 2).mean(dim=1)


def foretelling_errors(nets: Networks, codes: Tensor, patterns: Tensor) -> Tensor:
    """float32[network]: squared error of patterns that are foretold from codes."""
    return ((nets.foretold(codes) - patterns) ** 2).mean(dim=(1, 2))


def looked_up(values: Tensor, at: Tensor) -> Tensor:
    """float32[network, example, number]: rows int64[network, example] of [network, place, ...]."""
    return values[torch.arange(len(values))[:, None], at]
