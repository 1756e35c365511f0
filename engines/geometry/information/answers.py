"""What is known of these networks without any estimate."""

from __future__ import annotations

from functools import cache

import numpy as np

from engines.contract import KnownAnswer
from engines.lab.data.rules import odd_rule
from engines.lab.statistics.information import bit_words, information, kernel_information

_CLOSED = "closed form"


@cache
def _words() -> tuple[np.ndarray, np.ndarray]:
    task = odd_rule(0)
    return np.concatenate([task.x, task.x_test]), np.concatenate([task.y, task.y_test])


def _turned() -> tuple[float, float]:
    """A rotation of the words, which keeps all apart."""
    x, y = _words()
    turn = np.linalg.qr(np.random.Generator(np.random.Philox(3)).standard_normal((12, 12)))[0]
    return information(bit_words(np.tanh(x @ turn)), y)


def _parts() -> float:
    """A layer that keeps four of twelve bits."""
    x, y = _words()
    return information(bit_words(x[:, :4]), y)[0]


def _kernels_far() -> float:
    """Kernels of words that lie far apart for their width."""
    x, y = _words()
    return kernel_information(x, y, 0.1, n_centres=64)[0]


def information_answers() -> tuple[KnownAnswer, ...]:
    """Layers whose information is known."""
    return (
        KnownAnswer("I(T; X) of an injective layer, bits", f"{_CLOSED}: log2 of 4,096 words", 12.0,
                    1e-9, lambda: _turned()[0]),
        KnownAnswer("I(T; Y) of an injective layer, bits", f"{_CLOSED}: H(Y) of an odd rule", 1.0,
                    1e-9, lambda: _turned()[1]),
        KnownAnswer("I(T; X) of a layer that keeps four bits", _CLOSED, 4.0, 1e-9, _parts),
        KnownAnswer("I(T; X) by kernels, words far apart, bits",
                    f"{_CLOSED}: each word is alone under its kernel", 12.0, 1e-3, _kernels_far),
    )  # fmt: skip
