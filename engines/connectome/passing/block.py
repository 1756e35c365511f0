"""Encode, process, decode: a graph network block that is run as often as one likes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from engines.connectome.passing.planar import Problem

WIDTH = 16


@dataclass(frozen=True, eq=False)
class Inputs:
    """A problem as tensors: node [node, 2], edge [edge, 1], who sends, who hears, whose graph."""

    node: Tensor
    edge: Tensor
    sender: Tensor
    receiver: Tensor
    graph: Tensor
    n_graphs: int


def inputs(problem: Problem, dtype: torch.dtype = torch.float32) -> Inputs:
    """What the block sees of a problem: ends and lengths, never where a node lies."""
    return Inputs(
        torch.from_numpy(problem.ends).to(dtype),
        torch.from_numpy(np.asarray(problem.length)[:, None]).to(dtype),
        torch.from_numpy(np.ascontiguousarray(problem.edges[:, 0])),
        torch.from_numpy(np.ascontiguousarray(problem.edges[:, 1])),
        torch.from_numpy(problem.graph),
        problem.n_graphs,
    )


def _layers(n_in: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(n_in, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.LayerNorm(WIDTH)
    )


class GraphNetwork(nn.Module):
    """The full block of Battaglia et al. 2018: edges, then nodes, then one global vector a graph.

    Edges see themselves, both their nodes and the global; nodes the largest of what they hear;
    the global the means of both. What was encoded is seen again at every step.
    """

    def __init__(self) -> None:
        """Weights as torch draws them."""
        super().__init__()
        self.node_in, self.edge_in = _layers(2), _layers(1)
        self.edge = _layers(2 * WIDTH + 4 * WIDTH + WIDTH)
        self.node = _layers(WIDTH + 2 * WIDTH + WIDTH)
        self.whole = _layers(3 * WIDTH)
        self.out = nn.Linear(WIDTH, 1)

    def forward(self, x: Inputs, n_steps: int) -> Tensor:
        """Logits [step, node] that a node lies on the way, after every step."""
        node0, edge0 = self.node_in(x.node), self.edge_in(x.edge)
        node, edge = node0, edge0
        whole = node0.new_zeros(x.n_graphs, WIDTH)
        said = []
        for _ in range(n_steps):
            node, edge, whole = self.step(x, (node0, edge0), (node, edge, whole))
            said.append(self.out(node)[:, 0])
        return torch.stack(said)

    def step(
        self, x: Inputs, first: tuple[Tensor, Tensor], now: tuple[Tensor, Tensor, Tensor]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Nodes, edges and globals after one more step."""
        node, edge, whole = now
        both = torch.cat([first[0], node], dim=1)
        seen = [first[1], edge, both[x.sender], both[x.receiver], whole[x.graph[x.receiver]]]
        edge = self.edge(torch.cat(seen, dim=1))
        heard = largest(edge, x.receiver, len(node))
        node = self.node(torch.cat([heard, both, whole[x.graph]], dim=1))
        means = [
            mean_of(edge, x.graph[x.receiver], x.n_graphs), mean_of(node, x.graph, x.n_graphs)
        ]  # fmt: skip
        return node, edge, self.whole(torch.cat([*means, whole], dim=1))


def largest(message: Tensor, receiver: Tensor, n: int) -> Tensor:
    """[node, feature]: the largest of what a node hears; 0 for a node that hears nothing."""
    empty = message.new_zeros(n, message.shape[1])
    where = receiver[:, None].expand_as(message)
    return empty.scatter_reduce(0, where, message, "amax", include_self=False)


def mean_of(values: Tensor, group: Tensor, n_groups: int) -> Tensor:
    """[group, feature]: means; 0 for a group of nothing."""
    count = torch.bincount(group, minlength=n_groups).clamp_min(1).to(values.dtype)
    return values.new_zeros(n_groups, values.shape[1]).index_add(0, group, values) / count[:, None]
