"""Weights written by hand: two heads that solve *pairs* by looking back, matching and copying."""

from __future__ import annotations

import torch
from torch import Tensor

from engines.lab.transformers.causal import Build, CausalTransformer

_SHARP = 60.0
"""How much more a head likes the right place; with so much, attention rounds to 0 and 1."""


def induction_by_hand(n_labels: int, n_items: int, n_places: int) -> CausalTransformer:
    """A transformer of two layers with one head each, attention only, that makes no mistake.

    The stream holds, one after the other: label, item, place, and what the two heads write, the
    item of the place before and the label that is copied. The first head looks at the place before
    and writes its item; the second looks where the item written is the own one, and copies the
    label there (Elhage et al. 2021; Olsson et al. 2022).
    """
    sizes = (n_labels, n_items, n_places, n_items, n_labels)
    starts = [sum(sizes[:k]) for k in range(len(sizes))]
    label, item, place, before, copied = starts
    d = sum(sizes)
    build = Build(d_model=d, n_heads=1, wide=False, n_said=n_labels, last=True)
    made = CausalTransformer(n_labels + n_items, n_places, build)
    with torch.no_grad():
        for value in made.parameters():
            value.zero_()
        for norm in (made.norm, *(block.norm for block in made.layers)):
            norm.weight.fill_(1.0)
        made.token.weight[:, : n_labels + n_items] = torch.eye(n_labels + n_items)
        made.place[:, place : place + n_places] = torch.eye(n_places)
        back, match = made.layers
        for k in range(1, n_places):
            _head(back.parts.weight, d, query=(place + k, k), key=(place + k - 1, k))
        for k in range(n_items):
            _head(back.parts.weight, d, value=(item + k, k))
            back.out.weight[before + k, k] = 1.0
            _head(match.parts.weight, d, query=(item + k, k), key=(before + k, k))
        # The first place looks back at itself, so the query, at the last one, is kept off it.
        _head(match.parts.weight, d, query=(place + n_places - 1, n_items))
        match.parts.weight[d + n_items, place] = -_SHARP
        for k in range(n_labels):
            _head(match.parts.weight, d, value=(label + k, k))
            match.out.weight[copied + k, k] = 1.0
            made.next.weight[k, copied + k] = 1.0
    return made


def _head(
    parts: Tensor, d: int, *, query: tuple[int, int] | None = None,
    key: tuple[int, int] | None = None, value: tuple[int, int] | None = None,
) -> None:  # fmt: skip
    """Let a head read numbers of the stream, each as (from, to which number of the head)."""
    for part, read in enumerate((query, key, value)):
        if read is not None:
            parts[part * d + read[1], read[0]] = _SHARP if part < 2 else 1.0
