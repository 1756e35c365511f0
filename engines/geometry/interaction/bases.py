"""Principal components and the local interaction basis of two layers that follow each other.

After Bushnaq et al. 2024 (arXiv 2405.10928), with normalisations of our own: directions in which a
layer does not vary are dropped, the rest is whitened, and turned on the eigenvectors of the mean of
J'J, J the Jacobian of the next layer's features; directions that move none of these are dropped
too.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

_ZERO = 1e-6
"""Eigenvalues below this share of the largest count as none."""


@dataclass(frozen=True, eq=False)
class Basis:
    """Features (v - mean) into of a layer's v, and back mean + features out.

    ``mean`` float64[unit], ``into`` [unit, feature], ``out`` [feature, unit].
    """

    mean: Tensor
    into: Tensor
    out: Tensor

    def features(self, values: Tensor) -> Tensor:
        """float64[example, feature]."""
        return (values - self.mean) @ self.into

    @property
    def n(self) -> int:
        """How many features."""
        return self.into.shape[1]

    def turned(self, rotation: Tensor) -> Basis:
        """The same directions under a rotation [feature, feature]."""
        return Basis(self.mean, self.into @ rotation, rotation.T @ self.out)


def eigen(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Eigenvalues that are not zero, largest first, and their vectors [unit, value]."""
    values, vectors = torch.linalg.eigh(matrix)
    kept = values > _ZERO * values.max().clamp_min(1e-300)
    return values[kept].flip(0), vectors[:, kept].flip(1)


def principal(values: Tensor, *, whitened: bool) -> Basis:
    """Principal components float64[example, unit] that vary at all; of variance 1 if asked."""
    mean = values.mean(0)
    left = values - mean
    variances, directions = eigen(left.T @ left / len(left))
    scale = variances.sqrt() if whitened else torch.ones_like(variances)
    return Basis(mean, directions / scale, (directions * scale).T)


def neurons(values: Tensor, *, whitened: bool) -> Basis:
    """Units as they are; of variance 1 if asked."""
    scale = values.std(0, correction=0).clamp_min(1e-12) if whitened else torch.ones_like(values[0])
    return Basis(values.mean(0), torch.diag(1.0 / scale), torch.diag(scale))


def aligned(white: Basis, moment: Tensor, *, scaled: bool) -> Basis:
    """A whitened basis on the eigenvectors of E J'J [unit, unit], J by the layer's own units.

    ``scaled``: features weigh as much as they move the next layer, else they have variance 1.
    """
    sizes, rotation = eigen(white.out @ moment @ white.out.T)
    scale = sizes.sqrt() if scaled else torch.ones_like(sizes)
    return Basis(white.mean, white.into @ (rotation * scale), (rotation / scale).T @ white.out)
