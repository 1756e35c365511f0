"""A network that adds: an embedding, one hidden layer with ReLU, and logits; what moves what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engines.geometry.interaction.bases import Basis, aligned, neurons, principal


@dataclass(frozen=True, eq=False)
class Adder:
    """Weights in float64.

    ``embed`` [unit, p], ``weight`` [hidden, unit], ``bias`` [hidden], ``read`` [p, hidden],
    ``shift`` [p].
    """

    embed: Tensor
    weight: Tensor
    bias: Tensor
    read: Tensor
    shift: Tensor

    def embedded(self, x: Tensor) -> Tensor:
        """float64[sum, unit] of both summands one-hot in one row."""
        return x @ self.embed.T

    def hidden(self, embedded: Tensor) -> Tensor:
        """float64[..., hidden]."""
        return (embedded @ self.weight.T + self.bias).relu()

    def logits(self, hidden: Tensor) -> Tensor:
        """float64[..., class]."""
        return hidden @ self.read.T + self.shift


@dataclass(frozen=True, eq=False)
class Wired:
    """A basis of the embedding, one of the hidden layer, and how strongly each moves each.

    ``edges`` float64[feature, hidden feature]: mean square of what it moves in the logits, sources
    of variance 1.
    """

    source: Basis
    target: Basis
    edges: Tensor


def sums(p: int) -> tuple[np.ndarray, np.ndarray]:
    """Both summands one-hot in one row, float32[sum, p], and the sum modulo p, int64[sum]."""
    a, b = np.triu_indices(p)
    x = np.zeros((len(a), p), np.float32)
    np.add.at(x, (np.arange(len(a)), a), 1.0)
    np.add.at(x, (np.arange(len(a)), b), 1.0)
    return x, (a + b) % p


def on_together(adder: Adder, embedded: Tensor) -> Tensor:
    """float64[hidden, hidden]: share of sums for which both neurons are on."""
    on = (embedded @ adder.weight.T + adder.bias > 0).to(embedded.dtype)
    return on.T @ on / len(on)


def moment_of_reading(adder: Adder) -> Tensor:
    """J'J [hidden, hidden] of the logits; what moves all of them alike moves no answer."""
    read = adder.read - adder.read.mean(0)
    return read.T @ read


def moment_of_hidden(adder: Adder, target: Basis, on: Tensor) -> Tensor:
    """E J'J [unit, unit] of hidden features by the embedding."""
    return adder.weight.T @ (target.into @ target.into.T * on) @ adder.weight


def edges(adder: Adder, source: Basis, target: Basis, on: Tensor) -> Tensor:
    """float64[source feature, target feature]: mean square of each entry of the Jacobian."""
    reach = adder.weight @ source.out.T  # [hidden, source]
    ways = torch.einsum("mi,mj->ijm", reach, target.into)
    return torch.einsum("ijm,mn,ijn->ij", ways, on, ways)


def strengths(adder: Adder, source: Basis, target: Basis, on: Tensor) -> Tensor:
    """float64[source feature, target feature]: mean square of what an edge moves in the logits.

    All bases are ranked by it, so that none has fewer edges by what its features are measured in.
    """
    moved = torch.einsum("ju,uv,jv->j", target.out, moment_of_reading(adder), target.out)
    return edges(adder, source, target, on) * moved


def wirings(adder: Adder, x: Tensor, seed: int) -> tuple[Wired, ...]:
    """Every basis of `BASES`."""
    embedded = adder.embedded(x)
    hidden, on = adder.hidden(embedded), on_together(adder, embedded)
    white = principal(embedded, whitened=True)
    target = aligned(principal(hidden, whitened=True), moment_of_reading(adder), scaled=True)
    source = aligned(white, moment_of_hidden(adder, target, on), scaled=False)
    draw = torch.Generator().manual_seed(seed)
    turns = [rotation(one.n, draw) for one in (source, target)]
    pairs = (
        (source, target),
        (white, target),
        (white, principal(hidden, whitened=False)),
        (source.turned(turns[0]), target.turned(turns[1])),
        (neurons(embedded, whitened=True), neurons(hidden, whitened=False)),
    )
    return tuple(Wired(*pair, strengths(adder, *pair, on)) for pair in pairs)


def rotation(n: int, draw: torch.Generator) -> Tensor:
    """float64[n, n], in every direction alike."""
    square, upper = torch.linalg.qr(torch.randn(n, n, generator=draw, dtype=torch.float64))
    return square * upper.diagonal().sign()


def accuracy_with(adder: Adder, wired: Wired, kept: Tensor, x: Tensor, y: Tensor) -> float:
    """Share of sums that are right when a hidden feature hears only the edges bool[i, j] kept.

    What it does not hear stands at its mean.
    """
    heard = wired.source.features(adder.embedded(x)) * kept.T[:, None].to(x.dtype)  # [j, sum, i]
    reach, rest = wired.source.out @ adder.weight.T, adder.weight @ wired.source.mean + adder.bias
    hidden = (heard @ reach).add_(rest).relu_()
    features = torch.einsum("jsm,mj->sj", hidden - wired.target.mean, wired.target.into)
    said = adder.logits(features @ wired.target.out + wired.target.mean)
    return float((said.argmax(-1) == y).double().mean())


def strongest(strength: Tensor, n: int) -> Tensor:
    """bool[i, j]: that many of the strongest edges."""
    order = strength.flatten().argsort(descending=True, stable=True)
    kept = torch.zeros(strength.numel(), dtype=torch.bool)
    kept[order[:n]] = True
    return kept.view_as(strength)
