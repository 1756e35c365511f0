"""Where the points of an instance come from."""

from __future__ import annotations

import numpy as np

from engines.pointer.model import Distribution


def drawn(distribution: Distribution, n: int, seed: int) -> np.ndarray:
    """One instance of n distinct points in the unit square, float64[point, 2]."""
    rng = np.random.Generator(np.random.Philox(key=[seed, n], counter=[0, 0, 2, 0]))
    kinds = {
        "uniform": _uniform,
        "clustered": _clustered,
        "grid": _grid,
        "circle": _circle,
        "near-collinear": _near_collinear,
    }
    return kinds[distribution](rng, n)


def _uniform(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.random((n, 2))


def _clustered(rng: np.random.Generator, n: int) -> np.ndarray:
    """Normal clouds around three to five centres."""
    centres = rng.uniform(0.2, 0.8, (int(rng.integers(3, 6)), 2))
    points = centres[rng.integers(len(centres), size=n)] + rng.normal(0.0, 0.06, (n, 2))
    return np.clip(points, 0.0, 1.0)


def _grid(rng: np.random.Generator, n: int) -> np.ndarray:
    """Places of the smallest square grid that holds them: many points on a line."""
    side = int(np.ceil(np.sqrt(n)))
    place = rng.permutation(side * side)[:n]
    return (np.stack([place % side, place // side], axis=1) + 0.5) / side


def _circle(rng: np.random.Generator, n: int) -> np.ndarray:
    """On a circle: every point is a vertex of the hull."""
    angle = 2 * np.pi * rng.random(n)
    return 0.5 + 0.45 * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _near_collinear(rng: np.random.Generator, n: int) -> np.ndarray:
    """Along a diagonal, at most a hundredth beside it: where hulls are hardest."""
    along = rng.uniform(0.08, 0.92, n)
    beside = rng.uniform(-0.01, 0.01, n)
    return np.stack([along - beside, along + beside], axis=1)
