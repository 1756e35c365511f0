"""Recurrent networks side by side, without a module each: weights [net, in, out].

Hochreiter and Schmidhuber 1997, Long short-term memory.
"""

from __future__ import annotations

import torch
from torch import Tensor

State = tuple[Tensor, Tensor]
"""What a cell says and what it keeps, [net, example, unit] each."""


class Linear:
    """Linear layers side by side.

    Args:
        n_nets: how many.
        n_in: numbers that come in.
        n_out: numbers that go out.
        draw: first weights, uniform up to one over the root of ``n_fan``.
        n_fan: numbers that come together, as many as come in unless said.
    """

    def __init__(
        self, n_nets: int, n_in: int, n_out: int, draw: torch.Generator, n_fan: int = 0
    ) -> None:
        bound = (n_fan or n_in) ** -0.5
        self.weight, self.bias = (
            ((2.0 * torch.rand(n_nets, n, n_out, generator=draw) - 1.0) * bound).requires_grad_()
            for n in (n_in, 1)
        )

    def __call__(self, x: Tensor) -> Tensor:
        """[net, example, in] to [net, example, out]."""
        return torch.baddbmm(self.bias, x, self.weight)

    @property
    def weights(self) -> list[Tensor]:
        """What is learnt."""
        return [self.weight, self.bias]


class Lstm:
    """LSTM cells side by side; gates stand in the order in, forget, out, new."""

    def __init__(self, n_nets: int, n_in: int, n_hidden: int, draw: torch.Generator) -> None:
        self.n_hidden = n_hidden
        self.reads = Linear(n_nets, n_in, 4 * n_hidden, draw, n_hidden)
        self.recalls = Linear(n_nets, n_hidden, 4 * n_hidden, draw)

    def start(self, n_nets: int, n_examples: int) -> State:
        """Nothing said, nothing kept."""
        zeros = self.reads.weight.new_zeros(n_nets, n_examples, self.n_hidden)
        return zeros, zeros

    def step(self, read: Tensor, state: State) -> State:
        """The state after one more input.

        Args:
            read: what `reads` makes of the input, [net, example, 4 x unit].
            state: before.
        """
        said, kept = state
        gates = read + self.recalls(said)
        n = self.n_hidden
        opened = torch.sigmoid(gates[..., : 3 * n])
        into, forget, out = opened[..., :n], opened[..., n : 2 * n], opened[..., 2 * n :]
        kept = forget * kept + into * torch.tanh(gates[..., 3 * n :])
        return out * torch.tanh(kept), kept

    @property
    def weights(self) -> list[Tensor]:
        """What is learnt."""
        return [*self.reads.weights, *self.recalls.weights]
