"""Kernels of infinitely wide networks, layer after layer, by the activation's Hermite weights.

An activation of Hermite weights a_k (squares of sum 1) turns the cosine x of two signals into
sum a_k^2 x^k. The tangent kernel of L layers, which decides what gradient descent learns, follows
by products of slopes (Jacot, Gabriel & Hongler 2018). All in logarithms: deep kernels have hundreds
of powers of ten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

NEAREST, MAJORITY, SINGULAR = "no mean, no slope", "a mean", "a slope, no mean"
KINDS = (NEAREST, MAJORITY, SINGULAR)
_POWERS = np.array([0, 1, 3])
_GRID, _LEAST = 6_001, 1e-12
_SMALLEST = -1e100
_PAUSE = 100
"""Layers between two moments at which a run can be stopped."""


@dataclass(frozen=True)
class Activation:
    """Squares of its Hermite weights of order 0, 1 and 3, of sum 1."""

    weights: tuple[float, float, float]

    def log_cosine(self, log_x: np.ndarray) -> np.ndarray:
        """Logarithm of the cosine after the activation, from that before it."""
        return _log_sum(np.array(self.weights), _POWERS, log_x)

    def log_slope(self, log_x: np.ndarray) -> np.ndarray:
        """Logarithm of the slope of the cosine after by the cosine before."""
        return _log_sum(np.array(self.weights) * _POWERS, np.maximum(_POWERS - 1, 0), log_x)

    @property
    def exponent(self) -> float:
        """With which the limit falls off with distance: -2 log of slope at 0 by log of slope at 1.

        Radhakrishnan, Belkin & Uhler 2023, theorem for activations without a mean.
        """
        at_0, at_1 = self.weights[1], float(np.dot(self.weights, _POWERS))
        return float(-2.0 * np.log(at_0) / np.log(at_1))


def _log_sum(weights: np.ndarray, powers: np.ndarray, log_x: np.ndarray) -> np.ndarray:
    terms = [np.log(w) + k * log_x for w, k in zip(weights, powers, strict=True) if w > 0]
    return np.logaddexp.reduce(terms, axis=0)


def activation(kind: str, exponent: float) -> Activation:
    """The three: order 3 alone, all orders, and orders 1 and 3 with the asked exponent."""
    if kind == NEAREST:
        return Activation((0.0, 0.0, 1.0))
    if kind == MAJORITY:
        return Activation((0.25, 0.25, 0.5))
    low, high, slope = 1e-6, 1.0 - 1e-6, 0.5
    for _ in range(80):  # the exponent falls with the slope
        steep = Activation((0.0, slope, 1.0 - slope)).exponent > exponent
        low, high = (slope, high) if steep else (low, slope)
        slope = 0.5 * (low + high)
    return Activation((0.0, slope, 1.0 - slope))


def log_kernels(which: Activation, log_x: np.ndarray, depths: tuple[int, ...]) -> np.ndarray:
    """float64[depth, ...]: logarithm of the tangent kernel at cosines, after so many layers.

    Where a cosine falls below a power of ten with a hundred digits nothing more is told apart, and
    deeper networks are taken to be as that one.
    """
    return next(found for found in _layered(which, log_x, depths) if isinstance(found, np.ndarray))


def _layered(
    which: Activation, log_x: np.ndarray, depths: tuple[int, ...]
) -> Iterator[int | np.ndarray]:
    """The layer every so often, and the kernels last."""
    signal, kernel, found = log_x, log_x, []
    for layer in range(1, max(depths) + 1):
        if signal.min() > _SMALLEST:
            slope = which.log_slope(signal)
            signal = which.log_cosine(signal)
            kernel = np.logaddexp(signal, kernel + slope)
        if layer in depths:
            found.append(kernel)
        if layer % _PAUSE == 0:
            yield layer
    yield np.array(found)


@dataclass(frozen=True, eq=False)
class Tabled:
    """Kernels at every depth by the logarithm of (1 - cosine) / cosine, float64[depth, place]."""

    place: np.ndarray
    values: np.ndarray
    itself: np.ndarray
    """float64[depth]: of a signal with itself."""

    def at(self, depth: int, cosine: np.ndarray) -> np.ndarray:
        """Logarithm of the kernel of the depth with that number, at cosines below 1."""
        cosine = np.clip(cosine, _LEAST, 1.0 - _LEAST)
        return np.interp(np.log1p(-cosine) - np.log(cosine), self.place, self.values[depth])


def tabled(which: Activation, depths: tuple[int, ...]) -> Tabled:
    """Computed once for all pairs of points: the kernel is a function of their cosine alone."""
    return next(found for found in tabling(which, depths) if isinstance(found, Tabled))


def tabling(which: Activation, depths: tuple[int, ...]) -> Iterator[int | Tabled]:
    """The layer every hundred of them, and the table last."""
    place = np.linspace(np.log(_LEAST), -np.log(_LEAST), _GRID)
    itself = log_kernels(which, np.zeros(1), depths)[:, 0]
    for found in _layered(which, -np.log1p(np.exp(place)), depths):
        yield found if isinstance(found, int) else Tabled(place, found, itself)
