"""Three layers of filters, of which each example computes some; the rest are 0.

Elkerdawy et al. 2022, Fire Together Wire Together, arXiv 2110.08232: a linear head guesses from the
pooled layer before which filters will give out most, and learns it as a classifier, along with the
network. Here as many are computed for every example.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn import functional as fn

SIDE, WINDOW = 8, 9
_GAIN = 2.0
"""Variance of first weights, times their number of inputs."""


@dataclass(eq=False)
class Filters:
    """Weights and biases of filters, heads and the last map, [net, in, out] and [net, 1, out]."""

    filters: list[tuple[Tensor, Tensor]]
    heads: list[tuple[Tensor, Tensor]]
    last: tuple[Tensor, Tensor]

    @property
    def weights(self) -> list[Tensor]:
        """All that learns."""
        return [one for pair in (*self.filters, *self.heads, self.last) for one in pair]

    def repeated(self, n: int) -> Filters:
        """So many copies of every network, block behind block."""

        def copies(pair: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
            w, b = (one.detach().repeat(n, 1, 1).requires_grad_() for one in pair)
            return w, b

        return Filters([*map(copies, self.filters)], [*map(copies, self.heads)], copies(self.last))


def first_filters(sizes: Sequence[int], n_classes: int, seeds: Sequence[int]) -> Filters:
    """Of networks with so many filters a layer; a generator for each network."""
    draws = [torch.Generator().manual_seed(seed) for seed in seeds]

    def made(n_in: int, n_out: int, gain: float) -> tuple[Tensor, Tensor]:
        each = [torch.randn(n_in, n_out, generator=draw) for draw in draws]
        w = torch.stack(each) * (gain / n_in) ** 0.5
        return w.requires_grad_(), torch.zeros(len(draws), 1, n_out).requires_grad_()

    pairs = list(pairwise((1, *sizes)))
    filters = [made((WINDOW if a == 1 else 4) * a, b, _GAIN) for a, b in pairs]
    heads = [made(a, b, 1.0) for a, b in pairs[1:]]
    return Filters(filters, heads, made(4 * sizes[-1], n_classes, 1.0))


def first_windows(x: Tensor) -> Tensor:
    """Pictures [..., 8, 8] to [..., 4, 4, 9]: three by three, at every second place."""
    around = fn.pad(x, (1, 0, 1, 0))
    return around.unfold(-2, 3, 2).unfold(-2, 3, 2).flatten(-2)


def windows(x: Tensor) -> Tensor:
    """[..., y, x, channel] to [..., y - 1, x - 1, 4 x channel]: two by two at every place."""
    cuts = slice(None, -1), slice(1, None)
    return torch.cat([x[..., r, c, :] for r in cuts for c in cuts], -1)


def most(scores: Tensor, kept: Tensor) -> Tensor:
    """bool[net, ..., filter]: the highest, as many as ``kept`` [net] says of each network."""
    place = scores.argsort(dim=-1, descending=True, stable=True).argsort(dim=-1)
    return place < kept.view(-1, *(1 for _ in scores.shape[1:]))


@dataclass(eq=False)
class Choice:
    """Which filters each network computes, from the second layer on."""

    kept: list[Tensor]
    """int64[net] for each of these layers: how many."""
    guessed: Tensor
    """bool[net]: by its heads."""
    known: Tensor
    """bool[net]: those that give out most, which takes computing all of them first."""
    fixed: list[Tensor]
    """float32[net, filter] for each layer: scores of the others, the same for every example."""
    never: tuple[int, ...] = ()
    """Filters of the last layer, from 0, that are computed for nobody."""

    def of(self, k: int, guess: Tensor, strength: Tensor) -> Tensor:
        """bool[net, example, filter] of the k-th of these layers."""
        scores = torch.where(self.guessed[:, None, None], guess, self.fixed[k][:, None])
        scores = torch.where(self.known[:, None, None], strength, scores)
        if self.never and k == len(self.kept) - 1:
            scores = scores.index_fill(-1, torch.tensor(self.never), -torch.inf)
        return most(scores, self.kept[k]) & ~scores.isneginf()


@dataclass(eq=False)
class Computed:
    """What a pass gives; the lists are for the layers whose filters are chosen."""

    said: Tensor
    """[net, example, class]."""
    missed: Tensor
    """Sum over networks and layers of the heads' mean cross-entropy."""
    seen: list[Tensor]
    """[net, example, filter] of the layer before, pooled: what a head reads."""
    strength: list[Tensor]
    """[net, example, filter]: how much each gives out on average, were it computed."""
    chosen: list[Tensor]
    """bool[net, example, filter]: those that are computed."""
    wanted: list[Tensor]
    """bool[net, example, filter]: as many that give out most."""


def computed(own: Filters, cut: Tensor, choice: Choice) -> Computed:
    """Pictures cut into windows [net, example, y, x, window], read with the filters chosen.

    Heads learn from their guesses and pass nothing on to the layers that they read.
    """
    found = Computed(cut, torch.zeros(()), [], [], [], [])
    x = out = cut
    for k, (w, b) in enumerate(own.filters):
        out = torch.baddbmm(b, x.flatten(1, 3), w).relu().unflatten(1, x.shape[1:-1])
        if k:
            out = out * _chosen(found, own.heads[k - 1], out.detach(), choice)[:, :, None, None]
        if k < len(choice.kept):
            found.seen.append(out.detach().amax((-3, -2)))
            x = windows(out)
    found.said = torch.baddbmm(own.last[1], out.flatten(2), own.last[0])
    return found


def _chosen(found: Computed, head: tuple[Tensor, Tensor], out: Tensor, choice: Choice) -> Tensor:
    k = len(found.chosen)
    w, b = head
    guess, strength = torch.baddbmm(b, found.seen[k], w), out.mean((-3, -2))
    wanted = most(strength, choice.kept[k])
    off = fn.binary_cross_entropy_with_logits(guess, wanted.float())
    found.missed = found.missed + off * len(out)
    found.strength.append(strength)
    found.wanted.append(wanted)
    found.chosen.append(choice.of(k, guess.detach(), strength))
    return found.chosen[k]
