"""A recurrent network of ReLU units without bias that listens to noise and says symbols."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import InputError


@dataclass(frozen=True, eq=False)
class Emulator:
    """h = relu(recurrent h + entry x), logits = out h; x is white noise of deviation 1."""

    recurrent: np.ndarray
    """float32[post, pre]."""
    entry: np.ndarray
    """float32[unit, channel]."""
    out: np.ndarray
    """float32[symbol, unit]."""

    @property
    def n_units(self) -> int:
        """Hidden units."""
        return len(self.recurrent)

    def without(self, edges: np.ndarray) -> Emulator:
        """The same without edges int64[edge, (pre, post)]."""
        left = self.recurrent.copy()
        left[edges[:, 1], edges[:, 0]] = 0.0
        return Emulator(left, self.entry, self.out)


@dataclass(frozen=True, eq=False)
class Run:
    """What a network did.

    ``states`` float32[step, run, unit]; ``symbols`` int64[run, step] that it said; ``side``
    int64[run, step] is 0 (A) where symbol 1 was likelier than symbol 3, else 1 (B).
    """

    states: np.ndarray
    symbols: np.ndarray
    side: np.ndarray


def drawn(seed: int, n_units: int, n_channels: int) -> Emulator:
    """An untrained network: weights even within 1 / sqrt(units), torch's own start."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**40]))
    width = 1.0 / np.sqrt(n_units)
    shapes = ((n_units, n_units), (n_units, n_channels), (3, n_units))
    return Emulator(*(rng.uniform(-width, width, shape).astype(np.float32) for shape in shapes))


def starts(rng: np.random.Generator, n_runs: int, n_units: int) -> np.ndarray:
    """float32[run, unit]: first states, of deviation 1."""
    return rng.standard_normal((n_runs, n_units), np.float32)


def followed(net: Emulator, h: np.ndarray, noise: np.ndarray, left: np.ndarray) -> np.ndarray:
    """States float32[step, run, unit] from h[run, unit] under noise[step, run, channel].

    ``left`` float32[run, unit] is 0 for units that a run has lost; they never speak.

    Raises:
        InputError: a state is no number any more.
    """
    heard = noise @ net.entry.T
    made = np.empty((len(noise), *h.shape), np.float32)
    h = h * left
    back = np.ascontiguousarray(net.recurrent.T)
    for t in range(len(noise)):
        h = np.maximum(h @ back + heard[t], 0.0) * left
        made[t] = h
    bad = ~np.isfinite(made).all(axis=(1, 2))
    if bad.any():
        raise InputError(
            f"the network grows without end and ran away at step {int(bad.argmax())}; let it learn "
            "longer, or take another seed"
        )
    return made


def ran(
    net: Emulator, n_runs: int, n_steps: int, seed: int, *, left: np.ndarray | None = None,
    warm_up: int = 50,
) -> Run:  # fmt: skip
    """Runs of a network that has been running for ``warm_up`` steps.

    Noise, first states and the draws of symbols come from the seed alone, so that a lesion
    ``left`` float32[unit] (0: cut) is tried on what the whole network was tried on.
    """
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**41]))
    h = starts(rng, n_runs, net.n_units)
    noise = rng.standard_normal((warm_up + n_steps, n_runs, net.entry.shape[1]), np.float32)
    keep = np.ones(net.n_units, np.float32) if left is None else left.astype(np.float32)
    states = followed(net, h, noise, np.broadcast_to(keep, h.shape))[warm_up:]
    logits = states @ net.out.T
    # The largest logit with Gumbel noise is a draw from their softmax.
    gumbel = rng.gumbel(size=logits.shape).astype(np.float32)
    side = (logits[..., 2] > logits[..., 0]).astype(np.int64)
    return Run(states, (logits + gumbel).argmax(axis=-1).T, side.T)


def silent_norms(net: Emulator, n_runs: int, n_steps: int, seed: int) -> np.ndarray:
    """float64[step]: mean length of the state when nothing comes in, from the first state on."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**42]))
    h = starts(rng, n_runs, net.n_units)
    quiet = np.zeros((n_steps, n_runs, net.entry.shape[1]), np.float32)
    states = followed(net, h, quiet, np.ones_like(h))
    lengths = [np.linalg.norm(np.maximum(h, 0.0), axis=1).mean()]
    return np.array(lengths + list(np.linalg.norm(states, axis=2).mean(axis=1)), np.float64)
