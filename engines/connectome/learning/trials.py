"""Trials of a two-alternative choice: which of two noisy channels is the stronger one?"""

from __future__ import annotations

import numpy as np
import scipy  # its parts load when used

N_STEPS, N_CHANNELS = 8, 2
STRENGTHS = (0.15, 0.3, 0.6)
"""Mean of the stronger channel, in deviations of the noise; the other's is minus that."""


def drawn(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Channels float32[trial, step, channel], and float32[trial] that is 1 where the first wins."""
    first = rng.integers(0, 2, n)
    mean = rng.choice(STRENGTHS, n) * (2 * first - 1)
    x = rng.standard_normal((n, N_STEPS, N_CHANNELS))
    x += np.stack([mean, -mean], axis=1)[:, None]
    return x.astype(np.float32), first.astype(np.float32)


def ceiling() -> float:
    """Share of right answers of the best reader, who adds up the channels' differences.

    The sum has mean 2 s T and variance 2 T, so it has the right sign with probability
    Phi(s sqrt(2 T)) at strength s.
    """
    return float(scipy.special.ndtr(np.array(STRENGTHS) * np.sqrt(2 * N_STEPS)).mean())
