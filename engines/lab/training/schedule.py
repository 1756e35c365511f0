"""When a run is looked at: steps that a scrubber can stand on."""

from __future__ import annotations

import numpy as np

from engines.contract import InputError


def log_spaced(n_steps: int, n_moments: int) -> tuple[int, ...]:
    """The start, then log-spaced steps up to the last; early ones are every step.

    >>> log_spaced(100, 6)
    (0, 1, 3, 10, 32, 100)

    Raises:
        InputError: fewer than one step or two moments.
    """
    if n_steps < 1 or n_moments < 2:
        raise InputError(
            f"a schedule needs at least 1 step and 2 moments, got {n_steps} and {n_moments}"
        )
    spaced = np.geomspace(n_steps, 1, max(2, n_moments) - 1) if n_moments > 2 else [n_steps]
    return (0, *(int(step) for step in np.unique(np.rint(spaced))))


def evenly_spaced(n_steps: int, n_moments: int) -> tuple[int, ...]:
    """The start, the end, and evenly spaced steps between.

    >>> evenly_spaced(100, 5)
    (0, 25, 50, 75, 100)
    """
    if n_steps < 1 or n_moments < 2:
        raise InputError(
            f"a schedule needs at least 1 step and 2 moments, got {n_steps} and {n_moments}"
        )
    return tuple(int(step) for step in np.unique(np.rint(np.linspace(0, n_steps, n_moments))))
