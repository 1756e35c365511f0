"""Points in three dimensions for the eye: PCA with one basis, PCA that does not flip, MDS."""

from __future__ import annotations

import numpy as np

N_AXES = 3


def pca_basis(stack: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean [unit], axes [unit, 3] and their shares of variance [3], over all points of a stack.

    Exact, from the eigenvectors of the smaller of the two products. Args: [..., unit].
    """
    x = np.asarray(stack, np.float64).reshape(-1, stack.shape[-1])
    mean = x.mean(axis=0)
    x = x - mean
    if x.shape[1] <= x.shape[0]:
        values, vectors = np.linalg.eigh(x.T @ x)
        axes = vectors[:, ::-1][:, :N_AXES]
    else:
        values, vectors = np.linalg.eigh(x @ x.T)
        axes = x.T @ vectors[:, ::-1][:, :N_AXES]
        axes = axes / np.maximum(np.linalg.norm(axes, axis=0), 1e-300)
    share = np.clip(values[::-1][:N_AXES], 0.0, None) / max(float(values.clip(0).sum()), 1e-300)
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), range(axes.shape[1])] < 0, -1.0, 1.0)
    return mean, _padded(axes), _padded(share)


def _padded(values: np.ndarray) -> np.ndarray:
    missing = N_AXES - values.shape[-1]
    return np.pad(values, [(0, 0)] * (values.ndim - 1) + [(0, missing)]) if missing > 0 else values


def one_basis(stack: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every snapshot on the same three axes: [snapshot, stimulus, 3], and shares of variance [3].

    So nothing moves on screen that does not move in the network. Args: [snapshot, stimulus, unit].
    """
    mean, axes, share = pca_basis(stack)
    return (np.asarray(stack, np.float64) - mean) @ axes, share


def aligned(stack: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each snapshot's own PCA, turned to the one before by Procrustes; as `one_basis`."""
    coords, share = [], np.zeros(N_AXES)
    for snapshot in stack:
        mean, axes, share = pca_basis(snapshot)
        own = (np.asarray(snapshot, np.float64) - mean) @ axes
        coords.append(own @ rotation_onto(own, coords[-1]) if coords else own)
    return np.stack(coords), share


def classical_mds(dissimilarity: np.ndarray) -> np.ndarray:
    """Classical (Torgerson) scaling of one RDM to [stimulus, 3]; undefined pairs count as the mean.

    Exact for Euclidean distances of points in three dimensions.
    """
    known = np.where(np.isfinite(dissimilarity), dissimilarity, _mean_pair(dissimilarity))
    np.fill_diagonal(known, 0.0)
    squared = known**2
    gram = -0.5 * (squared - squared.mean(0) - squared.mean(1)[:, None] + squared.mean())
    values, vectors = np.linalg.eigh(gram)
    top = slice(-1, -N_AXES - 1, -1)
    return _padded(vectors[:, top] * np.sqrt(np.clip(values[top], 0.0, None)))


def _mean_pair(dissimilarity: np.ndarray) -> float:
    known = dissimilarity[np.isfinite(dissimilarity)]
    return float(known.mean()) if known.size else 0.0


def mds_film(rdms: np.ndarray) -> np.ndarray:
    """Classical MDS of each RDM, turned to the one before: [snapshot, stimulus, 3]."""
    coords: list[np.ndarray] = []
    for one in rdms:
        own = classical_mds(one)
        coords.append(own @ rotation_onto(own, coords[-1]) if coords else own)
    return np.stack(coords)


def rotation_onto(points: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The orthogonal matrix that turns points nearest to the target (both [stimulus, axis])."""
    u, _, vt = np.linalg.svd(points.T @ target)
    return u @ vt
