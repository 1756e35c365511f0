"""Known answers of maps: what is kept by definition, and groups that are there."""

from __future__ import annotations

import numpy as np

from engines.contract import KnownAnswer
from engines.geometry.film.neighbours import kept, nearest, onto, t_sne
from engines.geometry.mapping.judged import grouped, trusted
from engines.geometry.mapping.maps import one_cloud, pca


def mapping_answers() -> tuple[KnownAnswer, ...]:
    """Definitions, closed forms and planted groups."""
    same, built = "definition", "by construction"
    return (
        KnownAnswer("neighbours of a plane that its principal components keep", built, 1.0, 1e-12,
                    lambda: _plane()[0]),
        KnownAnswer("trustworthiness of the same", built, 1.0, 1e-12, lambda: _plane()[1]),
        KnownAnswer("what Procrustes leaves of a map that is turned, grown and moved", same, 0.0,
                    1e-9, turned),
        KnownAnswer("neighbours kept by places at random, 10 of 199, mean of 20",
                    "closed form: 10 / 199", 10 / 199, 0.01, by_chance),
        KnownAnswer("silhouette of four far groups of copies", same, 1.0, 1e-9, copies),
        KnownAnswer("adjusted Rand index of k-means in t-SNE's map and four far planted groups",
                    built, 1.0, 1e-12, planted),
        KnownAnswer("largest difference of a cloud's mean covariance from the data's, over the "
                    "largest entry, 2,000 clouds", built, 0.0, 0.1, covariance),
    )  # fmt: skip


def _plane() -> tuple[float, float]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 2)) @ np.linalg.qr(rng.normal(size=(9, 2)))[0].T
    return kept(nearest(x, 10), nearest(pca(x), 10)), trusted(x, pca(x), 10)


def turned() -> float:
    """A third of a turn, three times as large, elsewhere."""
    x, angle = np.random.default_rng(1).normal(size=(50, 2)), 2.1
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return onto(3.0 * x @ turn + 7.0, x)[1]


def by_chance() -> float:
    """Two maps that know nothing of each other."""
    rng = np.random.default_rng(2)
    pairs = [[nearest(rng.normal(size=(200, 2)), 10) for _ in range(2)] for _ in range(20)]
    return float(np.mean([kept(*pair) for pair in pairs]))


def copies() -> float:
    """Ten copies of each corner of a square."""
    corners = np.array([[0.0, 0], [0, 9], [9, 0], [9, 9]])
    return grouped(np.repeat(corners, 10, axis=0), 4, 0)[0]


def planted() -> float:
    """By scikit-learn: 1 where both are the same groups, 0 for one single group."""
    from sklearn.metrics import adjusted_rand_score

    rng, true = np.random.default_rng(3), np.repeat(np.arange(4), 30)
    x = 20.0 * rng.normal(size=(4, 12))[true] + rng.normal(size=(120, 12))
    _, found = grouped(t_sne(x, 10.0, 0), 4, 0)
    return float(adjusted_rand_score(true, found))


def covariance() -> float:
    """Over clouds; the data's own covariance is with n."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=(30, 3)) @ rng.normal(size=(3, 3))
    clouds = np.concatenate([one_cloud(x, rng) for _ in range(2_000)])
    wanted = np.cov(x.T, bias=True)
    return float(np.abs(np.cov(clouds.T) - wanted).max() / np.abs(wanted).max())
