"""NoProp: blocks that never meet while they learn, each to clean a label of its own noise.

Li, Teh & Pascanu 2025, NoProp, arXiv 2503.24322, in discrete time: labels are one-hot, the share of
the label in its noisy form grows from 0 to 1 along a quarter of a cosine.
"""

from __future__ import annotations

import itertools

import numpy as np
import torch
from torch import Tensor, nn


def shares(n_blocks: int) -> np.ndarray:
    """float64[block + 1]: variance share of the label before each block, and at the end 1."""
    return np.sin(np.linspace(0.0, np.pi / 2, n_blocks + 1)) ** 2


def steps(n_blocks: int) -> np.ndarray:
    """float64[block, 3]: weights of the block's answer, of what it was given, and noise variance.

    The posterior of a Gaussian chain: whenever a block's answer is right, what it hands on is the
    label with the noise of the next level.
    """
    before, after = shares(n_blocks)[:-1], shares(n_blocks)[1:]
    kept = before / after
    answer = np.sqrt(after) * (1.0 - kept) / (1.0 - before)
    given = np.sqrt(kept) * (1.0 - after) / (1.0 - before)
    noise = (1.0 - after) * (1.0 - kept) / (1.0 - before)
    return np.stack([answer, given, noise], axis=1)


class NoProp(nn.Module):
    """Blocks side by side, weights [block, out, in].

    While it learns it takes [digit, label as one-hot, noise for each block] and gives a loss per
    block [block]; else [digit, noise for each block] and gives what every block answers in turn
    [batch, block, class], the last one being the network's answer.
    """

    def __init__(self, n_in: int, n_hidden: int, n_out: int, n_blocks: int) -> None:
        super().__init__()
        sizes = [n_in + n_out, n_hidden, n_hidden, n_out]
        self.n_in, self.n_out, self.n_blocks = n_in, n_out, n_blocks
        for k, (a, b) in enumerate(itertools.pairwise(sizes)):
            for name, shape in (("weight", (n_blocks, b, a)), ("bias", (n_blocks, 1, b))):
                value = (2.0 * torch.rand(shape) - 1.0) / a**0.5
                self.register_parameter(f"{name}{k}", nn.Parameter(value))
        self._shares = tuple(float(v) for v in shares(n_blocks))
        self._steps = tuple(tuple(map(float, row)) for row in steps(n_blocks))

    def answers(self, digit: Tensor, noisy: Tensor, blocks: slice) -> Tensor:
        """What blocks make of digits and noisy labels: [block, batch, feature] to [..., class]."""
        x = torch.cat([digit, noisy], -1)
        for k in range(3):
            weight, bias = (getattr(self, f"{name}{k}")[blocks] for name in ("weight", "bias"))
            x = torch.baddbmm(bias, x, weight.mT)
            x = torch.tanh(x) if k < 2 else x
        return x

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        digit, rest = x[..., : self.n_in], x[..., self.n_in :]
        if not self.training:
            return self._in_turn(digit, self._by_block(rest))
        label, noise = rest[..., : self.n_out], self._by_block(rest[..., self.n_out :])
        share = x.new_tensor(self._shares[:-1])[:, None, None]
        noisy = share.sqrt() * label + (1.0 - share).sqrt() * noise
        each = digit.expand(self.n_blocks, *digit.shape)
        return (self.answers(each, noisy, slice(None)) - label).square().mean((1, 2))

    def _by_block(self, noise: Tensor) -> Tensor:
        return noise.unflatten(-1, (self.n_blocks, self.n_out)).movedim(-2, 0)

    def _in_turn(self, digit: Tensor, noise: Tensor) -> Tensor:
        said: list[Tensor] = []
        noisy = noise[0]
        for k, (answer, given, spread) in enumerate(self._steps):
            found = self.answers(digit[None], noisy[None], slice(k, k + 1))[0]
            said.append(found)
            fresh = noise[k + 1] if k + 1 < self.n_blocks else torch.zeros_like(noisy)
            noisy = answer * found + given * noisy + spread**0.5 * fresh
        return torch.stack(said, 1)
