"""Two lines around an elementwise function on an interval: one never above it, one never below.

Zhang et al. 2018, CROWN, arXiv 1811.00866, for ReLU and S-shaped functions. Of functions with a
bounded second derivative the two lines are parallel to the chord, moved out by what lies between
samples at most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from engines.contract import InputError

Array = np.ndarray
_SAMPLES = 65
_HALVINGS = 60
_EXP_MAX = 700.0


@dataclass(frozen=True, eq=False)
class Lines:
    """``slope * z + offset`` below and above, float64[...] each."""

    low_slope: Array
    low_offset: Array
    high_slope: Array
    high_offset: Array

    def area(self, low: Array, high: Array) -> Array:
        """What lies between both lines over the interval."""
        slope, offset = self.high_slope - self.low_slope, self.high_offset - self.low_offset
        return slope * (high**2 - low**2) / 2.0 + offset * (high - low)


@dataclass(frozen=True)
class Elementwise:
    """A function, its lines, and where it may be asked."""

    value: Callable[[Array], Array]
    lines: Callable[[Array, Array], Lines]
    range: Callable[[Array, Array], tuple[Array, Array]]
    above: float = -np.inf
    """The function is there for numbers above this one."""


def _chord(f: Callable[[Array], Array], low: Array, high: Array, at: Array) -> tuple[Array, Array]:
    """Slope and offset of the line through both ends; the tangent's where they are one."""
    wide = high - low > 1e-9
    slope = np.where(wide, (f(high) - f(low)) / np.where(wide, high - low, 1.0), at)
    return slope, np.where(wide, f(low) - slope * low, f(low) - slope * low)


def _bent(
    f: Callable[[Array], Array], slope: Callable[[Array], Array], *, up: bool
) -> Callable[[Array, Array], Lines]:
    """Lines of a function that bends one way: the chord, and the tangent at the middle."""

    def lines(low: Array, high: Array) -> Lines:
        middle = (low + high) / 2.0
        tangent = slope(middle)
        touch = tangent, f(middle) - tangent * middle
        chord = _chord(f, low, high, tangent)
        return Lines(*touch, *chord) if up else Lines(*chord, *touch)

    return lines


def _exp_lines(low: Array, high: Array) -> Lines:
    most = float(np.max(high, initial=-np.inf))
    if most > _EXP_MAX:
        raise InputError(
            f"exp would be asked of {most:.4g} here, which is beyond what numbers hold; "
            "give a smaller box"
        )
    return _bent(np.exp, np.exp, up=True)(low, high)


def _relu_lines(low: Array, high: Array) -> Lines:
    on, off = low >= 0.0, high <= 0.0
    width = np.where(high > low, high - low, 1.0)
    chord = np.where(on, 1.0, np.where(off, 0.0, high / width))
    touch = np.where(on, 1.0, np.where(off, 0.0, (high > -low).astype(float)))
    zero = np.zeros_like(low)
    return Lines(touch, zero, chord, np.where(on | off, 0.0, -low * chord))


def _tanh_slope(z: Array) -> Array:
    return 1.0 - np.tanh(z) ** 2


def _tanh_above(low: Array, high: Array) -> tuple[Array, Array]:
    """The line above tanh: tangent right of 0, from the left end where it bends on the way."""
    middle = (low + high) / 2.0
    near, far = np.maximum(low, 0.0), np.maximum(high, 0.0) + 1.0
    for _ in range(_HALVINGS):
        half = (near + far) / 2.0
        over = np.tanh(half) + _tanh_slope(half) * (low - half) >= np.tanh(low)
        near, far = np.where(over, near, half), np.where(over, half, far)
    # Where the tangent that meets the left end touches beyond the right end, it is the chord.
    touch = np.where(low >= 0.0, middle, far)
    chord, offset = _chord(np.tanh, low, high, _tanh_slope(middle))
    bends = (low >= 0.0) | (far <= high)
    slope = np.where(bends, _tanh_slope(touch), chord)
    return slope, np.where(bends, np.tanh(touch) - slope * touch, offset)


