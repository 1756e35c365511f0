"""Known answers of likeness in time: a course that goes straight from one geometry to another."""

from __future__ import annotations

import numpy as np

from engines.contract import KnownAnswer
from engines.geometry.timed_rsa.course import (
    LABELS,
    Course,
    between,
    likeness_in_time,
    own_end,
    settled,
)

_N_PAIRS = 45


def timed_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms and definitions."""
    closed, same = "closed form: cosine of the angle", "definition"
    return (
        KnownAnswer("likeness to labels a third of a quarter turn from pixels to labels", closed,
                    float(np.cos(np.pi / 3)), 1e-12, lambda: float(turned()[1])),
        KnownAnswer("likeness to the last moment of all others, at the first one", closed, 0.0,
                    1e-12, lambda: float(turned()[2])),
        KnownAnswer("likeness of every moment of a course that stands still to its end", same, 1.0,
                    1e-12, still),
        KnownAnswer("moment from which .2, .97, .9, .96, 1 stays above .95", "by hand", 3.0, 0.0,
                    lambda: float(settled(np.array([0.2, 0.97, 0.9, 0.96, 1.0]), np.array(0.95)))),
        KnownAnswer("likeness of subjects that are alike", same, 1.0, 1e-12, alike),
    )  # fmt: skip


def _course(pairs: np.ndarray, label: np.ndarray) -> Course:
    return Course(("layer",), np.arange(float(pairs.shape[0])), "snapshot", pairs[None, None],
                  {LABELS: label}, "networks", "planted")  # fmt: skip


def turned() -> np.ndarray:
    """Likeness to the model at moments 0 and 1, to the end at 0; four moments of a quarter turn."""
    rng = np.random.default_rng(0)
    one, other = np.linalg.qr(rng.normal(size=(_N_PAIRS, 3)) - 0.0)[0][:, :2].T
    one, other = (v - v.mean() for v in (one, other))
    one /= np.linalg.norm(one)
    other -= (other @ one) * one
    other /= np.linalg.norm(other)
    angle = np.linspace(0, np.pi / 2, 4)[:, None]
    way = np.cos(angle) * one + np.sin(angle) * other
    names, found = likeness_in_time(_course(np.repeat(way[:, None], 3, axis=1), other), "Pearson")
    mean = found[0, 0].mean(axis=-1)
    label = mean[names.index(LABELS)]
    return np.array([label[0], label[1], mean[-1, 0]])


def still() -> float:
    """The least, over moments and subjects."""
    one = np.random.default_rng(1).random((1, 3, _N_PAIRS))
    course = _course(np.repeat(one, 5, axis=0), one[0, 0])
    return float(own_end(course, "Spearman").min())


def alike() -> float:
    """Of three equal subjects, the least."""
    one = np.random.default_rng(2).random((4, 1, _N_PAIRS))
    return float(between(_course(np.repeat(one, 3, axis=1), one[0, 0]), "cosine").min())
