"""How well a linear student generalises, from the spectrum of random inputs alone.

A teacher y = w x + noise is learnt from P = alpha N samples whose inputs have variance 1 / N, by
gradient flow on all of them. In the limit of large N the eigenvalues of the inputs follow
Marchenko and Pastur (1967), and each direction learns by itself, so that the error is an integral
over one density (Advani & Saxe 2017, arXiv 1710.03667).
"""

from __future__ import annotations

import numpy as np

N_NODES = 4_096
"""Of the integral; more change nothing up to t = 1e5."""


def edges(alpha: float) -> tuple[float, float]:
    """Least and greatest eigenvalue: (1 -+ sqrt(alpha))^2.

    >>> edges(4.0)
    (1.0, 9.0)
    """
    root = float(np.sqrt(alpha))
    return (1.0 - root) ** 2, (1.0 + root) ** 2


def density(eigenvalue: np.ndarray, alpha: float) -> np.ndarray:
    """Density of eigenvalues above 0, float64 like ``eigenvalue``; its mass is min(1, alpha)."""
    low, high = edges(alpha)
    inside = np.maximum((high - eigenvalue) * (eigenvalue - low), 0.0)
    return np.sqrt(inside) / (2.0 * np.pi * np.maximum(eigenvalue, 1e-300))


def nodes(alpha: float, n: int = N_NODES) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues float64[node] and weights float64[node] that integrate over the density.

    Gauss-Chebyshev of the second kind, whose weight is the density's own root.
    """
    angle = np.arange(1, n + 1) * np.pi / (n + 1)
    low, high = edges(alpha)
    half = (high - low) / 2.0
    # Close to the lower edge the sum of two large numbers would round small eigenvalues away.
    eigenvalue = low + 2.0 * half * np.cos(angle / 2.0) ** 2
    weight = np.sin(angle) ** 2 * half**2 / (2.0 * (n + 1) * eigenvalue)
    return eigenvalue, weight


def mode_error(eigenvalue: np.ndarray, t: np.ndarray, *, noise: float, start: float) -> np.ndarray:
    """Expected squared error of a direction, float64[time, eigenvalue].

    What is not learnt yet fades, and the noise of the samples comes in: largest where the
    eigenvalue is small.

    Args:
        eigenvalue: float64[eigenvalue], above 0.
        t: float64[time].
        noise: variance of the labels' noise; the teacher's weights have variance 1.
        start: variance of the first weights.
    """
    left = np.exp(-np.multiply.outer(t, eigenvalue))
    learnt = -np.expm1(-np.multiply.outer(t, eigenvalue))
    return (1.0 + start) * left**2 + noise * learnt**2 / eigenvalue


def error_in_theory(alpha: float, t: np.ndarray, *, noise: float, start: float = 0.0) -> np.ndarray:
    """Generalisation error at every time, float64[time], noise of the test labels included.

    With fewer samples than weights, 1 - alpha of the directions are never seen and stay as they
    were.

    >>> round(float(error_in_theory(2.0, np.array([1e9]), noise=0.2)[0]), 6)  # s / (a - 1) + s
    0.4
    """
    eigenvalue, weight = nodes(alpha)
    seen = mode_error(eigenvalue, t, noise=noise, start=start) @ weight
    return seen + max(0.0, 1.0 - alpha) * (1.0 + start) + noise


def same_everywhere(alpha: float, t: np.ndarray, *, noise: float, start: float = 0.0) -> np.ndarray:
    """The same, were all eigenvalues that are not 0 alike: a control without small ones."""
    share = min(1.0, alpha)
    seen = mode_error(np.array([alpha / share]), t, noise=noise, start=start)[:, 0]
    return share * seen + (1.0 - share) * (1.0 + start) + noise
