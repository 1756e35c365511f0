"""What stands where in a transformer while it runs: read at every level, put elsewhere, read early.

A level is what a place holds: 0 when tokens are read, k after layer k. For one network at a time.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engines.lab.transformers.causal import CausalTransformer
from engines.lab.transformers.patterns import patterns


@torch.no_grad()
def levels(model: CausalTransformer, tokens: Tensor) -> Tensor:
    """What every place holds: [level, sequence, place, d_model] of int64[sequence, place]."""
    found = [model.embedded(tokens)]
    for layer in range(len(model.layers)):
        found.append(_after(model, layer, found[-1], tokens))
    return torch.stack(found)


@torch.no_grad()
def lens(model: CausalTransformer, held: Tensor) -> Tensor:
    """Logits [..., token] that the last norm and readout make of any level: the logit lens.

    nostalgebraist 2020. At the last level they are the network's own.
    """
    return model.next(model.norm(held))


@torch.no_grad()
def onward(model: CausalTransformer, level: int, held: Tensor, tokens: Tensor) -> Tensor:
    """Logits [sequence, token] of the last place when a level holds this.

    Args:
        model: the network.
        level: which level is put in place.
        held: [sequence, place, d_model].
        tokens: what was read, on which held heads may depend.
    """
    for layer in range(level, len(model.layers)):
        held = _after(model, layer, held, tokens)
    return lens(model, held[..., -1, :])


def put(
    into: Tensor, taken: Tensor, source: tuple[int, int], target: tuple[int, int]
) -> tuple[int, Tensor]:
    """A level with one place replaced, for `onward`: which level, and what it holds.

    Args:
        into: levels of the run that is changed.
        taken: levels of the run that is taken from.
        source: level and place that is taken.
        target: level and place where it is put.
    """
    held = into[target[0]].clone()
    held[..., target[1], :] = taken[source[0]][..., source[1], :]
    return target[0], held


def _after(model: CausalTransformer, layer: int, x: Tensor, tokens: Tensor) -> Tensor:
    table = patterns(model.build.held, tokens) if model.build.held else None
    return model.layers[layer](x, table=table)
