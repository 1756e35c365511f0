"""Tasks with planted kernels, a task for every network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engines.diagrams.tangling.asked import LENGTH, N_CHANNELS, SIZES, WIDEST, TanglingSpec
from engines.diagrams.tangling.networks import answers_of, middles
from engines.lab.data.task import rng_of


@dataclass(frozen=True, eq=False)
class Planted:
    """What a network is to find, and sequences with noisy answers as a last channel."""

    size: np.ndarray
    """int64[channel]: places in SIZES."""
    kernels: Tensor
    """float64[channel, tap]."""
    sequences: Tensor
    """float32[sequence, channel and answer, place]."""
    clean: Tensor
    """float32[sequence, place]: answers without noise."""


def planted(spec: TanglingSpec, net: int, n: int) -> Planted:
    """The task of a network.

    Taps are between 0.5 and 1.5 in size over the root of how many there are, of either sign, so
    that no planted kernel is nearly a smaller one.
    """
    rng = rng_of(spec.seed, 860_000 + net)
    size = rng.integers(0, len(SIZES), N_CHANNELS)
    taps = rng.uniform(0.5, 1.5, (N_CHANNELS, WIDEST)) * rng.choice(
        (-1.0, 1.0), (N_CHANNELS, WIDEST)
    )
    kernels = torch.from_numpy(taps / np.sqrt(np.array(SIZES)[size])[:, None])
    kernels = kernels * middles()[torch.from_numpy(size)].double()
    x = torch.from_numpy(rng.standard_normal((n, N_CHANNELS, LENGTH)))
    clean = answers_of(x, kernels, torch.ones(N_CHANNELS, dtype=torch.float64))
    noisy = clean + spec.noise * torch.from_numpy(rng.standard_normal(clean.shape))
    return Planted(size, kernels, torch.cat([x, noisy[:, None]], 1).float(), clean.float())
