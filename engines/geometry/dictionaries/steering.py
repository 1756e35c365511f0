"""Does a direction do what its name says: added to words of other kinds, what comes next?"""

from __future__ import annotations

import numpy as np

from engines.geometry.dictionaries.reading import Reader

WAYS = ("difference of means", "its latent", "a random direction", "another latent")
MEANS, LATENT, RANDOM_WAY, OTHER_LATENT = range(len(WAYS))
STRENGTHS = (0.5, 1.0, 2.0)
"""Lengths that are tried, in lengths of the way between the two means."""


def reached(
    reader: Reader, level: int, held: np.ndarray, is_it: np.ndarray, directions: np.ndarray
) -> np.ndarray:
    """How near the next word comes to what follows the concept: 1 is there, 0 is no nearer.

    See `way_made`; the target is the mean prediction behind all words of the concept. The
    difference of means is from the first half of contexts of either side, and so is the strength
    that does best for each direction; all are judged on the second half of those that are not of
    the concept.

    Args:
        reader: the network.
        level: where the direction is added, at the last word.
        held: float[context, word, number] at that level.
        is_it: bool[context], whether the last word is of the concept.
        directions: float[way, number], beside the difference of means.

    Returns:
        float64[1 + way], the difference of means first.
    """
    means = means_apart(held[:, -1], is_it)
    target = reader.chances(level, held[is_it]).mean(axis=0)
    halves = np.array_split(held[~is_it], 2)
    every = np.vstack([means, directions])
    found = []
    for direction in every / np.linalg.norm(every, axis=1, keepdims=True):
        steps = np.linalg.norm(means) * np.array(STRENGTHS)[:, None] * direction
        tried = [way_made(reader, level, halves[0], step, target) for step in steps]
        found.append(way_made(reader, level, halves[1], steps[int(np.argmax(tried))], target))
    return np.array(found)


def means_apart(held: np.ndarray, is_it: np.ndarray) -> np.ndarray:
    """float[number]: mean of words of a concept less that of others, first halves [word, number].

    >>> means_apart(np.array([[1.0], [9.0], [5.0], [0.0]]), np.array([False, False, True, True]))
    array([4.])
    """
    first = [np.array_split(held[which], 2)[0].mean(axis=0) for which in (is_it, ~is_it)]
    return first[0] - first[1]


def way_made(
    reader: Reader, level: int, held: np.ndarray, step: np.ndarray, target: np.ndarray
) -> float:
    """Which share of its distance from the target's predictions the mean prediction loses.

    Distances are total variations of the mean over contexts, not means of each context's distance.
    """
    moved = held.copy()
    moved[:, -1] += step
    before, after = (
        0.5 * np.abs(reader.chances(level, one).mean(axis=0) - target).sum()
        for one in (held, moved)
    )
    return float(1.0 - after / before)
