"""t-SNE and UMAP to two dimensions, and how far two maps agree.

t-SNE is scikit-learn's (van der Maaten 2014, Barnes-Hut), UMAP umap-learn's (McInnes, Healy &
Melville 2018).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engines.contract import InputError

_N_STEPS = 500


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


def nearest(x: np.ndarray, k: int) -> np.ndarray:
    """bool[stimulus, stimulus]: whether a stimulus is among the k nearest of another, not itself.

    Of equal distances the first stimulus counts.
    """
    from scipy.spatial.distance import cdist

    apart = cdist(x, x)
    np.fill_diagonal(apart, np.inf)
    near = np.zeros(apart.shape, bool)
    np.put_along_axis(near, np.argsort(apart, axis=1, kind="stable")[:, :k], True, axis=1)
    return near


def kept(one: np.ndarray, other: np.ndarray) -> float:
    """Share of the nearest neighbours in one, bool[stimulus, stimulus], that are so in another."""
    return float((one & other).sum() / one.sum())


def onto(drawn: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, float]:
    """A map moved, turned and scaled onto another, and what is left over (Procrustes, 0 to 1)."""
    from scipy.spatial import procrustes

    first, second, left = procrustes(target, drawn)
    return second * (np.linalg.norm(target - target.mean(axis=0)) / np.linalg.norm(first)), left
