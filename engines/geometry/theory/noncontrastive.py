"""Two linear views of one input that predict each other, without negative pairs.

Tian, Chen & Ganguli 2021, arXiv 2102.06810. Features f = W x, a predictor W_p, a target W_a:

    dW_p/dt = alpha_p (W_a X - W_p W (X + X')) W' - eta W_p
    dW/dt   = W_p' (W_a X - W_p W (X + X')) - eta W

with X = I the covariance of inputs and X' = s I that of augmentations. Nets are stacked: all
parameters are [net, out, in], and what tells the arms apart is a number for each net.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

LIVE = 1e-2
"""A mode of the features larger than this is alive; those that die fall below it for good."""
COLLAPSED = 1e-6
"""Features of a smaller total variance are gone."""


@dataclass(frozen=True)
class Rules:
    """What each net does, float64[net, 1, 1] each.

    ``predictor`` is 0 where it stays the identity, ``stopped`` 0 where gradients flow into the
    target too, ``decay`` eta, ``rate`` alpha_p, ``follows`` how fast the target follows (0: it is
    the features' own weights), ``augmented`` s.
    """

    predictor: torch.Tensor
    stopped: torch.Tensor
    decay: torch.Tensor
    rate: torch.Tensor
    follows: torch.Tensor
    augmented: torch.Tensor
    symmetric: bool = False


State = tuple[torch.Tensor, torch.Tensor, torch.Tensor]
"""Predictor, features and target, float64[net, dimension, dimension] each."""


def begun(seed: int, n_seeds: int, dimension: int, size: float) -> State:
    """Random weights of standard deviation ``size`` / sqrt(d); the target is the features."""
    made = []
    for k in range(n_seeds):
        rng = np.random.Generator(np.random.Philox(key=[seed, k]))
        made.append(rng.standard_normal((2, dimension, dimension)) * size / np.sqrt(dimension))
    predictor, features = torch.from_numpy(np.stack(made, axis=1))
    return predictor.clone(), features.clone(), features.clone()


def flow(state: State, rules: Rules) -> State:
    """Time derivatives of predictor, features and target."""
    predictor, features, target = state
    follows = rules.follows
    aim = torch.where(follows > 0, target, features)
    noisy = (1.0 + rules.augmented) * features
    off = aim - predictor @ noisy
    to_predictor = rules.rate * off @ features.mT - rules.decay * predictor
    if rules.symmetric:
        to_predictor = (to_predictor + to_predictor.mT) / 2
    # Through the target as well: the other half of the same loss.
    leak = (1.0 - rules.stopped) * (predictor @ features - (1.0 + rules.augmented) * aim)
    to_features = predictor.mT @ off + leak - rules.decay * features
    return rules.predictor * to_predictor, to_features, follows * (features - target)


def moved(state: State, rules: Rules, step: float) -> State:
    """One step of the classical Runge-Kutta method."""
    a = flow(state, rules)
    b = flow(_ahead(state, a, step / 2), rules)
    c = flow(_ahead(state, b, step / 2), rules)
    d = flow(_ahead(state, c, step), rules)
    slopes = [(p + 2 * q + 2 * r + s) / 6 for p, q, r, s in zip(a, b, c, d, strict=True)]
    return _ahead(state, slopes, step)


def _ahead(state: State, slope: tuple[torch.Tensor, ...] | list[torch.Tensor], h: float) -> State:
    predictor, features, target = (x + h * v for x, v in zip(state, slope, strict=True))
    return predictor, features, target


@dataclass(frozen=True)
class Look:
    """One moment of every net.

    ``sizes`` float64[net, mode] are eigenvalues of the features' covariance F = W (X + X') W',
    largest first; ``gains`` float64[net, mode] what the predictor does along each eigenvector;
    ``cosines`` float64[net, mode] how much of that stays in the eigenvector's own direction;
    ``commutator`` and ``asymmetry`` float64[net] are relative norms; ``products``
    float64[net, mode, mode] is the predictor in the eigenvectors of F.
    """

    sizes: np.ndarray
    gains: np.ndarray
    cosines: np.ndarray
    commutator: np.ndarray
    asymmetry: np.ndarray
    products: np.ndarray

    @property
    def live(self) -> np.ndarray:
        """bool[net, mode]."""
        return self.sizes > LIVE

    @property
    def alignment(self) -> np.ndarray:
        """float64[net]: mean cosine of live modes, nan where none lives."""
        n = self.live.sum(axis=1)
        total = np.where(self.live, self.cosines, 0.0).sum(axis=1)
        return np.where(n > 0, total / np.maximum(n, 1), np.nan)


def look(state: State, rules: Rules) -> Look:
    """Measure every net."""
    predictor, features, _ = state
    covariance = (1.0 + rules.augmented) * features @ features.mT
    values, vectors = torch.linalg.eigh(covariance)
    values, vectors = values.flip(-1), vectors.flip(-1)
    turned = vectors.mT @ predictor @ vectors
    gains = torch.diagonal(turned, dim1=1, dim2=2)
    length = turned.norm(dim=1).clamp_min(1e-300)
    size = covariance.norm(dim=(1, 2)) * predictor.norm(dim=(1, 2))
    apart = covariance @ predictor - predictor @ covariance
    skew = (predictor - predictor.mT).norm(dim=(1, 2)) / predictor.norm(dim=(1, 2))
    return Look(
        sizes=values.numpy(),
        gains=gains.numpy(),
        cosines=(gains.abs() / length).numpy(),
        commutator=(apart.norm(dim=(1, 2)) / size.clamp_min(1e-300)).numpy(),
        asymmetry=skew.numpy(),
        products=turned.numpy(),
    )
