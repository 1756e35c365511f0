"""Tasks that a formula gives: XOR, ring, parity, odd rules of bits, and functions to be fitted."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from engines.contract import InputError
from engines.lab.data.task import Task, rng_of

RING_RADIUS = math.sqrt(2.0 / math.pi)
"""The disc of this radius is half of the square from -1 to 1: area pi r² = 2 of 4."""


def _two_classes(
    name: str, x: np.ndarray, y: np.ndarray, n_test: int, because: str, chance: float = 0.5
) -> Task:
    x, y = x.astype(np.float32), y.astype(np.int64)
    return Task(name, x[n_test:], y[n_test:], x[:n_test], y[:n_test], "cross-entropy", 2, chance,
                because)  # fmt: skip


def _balanced(
    seed: int, n: int, is_one: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Uniform points of a square, each class equally often, in turn."""
    points = rng_of(seed, 4).uniform(-1.0, 1.0, (2 * n + 200, 2))
    label = is_one(points)
    x = np.empty((n, 2))
    for k in (0, 1):
        x[k::2] = points[label == k][: n // 2]
    return x, np.arange(n) % 2


def xor(seed: int = 0, *, n: int = 400, n_test: int = 400) -> Task:
    """Points of a square; the class is whether both coordinates have one sign.

    Each class is half of either part. The best line gets 2/3 right, by cutting off a corner.
    """
    _even(n, n_test)
    x, y = _balanced(seed, n + n_test, lambda p: p[:, 0] * p[:, 1] > 0)
    return _two_classes("XOR", x, y, n_test, "each of two classes is half of the exam")


def ring(seed: int = 0, *, n: int = 400, n_test: int = 400) -> Task:
    """Points of a square; the class is whether they lie outside a disc of half its area."""
    _even(n, n_test)
    x, y = _balanced(seed, n + n_test, lambda p: (p**2).sum(1) > RING_RADIUS**2)
    return _two_classes("ring", x, y, n_test, "each of two classes is half of the exam")


def parity(seed: int = 0, *, n_bits: int = 8, share: float = 0.75) -> Task:
    """All 2^n words of n bits as -1 and 1; the class is whether the number of ones is odd.

    Exactly half of all words are odd. The exam holds the words that were not learnt, as many odd as
    even ones, and any reader of fewer than all bits is at chance on all words.

    Args:
        seed: of the choice of words.
        n_bits: 2 to 14.
        share: of all words, to learn from.

    Raises:
        InputError: too many or too few bits, or nothing left for one part.
    """
    if not 2 <= n_bits <= 14:
        raise InputError(f"parity takes 2 to 14 bits, got {n_bits}")
    words = (np.arange(2**n_bits)[:, None] >> np.arange(n_bits)) & 1
    odd, draw = words.sum(1) % 2, rng_of(seed, 5)
    n_each = round((1.0 - share) * 2 ** (n_bits - 1))
    if not 0 < n_each < 2 ** (n_bits - 1):
        raise InputError(f"a share of {share} leaves nothing for one part; take one nearer to 0.5")
    exam = np.concatenate([draw.permutation(np.flatnonzero(odd == k))[:n_each] for k in (0, 1)])
    order = np.concatenate([exam, draw.permutation(np.setdiff1d(np.arange(len(words)), exam))])
    x, y = 2.0 * words[order] - 1.0, odd[order]
    return _two_classes("parity", x, y, len(exam), "half of the words in the exam are odd")


FORMULAS = {
    "exp(sin(pi x) + y²)": (2, lambda p: np.exp(np.sin(math.pi * p[:, 0]) + p[:, 1] ** 2)),
    "x y": (2, lambda p: p[:, 0] * p[:, 1]),
    "sin(8 x) cos(5 y)": (2, lambda p: np.sin(8 * p[:, 0]) * np.cos(5 * p[:, 1])),
    "x z² / (y + 1.5)": (3, lambda p: p[:, 0] / (p[:, 1] + 1.5) * p[:, 2] ** 2),
    "x / (y + 1.5)": (2, lambda p: p[:, 0] / (p[:, 1] + 1.5)),
    "|x - y|": (2, lambda p: np.abs(p[:, 0] - p[:, 1])),
    "exp(-10 (x² + y²))": (2, lambda p: np.exp(-10.0 * (p**2).sum(axis=1))),
    "tanh(10 (x + y))": (2, lambda p: np.tanh(10.0 * p.sum(axis=1))),
}
"""Functions of coordinates that are uniform from -1 to 1."""


def formula(
    name: str = "x y", seed: int = 0, *, n: int = 1000, n_test: int = 1000, noise: float = 0.0
) -> Task:
    """Points and the value of a formula there; the score is R², which is 0 for the mean.

    Raises:
        InputError: no such formula.
    """
    if name not in FORMULAS:
        raise InputError(f"there is no formula {name!r}; there are: {', '.join(FORMULAS)}")
    n_features, function = FORMULAS[name]
    draw = rng_of(seed, 6)
    x = draw.uniform(-1.0, 1.0, (n + n_test, n_features)).astype(np.float32)
    clean = function(x.astype(np.float64))[:, None]
    y = (clean + noise * draw.standard_normal(clean.shape)).astype(np.float32)
    spread = float(np.var(clean[n:]))
    return Task(f"formula {name}", x[:n], y[:n], x[n:], y[n:], "squared error", 1, 0.0,
                "R² of the exam's own mean is 0 by definition",
                ceiling=spread / (spread + noise**2))  # fmt: skip


def _even(n: int, n_test: int) -> None:
    if n < 2 or n_test < 2 or n % 2 or n_test % 2:
        raise InputError(f"both parts must be even and not empty, got {n} and {n_test}")


def odd_rule(seed: int = 0, *, n_bits: int = 12, share: float = 0.8) -> Task:
    """All 2^n words of n bits as -1 and 1; the class is the sign of an odd function of them.

    The function is a weighted sum of the bits and of n products of three, with Gaussian weights,
    which changes sign when all bits do: exactly half of all words are in each class.

    Args:
        seed: of the weights, the triples and the choice of words.
        n_bits: 3 to 14.
        share: of all words, to learn from.

    Raises:
        InputError: too many or too few bits, or nothing left for one part.
    """
    if not 3 <= n_bits <= 14:
        raise InputError(f"an odd rule takes 3 to 14 bits, got {n_bits}")
    n = 2**n_bits
    n_test = n - round(share * n)
    if not 0 < n_test < n:
        raise InputError(f"a share of {share} leaves nothing for one part; take one nearer to 0.5")
    x = 2.0 * ((np.arange(n)[:, None] >> np.arange(n_bits)) & 1) - 1.0
    draw = rng_of(seed, 8)
    value = x @ draw.standard_normal(n_bits)
    for weight in draw.standard_normal(n_bits):
        value += weight * x[:, draw.permutation(n_bits)[:3]].prod(axis=1)
    order = draw.permutation(n)
    return _two_classes("odd rule", x[order], value[order] > 0, n_test,
                        "half of all words are in each class")  # fmt: skip
