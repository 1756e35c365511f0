"""When a network goes from one state to the other, which units rise before, and what if cut."""

from __future__ import annotations

import numpy as np

from engines.connectome.emulating.network import Emulator, ran

AHEAD = 3
"""Steps before a switch in which a unit that kicks must rise."""
DIRECTIONS = ("A to B", "B to A")


def switches(state: np.ndarray, direction: int, margin: int) -> np.ndarray:
    """int64[switch, (run, step)]: first steps in the new state, ``margin`` from either end.

    Args:
        state: int64[run, step].
        direction: 0 from A to B, 1 back.
        margin: steps that there must be before and after.
    """
    came = np.diff(state, axis=1) == (1 if direction == 0 else -1)
    run, step = np.nonzero(came)
    step = step + 1
    inside = (step >= margin) & (step < state.shape[1] - margin)
    return np.stack([run[inside], step[inside]], axis=1)


def around(states: np.ndarray, at: np.ndarray, reach: int) -> np.ndarray:
    """float64[lag, unit]: mean activity from ``reach`` steps before switches to as many after.

    ``states`` is float32[step, run, unit], ``at`` int64[switch, (run, step)].
    """
    if not len(at):
        return np.zeros((2 * reach + 1, states.shape[2]))
    lags = np.arange(-reach, reach + 1)
    return np.stack([states[at[:, 1] + lag, at[:, 0]].mean(axis=0, dtype=float) for lag in lags])


def raised(states: np.ndarray, state: np.ndarray, direction: int) -> np.ndarray:
    """float64[unit]: mean in the three steps before a switch less that of the state it leaves."""
    at = switches(state, direction, AHEAD)
    here = (state == direction).T
    if not len(at) or not here.any():
        return np.zeros(states.shape[2])
    lags = np.arange(-AHEAD, 0)
    before = [states[at[:, 1] + lag, at[:, 0]].mean(axis=0, dtype=float) for lag in lags]
    return np.mean(before, axis=0) - states[here].mean(axis=0, dtype=float)


def kickers(states: np.ndarray, state: np.ndarray, n: int) -> np.ndarray:
    """int64[direction, n]: the units that rise most before a switch, the highest first."""
    return np.stack([np.argsort(-raised(states, state, d), kind="stable")[:n] for d in (0, 1)])


def tally(side: np.ndarray) -> np.ndarray:
    """float64[direction, (switches, steps that could have been), run] of int64[run, step]."""
    moved, before = np.diff(side, axis=1), side[:, :-1]
    return np.array(
        [
            [(moved == 1).sum(axis=1), (before == 0).sum(axis=1)],
            [(moved == -1).sum(axis=1), (before == 1).sum(axis=1)],
        ],
        np.float64,
    )


def after_cuts(
    net: Emulator, cuts: list[np.ndarray], n_runs: int, n_steps: int, seed: int
) -> np.ndarray:
    """float64[cut, direction, (switches, steps that could have been), run].

    Every cut, bool[unit], is tried under the same noise.
    """
    runs = (ran(net, n_runs, n_steps, seed, left=~gone) for gone in cuts)
    return np.stack([tally(one.side) for one in runs])


def random_cuts(
    rng: np.random.Generator, busy: np.ndarray, n_cut: int, n_random: int
) -> list[np.ndarray]:
    """bool[unit] each: as many units cut, drawn among those that speak at all (bool[unit])."""
    speak = np.flatnonzero(busy)
    found = []
    for _ in range(n_random):
        gone = np.zeros(len(busy), bool)
        gone[rng.choice(speak, min(n_cut, len(speak)), replace=False)] = True
        found.append(gone)
    return found
