"""Shares, counts and identities of masked networks."""

from __future__ import annotations

import numpy as np

from engines.connectome.learning import kinds, masks
from engines.contract import KnownAnswer

_NAMES = tuple("abcdef")


def _after_learning() -> tuple[np.ndarray, np.ndarray]:
    """Inner weights float32[kind, layer, post, pre] of small networks, and masks of the same shape.

    Kinds: all to all; one group that feeds itself; groups that Hebb rewires.
    """
    from engines.connectome.learning.masked import Kind, Masked

    whole = masks.of_groups(masks.ring(1), 32)
    four = masks.of_groups(masks.ring(4), 32)
    every = [
        Kind(name, 32, np.broadcast_to(one, (1, 2, 32, 32)), rewires)
        for name, one, rewires in (
            ("all", np.ones_like(whole), ""), ("one", whole, ""), ("four", four, "Hebb")
        )
    ]  # fmt: skip
    made = Masked(tuple(every), 0)
    for _ in made.learn(6):
        pass
    weights = made.training.stack.parameters
    inner = np.stack([weights[name].numpy() for name in ("2.weight", "4.weight")], axis=1)
    return inner, made.masks[:, 0]


def _outside() -> float:
    weights, mask = _after_learning()
    return float(np.abs(weights[~mask]).max())


def _one_group() -> float:
    weights, _ = _after_learning()
    return float(np.abs(weights[0] - weights[1]).max())


def _kept() -> float:
    _, mask = _after_learning()
    return float(mask[2].sum(axis=(1, 2)).max())


def _worm() -> float:
    from engines.connectome.wiring.spec import WiringSpec

    return float(kinds.wirings(_NAMES, WiringSpec(), 1, 0)[1].masks[0].sum())


def masks_answers() -> tuple[KnownAnswer, ...]:
    """Shares, counts and identities."""
    made = kinds.groups(_NAMES, 256, 8, "", 1, 0)
    return (
        KnownAnswer(
            "share of connections where each of 8 groups feeds two", "closed form: 2 / 8",
            0.25, 0.0, lambda: float(made[3].masks.mean()),
        ),
        KnownAnswer(
            "weights of 64-256-256-256-10, all to all", "arithmetic",
            64 * 256 + 2 * 256**2 + 256 * 10, 0.0, lambda: float(made[0].n_weights),
        ),
        KnownAnswer(
            "the same with a quarter of the inner ones", "arithmetic",
            64 * 256 + 2 * 256**2 / 4 + 256 * 10, 0.0, lambda: float(made[3].n_weights),
        ),
        KnownAnswer(
            "weights of the narrow network over those of the groups",
            "closed form: a unit more or less is .007 of them",
            1.0, 0.007, lambda: made[1].n_weights / made[3].n_weights,
        ),
        KnownAnswer(
            "largest weight outside its mask after learning and rewiring", "identity",
            0.0, 0.0, _outside,
        ),
        KnownAnswer(
            "weights of one group that feeds itself less those of no mask", "identity",
            0.0, 0.0, _one_group,
        ),
        KnownAnswer(
            "connections of a map of 32 units in 4 groups, after rewiring",
            "closed form: as many as before, 32² / 2", 512.0, 0.0, _kept,
        ),
        KnownAnswer(
            "connections of the worm as a mask",
            "published 2,990 directed edges (Arnatkeviciute et al. 2018) and 279 of a neuron to "
            "itself", 3_269.0, 0.0, _worm,
        ),
    )  # fmt: skip
