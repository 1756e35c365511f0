"""Spectra of a wiring: eigenvalues of its signed weights, and of its normalised Laplacian."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

N_MAX = 1_500
"""Neurons whose eigenvalues are found at once."""
_ZERO = 1e-9


@dataclass(frozen=True, eq=False)
class Laplacian:
    """float64[mode] from slow to fast, 0 to 2; float64[neuron, 2] the slowest two above 0."""

    value: np.ndarray
    mode: np.ndarray

    @property
    def n_components(self) -> int:
        """Components of the graph: eigenvalues that are 0 (Chung 1997)."""
        return int(np.count_nonzero(self.value < _ZERO))

    @property
    def slowest(self) -> float:
        """The least eigenvalue above 0; nan without any."""
        above = self.value[self.n_components :]
        return float(above[0]) if len(above) else float("nan")

    @property
    def fastest(self) -> float:
        """The largest: 2 where a component is bipartite, as little as n / (n - 1) in a clique."""
        return float(self.value[-1]) if len(self.value) else float("nan")


def laplacian(weights: Any) -> Laplacian:
    """Spectrum of I - D^-1/2 W D^-1/2, ``weights`` symmetric and not negative.

    Neurons without an edge count as components of their own. Modes are scaled by D^-1/2, so that
    neurons with the same neighbours lie together, and turned so that the farthest one is positive.
    """
    import torch

    dense = np.asarray(weights.toarray(), np.float64)
    degree = dense.sum(axis=1)
    half = np.divide(1.0, np.sqrt(degree), out=np.zeros(len(degree)), where=degree > 0)
    walk = half[:, None] * dense * half
    found = torch.linalg.eigh(torch.from_numpy(np.diag((degree > 0) * 1.0) - walk))
    value, mode = np.clip(found[0].numpy(), 0.0, 2.0), found[1].numpy()
    first = int(np.count_nonzero(value < _ZERO))
    slow = np.zeros((len(dense), 2))
    there = half[:, None] * mode[:, first : first + 2]
    slow[:, : there.shape[1]] = there
    far = np.take_along_axis(slow, np.abs(slow).argmax(axis=0)[None], axis=0)
    return Laplacian(value, slow * np.where(far < 0, -1.0, 1.0))


def eigenvalues(weight: np.ndarray) -> np.ndarray:
    """float64[n, (real, imaginary)] of a real matrix, largest first."""
    import torch

    made = torch.linalg.eigvals(torch.from_numpy(np.ascontiguousarray(weight, np.float64)))
    found = torch.view_as_real(made).numpy()
    return found[np.argsort(-np.hypot(*found.T), kind="stable")]


def henrici(weight: np.ndarray, values: np.ndarray) -> float:
    """Departure from normality, 0 for normal matrices, 1 for those without a cycle; else between.

    sqrt(||W||_F^2 - sum |lambda|^2) / ||W||_F (Henrici 1962; Asllani, Lambiotte & Carletti 2018),
    with the ``eigenvalues`` of the matrix.
    """
    size = float((weight**2).sum())
    if not size:
        return float("nan")
    return float(np.sqrt(max(0.0, 1.0 - (values**2).sum() / size)))