def _tanh_lines(low: Array, high: Array) -> Lines:
    """S-shaped and odd: the line below is the one above, turned around."""
    slope, offset = _tanh_above(low, high)
    below, under = _tanh_above(-high, -low)
    return Lines(below, -under, slope, offset)


def _sigmoid_lines(low: Array, high: Array) -> Lines:
    """1/2 + tanh(z / 2) / 2."""
    t = _tanh_lines(low / 2.0, high / 2.0)
    return Lines(t.low_slope / 4.0, 0.5 + t.low_offset / 2.0,
                 t.high_slope / 4.0, 0.5 + t.high_offset / 2.0)  # fmt: skip


def _smooth(f: Callable[[Array], Array], bend: float) -> Elementwise:
    """A function whose second derivative stays within ± ``bend`` everywhere."""

    def sampled(low: Array, high: Array) -> tuple[Array, Array, Array]:
        place = low + (high - low) * np.linspace(0.0, 1.0, _SAMPLES).reshape(-1, *[1] * low.ndim)
        return place, f(place), bend * ((high - low) / (_SAMPLES - 1)) ** 2 / 8.0

    def lines(low: Array, high: Array) -> Lines:
        place, value, miss = sampled(low, high)
        slope, _ = _chord(f, low, high, np.zeros_like(low))
        left = value - slope * place
        return Lines(slope, left.min(axis=0) - miss, slope, left.max(axis=0) + miss)

    def reach(low: Array, high: Array) -> tuple[Array, Array]:
        _, value, miss = sampled(low, high)
        return value.min(axis=0) - miss, value.max(axis=0) + miss

    return Elementwise(f, lines, reach)


def _rising(
    f: Callable[[Array], Array], lines: Callable[[Array, Array], Lines], above: float = -np.inf
) -> Elementwise:
    return Elementwise(f, lines, lambda low, high: (f(low), f(high)), above)


def _even(f: Callable[[Array], Array], slope: Callable[[Array], Array]) -> Elementwise:
    """A function that falls to 0 and rises after it."""

    def reach(low: Array, high: Array) -> tuple[Array, Array]:
        inside = (low <= 0.0) & (high >= 0.0)
        ends = f(low), f(high)
        return np.where(inside, f(np.zeros_like(low)), np.minimum(*ends)), np.maximum(*ends)

    return Elementwise(f, _bent(f, slope, up=True), reach)


def _gelu(z: Array) -> Array:
    return z * special.ndtr(z)


def _silu(z: Array) -> Array:
    return z * special.expit(z)


def _softplus(z: Array) -> Array:
    return np.logaddexp(0.0, z)


def _leaky(z: Array) -> Array:
    return np.where(z > 0.0, z, 0.01 * z)


def _elu(z: Array) -> Array:
    return np.where(z > 0.0, z, np.expm1(np.minimum(z, 0.0)))


ELEMENTWISE: dict[str, Elementwise] = {
    "relu": _rising(lambda z: np.maximum(z, 0.0), _relu_lines),
    "tanh": _rising(np.tanh, _tanh_lines),
    "sigmoid": _rising(special.expit, _sigmoid_lines),
    "exp": _rising(np.exp, _exp_lines),
    "softplus": _rising(_softplus, _bent(_softplus, special.expit, up=True)),
    "leaky_relu": _rising(
        _leaky, _bent(_leaky, lambda z: np.where(z > 0.0, 1.0, 0.01), up=True)
    ),
    "elu": _rising(_elu, _bent(_elu, lambda z: np.exp(np.minimum(z, 0.0)), up=True)),
    "sqrt": _rising(
        np.sqrt, _bent(np.sqrt, lambda z: 0.5 / np.sqrt(np.maximum(z, 1e-300)), up=False), 0.0
    ),
    "log": _rising(np.log, _bent(np.log, lambda z: 1.0 / z, up=False), 0.0),
    "square": _even(np.square, lambda z: 2.0 * z),
    "abs": _even(np.abs, np.sign),
    "gelu": _smooth(_gelu, 0.8),
    "silu": _smooth(_silu, 0.51),
    "sin": _smooth(np.sin, 1.0),
    "cos": _smooth(np.cos, 1.0),
}  # fmt: skip
"""What bounds know, by the words of the language; bends are largest second derivatives."""
