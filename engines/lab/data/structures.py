"""Planted tensors and graphs: parts that an analysis should find again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import InputError
from engines.lab.data.task import rng_of


@dataclass(frozen=True, eq=False)
class PlantedTensor:
    """A sum of outer products, and noise."""

    values: np.ndarray
    """float64[first, second, third]."""
    factors: tuple[np.ndarray, ...]
    """float64[length, rank] of each axis, columns of length 1; the first carries the size."""
    noise: float
    """Norm of the noise over the norm of the signal."""
    chance: float
    """Share of the sum of squares that the best constant explains."""
    chance_because: str
    ceiling: float
    """Share of the sum of squares that the true parts explain, in expectation."""


def cp_tensor(
    seed: int = 0,
    *,
    shape: tuple[int, int, int] = (30, 20, 25),
    rank: int = 4,
    density: float = 0.3,
    noise: float = 0.1,
) -> PlantedTensor:
    """A non-negative CP tensor: sparse non-negative factors, Gaussian noise of a given size.

    Noise is independent of the signal, so the true parts explain 1 / (1 + noise²) of the squares.

    Raises:
        InputError: a rank below 1 or a density outside (0, 1].
    """
    if rank < 1 or not 0.0 < density <= 1.0:
        raise InputError(f"rank must be 1 or more and density in (0, 1], got {rank}, {density}")
    draw = rng_of(seed, 30)
    factors = []
    for length in shape:
        part = draw.uniform(0.5, 1.5, (length, rank)) * (draw.random((length, rank)) < density)
        part[draw.integers(0, length, rank), np.arange(rank)] += 1.0  # no column is empty
        factors.append(part / np.linalg.norm(part, axis=0))
    clean = np.einsum("ir,jr,kr->ijk", *factors)
    added = draw.standard_normal(shape)
    added *= noise * np.linalg.norm(clean) / np.linalg.norm(added)
    values = clean + added
    flat = float(values.mean() ** 2 * values.size / (values**2).sum())
    return PlantedTensor(values, tuple(factors), noise, flat,
                         "the square of the mean over the mean of the squares",
                         1.0 / (1.0 + noise**2))  # fmt: skip


@dataclass(frozen=True, eq=False)
class PlantedBlocks:
    """A graph whose nodes belong to groups, and the groups."""

    adjacency: np.ndarray
    """bool[node, node], symmetric, without self-loops."""
    group: np.ndarray
    """int64[node]."""
    degree_in: float
    """Neighbours in its own group that a node has in expectation."""
    degree_out: float
    """And in each other group."""
    chance: float
    """Share of nodes that a single group for all gets right."""
    chance_because: str

    @property
    def signal(self) -> float:
        """(c_in - c_out)² / (q (c_in + (q - 1) c_out)) with c = n p: above 1 groups can be found.

        Decelle, Krzakala, Moore and Zdeborova 2011, for equal groups in sparse graphs.
        """
        q = int(self.group.max()) + 1
        own, other = q * self.degree_in, q * self.degree_out
        return (own - other) ** 2 / (q * (own + (q - 1) * other))


def blocks(
    seed: int = 0,
    *,
    n_groups: int = 4,
    n_each: int = 32,
    degree_in: float = 12.0,
    degree_out: float = 4.0 / 3.0,
) -> PlantedBlocks:
    """Equal groups; two nodes are joined with a probability that depends on their groups alone.

    The default is the benchmark of Girvan and Newman 2002: 128 nodes in 4 groups, degree 16, of
    which 4 lead outside (expectations).

    Raises:
        InputError: degrees that a group cannot hold.
    """
    if n_groups < 2 or n_each < 2 or degree_in > n_each - 1 or degree_out > n_each:
        raise InputError(
            f"{n_each} nodes per group hold degrees up to {n_each - 1} and {n_each}, got "
            f"{degree_in} and {degree_out}"
        )
    draw, n = rng_of(seed, 31), n_groups * n_each
    group = np.repeat(np.arange(n_groups), n_each)
    same = group[:, None] == group
    p = np.where(same, degree_in / (n_each - 1), degree_out / n_each)
    upper = np.triu(draw.random((n, n)) < p, 1)
    return PlantedBlocks(upper | upper.T, group, degree_in, degree_out, 1.0 / n_groups,
                         "groups are of equal size")  # fmt: skip
