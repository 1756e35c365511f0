"""Neurons with dendrites, and how a dendrite follows its neuron's error.

Brenner and Itti 2025, Perforated backpropagation, arXiv 2501.18018; the objective is that of
cascade correlation, Fahlman and Lebiere 1990.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from engines.diagrams.dendrites.asked import N_CYCLES, Way


class Neurons(nn.Module):
    """A layer: weighted sums of the inputs, and of what the neurons' own dendrites say.

    A dendrite is a tanh of a weighted sum of the same inputs. Its neuron's weight on it begins with
    0, so that nothing changes when it opens.
    """

    dendrite: Tensor
    rest: Tensor

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        plain = nn.Linear(n_in, n_out)
        self.weight, self.bias = plain.weight, plain.bias
        bound = n_in**-0.5
        for name, shape in (("dendrite", (N_CYCLES, n_out, n_in)), ("rest", (N_CYCLES, n_out))):
            drawn = (2.0 * torch.rand(shape) - 1.0) * bound
            self.register_parameter(name, nn.Parameter(drawn))
        self.taken = nn.Parameter(torch.zeros(N_CYCLES, n_out))

    def dendrites(self, x: Tensor, which: slice) -> Tensor:
        """[example, input] to what dendrites say [dendrite, example, neuron]."""
        return torch.tanh(x @ self.dendrite[which].mT + self.rest[which][:, None])

    def sums(self, x: Tensor, n_open: int, opens: Tensor, by_gradient: Tensor) -> Tensor:
        """[example, input] to [example, neuron] with the first dendrites open.

        Unless they learn by gradient, no error passes through dendrites, to their weights or below.

        Args:
            x: what comes in.
            n_open: how many dendrites a neuron has by now.
            opens: 1 if it has any, else 0.
            by_gradient: 1 if they learn as all other weights do, else 0.
        """
        said = x @ self.weight.mT + self.bias
        if not n_open:
            return said
        which = slice(0, n_open)
        own = self.dendrites(x, which)
        own = torch.where(by_gradient > 0, own, own.detach())
        return said + opens * (own * self.taken[which][:, None]).sum(0)


class Growing(nn.Module):
    """Two layers of neurons; pictures to logits.

    While it learns, the label stands behind the picture and what comes back is what is made small:
    the loss, or, while dendrites follow, 1 less their mean correlation with the error.
    """

    opens: Tensor
    by_gradient: Tensor

    def __init__(self, n_in: int, n_hidden: int, n_out: int, way: Way) -> None:
        super().__init__()
        self.n_in = n_in
        self.register_buffer("opens", torch.tensor(float(way.opens)))
        self.register_buffer("by_gradient", torch.tensor(float(way.by_gradient)))
        self.first, self.last = Neurons(n_in, n_hidden), Neurons(n_hidden, n_out)
        self.n_open = 0
        self.phase: Literal["neurons", "dendrites"] = "neurons"

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        picture = x[..., : self.n_in]
        if not self.training:
            return self.logits(picture)[1]
        label = x[..., self.n_in].long()
        if self.phase == "neurons":
            return fn.cross_entropy(self.logits(picture)[1], label)
        return 1.0 - self.following(picture, label).mean()

    def logits(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """Hidden activations and outputs."""
        hidden = torch.tanh(self._sums(self.first, picture))
        return hidden, self._sums(self.last, hidden)

    def _sums(self, layer: Neurons, x: Tensor) -> Tensor:
        return layer.sums(x, self.n_open, self.opens, self.by_gradient)

    def following(self, picture: Tensor, label: Tensor) -> Tensor:
        """[neuron]: size of the correlation of each neuron's next dendrite with its error.

        The error is the slope of the loss by the neuron's sum; errors of hidden neurons come back
        through the weights of the outputs, past the dendrites.
        """
        with torch.no_grad():
            hidden, said = self.logits(picture)
            wanted = label[:, None] == torch.arange(said.shape[-1], device=said.device)
            above = said.softmax(-1) - wanted.to(said)
            below = above @ self.last.weight * (1.0 - hidden.square())
        which = slice(self.n_open, self.n_open + 1)
        return torch.cat([
            correlation(layer.dendrites(x, which)[0], error).abs()
            for layer, x, error in (
                (self.first, picture, below), (self.last, hidden, above)
            )
        ])  # fmt: skip


def correlation(a: Tensor, b: Tensor) -> Tensor:
    """Pearson's, column by column: [example, column] twice to [column]."""
    a, b = a - a.mean(0), b - b.mean(0)
    size = (a.square().sum(0) * b.square().sum(0)).clamp_min(torch.finfo(a.dtype).tiny).sqrt()
    return (a * b).sum(0) / size
