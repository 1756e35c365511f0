"""What a linear readout tells of a layer's labels, each beside its control and the random start."""

from __future__ import annotations

import numpy as np

from engines.geometry.chance.scores import Score, interval_over_units
from engines.geometry.measures.capacity import Capacity, manifold_capacity
from engines.geometry.measures.checking import varies
from engines.geometry.measures.probes import probe
from engines.lab.statistics import mean_over

LEAST = 5
"""Stimuli of every label that a probe needs: one in each fold."""
_N_HALVES, _N_STIMULI, _N_OF_A_CLASS = 20, 500, 40
LABELS_MOST = _N_STIMULI // LEAST
"""Labels of which a probe still has enough stimuli in the time there is."""
NOTHING = "undefined: nothing varies"
_PROBE = "linear probe, held out", "labels dealt to stimuli"
_ROOM = "capacity, classes per dimension", "labels shuffled"
_NAMES = _PROBE, _ROOM
"""Of each score and of its control."""


def readout_scores(
    x: np.ndarray, start: np.ndarray | None, column: tuple[str, ...], seed: int
) -> tuple[Score, ...]:
    """A probe beside labels dealt to stimuli, and how many classes there is room for.

    What cannot be had of a layer is a score of nan whose note says why.

    Args:
        x: [stimulus, unit].
        start: the same before any learning, where it is known.
        column: the label of every stimulus.
        seed: of folds, control labels, halves, and of the stimuli that are taken of many.
    """
    counts = [column.count(name) for name in set(column)]
    if not column or min(counts) < 2 or len(counts) < 2:
        return ()
    if len(counts) > LABELS_MOST:
        return tuple(_undefined(name, kind, len(x), seed, f"{len(counts)} labels, "
                     f"at most {LABELS_MOST} are read out") for name, kind in _NAMES)  # fmt: skip
    if not varies(x):
        return tuple(_undefined(name, kind, len(x), seed, NOTHING) for name, kind in _NAMES)
    found = []
    if min(counts) >= LEAST:
        found.append(_probed(x, start, column, seed))
    if len(counts) >= 3:
        found.append(_room(x, start, column, seed))
    return tuple(found)


def _probed(
    x: np.ndarray, start: np.ndarray | None, column: tuple[str, ...], seed: int
) -> Score:  # fmt: skip
    kept = _taken(column, max(LEAST, _N_STIMULI // len(set(column))), seed)
    labels, x = tuple(column[k] for k in kept), x[kept]
    # Stimuli that the layer cannot tell apart are not held out from each other.
    repeats = np.unique(x, axis=0, return_inverse=True)[1].ravel()
    if min(len(np.unique(repeats[np.array(labels) == name])) for name in set(labels)) < 2:
        return _undefined(*_PROBE, len(x), seed, "undefined: all stimuli of a label are equal")

    def right(values: np.ndarray) -> float:
        return probe(values, labels, repeats=repeats, seed=seed, n_controls=0).accuracy

    dealt = probe(x, labels, repeats=repeats, seed=seed)
    low, high = interval_over_units(right, x, dealt.accuracy, seed, _N_HALVES, (0.0, 1.0))
    made = (
        f"ridge, five folds, chance {dealt.chance:.2f}; gives back {dealt.memorised:.0%} of random "
        f"labels where it learnt them; {_N_HALVES} random halves of the units"
    )
    before = float("nan") if start is None else right(start[kept])
    return Score(_PROBE[0], dealt.accuracy, low, high, dealt.control_accuracy, _PROBE[1],
                 len(x), made, seed, start=before)  # fmt: skip


def _room(
    x: np.ndarray, start: np.ndarray | None, column: tuple[str, ...], seed: int
) -> Score:  # fmt: skip
    kept = _taken(column, _N_OF_A_CLASS, seed)
    labels, x = tuple(column[k] for k in kept), x[kept]
    order = np.random.default_rng([seed % 2**32, 5]).permutation(len(kept))
    found = manifold_capacity(x, labels, seed=seed)
    if not np.isfinite(found.of):
        return _undefined(*_ROOM, len(x), seed, "undefined: all of a class lies at the mean")
    other = manifold_capacity(x, tuple(labels[k] for k in order), seed=seed).of
    low, high = ends_over_classes(found)
    before = float("nan")
    if start is not None:
        before = manifold_capacity(start[kept], labels, seed=seed).of
    made = f"mean field, 2 for points, at most {_N_OF_A_CLASS} stimuli of a class; t over classes"
    return Score(_ROOM[0], found.of, low, high, other, _ROOM[1], len(x), made, seed,
                 start=before, interval="stability, over classes")  # fmt: skip


def _undefined(name: str, control_kind: str, n: int, seed: int, note: str) -> Score:
    nan = float("nan")
    return Score(name, nan, nan, nan, nan, control_kind, n, note, seed, note)


def ends_over_classes(found: Capacity) -> tuple[float, float]:
    """Of a capacity, from the 95 % t interval of the mean of its cones; at most Cover's 2."""
    mean = mean_over(found.cones, of="", unit="classes")
    high = min(2.0, 1.0 / mean.low) if mean.low > 0 else 2.0
    return 1.0 / mean.high, max(high, found.of)


def _taken(column: tuple[str, ...], most: int, seed: int) -> np.ndarray:
    """int64[taken]: at most so many stimuli of every label, at random, in their order."""
    rng, names = np.random.default_rng([seed % 2**32, 17]), np.array(column)
    taken = [rng.permutation(np.flatnonzero(names == name))[:most] for name in sorted(set(column))]
    return np.sort(np.concatenate(taken))
