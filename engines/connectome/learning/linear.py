"""The linear network of two layers whose laziness theory knows: y = w2' W1 x on white inputs.

Liu et al. 2024, section on two-layer linear networks. Its tangent kernel is |w2|² I + W1' W1, and
W1 W1' - w2 w2' never changes under gradient flow (Saxe et al. 2014).
"""

from __future__ import annotations

import numpy as np

from engines.connectome.learning.starts import as_large
from engines.connectome.learning.tangents import alignment

N_IN, N_HIDDEN = 20, 100
STARTS = ("aligned rank 1", "full rank", "random rank 1")
_STEP, _STEPS_MAX, _STILL = 0.01, 40_000, 1e-10


def drawn(rng: np.random.Generator, kind: str, norm: float) -> tuple[np.ndarray, np.ndarray]:
    """W1 float64[hidden, input] of this Frobenius norm, and a random map of length 1 to learn."""
    wanted = rng.normal(size=N_IN)
    wanted /= np.linalg.norm(wanted)
    if kind == "full rank":
        return as_large(rng.normal(size=(N_HIDDEN, N_IN)), norm), wanted
    along = wanted if kind == "aligned rank 1" else rng.normal(size=N_IN)
    return as_large(np.outer(rng.normal(size=N_HIDDEN), along), norm), wanted


def learnt(first: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """W1 and w2 after gradient descent in small steps; w2 starts at zero."""
    first, second = first.copy(), np.zeros(len(first))
    for _ in range(_STEPS_MAX):
        off = wanted - second @ first
        if off @ off < _STILL:
            break
        second_change = first @ off
        first += _STEP * np.outer(second, off)
        second += _STEP * second_change
    return first, second


def kernel(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """float64[input, input]: how a step along the gradient of one input moves another's answer."""
    return (second @ second) * np.eye(first.shape[1]) + first.T @ first


def kept(first: np.ndarray, wanted: np.ndarray) -> float:
    """Alignment of the tangent kernel before and after learning."""
    before = kernel(first, np.zeros(len(first)))
    return alignment(before, kernel(*learnt(first, wanted)))


def kept_in_theory(norm: float, overlap: float = 1.0) -> float:
    """The same in closed form where W1 starts with rank 1, at this cosine to what is to be learnt.

    W1 ends as s u b' and w2 as a u with s a = 1, and s² - a² is norm² throughout, so
    s² = (norm² + sqrt(norm⁴ + 4)) / 2. The kernel goes from norm² v v' to a² I + s² b b'.
    """
    large = 0.5 * (norm**2 + np.sqrt(norm**4 + 4.0))
    small = large - norm**2
    size = np.sqrt((large + small) ** 2 + (N_IN - 1) * small**2)
    return float((small + large * overlap**2) / size)
