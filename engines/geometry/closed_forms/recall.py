"""Linear attention as a memory of pairs: what recall of one adds from all others.

Keys of length 1 and values of variance 1 are stored as a sum of outer products (Hebb), and a key
is asked: the value comes with the others weighted by how alike their keys are. A memory that
corrects its errors (Rescorla & Wagner 1972) ends where least squares end.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract.pictures import Axis
from engines.geometry.closed_forms.beside import Beside, Overlay
from engines.geometry.closed_forms.spec import ClosedFormsSpec

HEBB, BASES, CORRECTED = "keys at random", "keys of whole bases", "errors corrected"
N_VALUES = 16
"""Dimensions of a value."""
LOADS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Items over dimensions of keys."""
FULL, CROWDED = LOADS.index(1.0), LOADS.index(4.0)


def random_keys(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    """float64[item, dimension] of length 1, in every direction alike."""
    keys = rng.normal(size=(n, d))
    return keys / np.linalg.norm(keys, axis=1, keepdims=True)


def bases(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    """The same from orthonormal bases at random, one after the other; the last may be in part."""
    made = [np.linalg.qr(rng.normal(size=(d, d)))[0] for _ in range(-(-n // d))]
    return np.concatenate(made)[:n]


def hebbian(keys: np.ndarray, values: np.ndarray) -> np.ndarray:
    """What every key recalls, float64[item, value]: attention without a softmax."""
    return keys @ (keys.T @ values)


def corrected(keys: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The same where the memory has been corrected until its errors no longer fall."""
    return keys @ np.linalg.lstsq(keys, values, rcond=None)[0]


def drawn(spec: ClosedFormsSpec) -> Iterator[Overlay | None]:
    """None while memories are filled, and the overlay last."""
    d = spec.n_dimensions
    stored = np.array([max(1, round(load * d)) for load in LOADS])
    found = {name: np.empty((spec.n_groups, len(stored))) for name in (HEBB, BASES, CORRECTED)}
    for group in range(spec.n_groups):
        for k, n in enumerate(stored):
            rng = np.random.default_rng([spec.seed % 2**32, 2, group, k])
            keys, values = random_keys(rng, n, d), rng.normal(size=(n, N_VALUES))
            whole = bases(rng, n, d)
            said = (hebbian(keys, values), hebbian(whole, values), corrected(keys, values))
            for name, one in zip(found, said, strict=True):
                found[name][group, k] = ((one - values) ** 2).mean()
        yield None
    theory = (stored - 1) / d, np.maximum(stored / d - 1.0, 0.0), np.maximum(1 - d / stored, 0.0)
    rows = tuple(Beside(name, t, found[name]) for name, t in zip(found, theory, strict=True))
    x = np.log2(stored)
    ticks = tuple((float(at), f"{n}") for at, n in zip(x, stored, strict=True))
    yield Overlay(f"Recall in {d} dimensions", x, Axis("items stored", ticks=ticks),
                  "squared error of a value", rows)  # fmt: skip
