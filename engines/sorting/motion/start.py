"""The array before anything has moved: values, algotypes and damage, each from its own stream."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.sorting.chance import rng
from engines.sorting.settings.shares import ALGOTYPES
from engines.sorting.settings.spec import IMMOVABLE, MOVABLE, SortSpec, cells_per_share
from engines.sorting.settings.values import dense_ranks, drawable


@dataclass(frozen=True, eq=False)
class Start:
    """What every cell is at the start; a cell is named by its first position."""

    rank: np.ndarray
    """int32[cell]."""
    value: np.ndarray
    """float64[cell]."""
    label: tuple[str, ...]
    algotype: np.ndarray
    """uint8[cell]."""
    descending: np.ndarray
    """bool[cell]."""
    frozen: np.ndarray
    """uint8[cell]."""


def start_of(spec: SortSpec) -> Start:
    """The start a spec asks for; equal seeds share permutation, placement and damage."""
    algotype, descending = _kinds(spec)
    if spec.value_mode == "own":
        rank = dense_ranks(spec.own_values)
        value = drawable(spec.own_values, rank)
        label = tuple(text for text in spec.own_values if isinstance(text, str))
        return Start(rank, value, label, algotype, descending, frozen_cells(spec))
    rank = _ranks(spec)
    value = rank + 1.0
    return Start(rank.astype(np.int32), value, (), algotype, descending, frozen_cells(spec))


def _ranks(spec: SortSpec) -> np.ndarray:
    """int64[cell]: dense ranks of drawn values."""
    n = spec.n_cells
    if spec.value_mode == "reversed":
        return np.arange(n - 1, -1, -1)
    if spec.value_mode == "nearly sorted":
        late = rng.below(spec.seed, rng.DISPLACEMENT, n, spec.max_displacement + 1)
        # A key is at most max_displacement late, so no cell passes more than that many others.
        return np.argsort(np.arange(n) + late, kind="stable")
    if spec.value_mode == "block":
        return _block_scrambled(spec)
    places = rng.shuffled(spec.seed, rng.PERMUTATION, n)
    if spec.value_mode == "duplicates":
        return places // spec.n_copies
    return places


def _block_scrambled(spec: SortSpec) -> np.ndarray:
    """int64[cell]: ranks in sorted blocks, as equal in size as can be, in random order."""
    blocks = np.array_split(np.arange(spec.n_cells), min(spec.n_blocks, max(spec.n_cells, 1)))
    places = rng.shuffled(spec.seed, rng.PERMUTATION, len(blocks))
    return np.concatenate([blocks[place] for place in places])


def _kinds(spec: SortSpec) -> tuple[np.ndarray, np.ndarray]:
    """Algotype and direction of every cell: exact counts, places drawn."""
    n, shares = spec.n_cells, spec.algotypes
    if len(shares) == 1:
        code = ALGOTYPES.index(shares[0].algotype)
        return np.full(n, code, np.uint8), np.full(n, shares[0].descending)
    counts = cells_per_share(spec)
    codes = [ALGOTYPES.index(share.algotype) for share in shares]
    places = rng.shuffled(spec.seed, rng.PLACEMENT, n)
    algotype = np.repeat(np.array(codes, np.uint8), counts)[places]
    downs = np.repeat(np.array([share.descending for share in shares]), counts)
    return algotype, downs[places]


def frozen_cells(spec: SortSpec) -> np.ndarray:
    """uint8[cell]: the damage, distinct cells unless drawn with replacement."""
    frozen = np.zeros(spec.n_cells, np.uint8)
    if not (spec.n_frozen or spec.frozen_at):
        return frozen
    if spec.frozen_at:
        cells = np.array(spec.frozen_at, np.int64)
    elif spec.frozen_with_replacement:
        cells = rng.below(spec.seed, rng.DAMAGE, spec.n_frozen, spec.n_cells)
    else:
        cells = rng.shuffled(spec.seed, rng.DAMAGE, spec.n_cells)[: spec.n_frozen]
    frozen[cells] = MOVABLE if spec.frozen_kind == "movable" else IMMOVABLE
    return frozen
