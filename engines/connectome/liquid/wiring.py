"""A liquid's neurons on a grid, who sends to whom, and whom the input reaches.

Near neurons are joined more often than far ones, with the odds of Maass, Natschläger & Markram
2002, Real-time computing without stable states.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ACROSS = 5
"""Neurons along two edges of the grid."""
REACH = 2.0
"""Distance, in neurons, at which odds have fallen to 1 / e of those nearby."""
ODDS = np.array([[0.3, 0.2], [0.4, 0.1]])
"""From one that excites or inhibits (row) to one that does."""
INHIBITS = 0.2
ENTRY, ENTRY_SHARE = 3.0, 0.015
"""Size of an input's weights, of either sign, and share of the neurons that an input reaches."""


@dataclass(frozen=True, eq=False)
class Synapses:
    """Synapses sorted by sender: ``ptr`` int64[sender + 1] says where those of each begin.

    ``post`` and ``pre`` int64[synapse] are their ends. ``back`` int64[synapse] lists the same by
    receiver, from ``back_ptr`` int64[receiver + 1] on.
    """

    ptr: np.ndarray
    pre: np.ndarray
    post: np.ndarray
    back_ptr: np.ndarray
    back: np.ndarray


@dataclass(frozen=True, eq=False)
class Liquid:
    """``sign`` int64[neuron] is 1 or -1; ``entry`` float64[synapse] are the inputs' weights."""

    sign: np.ndarray
    synapses: Synapses
    inputs: Synapses
    entry: np.ndarray

    @property
    def n(self) -> int:
        """Neurons."""
        return len(self.sign)

    def weights(self, size: float) -> np.ndarray:
        """float64[synapse]: all of one size, with the sign of who sends."""
        return size * self.sign[self.synapses.pre].astype(float)

    def joined(self) -> np.ndarray:
        """bool[sender, receiver]."""
        made = np.zeros((self.n, self.n), bool)
        made[self.synapses.pre, self.synapses.post] = True
        return made


def synapses(there: np.ndarray) -> Synapses:
    """Those of bool[sender, receiver]."""
    pre, post = np.nonzero(there)
    back = np.argsort(post, kind="stable")
    ptr = np.searchsorted(pre, np.arange(len(there) + 1))
    back_ptr = np.searchsorted(post[back], np.arange(there.shape[1] + 1))
    return Synapses(ptr, pre, post, back_ptr, back)


def liquid(rng: np.random.Generator, depth: int, n_inputs: int) -> Liquid:
    """`ACROSS` x `ACROSS` x ``depth`` neurons, a fifth of which inhibit."""
    axes = np.meshgrid(np.arange(ACROSS), np.arange(ACROSS), np.arange(depth), indexing="ij")
    place = np.stack(axes).reshape(3, -1).T.astype(float)
    n = len(place)
    kind = np.zeros(n, np.int64)
    kind[rng.permutation(n)[: round(INHIBITS * n)]] = 1
    away = ((place[:, None] - place) ** 2).sum(axis=2)
    odds = ODDS[kind[:, None], kind] * np.exp(-away / REACH**2)
    there = rng.random((n, n)) < odds
    np.fill_diagonal(there, val=False)
    inputs = synapses(rng.random((n_inputs, n)) < ENTRY_SHARE)
    entry = ENTRY * rng.choice((-1.0, 1.0), len(inputs.post))
    return Liquid(1 - 2 * kind, synapses(there), inputs, entry)
