"""A liquid that is shown pictures: its spikes, what its plasticity takes away, how it branches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.connectome.liquid.kernel import run
from engines.connectome.liquid.wiring import Liquid

RATE, COPIES = 0.1, 4
"""Odds of a spike in a step for a full pixel, and input neurons for each pixel."""
WITHIN = 4
"""Steps before and after a spike in which others are counted as those that led to it or came."""


@dataclass(frozen=True)
class Plasticity:
    """``up`` and ``down`` per trace; an astrocyte that ``hears`` changes down, forgetting in tau.

    Without ``up`` nothing is plastic.
    """

    up: float = 0.0
    down: float = 0.0
    hears: float = 0.0
    tau: float = 10.0


@dataclass(frozen=True, eq=False)
class Seen:
    """``count`` int64[picture, neuron], ``level`` float64[picture, step] of what is taken away.

    ``weight`` float64[synapse] after the last picture, ``raster`` bool[picture, step, neuron] of
    the first ones.
    """

    count: np.ndarray
    level: np.ndarray
    weight: np.ndarray
    raster: np.ndarray


def input_spikes(rng: np.random.Generator, pixels: np.ndarray, n_steps: int) -> np.ndarray:
    """bool[picture, step, input] from pixels 0..1 float[picture, pixel]."""
    odds = np.repeat(RATE * pixels, COPIES, axis=1).astype(np.float32)
    shape = len(pixels), n_steps, odds.shape[1]
    return rng.random(shape, dtype=np.float32) < odds[:, None]


def shown(
    made: Liquid, spikes: np.ndarray, start: np.ndarray, rule: Plasticity, *, carries: bool,
    n_kept: int = 0,
) -> Seen:  # fmt: skip
    """Pictures bool[picture, step, input] go in; see `kernel.run`.

    ``n_kept`` rasters are kept.
    """
    n_pictures, n_steps, _ = spikes.shape
    count = np.zeros((n_pictures, made.n), np.int64)
    level = np.zeros((n_pictures, n_steps))
    raster = np.zeros((min(n_kept, n_pictures), n_steps, made.n), bool)
    it, at = made.synapses, made.inputs
    weight = run(
        spikes, at.ptr, at.post, made.entry, it.ptr, it.pre, it.post, it.back_ptr, it.back,
        made.sign, start, carries, rule.up, rule.down, rule.hears, rule.tau, count, level, raster,
    )  # fmt: skip
    return Seen(count, level, weight, raster)


def branching(raster: np.ndarray, joined: np.ndarray) -> float:
    """Spikes of receivers soon after one over those of senders soon before it, mean over spikes.

    As the authors of the astrocyte count it: within `WITHIN` steps, at least one before, spikes too
    near the ends of a picture left out. 1 keeps activity as it is; nan where nobody fires.

    Args:
        raster: bool[picture, step, neuron].
        joined: bool[sender, receiver].
    """
    one = raster.astype(float)
    n_steps = one.shape[1]
    sums = np.pad(np.cumsum(one, axis=1), ((0, 0), (1, 0), (0, 0)))
    at = np.arange(WITHIN, n_steps - WITHIN)
    later = (sums[:, at + 1 + WITHIN] - sums[:, at + 1]) @ joined.T.astype(float)
    before = (sums[:, at] - sums[:, at - WITHIN]) @ joined.astype(float)
    ratio = (later / np.maximum(before, 1.0))[raster[:, at]]
    return float(ratio.mean()) if len(ratio) else np.nan
