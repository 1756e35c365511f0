"""What the rows of a representation are: stimuli of their own, repeats of items, a series in time.

A permutation test holds only where its rows may be exchanged. Repeats of an item go together, and
rows in time order are exchanged in blocks four times as long as they remember; where fewer than
`BLOCKS_LEAST` such blocks fit (a random walk remembers all of itself), no p is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.contract import InputError
from engines.lab.statistics.groups import group_numbers
from engines.lab.statistics.halves import parts
from engines.lab.statistics.series import autocorrelation, effective_n

BLOCKS_LEAST = 6
"""720 orders, so that p can be small."""
RowsAre = Literal["stimuli of their own", "repeats", "in time order"]


@dataclass(frozen=True, eq=False)
class Rows:
    """What may be exchanged with what."""

    kind: RowsAre = "stimuli of their own"
    groups: np.ndarray | None = None
    """The item of each row, for repeats."""
    block: int = 1
    """Rows that stay together, for a series."""

    def has_p(self, n: int) -> bool:
        """Whether enough may be exchanged for a p."""
        return self.kind != "in time order" or n // self.block >= BLOCKS_LEAST

    @property
    def in_words(self) -> str:
        """What a control does."""
        match self.kind:
            case "repeats":
                return "permutations of items, their repeats together"
            case "in time order":
                return f"permutations of blocks of {self.block} rows"
        return "permutations of stimuli"

    def only(self, known: np.ndarray) -> Rows:
        """The same of some rows."""
        return Rows(self.kind, None if self.groups is None else self.groups[known], self.block)

    def members(self, n: int) -> list[np.ndarray]:
        """Rows of each item, in order.

        Raises:
            InputError: repeats without a column that says of what.
        """
        if self.kind != "repeats":
            return [np.array([k]) for k in range(n)]
        if self.groups is None:
            raise InputError("repeats need the label that says what they repeat")
        number = group_numbers(self.groups, n)
        return [np.flatnonzero(number == k) for k in range(int(number.max(initial=-1)) + 1)]

    def orders(self, n: int, n_draws: int, rng: np.random.Generator) -> np.ndarray:
        """int64[draw, row]: orders that chance might have given.

        Raises:
            InputError: items with unequal numbers of repeats.
        """
        if self.kind == "in time order":
            blocks = np.array_split(np.arange(n), max(1, n // self.block))
            drawn = [rng.permutation(len(blocks)) for _ in range(n_draws)]
            return np.array([np.concatenate([blocks[k] for k in order]) for order in drawn])
        items = self.members(n)
        if len({len(item) for item in items}) > 1:
            raise InputError(
                "items with unequal numbers of repeats cannot be exchanged; take as many of each"
            )
        places = np.stack(items)
        found = np.empty((n_draws, n), np.int64)
        found[:, places.ravel()] = places[parts(len(items), len(items), n_draws, rng)].reshape(
            n_draws, n
        )
        return found

    def parts(
        self, n: int, n_draws: int, largest: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, float]:
        """Rows of random halves, int64[draw, row], and the share of all that they are.

        Whole items go into a half; of a series, one stretch of it round the circle.
        """
        if self.kind == "in time order":
            half = max(2, min(n // 2, largest))
            first = rng.integers(0, n, n_draws)
            return (first[:, None] + np.arange(half)) % n, half / n
        items = np.stack(self.members(n))
        half = max(2 if items.shape[1] == 1 else 1, min(len(items) // 2, largest // items.shape[1]))
        chosen = parts(len(items), half, n_draws, rng)
        return items[chosen].reshape(n_draws, -1), half / len(items)


def block_length(*series: np.ndarray) -> int:
    """Four times the rows after which every main direction of [row, unit] has forgotten itself."""
    longest = 1.0
    for x in series:
        for way in _ways(x).T:
            longest = max(longest, len(x) / max(effective_n(way), 1.0))
    return int(np.ceil(4.0 * longest)) if longest > 1.2 else 1


def _ways(x: np.ndarray) -> np.ndarray:
    """The two main directions, float64[row, 1 or 2]; none where nothing varies."""
    moved = x - x.mean(axis=0)
    left, size, _ = np.linalg.svd(moved, full_matrices=False)
    return left[:, :2][:, size[:2] > 1e-9 * max(float(size.max(initial=0.0)), 1e-300)]


def dependence_warning(x: np.ndarray, labels: dict[str, tuple[str, ...]], rows: Rows) -> str:
    """A sentence where rows that count as stimuli of their own visibly depend on each other.

    The two main directions are looked at: rows beside each other are more alike than chance
    allows (1.96 / sqrt n twice over), or rows of one label are.
    """
    n = len(x)
    if rows.kind != "stimuli of their own" or n < 16:
        return ""
    ways = _ways(x)
    if not ways.size:
        return ""
    if any(_item_share(ways, v) > 0.5 for v in labels.values() if 3 <= len(set(v)) <= n // 2):
        return (
            "rows of one label are nearly alike: if they are repeats of an item, say so, since p "
            "and intervals count each row as new"
        )
    lag = [float(autocorrelation(w)[1]) for w in ways.T]
    if max(lag) > 4.0 / np.sqrt(n):
        return (
            f"rows beside each other are alike (autocorrelation {max(lag):.2f}): if they are in "
            "time order, say so, since p and intervals count each row as new"
        )
    return ""


def _item_share(ways: np.ndarray, values: tuple[str, ...]) -> float:
    """Share of the variance that lies between labels, less what chance gives."""
    number = group_numbers(np.array(values), len(ways))
    k, n = int(number.max()) + 1, len(ways)
    means = np.stack([ways[number == j].mean(axis=0) for j in range(k)])
    between = float(((means[number] - ways.mean(axis=0)) ** 2).sum())
    total = float(((ways - ways.mean(axis=0)) ** 2).sum())
    return (between / total - (k - 1) / (n - 1)) / (1.0 - (k - 1) / (n - 1))
