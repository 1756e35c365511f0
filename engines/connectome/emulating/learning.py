"""How a recurrent network learns to emulate a chain from samples alone (Torre et al. 2025)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as fn

from engines.connectome.emulating import chain
from engines.connectome.emulating.network import Emulator, drawn
from engines.connectome.emulating.transport import divergence
from engines.contract import InputError
from engines.lab.training import one_thread

BATCH, N_TIME = 256, 40
CLIP, LEARNING_RATE, TEMPERATURE = 0.9, 3e-3, 1.0
"""Clip and temperature of the published code; it learns at 0.001 in batches of 4,096."""


@dataclass(frozen=True, eq=False)
class Step:
    """After a step of learning: the divergence it began with, and the network as it is now."""

    number: int
    loss: float
    net: Emulator


def learn(*, n_units: int, n_channels: int, n_steps: int, seed: int) -> Iterator[Step]:
    """One step after the other: as many sequences drawn anew from the network and from the chain.

    Symbols are drawn by Gumbel's trick, and whole sequences are compared by the Sinkhorn
    divergence; the network never sees which state the chain was in.

    Raises:
        InputError: the divergence is no number any more; what was yielded before stays.
    """
    start = drawn(seed, n_units, n_channels)
    weights = [
        torch.tensor(w, requires_grad=True) for w in (start.recurrent, start.entry, start.out)
    ]
    optimiser = torch.optim.Adam(weights, lr=LEARNING_RATE)
    for number in range(n_steps):
        rng = np.random.Generator(np.random.Philox(key=[seed, 2**43], counter=[0, 0, 0, number]))
        with one_thread():
            target = fn.one_hot(torch.from_numpy(chain.sampled(rng, BATCH, N_TIME)[1]), 3)
            loss = divergence(spoken(weights, rng), target.float().flatten(1))
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, CLIP)
            optimiser.step()
        if not np.isfinite(value := loss.item()):
            raise InputError(f"the divergence is no number at step {number}; take another seed")
        yield Step(number + 1, value, Emulator(*(w.detach().numpy().copy() for w in weights)))


def spoken(weights: list[Tensor], rng: np.random.Generator) -> Tensor:
    """Sequences [run, step x symbol] of drawn symbols, from first states of deviation 1.

    Forward they are 0 or 1; gradients are those of the softened symbols (straight through).
    """
    recurrent, entry, out = weights
    n_units, n_channels = entry.shape
    h = torch.from_numpy(rng.standard_normal((BATCH, n_units), np.float32))
    noise = torch.from_numpy(rng.standard_normal((N_TIME, BATCH, n_channels), np.float32))
    heard = noise @ entry.T
    states = []
    for t in range(N_TIME):
        h = torch.relu(h @ recurrent.T + heard[t])
        states.append(h)
    logits = torch.stack(states, dim=1) @ out.T
    gumbel = rng.gumbel(size=logits.shape).astype(np.float32)
    soft = torch.softmax((logits + torch.from_numpy(gumbel)) / TEMPERATURE, dim=-1)
    hard = fn.one_hot(soft.argmax(dim=-1), soft.shape[-1])
    # Soft symbols lie nearer to any sequence than real ones do, and the rare one never comes.
    return (hard + soft - soft.detach()).flatten(1)


def floor(seed: int, n_pairs: int = 8) -> float:
    """Mean divergence between two samples of the chain itself, as large as the batches are."""
    found = []
    for pair in range(n_pairs):
        rng = np.random.Generator(np.random.Philox(key=[seed, 2**44], counter=[0, 0, 0, pair]))
        first, second = (
            fn.one_hot(torch.from_numpy(chain.sampled(rng, BATCH, N_TIME)[1]), 3).float().flatten(1)
            for _ in range(2)
        )
        with one_thread():
            found.append(divergence(first, second).item())
    return float(np.mean(found))
