"""Latents that are chosen by their part in the loss, and the loss with a code in place.

Olmo et al. 2024 (arXiv 2411.10397): the largest few of amount times 1 + weight * |gradient of the
loss along what the latent writes|, so that small amounts which matter are not left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from engines.geometry.dictionaries.learning import held_by, level_of, model_of
from engines.geometry.dictionaries.measuring import Seen
from engines.geometry.dictionaries.sparse import Sparse
from engines.geometry.dictionaries.spec import DictionarySpec
from engines.lab.data.task import seed_of
from engines.lab.training import Stack
from engines.lab.transformers.causal import CausalTransformer
from engines.lab.transformers.paths import levels

_DEALT = 4_000
"""Where seeds of gradients dealt anew stand."""


def surprise(model: CausalTransformer, level: int, held: Tensor, tokens: Tensor) -> Tensor:
    """Mean surprise at the next word, in nats, when a level holds this [window, word, number]."""
    for block in model.layers[level:]:
        held = block(held)
    said = model.next(model.norm(held))[:, :-1]
    return torch.nn.functional.cross_entropy(said.flatten(0, 1), tokens[:, 1:].flatten())


def gradients(spec: DictionarySpec, model: CausalTransformer, token: np.ndarray) -> Tensor:
    """float32[word, number]: how the loss of its window rises with each number, mean square 1.

    Nothing is foretold from a window's last word, so its gradient is 0 there.
    """
    tokens, level = torch.from_numpy(token), level_of(spec)
    held = levels(model, tokens)[level].requires_grad_()
    found = torch.autograd.grad(surprise(model, level, held, tokens), held)[0].flatten(0, 1)
    return found / found.square().mean().sqrt()


def to_choose_by(spec: DictionarySpec, stack: Stack, token: np.ndarray) -> Tensor:
    """Gradients of every network, then the same dealt to other words: [net, word, number]."""
    own = [gradients(spec, model_of(stack, net), token) for net in range(spec.n_seeds)]
    orders = [
        torch.randperm(
            len(rows), generator=torch.Generator().manual_seed(seed_of(spec.seed, _DEALT + net))
        )
        for net, rows in enumerate(own)
    ]
    return torch.stack(own + [rows[order] for rows, order in zip(own, orders, strict=True)])


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


def starts_twice(starts: Sequence[int], n: int) -> list[int]:
    """First weights of the n dictionaries that choose by size, for both that choose by the loss."""
    return [*starts[:n], *starts[:n]]
