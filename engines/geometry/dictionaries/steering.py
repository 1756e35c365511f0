"""Does a direction do what its name says: added to words of other kinds, what comes next?"""

from __future__ import annotations

import numpy as np

from engines.geometry.dictionaries.reading import Reader

WAYS = ("its latent", "difference of means", "a random direction")
STRENGTHS = (0.5, 1.0, 2.0)
"""Lengths that are tried, in lengths of the way between the two means."""


def reached(
    reader: Reader, level: int, held: np.ndarray, is_it: np.ndarray, directions: np.ndarray
) -> np.ndarray:
    """How near the next word comes to what follows the concept: 1 is there, 0 is no nearer.

    One less the total variation distance from the mean prediction behind words of the concept,
    as a share of that distance before. Every direction is added with the strength that does best
    on the first half of contexts, and judged on the second.

    Args:
        reader: the network.
        level: where the direction is added, at the last word.
        held: float[context, word, number] at that level.
        is_it: bool[context], whether the last word is of the concept.
        directions: float[way, number].

    Returns:
        float64[way].
    """
    length = np.linalg.norm(held[is_it, -1].mean(axis=0) - held[~is_it, -1].mean(axis=0))
    target = reader.chances(level, held[is_it]).mean(axis=0)
    halves = np.array_split(held[~is_it], 2)
    found = []
    for direction in directions / np.linalg.norm(directions, axis=1, keepdims=True):
        steps = length * np.array(STRENGTHS)[:, None] * direction
        tried = [way_made(reader, level, halves[0], step, target) for step in steps]
        found.append(way_made(reader, level, halves[1], steps[int(np.argmax(tried))], target))
    return np.array(found)


def way_made(
    reader: Reader, level: int, held: np.ndarray, step: np.ndarray, target: np.ndarray
) -> float:
    """Which share of the way to the target's predictions a step makes, mean over contexts."""
    moved = held.copy()
    moved[:, -1] += step
    before, after = (
        0.5 * np.abs(reader.chances(level, one).mean(axis=0) - target).sum()
        for one in (held, moved)
    )
    return float(1.0 - after / before)
