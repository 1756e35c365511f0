"""Small transformers side by side that attend to all keys, to some that are drawn, or drop weights.

Hussain et al. 2023, The information pathways hypothesis: transformers are dynamic self-ensembles,
arXiv 2306.01705: keys are drawn anew for every layer and step, so that a transformer learns many
paths, of which a few vote in the exam. Srivastava et al. 2014 dropped what is multiplied instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional as fn

from engines.diagrams.keys.asked import N_KEYS, SIDE

Weights = dict[str, Tensor]
"""Each [net, in, out], or [net, 1, out] and [net, place, out] where it is added."""


def patches(pictures: Tensor) -> Tensor:
    """[example, 64] to [example, patch, 4], row by row, two by two pixels each."""
    cut = pictures.unflatten(-1, (SIDE, 2, SIDE, 2)).transpose(-3, -2)
    return cut.flatten(-2).flatten(-3, -2)


def first_weights(width: int, n_layers: int, seeds: Sequence[int]) -> Weights:
    """A generator for each network; variances are 1 over the number of inputs."""
    draws = [torch.Generator().manual_seed(seed) for seed in seeds]

    def made(n_in: int, n_out: int, deviation: float = 0.0) -> Tensor:
        each = [torch.randn(n_in, n_out, generator=draw) for draw in draws]
        return torch.stack(each) * (deviation or n_in**-0.5)

    def zeros(n: int) -> Tensor:
        return torch.zeros(len(draws), 1, n)

    found = {"in": made(4, width), "place": made(N_KEYS, width, 0.3)}
    for k in range(n_layers):
        found |= {f"qkv{k}": made(width, 3 * width), f"o{k}": made(width, width)}
        found |= {f"up{k}": made(width, 4 * width), f"bias{k}": zeros(4 * width)}
        found[f"down{k}"] = made(4 * width, width)
    return found | {"out": made(width, 10), "classes": zeros(10)}


@dataclass(eq=False)
class Pass:
    """Who reads what in one pass, block by block of networks."""

    n_heads: int
    n_drawn: int
    drawn: slice
    """Networks that attend to keys that are drawn."""
    dropped: slice
    """Networks whose weights of attention are dropped."""
    draw: torch.Generator
    shared: bool = False
    """Whether all examples of a network share their keys."""
    never: tuple[int, ...] = ()
    """Patches, from 0, that are no key for anybody."""
    looked: list[Tensor] = field(default_factory=list)
    """[net, key] for each layer: mean weight of every key."""


def drawn_keys(shape: tuple[int, ...], how: Pass) -> Tensor:
    """bool[..., key]: as many as are drawn, each as likely, none that is never a key."""
    chance = torch.rand(*shape, N_KEYS, generator=how.draw)
    if how.never:
        chance[..., list(how.never)] = -1.0
    place = chance.argsort(-1, descending=True).argsort(-1)
    return place < how.n_drawn


def _hidden(n_nets: int, n: int, how: Pass) -> Tensor:
    """float32[net, example, 1, 1, key]: what is added to scores, minus infinity for no key."""
    hidden = torch.zeros(n_nets, n, N_KEYS)
    some = hidden[how.drawn]
    if len(some):
        keys = drawn_keys((len(some), 1 if how.shared else n), how)
        some.masked_fill_(~keys.expand(some.shape), -torch.inf)
    if how.never:
        hidden[..., list(how.never)] = -torch.inf
    return hidden[:, :, None, None]


def _dropped(attention: Tensor, how: Pass) -> Tensor:
    """Weights of some networks dropped at random, the rest as many times larger."""
    some = attention[how.dropped]
    if not len(some):
        return attention
    rate = how.n_drawn / N_KEYS
    kept = (torch.rand(some.shape, generator=how.draw) < rate) / rate
    before, after = attention[: how.dropped.start], attention[how.dropped.stop :]
    return torch.cat([before, some * kept, after])


def _mapped(x: Tensor, w: Tensor) -> Tensor:
    return torch.bmm(x.flatten(1, 2), w).unflatten(1, x.shape[1:3])


def attended(own: Weights, k: int, z: Tensor, how: Pass) -> Tensor:
    """What attention of the k-th layer adds: [net, example, patch, number]."""
    width = z.shape[-1]
    qkv = _mapped(fn.layer_norm(z, (width,)), own[f"qkv{k}"])
    q, keys, v = qkv.unflatten(-1, (3, how.n_heads, -1)).movedim(-2, 2).unbind(-2)
    scores = q @ keys.mT / (width / how.n_heads) ** 0.5
    attention = (scores + _hidden(z.shape[0], z.shape[1], how)).softmax(-1)
    how.looked.append(attention.detach().mean((1, 2, 3)))
    said = _dropped(attention, how) @ v
    return _mapped(said.transpose(-3, -2).flatten(-2), own[f"o{k}"])


def outputs(own: Weights, x: Tensor, how: Pass) -> Tensor:
    """[net, example, patch, pixel] to [net, example, class]."""
    z = _mapped(x, own["in"]) + own["place"][:, None]
    width = z.shape[-1]
    how.looked.clear()
    for k in range(sum(name.startswith("qkv") for name in own)):
        z = z + attended(own, k, z, how)
        up = _mapped(fn.layer_norm(z, (width,)), own[f"up{k}"]) + own[f"bias{k}"][:, :, None]
        z = z + _mapped(fn.gelu(up), own[f"down{k}"])
    return torch.baddbmm(own["classes"], fn.layer_norm(z.mean(2), (width,)), own["out"])
