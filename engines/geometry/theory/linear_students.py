"""Linear students that learn a noisy teacher by gradient flow, solved on their own samples.

Nothing here knows the spectrum in theory: each draw has inputs, a teacher and noise of its own, and
its flow is solved in the eigenvectors of its own inputs, z(t) = e^(-lt) z(0) + (1 - e^(-lt)) y / l.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

ARMS = ("as asked", "without noise", "from zero weights")


@dataclass(frozen=True)
class Draws:
    """Samples of several draws, and what is to be learnt from them.

    ``inputs`` float64[draw, sample, weight] of variance 1 / weights; ``teacher`` and ``start``
    float64[draw, weight]; ``noise`` float64[draw, sample].
    """

    inputs: torch.Tensor
    teacher: torch.Tensor
    start: torch.Tensor
    noise: torch.Tensor

    @property
    def labels(self) -> torch.Tensor:
        """float64[draw, sample]."""
        return torch.einsum("dpn,dn->dp", self.inputs, self.teacher) + self.noise


@dataclass(frozen=True)
class Flow:
    """What gradient flow does with each draw.

    ``error`` float64[arm, draw, time] is the error on new samples, for `ARMS`; ``eigenvalues``
    float64[draw, mode] ascend; ``modes`` float64[draw, mode, time] is the squared error of each
    direction and ``unseen`` float64[draw] that of each direction in which no sample lies, in the
    first arm; nan where there is none.
    """

    error: np.ndarray
    eigenvalues: np.ndarray
    modes: np.ndarray
    unseen: np.ndarray


def drawn(
    seed: int, numbers: range, n_weights: int, n_samples: int, *, noise: float, start: float
) -> Draws:
    """Draws by number: each is the same whichever others are made with it.

    Args:
        seed: of the run.
        numbers: which draws.
        n_weights: of teacher and student.
        n_samples: to learn from.
        noise: variance of the labels' noise.
        start: variance of the student's first weights.
    """
    made = []
    for number in numbers:
        rng = np.random.Generator(np.random.Philox(key=[seed, number]))
        inputs = rng.standard_normal((n_samples, n_weights)) / np.sqrt(n_weights)
        teacher = rng.standard_normal(n_weights)
        first = np.sqrt(start) * rng.standard_normal(n_weights)
        made.append((inputs, teacher, first, np.sqrt(noise) * rng.standard_normal(n_samples)))
    return Draws(*(torch.from_numpy(np.stack(part)) for part in zip(*made, strict=True)))


def eigenmodes(inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Eigenvalues float64[draw, mode] above 0 and directions float64[draw, weight, mode].

    The smaller of the two products of the inputs is taken apart; both have the same eigenvalues.
    """
    _, n_samples, n_weights = inputs.shape
    if n_samples >= n_weights:
        values, directions = torch.linalg.eigh(inputs.mT @ inputs)
        return values.clamp_min(1e-14), directions
    values, sides = torch.linalg.eigh(inputs @ inputs.mT)
    values = values.clamp_min(1e-14)
    return values, inputs.mT @ sides / values.sqrt()[:, None, :]


def flow(draws: Draws, t: np.ndarray) -> Flow:
    """Errors on new samples through time, exactly, for every arm."""
    times = torch.from_numpy(t)
    values, directions = eigenmodes(draws.inputs)

    def along(vectors: torch.Tensor) -> torch.Tensor:
        return torch.einsum("dnm,dn->dm", directions, vectors)

    teacher = along(draws.teacher)
    taught = along(torch.einsum("dpn,dp->dn", draws.inputs, draws.noise)) / values
    left = torch.exp(-values[:, :, None] * times)
    learnt = -torch.expm1(-values[:, :, None] * times)
    zero, first = torch.zeros_like(draws.start), draws.start
    n_weights = draws.teacher.shape[1]
    n_unseen = n_weights - values.shape[1]
    errors, kept = [], []
    for start, noise in ((first, taught), (first, 0.0 * taught), (zero, taught)):
        off = along(start) - teacher
        modes = (off[:, :, None] * left + noise[:, :, None] * learnt) ** 2
        unseen = ((start - draws.teacher) ** 2).sum(dim=1) - (off**2).sum(dim=1)
        unseen = unseen.clamp_min(0.0) if n_unseen else torch.zeros_like(unseen)
        errors.append((modes.sum(dim=1) + unseen[:, None]) / n_weights)
        kept.append((modes, unseen))
    modes, unseen = kept[0]
    return Flow(
        error=torch.stack(errors).numpy(),
        eigenvalues=values.numpy(),
        modes=modes.numpy(),
        unseen=(unseen / n_unseen if n_unseen else torch.full_like(unseen, torch.nan)).numpy(),
    )


def weights_by_flow(draws: Draws, t: float) -> torch.Tensor:
    """Weights float64[draw, weight] at one time, by the same solution."""
    values, directions = eigenmodes(draws.inputs)
    taught = torch.einsum("dpn,dp->dn", draws.inputs, draws.labels)
    first = torch.einsum("dnm,dn->dm", directions, draws.start)
    wanted = torch.einsum("dnm,dn->dm", directions, taught) / values
    moved = -torch.expm1(-values * t) * (wanted - first)
    return draws.start + torch.einsum("dnm,dm->dn", directions, moved)


def descent(draws: Draws, step: float, n_steps: int) -> torch.Tensor:
    """Weights float64[draw, weight] after plain gradient descent on half the squared error."""
    weights, labels = draws.start.clone(), draws.labels
    for _ in range(n_steps):
        off = torch.einsum("dpn,dn->dp", draws.inputs, weights) - labels
        weights = weights - step * torch.einsum("dpn,dp->dn", draws.inputs, off)
    return weights
