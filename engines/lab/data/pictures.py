"""Pictures of digits (bundled with scikit-learn) and of letters (drawn for this project)."""

from __future__ import annotations

import numpy as np

from engines.contract import InputError
from engines.lab.data.glyphs import LETTERS, glyph
from engines.lab.data.task import Task, rng_of, split_task

_DIGITS_TEST = 397
_MOST = "the share of the exam that bears the label most frequent in what was learnt from"


def digits(seed: int = 0, *, noise: float = 0.0, swapped: float = 0.0) -> Task:
    """1,797 handwritten digits, 8 x 8 in 0..1: 1,400 to learn from, 397 for the exam.

    Bundled with scikit-learn from the UCI repository (Alpaydin and Kaynak 1998, CC BY 4.0).

    Args:
        seed: of the split, the noise and the swaps.
        noise: SD of the Gaussian noise that is added to every pixel.
        swapped: share of the learnt labels that is replaced by another one.
    """
    from sklearn.datasets import load_digits

    x, y = map(np.asarray, load_digits(return_X_y=True))
    task = split_task("digits", x / 16.0, y, _DIGITS_TEST, 10, _MOST, seed)
    if not noise and not swapped:
        return task
    draw = rng_of(seed, 2)
    labels = task.y.copy()
    chosen = draw.permutation(len(labels))[: round(swapped * len(labels))]
    labels[chosen] = (labels[chosen] + draw.integers(1, 10, len(chosen))) % 10
    dirty = [v + noise * draw.standard_normal(v.shape) for v in (task.x, task.x_test)]
    return Task("noisy digits", dirty[0].astype(np.float32), labels, dirty[1].astype(np.float32),
                task.y_test, task.loss, 10, task.chance, task.chance_because)  # fmt: skip


def clean_digits(seed: int = 0, *, noise: float = 0.6, n_copies: int = 16) -> Task:
    """Digits out of noise: 8 x 8 pixels with Gaussian noise, to the pixels without.

    Args:
        seed: of the split and the noise.
        noise: SD of the noise that is added to every pixel.
        n_copies: of every digit to learn from, each with noise of its own, so that noise is not
            learnt by heart.
    """
    clean, draw = digits(seed), rng_of(seed, 4)
    pixels = np.tile(clean.x, (n_copies, 1))
    dirty = [(v + noise * draw.standard_normal(v.shape)).astype(np.float32)
             for v in (pixels, clean.x_test)]  # fmt: skip
    left = float(np.square(clean.x_test - clean.x.mean(axis=0)).sum())
    spread = float(np.square(clean.x_test - clean.x_test.mean(axis=0)).sum())
    return Task("clean digits", dirty[0], pixels, dirty[1], clean.x_test, "squared error", 64,
                1.0 - left / spread, "R² of the mean picture of what was learnt from")  # fmt: skip


def letters(seed: int = 0, *, n_each: int = 40, n_test_each: int = 10, noise: float = 0.15) -> Task:
    """26 letters on 9 x 9 pixels, moved by up to one pixel each way, with noise.

    The glyphs are 5 x 7, drawn for this project and under its licence. Every letter comes equally
    often in both parts, so chance is exactly 1/26.

    Args:
        seed: of places and noise.
        n_each: examples of each letter to learn from.
        n_test_each: and for the exam.
        noise: SD of the Gaussian noise that is added to every pixel.

    Raises:
        InputError: no examples asked for.
    """
    if n_each < 1 or n_test_each < 1:
        raise InputError(f"letters need at least 1 of each, got {n_each} and {n_test_each}")
    draw, n = rng_of(seed, 3), n_each + n_test_each
    x = np.zeros((26, n, 9, 9))
    for k, letter in enumerate(LETTERS):
        down, right = draw.integers(0, 3, n), draw.integers(0, 3, n)
        for one in range(n):
            x[k, one, down[one] : down[one] + 7, right[one] + 1 : right[one] + 6] = glyph(letter)
    x = (x + noise * draw.standard_normal(x.shape)).reshape(26, n, 81).astype(np.float32)
    y = np.repeat(np.arange(26), n).reshape(26, n)
    parts = [(x[:, s].reshape(-1, 81), y[:, s].ravel()) for s in (slice(n_each), slice(n_each, n))]
    return Task("letters", *parts[0], *parts[1], "cross-entropy", 26, 1.0 / 26.0,
                "26 letters, each equally often")  # fmt: skip
