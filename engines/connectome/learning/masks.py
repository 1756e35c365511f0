"""Masks: which unit may hear which, by groups, by chance or by a wiring.

After Konstantaropoulos et al. 2025: groups of neurons feed groups, and the mask may be rewired
while the network learns. A mask is bool[post, pre].
"""

from __future__ import annotations

import numpy as np

from engines.contract import InputError

SHARE = 0.1
"""Of the connections that go and come again each time."""


def ring(n_groups: int, n_fed: int = 2) -> np.ndarray:
    """bool[to, from]: each group feeds itself and the next ones round a ring."""
    away = (np.arange(n_groups)[:, None] - np.arange(n_groups)) % n_groups
    return away < min(n_fed, n_groups)


def painted(text: str, n_groups: int) -> np.ndarray:
    """bool[to, from] of rows of 0 and 1 with spaces between; a ring where nothing is painted.

    Raises:
        InputError: other rows than ``n_groups`` of as many digits, or nobody feeds anybody.
    """
    if not text:
        return ring(n_groups)
    rows = text.split()
    if len(rows) != n_groups or any(len(row) != n_groups for row in rows):
        raise InputError(
            f"{n_groups} groups need {n_groups} rows of {n_groups} digits, got "
            f"{len(rows)} of {'/'.join(sorted({str(len(row)) for row in rows}))}; "
            "clear the text for a ring"
        )
    found = np.array([[digit == "1" for digit in row] for row in rows])
    if not found.any():
        raise InputError("no group feeds any other; paint at least one cell")
    return found


def text_of(feeds: np.ndarray) -> str:
    """What `painted` reads."""
    return " ".join("".join("01"[int(cell)] for cell in row) for row in feeds)


def of_groups(feeds: np.ndarray, n: int) -> np.ndarray:
    """Units in equal groups that hear all of the groups that feed theirs.

    Raises:
        InputError: a number of units that groups do not divide.
    """
    if n % len(feeds):
        raise InputError(f"{len(feeds)} groups cannot share {n} units evenly; change one of them")
    return np.kron(feeds, np.ones((n // len(feeds),) * 2, bool))


def by_chance(rng: np.random.Generator, n: int, n_kept: int) -> np.ndarray:
    """As many connections anywhere."""
    made = np.zeros(n * n, bool)
    made[rng.permutation(n * n)[:n_kept]] = True
    return made.reshape(n, n)


def rewired(mask: np.ndarray, weight: np.ndarray, wish: np.ndarray) -> np.ndarray:
    """A mask with as many connections: the weakest went, the most wished for came.

    Args:
        mask: bool[post, pre].
        weight: float[post, pre] of now.
        wish: float[post, pre]; what is there already, or has just gone, does not come.
    """
    n_moved = min(round(SHARE * mask.sum()), int((~mask).sum()))
    size = np.where(mask, np.abs(weight), np.inf).ravel()
    goes = np.argsort(size, kind="stable")[:n_moved]
    want = np.where(mask, -np.inf, wish).ravel()
    comes = np.argsort(-want, kind="stable")[:n_moved]
    made = mask.ravel().copy()
    made[goes], made[comes] = False, True
    return made.reshape(mask.shape)


def width_of(n_weights: int, n_in: int, n_out: int, n_inner: int) -> int:
    """Width of the dense network whose number of weights is nearest."""
    widths = np.arange(1, 2_000)
    counts = widths * (n_in + n_out) + n_inner * widths**2
    return int(widths[np.abs(counts - n_weights).argmin()])
