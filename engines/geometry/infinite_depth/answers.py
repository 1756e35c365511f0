"""Known answers of deep kernels: closed forms, and arithmetic by hand."""

from __future__ import annotations

import numpy as np

from engines.contract import KnownAnswer
from engines.geometry.infinite_depth.kernels import SINGULAR, Activation, activation, log_kernels

_LINEAR = Activation((0.0, 1.0, 0.0))


def infinite_depth_answers() -> tuple[KnownAnswer, ...]:
    """Everything that is known without learning."""
    return (
        KnownAnswer("slope at 0 of the activation with exponent 2",
                    "by hand: p (3 - 2 p) = 1 has the root 1/2", 0.5, 1e-9,
                    lambda: activation(SINGULAR, 2.0).weights[1]),
        KnownAnswer("tangent kernel of 7 linear layers at cosine .3", "closed form: (L + 1) x",
                    8 * 0.3, 1e-9, lambda: float(np.exp(_at(_LINEAR, 0.3, 7)))),
        KnownAnswer("tangent kernel of one layer of order 3 at cosine .5",
                    "by hand: x^3 + x 3 x^2", 0.5, 1e-12,
                    lambda: float(np.exp(_at(Activation((0.0, 0.0, 1.0)), 0.5, 1)))),
        KnownAnswer("tangent kernel of 5 layers of slope 2 with itself",
                    "closed form: 1 + 2 + ... + 2^5", 63.0, 1e-9,
                    lambda: float(np.exp(_at(activation(SINGULAR, 2.0), 1.0, 5)))),
        KnownAnswer("with which power of distance the signal's limit falls off",
                    "Radhakrishnan, Belkin & Uhler 2023: the exponent", -2.0, 0.02, limit_slope),
    )  # fmt: skip


def _at(which: Activation, cosine: float, depth: int) -> float:
    return float(log_kernels(which, np.log(np.array([cosine])), (depth,))[0, 0])


def limit_slope() -> float:
    """Of the cosine after 200 layers by distance, .001 to .01; the kernel's own limit follows it.

    A kernel of L layers is L times that, plus what distances below 1 / sqrt(L) add.
    """
    which, distance = activation(SINGULAR, 2.0), np.geomspace(1e-3, 1e-2, 200)
    signal = np.log1p(-(distance**2) / 2.0)
    for _ in range(200):
        signal = which.log_cosine(signal)
    return float(np.polyfit(np.log(distance), signal, 1)[0])
