"""Sets in the plane, which elements are wanted, and a score that may know the whole set."""

from __future__ import annotations

from math import comb

import numpy as np
import torch
from torch import nn

from engines.pointer.choosing.asked import SubsetSpec

_TAKEN = 1e9
"""Taken from the score of what is chosen already."""


def sets(spec: SubsetSpec, n: int, key: int) -> np.ndarray:
    """Sets float32[set, element, 2], each around a centre of its own."""
    rng = np.random.Generator(np.random.Philox(key=[spec.seed, key]))
    centres = spec.apart * rng.standard_normal((n, 1, 2))
    return (centres + rng.standard_normal((n, spec.n_elements, 2))).astype(np.float32)


def wanted(points: np.ndarray, n_chosen: int, *, own_mean: bool) -> np.ndarray:
    """The elements nearest to the set's mean, or to the origin: bool[set, element]."""
    aim = points.mean(axis=1, keepdims=True) if own_mean else 0.0
    away = np.linalg.norm(points - aim, axis=2)
    nearest = np.argsort(away, axis=1, kind="stable")[:, :n_chosen]
    found = np.zeros(points.shape[:2], bool)
    np.put_along_axis(found, nearest, True, axis=1)
    return found


def examples(
    points: np.ndarray, target: np.ndarray, seed: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """One step of choosing for each set: some of the wanted are chosen, one of the rest is next.

    Returns:
        float32[set, element, 3], coordinates and whether it is chosen; int64[set], the next one.
    """
    rng = np.random.Generator(np.random.Philox(key=[seed, 17]))
    order = np.argsort(np.where(target, rng.random(target.shape), 2.0), axis=1)
    n_done = rng.integers(0, target[0].sum(), len(points))
    rank = np.argsort(order, axis=1)
    chosen = rank < n_done[:, None]
    following = order[np.arange(len(points)), n_done]
    x = np.concatenate([points, chosen[:, :, None]], axis=2).astype(np.float32)
    return torch.from_numpy(x), torch.from_numpy(following.astype(np.int64))


class SubsetScore(nn.Module):
    """How good it is to choose an element next, given what is chosen, and the whole set if told.

    A deep set (Zaheer et al. 2017): elements are read one by one and pooled. Xie et al. 2024
    (INSET) add the pooled superset to the subset; that is the only difference here.
    """

    def __init__(self, width: int, *, told: bool) -> None:
        super().__init__()
        self.told = told
        self.read = nn.Sequential(nn.Linear(2, width), nn.ReLU(), nn.Linear(width, width))
        self.own = nn.Linear(width, width)
        self.of_chosen = nn.Linear(width, width, bias=False)
        self.of_all = nn.Linear(width, width, bias=False)
        self.judge = nn.Sequential(
            nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 1)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores [set, element] of [set, element, 3]; what is chosen cannot be chosen again."""
        chosen = x[..., 2:]
        seen = self.read(x[..., :2])
        known = self.own(seen) + self.of_chosen((seen * chosen).sum(dim=-2, keepdim=True))
        whole = self.of_all(seen.mean(dim=-2, keepdim=True))
        known = known + (whole if self.told else 0.0 * whole)
        return self.judge(known).squeeze(-1) - _TAKEN * x[..., 2]


def jaccard(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Shared elements over all that either has: float64[...] of bool[..., element]."""
    return (a & b).sum(axis=-1) / (a | b).sum(axis=-1)


def chance(n_elements: int, n_chosen: int) -> float:
    """Mean Jaccard index of elements chosen at random (hypergeometric)."""
    total = comb(n_elements, n_chosen)
    shared = range(n_chosen + 1)
    ways = [comb(n_chosen, k) * comb(n_elements - n_chosen, n_chosen - k) for k in shared]
    return sum(w / total * k / (2 * n_chosen - k) for w, k in zip(ways, shared, strict=True))
