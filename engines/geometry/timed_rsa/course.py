"""RDMs of every moment, by network or part, and the models that they are held against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.geometry.explaining.ceilings import ceiling, comparable, likeness
from engines.geometry.measures.rdm import rdm, upper_triangle

PIXELS, LABELS, FIRST, LAST = "pixels", "labels", "first moment", "last moment"
N_DEALT = 99
"""Orders of the stimuli that say what the labels' model gives by chance."""


@dataclass(frozen=True, eq=False)
class Course:
    """``pairs`` float64[arm, layer, moment, subject, pair], a subject being a network or a part.

    ``models`` float64[pair] by name are the same for all moments; ``at`` float64[moment] is the
    time or the step, in ``unit``.
    """

    layers: tuple[str, ...]
    at: np.ndarray
    unit: str
    pairs: np.ndarray
    models: dict[str, np.ndarray]
    subjects: str
    """What is counted: networks, or parts of the units."""
    title: str


def pairs_of(activations: np.ndarray, kind: str) -> np.ndarray:
    """float64[pair] of [stimulus, unit]."""
    return np.asarray(upper_triangle(rdm(activations, kind)), np.float64)


def others_mean(pairs: np.ndarray) -> np.ndarray:
    """float64[subject, pair]: for each subject the mean RDM of all others, each of mean square 1.

    So a model of one's own end holds nothing of oneself.
    """
    scaled = pairs / np.sqrt(np.square(pairs).mean(axis=-1, keepdims=True))
    return (scaled.sum(axis=0) - scaled) / (len(scaled) - 1)


def likeness_in_time(course: Course, how: str) -> tuple[tuple[str, ...], np.ndarray]:
    """Names of models, and float64[arm, layer, model, moment, subject].

    The first and the last moment of all other subjects are models too.
    """
    names = (*course.models, FIRST, LAST)
    n_arms, n_layers, n_moments, n_subjects, _ = course.pairs.shape
    found = np.empty((n_arms, n_layers, len(names), n_moments, n_subjects))
    fixed = list(course.models.values())
    for arm, layers in enumerate(course.pairs):
        for layer, moments in enumerate(layers):
            ends = [others_mean(moments[0]), others_mean(moments[-1])]
            for moment, here in enumerate(moments):
                if fixed:
                    found[arm, layer, : len(fixed), moment] = likeness(np.array(fixed), here, how)
                for k, end in enumerate(ends):
                    found[arm, layer, len(fixed) + k, moment] = one_to_one(end, here, how)
    return names, found


def one_to_one(a: np.ndarray, b: np.ndarray, how: str) -> np.ndarray:
    """float64[...]: likeness of RDMs in the same place of two arrays [..., pair]."""
    return (comparable(a, how) * comparable(b, how)).mean(axis=-1)


def ceilings_in_time(course: Course, how: str) -> np.ndarray:
    """float64[arm, layer, (from below, from above), moment, subject]."""
    found = [[[ceiling(here, how) for here in moments] for moments in layers]
             for layers in course.pairs]  # fmt: skip
    return np.moveaxis(np.array(found), 2, 3)


def own_end(course: Course, how: str) -> np.ndarray:
    """float64[arm, layer, moment, subject]: likeness of each subject to its own last moment."""
    return one_to_one(course.pairs, course.pairs[:, :, -1:], how)


def between(course: Course, how: str) -> np.ndarray:
    """float64[arm, layer, moment, subject, subject]: likeness of every two subjects."""
    scaled = comparable(course.pairs, how)
    return scaled @ np.swapaxes(scaled, -1, -2) / scaled.shape[-1]


def dealt(course: Course, how: str, seed: int) -> np.ndarray:
    """float64[draw, layer, moment]: likeness, mean over subjects, to labels of other stimuli."""
    n_layers, n_moments = course.pairs.shape[1:3]
    if LABELS not in course.models:
        return np.full((0, n_layers, n_moments), np.nan)
    label = comparable(course.models[LABELS], how)
    n = n_stimuli_of(len(label))
    rows, columns = np.triu_indices(n, 1)
    square = np.zeros((n, n))
    square[rows, columns] = square[columns, rows] = label
    mean = comparable(course.pairs[0], how).mean(axis=2)  # [layer, moment, pair]
    rng, found = np.random.default_rng([seed % 2**32, 3]), []
    for _ in range(N_DEALT):
        order = rng.permutation(n)
        found.append(mean @ square[order[rows], order[columns]] / len(label))
    return np.array(found)


def n_stimuli_of(n_pairs: int) -> int:
    """How many stimuli have so many pairs."""
    return round((1 + (1 + 8 * n_pairs) ** 0.5) / 2)


def settled(alike: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """int64[...]: the first moment from which on likeness float64[moment, ...] stays above a bound.

    The last moment is its own end, so there always is one.
    """
    below = alike < bounds
    n = len(alike)
    return np.where(below.any(axis=0), n - below[::-1].argmax(axis=0), 0).clip(max=n - 1)
