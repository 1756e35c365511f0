"""Which frequency a neuron ends with: the race of its Fourier modes at small weights.

f(a, b) = sum over neurons of xi_m (theta_m[a] + theta_m[b])^2, learnt by descent on the cross
entropy of all p x p sums. While logits are small, softmax is flat and every frequency of every
neuron moves on its own: with z and w the discrete Fourier transforms of theta and xi at one
frequency, z' = (4 / p^2) conj(z) w and w' = (2 / p^2) z^2. Each blows up after a finite time; the
first to do so wins (arXiv 2602.16849).
"""

from __future__ import annotations

import numpy as np

_LARGE = 1e3
"""Times its first size: a mode that has grown so far has blown up."""
_PACE = 0.02
_N_STEPS = 4_000


def modes(theta: np.ndarray, xi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """complex128[frequency 1 .. (p - 1) / 2, neuron] twice: of input and of output weights.

    Args:
        theta: float[p, neuron].
        xi: float[neuron, p].
    """
    return np.fft.rfft(theta, axis=0)[1:], np.fft.rfft(xi, axis=1)[:, 1:].T


def speeds(z: np.ndarray, w: np.ndarray, p: int) -> tuple[np.ndarray, np.ndarray]:
    """Z' and w' at small weights and a rate of 1."""
    return 4.0 / p**2 * np.conj(z) * w, 2.0 / p**2 * z**2


def blow_up_times(z: np.ndarray, w: np.ndarray, p: int) -> np.ndarray:
    """float64 like ``z``: when each mode has grown a thousandfold, at a rate of 1; inf if never.

    Fourth-order Runge-Kutta with steps that shorten as a mode grows.
    """
    first = np.sqrt(np.abs(z) ** 2 + 2 * np.abs(w) ** 2)
    time, end = np.zeros(z.shape), np.full(z.shape, np.inf)
    z, w = z.astype(np.complex128), w.astype(np.complex128)
    for _ in range(_N_STEPS):
        size = np.sqrt(np.abs(z) ** 2 + 2 * np.abs(w) ** 2)
        done = size > _LARGE * np.maximum(first, 1e-300)
        end = np.where(done & np.isinf(end), time, end)
        if done.all():
            break
        dt = np.where(done, 0.0, _PACE * p**2 / np.maximum(4.0 * size, 1e-300))
        z, w = _step(z, w, p, dt)
        time = time + dt
    return end


def _step(z: np.ndarray, w: np.ndarray, p: int, dt: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    def at(share: float, slope: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        return speeds(z + share * dt * slope[0], w + share * dt * slope[1], p)

    one = speeds(z, w, p)
    two = at(0.5, one)
    three = at(0.5, two)
    four = at(1.0, three)
    slope = [(a + 2 * b + 2 * c + d) / 6 for a, b, c, d in zip(one, two, three, four, strict=True)]
    return z + dt * slope[0], w + dt * slope[1]


def winners(theta: np.ndarray, xi: np.ndarray) -> dict[str, np.ndarray]:
    """int64[neuron] each: the frequency that each rule says will win, from first weights."""
    z, w = modes(theta, xi)
    return {
        "mode equations": blow_up_times(z, w, len(theta)).argmin(axis=0) + 1,
        "input² x output amplitude": (np.abs(z) ** 2 * np.abs(w)).argmax(axis=0) + 1,
        "input amplitude": np.abs(z).argmax(axis=0) + 1,
    }
