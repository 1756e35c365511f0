"""What trained networks still know after a lesion, beside lesions of as many random neurons."""

from __future__ import annotations

import numpy as np

from engines.connectome.learning import tangents, trials
from engines.connectome.learning.course import graded
from engines.connectome.learning.tangents import Weights
from engines.connectome.memory.wired import cut

N_RANDOM, N_TRIALS = 10, 100


def accuracies(
    nets: tuple[Weights, ...], gone: np.ndarray, edges: np.ndarray, seed: int
) -> np.ndarray:
    """float64[lesion, net]: share right whole, cut, and with as many random neurons cut.

    Nothing is trained again. Rows of random lesions are missing where no neuron is cut.

    Args:
        nets: trained networks on one wiring.
        gone: bool[neuron], cut out with all they hear and say.
        edges: int64[edge, (pre, post)] that are cut.
        seed: draws the exam and the random lesions.
    """
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**43]))
    x, y = trials.drawn(rng, N_TRIALS * len(nets))
    x, y = x.reshape(len(nets), N_TRIALS, *x.shape[1:]), y.reshape(len(nets), N_TRIALS)
    nothing, none = np.zeros_like(gone), edges[:0]
    lesions = [(nothing, none), (gone, edges)]
    lesions += [(rng.permutation(gone), none) for _ in range(N_RANDOM if gone.any() else 0)]
    found = np.empty((len(lesions), len(nets)))
    for j, (who, which) in enumerate(lesions):
        for k, net in enumerate(nets):
            left = net.without(who, cut(net.recurrent, who, which))
            found[j, k] = graded(tangents.logits(left, x[k]), y[k])[1]
    return found
