"""Latents that are chosen by their part in the loss, and the loss with a code in place.

Olmo et al. 2024 (arXiv 2411.10397): the largest few of amount times 1 + weight * |gradient of the
loss along what the latent writes|, so that small amounts which matter are not left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from engines.geometry.dictionaries.learning import held_by, level_of
from engines.geometry.dictionaries.measuring import Seen
from engines.geometry.dictionaries.sparse import Sparse
from engines.geometry.dictionaries.spec import DictionarySpec
from engines.lab.data.task import seed_of
from engines.lab.transformers.causal import CausalTransformer
from engines.lab.transformers.paths import levels

_DEALT = 4_000
"""Where seeds of gradients dealt anew stand."""
_NOISE = 5_000
"""Where seeds of noise in place of gradients stand."""


def surprise(model: CausalTransformer, level: int, held: Tensor, tokens: Tensor) -> Tensor:
    """Mean surprise at the next word, in nats, when a level holds this [window, word, number]."""
    for block in model.layers[level:]:
        held = block(held)
    said = model.next(model.norm(held))[:, :-1]
    return torch.nn.functional.cross_entropy(said.flatten(0, 1), tokens[:, 1:].flatten())


def gradients(spec: DictionarySpec, model: CausalTransformer, token: np.ndarray) -> Tensor:
    """float32[word, number]: how the loss of its window rises with each number, mean square 1.

    Scaled, so that a weight means the same in every network; the paper's weighs gradients as they
    are. Nothing is foretold from a window's last word, so its gradient is 0 there.
    """
    tokens, level = torch.from_numpy(token), level_of(spec)
    held = levels(model, tokens)[level].requires_grad_()
    found = torch.autograd.grad(surprise(model, level, held, tokens), held)[0].flatten(0, 1)
    return found / found.square().mean().sqrt()


def to_choose_by(spec: DictionarySpec, own: Sequence[Tensor]) -> Tensor:
    """Gradients of every network, the same dealt to other words, and noise: [net, word, number].

    Dealt gradients keep which directions matter to the loss; noise, each word's of the length of a
    dealt gradient in a direction at random, says nothing of it.
    """
    dealt = [rows[_order(spec, net, len(rows))] for net, rows in enumerate(own)]
    noise = [_noise(spec, net, rows) for net, rows in enumerate(dealt)]
    return torch.stack([*own, *dealt, *noise])


def _order(spec: DictionarySpec, net: int, n: int) -> Tensor:
    draw = torch.Generator().manual_seed(seed_of(spec.seed, _DEALT + net))
    return torch.randperm(n, generator=draw)


def _noise(spec: DictionarySpec, net: int, rows: Tensor) -> Tensor:
    """Directions at random, as long as these rows."""
    draw = torch.Generator().manual_seed(seed_of(spec.seed, _NOISE + net))
    found = torch.nn.functional.normalize(torch.randn(rows.shape, generator=draw), dim=-1)
    return found * rows.norm(dim=-1, keepdim=True)


@torch.no_grad()
def extra(
    spec: DictionarySpec, model: CausalTransformer, token: np.ndarray, code: Sparse, seen: Seen
) -> float:
    """How much the loss rises, in nats, when what a code makes stands where it was coded.

    The code chooses by amounts alone: nobody tells it the next word.
    """
    tokens, level = torch.from_numpy(token), level_of(spec)
    held, scale = levels(model, tokens)[level], seen.scale
    x, wanted = held_by(spec, model, token)
    made = code.made((x - scale.x_mean) / scale.x_size) * scale.y_size + scale.y_mean
    before, after = (
        float(surprise(model, level, each, tokens)) for each in (held, held + made - wanted)
    )
    return after - before


def starts_again(starts: Sequence[int], n: int) -> list[int]:
    """First weights of the n dictionaries that choose by size, for all three that do not."""
    return [*starts[:n]] * 3
