"""One map of all moments of a layer, so that nothing moves because a map was drawn anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.contract import InputError
from engines.geometry.film.neighbours import kept, nearest, onto
from engines.geometry.film.stepwise import drawn

POINTS = 3_000
"""Of all tracks together; with more, moments are taken evenly and places in between are joined."""
POINTS_MOST = 6_000
"""Two moments that are more than that are refused: minutes for a picture."""
NEIGHBOURS = 15
N_NEAR = 10
_LEAST = 12


@dataclass(frozen=True, eq=False)
class Joint:
    """``places`` float64[snapshot, stimulus, 2], and what is to be known of them.

    ``shared`` is the share of `N_NEAR` nearest neighbours that a map of another seed has too,
    ``apart`` what is left over when it is turned onto this one (Procrustes, 0 to 1).
    """

    places: np.ndarray
    n_moments: int
    shared: float
    apart: float


def joint_map(stack: np.ndarray, method: str, seed: int, n_tracks: int = 1) -> Joint:
    """A map of [snapshot, stimulus, unit], see `joint_maps`."""
    *_, last = joint_maps(stack, method, seed, n_tracks)
    assert isinstance(last, Joint)
    return last


def joint_maps(
    stack: np.ndarray, method: str, seed: int, n_tracks: int = 1
) -> Iterator[float | Joint]:
    """The share that is drawn, often, and last the map, held against that of another seed.

    Raises:
        InputError: too few points or too many, or a method whose package is not installed.
    """
    n_snapshots, n_stimuli, n_units = stack.shape
    taken = _moments(n_snapshots, n_stimuli, n_tracks)
    x = np.asarray(stack[taken], np.float64).reshape(-1, n_units)
    if len(x) < _LEAST:
        raise InputError(f"a map needs {_LEAST} points or more, here are {len(x)}; take PCA or MDS")
    neighbours = min(float(NEIGHBOURS), (len(x) - 1) / 3.0)
    both: list[np.ndarray] = []
    for number in (0, 1):
        for made in drawn(method, x, neighbours, seed + number):
            if isinstance(made, np.ndarray):
                both.append(made)
            yield (number + (1.0 if isinstance(made, np.ndarray) else made)) / 2.0
    one, other = both
    near = [nearest(places, min(N_NEAR, len(x) - 2)) for places in both]
    places = one.reshape(len(taken), n_stimuli, 2)
    at_all = _between(places, taken, n_snapshots)
    yield Joint(at_all, len(taken), kept(*near), onto(other, one)[1])


def n_points(n_snapshots: int, n_stimuli: int, n_tracks: int) -> int:
    """How many points a map has, see `joint_maps`."""
    return len(_moments(n_snapshots, n_stimuli, n_tracks)) * n_stimuli


def _moments(n_snapshots: int, n_stimuli: int, n_tracks: int) -> np.ndarray:
    """int64[moment]: which snapshots are mapped, first and last among them."""
    least = min(2, n_snapshots)
    if least * n_stimuli * n_tracks > POINTS_MOST:
        raise InputError(
            f"{n_tracks} layers of {n_stimuli:,} stimuli are too many for a map of their moments "
            f"(at most {POINTS_MOST:,} points); look at fewer layers, or take PCA or MDS"
        )
    n = int(np.clip(POINTS // (n_stimuli * n_tracks), least, n_snapshots))
    return np.unique(np.linspace(0, n_snapshots - 1, n).round().astype(np.int64))


def _between(places: np.ndarray, taken: np.ndarray, n_snapshots: int) -> np.ndarray:
    """Snapshots that were not mapped lie on straight lines between those that were."""
    if len(taken) == n_snapshots:
        return places
    at = np.arange(n_snapshots)
    flat = places.reshape(len(taken), -1)
    found = np.array([np.interp(at, taken, column) for column in flat.T]).T
    return found.reshape(n_snapshots, *places.shape[1:])


def told(
    joints: list[Joint], method: str, seed: int, n_snapshots: int, unit: str = "snapshot"
) -> str:
    """Seed and stability in a sentence; ``unit`` is what snapshots are, see `Film`."""
    shared = [one.shared for one in joints]
    low, high = f"{min(shared):.0%}", f"{max(shared):.0%}"
    share = low if low == high else f"{low} to {high}"
    apart = max(one.apart for one in joints)
    n = joints[0].n_moments
    layers = unit == "layer"
    one = "layer" if layers else "moment"
    which = (
        f"{n} of {n_snapshots} {one}s (lines in between)"
        if n < n_snapshots
        else (f"all {n} {one}s")
    )
    return (
        f"{method}, one map {'' if layers else 'per layer '}of {which}, seed {seed}: a map from "
        f"seed {seed + 1} shares {share} of {N_NEAR} nearest neighbours (a stimulus at {one}s near "
        f"counts too) and leaves up to {apart:.2f} when turned onto it (0 none, 1 all); "
        + ("layers share no axes, so places of one layer beside another's say nothing; " * layers)
        + "distances between groups and their sizes say nothing"
    )
