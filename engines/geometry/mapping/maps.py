"""PCA, t-SNE and UMAP to two dimensions, and normal clouds to hold them against.

t-SNE is scikit-learn's (van der Maaten 2014, Barnes-Hut), UMAP umap-learn's (McInnes, Healy &
Melville 2018).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engines.contract import InputError

_N_STEPS = 500


def pca(x: np.ndarray) -> np.ndarray:
    """float64[stimulus, 2]: the first two principal components."""
    from engines.geometry.film.layouts import pca_basis

    mean, axes, _ = pca_basis(x)
    return (np.asarray(x, np.float64) - mean) @ axes[:, :2]


def t_sne(x: np.ndarray, neighbours: float, seed: int) -> np.ndarray:
    """float64[stimulus, 2] from places at random, after 500 steps."""
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # sums of several threads round otherwise
        made = TSNE(perplexity=neighbours, init="random", learning_rate="auto", n_jobs=1,
                    max_iter=_N_STEPS, random_state=seed % 2**31).fit_transform(x)  # fmt: skip
    return np.asarray(made, np.float64)


def umap(x: np.ndarray, neighbours: float, seed: int) -> np.ndarray:
    """The same by umap-learn.

    Raises:
        InputError: the package is not installed.
    """
    try:
        from umap import UMAP  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise InputError(
            "UMAP is drawn by the package umap-learn, which is not installed here; install it "
            "(pip install umap-learn) or take t-SNE"
        ) from error
    made = UMAP(n_neighbors=round(neighbours), init="random", n_jobs=1, random_state=seed % 2**31)
    return np.asarray(made.fit_transform(x), np.float64)


METHODS: dict[str, Callable[[np.ndarray, float, int], np.ndarray]] = {"t-SNE": t_sne, "UMAP": umap}


def one_cloud(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As many normal vectors with the covariance of the data, without groups or any other shape.

    Each is a sum of all centred stimuli with weights N(0, 1 / n).
    """
    left = x - x.mean(axis=0)
    return x.mean(axis=0) + rng.normal(size=(len(x), len(x))) @ left / len(x) ** 0.5
