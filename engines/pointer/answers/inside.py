"""Known answers of the inside of a network: torch's attention, renaming, a still point, axes."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from engines.contract import KnownAnswer

_SEED = 13


def inside_answers() -> tuple[KnownAnswer, ...]:
    """Differences that must vanish, each against what others compute."""
    return (
        KnownAnswer(
            "largest difference of any head, encoder and decoder, hull-5-50, 12 points",
            "torch.nn.MultiheadAttention with the same weights",
            0.0, 1e-5, from_torchs_attention,
        ),
        KnownAnswer(
            "largest change of states and heads when points are renamed",
            "Lee et al. 2019: attention without positions is equivariant",
            0.0, 1e-4, by_renaming,
        ),
        KnownAnswer(
            "largest change when the point is put where it lies",
            "closed form: nothing moved", 0.0, 1e-6, of_a_still_point,
        ),
        KnownAnswer(
            "first two axes and shares of variance, largest difference",
            "sklearn.decomposition.PCA", 0.0, 1e-9, from_scikit_learns_axes,
        ),
        KnownAnswer(
            "weights and offset of a probe, largest difference",
            "sklearn.linear_model.Ridge", 0.0, 1e-9, from_scikit_learns_ridge,
        ),
    )  # fmt: skip


@cache
def _asked() -> tuple[Any, Any, np.ndarray, np.ndarray]:
    """The bundled hull network, its task, an instance, and its choices."""
    from engines.pointer.decoding.greedy import decoded
    from engines.pointer.networks import weights
    from engines.pointer.tasks import task_named

    net, task = weights.load("hull-5-50").net, task_named("hull")
    points = np.random.default_rng(_SEED).random((1, 12, 2))
    return net, task, points, decoded(net, task, points).choices


def from_torchs_attention() -> float:
    """Encoder and decoder heads against torch's module."""
    import torch

    from engines.pointer.probing.taps import features_of, held, previous_of

    net, task, points, choices = _asked()
    found = held(net, task, points, choices)
    states = net.inside(features_of(task, points), previous_of(choices, 12))
    read = net.encoder_norm(states.points[-1])
    most = 0.0
    with torch.no_grad():
        for k, layer in enumerate(net.encoder):
            normed = layer.norm(states.points[k])
            theirs = _torchs(layer.attention, normed, normed)
            most = max(most, float(np.abs(theirs - found.between[:, k]).max()))
        for k, layer in enumerate(net.decoder):
            x = states.steps[k]
            normed = layer.norm(x)
            x = x + layer.attention(normed, layer.attention.keys(normed), causal=True)
            theirs = _torchs(layer.cross, layer.cross_norm(x), read)
            most = max(most, float(np.abs(theirs - found.at[:, k]).max()))
    return most


def _torchs(own: Any, looking: Any, looked_at: Any) -> np.ndarray:
    import torch

    size = own.query.weight.shape[0]
    theirs = torch.nn.MultiheadAttention(size, own.n_heads, batch_first=True)
    theirs.in_proj_weight.copy_(torch.cat([own.query.weight, own.key_value.weight]))
    theirs.in_proj_bias.zero_()
    _, maps = theirs(looking, looked_at, looked_at, average_attn_weights=False)
    return maps.numpy()


def by_renaming() -> float:
    """States and heads of the same points under other names."""
    from engines.pointer.probing.taps import held

    net, task, points, choices = _asked()
    order = np.random.default_rng(_SEED).permutation(12)
    name_of = np.append(np.argsort(order), 12)
    one = held(net, task, points, choices)
    other = held(net, task, points[:, order], name_of[choices])
    apart = (
        one.points[:, :, order] - other.points,
        one.steps - other.steps,
        one.between[:, :, :, order][..., order] - other.between,
        one.at[..., order] - other.at,
    )
    return float(max(np.abs(part).max() for part in apart))


def of_a_still_point() -> float:
    """Every measure of change when a point is put at its own place."""
    from engines.pointer.probing.sensitivity import Base, changes
    from engines.pointer.tasks.protocol import answers_from_choices, trimmed

    net, task, points, choices = _asked()
    answer = trimmed(answers_from_choices(choices, 12)[0])
    right = trimmed(task.solve(points).answers[0])
    base = Base(net, task, points[0], choices[0], answer, right)
    most = 0.0
    for moved in range(12):
        for found in changes(base, moved, points[0, moved][None]):
            parts = (found.choices, found.answer, found.length, found.right)
            most = max(most, *(float(np.abs(part).max()) for part in parts))
    return most


def from_scikit_learns_axes() -> float:
    """Axes up to their side, and shares, of states of the hull network."""
    from sklearn.decomposition import PCA

    from engines.pointer.probing.projection import principal_axes
    from engines.pointer.probing.taps import held

    net, task, _, _ = _asked()
    points = np.random.default_rng(_SEED + 1).random((20, 12, 2))
    states = held(net, task, points, np.zeros((20, 1), np.int64)).points[-1].reshape(240, -1)
    ours = principal_axes(states)
    theirs = PCA(n_components=2, svd_solver="full").fit(states.astype(np.float64))
    same = np.abs((ours.axes * theirs.components_).sum(axis=1))
    apart = ours.shares - theirs.explained_variance_ratio_
    return float(max(np.abs(1 - same).max(), np.abs(apart).max()))


def from_scikit_learns_ridge() -> float:
    """A probe on numbers of no meaning."""
    from sklearn.linear_model import Ridge

    from engines.pointer.probing.separation import ridge_probe

    rng = np.random.default_rng(_SEED)
    states, wanted = rng.normal(size=(60, 9)), rng.random(60) < 0.3
    weights, offset = ridge_probe(states, wanted)
    theirs = Ridge(alpha=1.0).fit(states, np.where(wanted, 1.0, -1.0))
    return float(max(np.abs(weights - theirs.coef_).max(), abs(offset - theirs.intercept_)))
