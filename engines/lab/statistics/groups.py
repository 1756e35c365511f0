"""Units: what was drawn independently, and what belongs to it."""

from __future__ import annotations

import numpy as np

from engines.contract import InputError


def group_numbers(groups: np.ndarray | None, n: int) -> np.ndarray:
    """int64[row]: the number of each row's unit, 0 to n_units - 1; every row its own when None.

    Raises:
        InputError: another number of labels than rows.
    """
    if groups is None:
        return np.arange(n)
    if len(groups) != n:
        raise InputError(
            f"there are {n} rows and {len(groups)} labels of groups; give each row one label"
        )
    return np.unique(np.asarray(groups), return_inverse=True)[1].reshape(-1)


def checked_n(n: int, least: int, what: str) -> None:
    """Refuse too few units.

    Raises:
        InputError: fewer than ``least``.
    """
    if n < least:
        raise InputError(f"{what} needs at least {least} units, got {n}; measure more of them")
