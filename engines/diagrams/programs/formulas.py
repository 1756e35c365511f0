"""Formulas of *more ink here than there*, drawn, written and asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engines.diagrams.programs.asked import N_BITS, N_CLASS_BITS

_SIDE, _RARE = 8, 0.05
JOINS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "and": np.logical_and, "or": np.logical_or, "^": np.logical_xor,
}  # fmt: skip
"""How they are written, as Python writes them."""


@dataclass(frozen=True)
class More:
    """More ink for a pixel in one part than in another."""

    one: int
    other: int

    def __str__(self) -> str:
        return f"({PARTS[self.one]} > {PARTS[self.other]})"

    def of(self, ink: np.ndarray) -> np.ndarray:
        """bool[picture] of float[picture, part]."""
        return ink[:, self.one] > ink[:, self.other]


@dataclass(frozen=True)
class Not:
    """What a formula denies."""

    inner: Formula

    def __str__(self) -> str:
        return f"(not {self.inner})"

    def of(self, ink: np.ndarray) -> np.ndarray:
        """bool[picture] of float[picture, part]."""
        return ~self.inner.of(ink)


@dataclass(frozen=True)
class Join:
    """Two formulas in one."""

    by: str
    left: Formula
    right: Formula

    def __str__(self) -> str:
        return f"({self.left} {self.by} {self.right})"

    def of(self, ink: np.ndarray) -> np.ndarray:
        """bool[picture] of float[picture, part]."""
        return JOINS[self.by](self.left.of(ink), self.right.of(ink))


Formula = More | Not | Join
PARTS = (
    *(f"r{r + 1}c{c + 1}" for r in range(4) for c in range(4)),
    *(name for k in range(4) for name in (f"r{k + 1}", f"c{k + 1}")),
    *(name for name in ("upper_left", "upper_right", "lower_left", "lower_right")),
)
"""Of a picture: sixteen squares of 2 x 2 pixels, four pairs of rows and of columns, quarters."""


@lru_cache(maxsize=1)
def masks() -> np.ndarray:
    """float64[part, pixel]: each sums to 1."""
    squares = [_block(r, r + 2, c, c + 2) for r in range(0, 8, 2) for c in range(0, 8, 2)]
    strips = [m for k in range(0, 8, 2) for m in (_block(k, k + 2, 0, 8), _block(0, 8, k, k + 2))]
    quarters = [_block(r, r + 4, c, c + 4) for r in (0, 4) for c in (0, 4)]
    return np.stack([*squares, *strips, *quarters])


def _block(top: int, bottom: int, left: int, right: int) -> np.ndarray:
    found = np.zeros((_SIDE, _SIDE))
    found[top:bottom, left:right] = 1.0 / ((bottom - top) * (right - left))
    return found.ravel()


def ink_of(pictures: np.ndarray) -> np.ndarray:
    """float64[picture, part]: mean ink of each part of float[picture, 64]."""
    return pictures.astype(np.float64) @ masks().T


def drawn(rng: np.random.Generator, depth: int) -> Formula:
    """A formula of this depth: each join or denial is as likely as any other."""
    if depth == 0:
        one, other = rng.choice(len(PARTS), 2, replace=False)
        return More(int(one), int(other))
    kind = int(rng.integers(len(JOINS) + 1))
    left = drawn(rng, depth - 1)
    return Not(left) if kind == len(JOINS) else Join([*JOINS][kind], left, drawn(rng, depth - 1))


def program(rng: np.random.Generator, ink: np.ndarray, depth: int) -> tuple[Formula, ...]:
    """Formulas of at most this depth, each true of 5 to 95 % of these pictures."""
    found: list[Formula] = []
    while len(found) < N_BITS:
        one = drawn(rng, int(rng.integers(depth + 1)))
        if _RARE <= one.of(ink).mean() <= 1 - _RARE:
            found.append(one)
    return tuple(found)


def bits_of(formulas: tuple[Formula, ...], ink: np.ndarray) -> np.ndarray:
    """bool[picture, formula]."""
    return np.stack([one.of(ink) for one in formulas], axis=1)


def classes_of(bits: np.ndarray) -> np.ndarray:
    """int64[picture]: the first three bits of bool[picture, formula] as a number, low bit first."""
    return bits[:, :N_CLASS_BITS] @ 2 ** np.arange(N_CLASS_BITS, dtype=np.int64)
