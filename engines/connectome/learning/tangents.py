"""What a recurrent network represents and how it would move: kernels over trials, by hand.

A lazy network moves along the tangents it started with, so its tangent kernel stays; a rich one
makes itself new features, and the kernel turns (Liu et al. 2024).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Weights:
    """One network of ReLU units without bias: logit = out h, h = relu(recurrent h + entry x)."""

    recurrent: np.ndarray
    """float[post, pre]."""
    entry: np.ndarray
    """float[unit, channel]."""
    out: np.ndarray
    """float[unit]."""

    def without(self, gone: np.ndarray, recurrent: np.ndarray) -> Weights:
        """Units bool[unit] that hear nothing and say nothing; ``recurrent`` is what is left."""
        return Weights(recurrent, self.entry * ~gone[:, None], self.out * ~gone)


def states(weights: Weights, x: np.ndarray) -> np.ndarray:
    """Activity float[step, trial, unit] from rest; ``x`` is float[trial, step, channel]."""
    heard = np.moveaxis(x, 1, 0) @ weights.entry.T
    h = np.zeros_like(heard[0])
    made = np.empty_like(heard)
    for t, now in enumerate(heard):
        h = np.maximum(h @ weights.recurrent.T + now, 0.0)
        made[t] = h
    return made


def logits(weights: Weights, x: np.ndarray) -> np.ndarray:
    """float[trial] after the last step."""
    return states(weights, x)[-1] @ weights.out


def tangent_kernel(weights: Weights, x: np.ndarray) -> np.ndarray:
    """float64[trial, trial]: products of the logits' gradients by the recurrent weights.

    The gradient of a trial is a sum over steps of (what a unit is answerable for) x (what it
    heard), so products of gradients are products of products, and no gradient is ever built.
    """
    made = states(weights, x)
    blame = np.empty_like(made)
    blame[-1] = weights.out * (made[-1] > 0)
    for t in range(len(made) - 1, 0, -1):
        blame[t - 1] = (blame[t] @ weights.recurrent) * (made[t - 1] > 0)
    # At the first step nothing recurrent was heard.
    steps, trials = len(made) - 1, len(x)
    answer, heard = (a.reshape(steps * trials, -1).astype(float) for a in (blame[1:], made[:-1]))
    both = (answer @ answer.T) * (heard @ heard.T)
    return both.reshape(steps, trials, steps, trials).sum(axis=(0, 2))


def representation_kernel(weights: Weights, x: np.ndarray) -> np.ndarray:
    """float64[trial, trial]: products of the last states."""
    last = states(weights, x)[-1].astype(float)
    return last @ last.T


def alignment(a: np.ndarray, b: np.ndarray) -> float:
    """Cosine of two kernels; 1 where they are the same up to scale, nan where one is all zero."""
    size = np.linalg.norm(a) * np.linalg.norm(b)
    return float((a * b).sum() / size) if size else float("nan")
