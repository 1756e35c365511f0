"""Sparse autoencoders and transcoders, many at once.

Cunningham et al. 2023 (arXiv 2309.08600) and Bricken et al. 2023; the largest k after Makhzani &
Frey 2013 and Gao et al. 2024 (arXiv 2406.04093); transcoders after Dunefsky, Chlenski & Nanda 2024
(arXiv 2406.11944).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engines.lab.training import ArrayBatches, Rule, Training, run
from engines.lab.training.stack import Stack, stack_from_seeds

_RATE, _BATCH = 0.003, 256


@dataclass(frozen=True)
class Code:
    """How sparse, and by what: ``n_active`` largest, or a ``price`` where that is above 0.

    Where ``weight`` is above 0, what is largest is weighed by the loss while it learns (g-SAE).
    """

    n_latents: int
    n_active: int
    price: float = 0.0
    weight: float = 0.0


class Sparse(nn.Module):
    """What is held, as a sum of few directions with amounts of 0 and more.

    It learns from inputs and wanted outputs side by side, [example, 2 * n], and gives its loss: the
    mean squared error, and the price of amounts. ``amounts`` and ``made`` are what it is for.
    """

    def __init__(self, n: int, code: Code) -> None:
        super().__init__()
        self.code = code
        drawn = nn.functional.normalize(torch.randn(code.n_latents, n), dim=1)
        self.read = nn.Parameter(drawn.clone())
        self.bias = nn.Parameter(torch.zeros(code.n_latents))
        self.write = nn.Parameter(drawn)
        self.mean = nn.Parameter(torch.zeros(n))

    def directions(self) -> Tensor:
        """What each latent writes, of length 1: [latent, number]."""
        return nn.functional.normalize(self.write, dim=1)

    def amounts(self, x: Tensor, gradient: Tensor | None = None) -> Tensor:
        """How much of each latent: [..., latent] of what is read [..., number].

        With a gradient of the loss [..., number], the largest are those with most part in it.
        """
        found = (x @ self.read.T + self.bias).relu()
        if self.code.price:
            return found
        if gradient is None:
            return self._largest(found, found)
        along = (gradient @ self.directions().T).abs()
        return self._largest(found, found * (1.0 + self.code.weight * along))

    def _largest(self, found: Tensor, counts: Tensor) -> Tensor:
        least = counts.topk(self.code.n_active, dim=-1).values[..., -1:]
        return found * (counts >= least)

    def made(self, x: Tensor) -> Tensor:
        """What the latents make of it: [..., number]."""
        return self.amounts(x) @ self.directions() + self.mean

    def forward(self, pair: Tensor) -> Tensor:
        """The loss on inputs and wanted outputs [example, 2 * n], gradients behind if weighed."""
        x, wanted, *gradient = pair.chunk(3 if self.code.weight else 2, dim=-1)
        amounts = self.amounts(x, *gradient)
        error = amounts @ self.directions() + self.mean - wanted
        loss = error.square().sum(-1).mean()
        return loss + self.code.price * amounts.sum(-1).mean() if self.code.price else loss


def started(n: int, code: Code, seeds: Iterable[int]) -> Stack:
    """Dictionaries before they learn: directions at random, read as they are written."""
    return stack_from_seeds(lambda: Sparse(n, code), seeds)


def learnt(
    stack: Stack, x: Tensor, wanted: Tensor, n_steps: int, seed: int, *gradient: Tensor
) -> Iterator[float]:
    """Dictionaries learn in place, each from its own [net, example, number]; yields the share."""
    pairs = torch.cat([x, wanted, *gradient], dim=-1)
    batches = ArrayBatches(pairs, pairs[..., :1], size=_BATCH, seed=seed, own=True)
    rule = Rule(optimiser="Adam", learning_rate=_RATE)
    training = Training(stack, batches, loss="its own", rule=rule, exact=False)
    for pause in run(training, (0, n_steps)):
        yield pause.fraction


def one(stack: Stack, net: int) -> Sparse:
    """One dictionary by itself."""
    made = stack.module(net)
    assert isinstance(made, Sparse)
    return made.eval()


def unexplained(made: Tensor, wanted: Tensor) -> float:
    """Share of variance that is left: squared error over squared distance from the mean."""
    left = (made - wanted).double().square().sum()
    whole = (wanted - wanted.mean(0)).double().square().sum()
    return float(left / whole)
