"""How well a network tells who lies on the shortest way, on graphs that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from engines.connectome.passing import planar
from engines.connectome.passing.block import GraphNetwork, inputs
from engines.lab.training import one_thread

N_STEPS, N_TAUGHT = 20, 10
LARGE = (16, 32)


@dataclass(frozen=True, eq=False)
class Graded:
    """``right`` float64[step, graph]: share of nodes told right; ``solved`` bool[step, graph]."""

    right: np.ndarray
    solved: np.ndarray


def graded(net: GraphNetwork, problem: planar.Problem, n_steps: int) -> Graded:
    """Grade every step's answers, graph by graph."""
    ok = (chances(net, problem, n_steps) > 0.5) == problem.on_way
    size = np.bincount(problem.graph)
    right = np.stack([np.bincount(problem.graph, row) for row in ok]) / size
    return Graded(right, right == 1.0)


def nobody(problem: planar.Problem) -> np.ndarray:
    """float64[graph]: share of nodes right when nobody is said to be on the way."""
    return np.bincount(problem.graph, ~problem.on_way) / np.bincount(problem.graph)


@torch.no_grad()
def chances(net: GraphNetwork, problem: planar.Problem, n_steps: int) -> np.ndarray:
    """float32[step, node]: how likely each node is on the way, after every step."""
    with one_thread():
        return torch.sigmoid(net(inputs(problem), n_steps)).numpy()


def large(seed: int, n_graphs: int) -> planar.Problem:
    """Graphs of 16 to 32 nodes; the network learnt on 8 to 16."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**50]))
    return planar.many(rng, n_graphs, *LARGE)
