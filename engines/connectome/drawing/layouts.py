"""Where to draw neurons: class columns, ring, spectral, force and body axis; all seeded.

The force layout is attraction along edges against repulsion between neurons (Fruchterman &
Reingold 1991), started from the spectral one; large graphs repel sampled neurons only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import sparse

from engines.connectome.wiring.connectome import Connectome

NAMES = ("force", "class columns", "ring", "spectral", "body axis")
_EXACT_MAX = 1_200
_SAMPLED = 12
_ROLES = {"sensory": 0, "input": 0, "polymodal": 1, "interneuron": 1, "inter": 1, "motor": 2,
          "output": 2, "muscle": 3, "glia": 3}  # fmt: skip


def layouts(
    connectome: Connectome, joined: Any, order: np.ndarray, seed: int
) -> dict[str, np.ndarray]:
    """float32[neuron, 2] in the unit square for every layout; ``order`` goes round the ring."""
    undirected = symmetric(joined)
    start = spectral(undirected, seed)
    *_, settled = force(undirected, start, seed)
    made = {
        "force": settled,
        "class columns": class_columns(connectome),
        "ring": ring(order),
        "spectral": start,
    }
    if np.isfinite(connectome.position_um).any():
        made["body axis"] = body_axis(connectome.position_um)
    return {name: unit_square(xy) for name, xy in made.items()}


def symmetric(joined: Any) -> Any:
    """Ones where two neurons are connected either way."""
    both = sparse.csr_array((abs(joined) + abs(joined).T) > 0, dtype=np.float64)
    both.setdiag(0.0)
    both.eliminate_zeros()
    return both


def unit_square(xy: np.ndarray) -> np.ndarray:
    """float32 copy shifted and scaled into 0..1, one percent of outliers clipped to the edge."""
    if not len(xy):
        return np.zeros((0, 2), np.float32)
    low, high = np.quantile(xy, [0.005, 0.995], axis=0)
    span = np.where(high > low, high - low, 1.0)
    return np.clip((xy - low) / span, 0.0, 1.0).astype(np.float32)


def ring(order: np.ndarray) -> np.ndarray:
    """float64[neuron, 2] on a circle, in the given order of neurons."""
    angle = np.empty(len(order))
    angle[order] = 2.0 * np.pi * np.arange(len(order)) / max(1, len(order))
    return np.stack([np.sin(angle), np.cos(angle)], axis=1)


def class_columns(connectome: Connectome) -> np.ndarray:
    """float64[neuron, 2]: sensory left, motor right, classes top to bottom within a column."""
    roles = connectome.column("role")
    kinds = roles if any(roles) else connectome.column("class")
    named = sorted(set(kinds), key=lambda r: (_ROLES.get(r, 4), r == "", r))
    column = np.array([named.index(kind) for kind in kinds], np.int64)
    xy = np.zeros((connectome.n_neurons, 2))
    classes = connectome.column("class")
    for k in range(len(named)):
        here = np.flatnonzero(column == k)
        here = np.array(sorted(here, key=lambda i: (classes[i], connectome.neurons[i])), np.int64)
        n_lanes = max(1, -(-len(here) // 40))
        rank = np.arange(len(here))
        xy[here, 0] = k + 0.55 * (rank % n_lanes) / n_lanes
        xy[here, 1] = -(rank // n_lanes) / max(1, len(here) // n_lanes)
    return xy


def body_axis(position_um: np.ndarray) -> np.ndarray:
    """float64[neuron, 2]: place along the body, spread by rank; unknown places at the tail."""
    along = position_um[:, 1].copy()
    along[~np.isfinite(along)] = np.nanmax(along) + 20.0
    rank = np.argsort(np.argsort(along, kind="stable"), kind="stable")
    across = np.where(np.isfinite(position_um[:, 2]), position_um[:, 2], 0.0)
    # Half the neurons sit in the head: half place, half rank keeps them apart.
    span = max(float(np.ptp(along)), 1.0)
    x = 0.5 * (along - along.min()) / span + 0.5 * rank / max(1, len(rank) - 1)
    side = np.where(np.arange(len(rank)) % 2 == 0, 1.0, -1.0)
    return np.stack([x, across / 60.0 + 0.25 * side * (rank % 5) / 5.0], axis=1)


def spectral(undirected: Any, seed: int, n_rounds: int = 40) -> np.ndarray:
    """float64[neuron, 2]: the two slowest modes of the normalised random walk, by power rounds."""
    n = undirected.shape[0]
    rng = np.random.Generator(np.random.Philox(seed))
    if n < 3:
        return rng.random((n, 2))
    degree = np.asarray(undirected.sum(axis=1)).ravel()
    half = 1.0 / np.sqrt(np.maximum(degree, 1.0))
    walk = sparse.diags_array(half) @ undirected @ sparse.diags_array(half)
    trivial = np.sqrt(np.maximum(degree, 1.0))
    trivial /= np.linalg.norm(trivial)
    modes = rng.standard_normal((n, 4))
    for _ in range(n_rounds):
        modes = 0.5 * (modes + walk @ modes)
        modes -= np.outer(trivial, trivial @ modes)
        modes, _ = np.linalg.qr(modes)
    values = np.einsum("ij,ij->j", modes, walk @ modes)
    best = np.argsort(-values)[:2]
    spread = modes[:, best] * half[:, None]
    # Ranks soften the few far-out neurons that spectral drawings end in.
    ranks = np.argsort(np.argsort(spread, axis=0), axis=0) / n
    scale = np.quantile(np.abs(spread), 0.9, axis=0) + 1e-12
    return 0.5 * np.clip(spread / scale, -2, 2) + (ranks - 0.5)


def force(
    undirected: Any, start: np.ndarray, seed: int, n_rounds: int = 120
) -> Iterator[np.ndarray]:
    """float64[neuron, 2] after every tenth round, settled last; the same for the same seed."""
    n = len(start)
    if n < 3:
        yield start
        return
    rng = np.random.Generator(np.random.Philox([seed, 1]))
    xy = start * 0.8 + 1e-3 * rng.standard_normal(start.shape)
    degree = np.asarray(undirected.sum(axis=1)).ravel()[:, None]
    walk = sparse.diags_array(1.0 / np.maximum(degree[:, 0], 1.0)) @ undirected
    ideal = np.sqrt(4.0 / n)
    for k in range(n_rounds):
        heat = 0.12 * (1.0 - k / n_rounds) + 0.002
        # Two products with a vector are faster than one with two columns.
        around = np.stack([walk @ np.ascontiguousarray(column) for column in xy.T], axis=1)
        pull = (around - xy * (degree > 0)) * np.minimum(degree, 8.0) / 8.0
        push = _repulsion(xy, rng) * ideal**2 * n * 0.02
        move = 0.9 * pull + push - 0.03 * xy
        length = np.hypot(move[:, :1], move[:, 1:])
        xy = xy + move * np.minimum(1.0, heat / np.maximum(length, 1e-12))
        if k % 10 == 9:
            yield xy
    yield xy


def _repulsion(xy: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Mean of (difference / distance squared) over the others, or over a sample of them."""
    n = len(xy)
    if n <= _EXACT_MAX:
        squared = np.sum(xy**2, axis=1)
        gap = squared[:, None] + squared[None, :] - 2.0 * xy @ xy.T
        inverse = 1.0 / np.maximum(gap, 1e-4)
        np.fill_diagonal(inverse, 0.0)
        return (xy * inverse.sum(axis=1, keepdims=True) - inverse @ xy) / n
    return _sampled_repulsion(xy, rng)


def _sampled_repulsion(xy: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same over a few others each: neurons in a random ring, and those some steps further on.

    Neighbours in the ring lie side by side in memory, which random others would not.
    """
    n = len(xy)
    ring_of = rng.permutation(n)
    x, y = (np.ascontiguousarray(column) for column in xy[ring_of].T)
    total = np.zeros((2, n))
    for steps in rng.integers(1, n, _SAMPLED):
        right, up = x - np.roll(x, steps), y - np.roll(y, steps)
        squared = right * right
        squared += up * up
        np.maximum(squared, 1e-4, out=squared)
        total[0] += np.divide(right, squared, out=right)
        total[1] += np.divide(up, squared, out=up)
    push = np.empty_like(xy)
    push[ring_of] = total.T / _SAMPLED
    return push
