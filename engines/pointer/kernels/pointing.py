"""v tanh(key + query) for every step and point, without its tensor of steps x points x width.

With a = e^(2 key) and b = e^(2 query), tanh(key + query) = 1 - 2 / (1 + a b): exponentials are
taken once per point and once per step, and what is left for every pair is a product and a quotient.
Nothing of the size of the pairs is kept; the way back computes it again.
"""

from __future__ import annotations

import numba
import numpy as np

_FAST = {"reassoc", "contract", "arcp", "nsz"}
FARTHEST = 43.0
"""e^(2 x) is a finite float32 up to here, and above its inverse as well."""


def exponentials(x: np.ndarray) -> np.ndarray:
    """e^(2 x), float32 of the same shape, for x that is nowhere beyond FARTHEST."""
    return np.exp(2.0 * x)


@numba.njit(cache=True, nogil=True, fastmath=_FAST)
def scores(a: np.ndarray, b: np.ndarray, v: np.ndarray, out: np.ndarray) -> None:
    """Sum over d of v (1 - 2 / (1 + a b)): a[batch, point, d], b[batch, step, d], v[d].

    Fills out[batch, step, point].
    """
    one, two = np.float32(1.0), np.float32(2.0)
    for i in range(a.shape[0]):
        for t in range(b.shape[1]):
            for j in range(a.shape[1]):
                part = np.float32(0.0)
                for d in range(len(v)):
                    part += v[d] * (one - two / (one + a[i, j, d] * b[i, t, d]))
                out[i, t, j] = part


@numba.njit(cache=True, nogil=True, fastmath=_FAST)
def slopes(
    a: np.ndarray,
    b: np.ndarray,
    grad: np.ndarray,
    to_key: np.ndarray,
    to_query: np.ndarray,
    to_v: np.ndarray,
) -> None:
    """Adds up the gradients, told that of the scores: tanh' = 4 r (1 - r) with r = 1 / (1 + a b).

    Those of keys and queries still have to be multiplied by v, that of v[batch, d] summed.
    """
    one, two, four = np.float32(1.0), np.float32(2.0), np.float32(4.0)
    for i in range(a.shape[0]):
        for t in range(b.shape[1]):
            for j in range(a.shape[1]):
                g = grad[i, t, j]
                for d in range(to_v.shape[1]):
                    r = one / (one + a[i, j, d] * b[i, t, d])
                    slope = four * g * r * (one - r)
                    to_key[i, j, d] += slope
                    to_query[i, t, d] += slope
                    to_v[i, d] += g * (one - two * r)
