"""How a graph network learns to tell who lies on the shortest way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as fn

from engines.connectome.passing import planar
from engines.connectome.passing.block import GraphNetwork, inputs
from engines.lab.training import one_thread

N_GRAPHS, SMALL = 24, (8, 16)
N_STEPS, FIRST = 10, 4
"""Steps of the block in learning, and the one from which on answers are graded."""
LEARNING_RATE = 2e-3


@dataclass(frozen=True, eq=False)
class Step:
    """After a step of learning: mean loss in nats, and the network, which goes on learning."""

    number: int
    loss: float
    net: GraphNetwork


def started(seed: int) -> GraphNetwork:
    """An untrained network; torch's own generator is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return GraphNetwork()


def learn(n_training: int, seed: int) -> Iterator[Step]:
    """New graphs of 8 to 16 nodes at every step; graded after steps 4 to 10 of the block."""
    net = started(seed)
    optimiser = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE)
    for number in range(n_training):
        rng = np.random.Generator(np.random.Philox(key=[seed, 2**47], counter=[0, 0, 0, number]))
        problem = planar.many(rng, N_GRAPHS, *SMALL)
        wanted = torch.from_numpy(problem.on_way).float()
        with one_thread():
            said = net(inputs(problem), N_STEPS)[FIRST - 1 :]
            loss = fn.binary_cross_entropy_with_logits(said, wanted.expand_as(said))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        yield Step(number + 1, loss.item(), net)
