"""Counter-current learning: labels run down a second network while inputs run up the first.

Kao & Hariharan 2024, Counter-current learning, arXiv 2409.19841. At every level the inner products
of what comes up with the signals that come down, one for each class, shall be 1 for the right class
and 0 for the others; at the top it is the usual cross-entropy. Nothing that is told at one level
reaches another: both ways are cut at every layer.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as fn


class CounterCurrent(nn.Module):
    """Three hidden layers up, their mirror down.

    While it learns it takes [digit, label as one-hot] and gives a loss per level [level], the
    input's first; else it takes digits and gives logits. With ``frozen`` the way down keeps its
    first weights.
    """

    def __init__(self, n_in: int, n_hidden: int, n_out: int, *, frozen: bool = False) -> None:
        super().__init__()
        sizes = [n_in, n_hidden, n_hidden, n_hidden, n_out]
        pairs = list(itertools.pairwise(sizes))
        self.up = nn.ModuleList(nn.Linear(a, b) for a, b in pairs)
        self.down = nn.ModuleList(nn.Linear(b, a) for a, b in pairs)
        self.n_in, self.n_out = n_in, n_out
        if frozen:
            _freeze(self.down)

    def forward(self, x: Tensor) -> Tensor:
        """[batch, digit and label] to losses [level], or digits to logits [batch, class]."""
        if not self.training:
            return self._upwards(x)[-1]
        digit, label = x[..., : self.n_in], x[..., self.n_in :]
        values, signals = self._upwards(digit), self._downwards(label)
        levels = [
            fn.mse_loss(value @ signal.T, label)
            for value, signal in zip(values[:-1], signals, strict=True)
        ]
        return torch.stack([*levels, fn.cross_entropy(values[-1], label)])

    def _upwards(self, x: Tensor) -> list[Tensor]:
        values = [x]
        for layer in self.up:
            value = layer(values[-1].detach())
            values.append(fn.elu(value) if layer is not self.up[-1] else value)
        return values

    def _downwards(self, like: Tensor) -> list[Tensor]:
        """Signals of every class [class, unit], the input's first."""
        signal = torch.eye(self.n_out, dtype=like.dtype, device=like.device)
        signals: list[Tensor] = []
        for layer in reversed(self.down):
            signal = layer(signal.detach())
            signal = fn.elu(signal) if layer is not self.down[0] else signal
            signals.insert(0, signal)
        return signals


def _freeze(layers: nn.ModuleList) -> None:
    """Weights become what is kept and not learnt."""
    for layer in layers:
        for name in ("weight", "bias"):
            value = getattr(layer, name).detach().clone()
            delattr(layer, name)
            layer.register_buffer(name, value)
