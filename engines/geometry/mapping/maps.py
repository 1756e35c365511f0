"""Two principal components, and normal clouds to hold maps against."""

from __future__ import annotations

import numpy as np


def pca(x: np.ndarray) -> np.ndarray:
    """float64[stimulus, 2]: the first two principal components."""
    from engines.geometry.film.layouts import pca_basis

    mean, axes, _ = pca_basis(x)
    return (np.asarray(x, np.float64) - mean) @ axes[:, :2]


def one_cloud(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As many normal vectors with the covariance of the data, without groups or any other shape.

    Each is a sum of all centred stimuli with weights N(0, 1 / n).
    """
    left = x - x.mean(axis=0)
    return x.mean(axis=0) + rng.normal(size=(len(x), len(x))) @ left / len(x) ** 0.5
