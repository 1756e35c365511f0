"""Pairs of graphs that look alike, and what of them is told to a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.connectome.passing import twins

Told = Literal[
    "messages alone", "node numbers", "counts around a node", "ego networks, one step",
    "ego networks, two steps",
]  # fmt: skip
TOLD: tuple[Told, ...] = (
    "messages alone", "node numbers", "counts around a node", "ego networks, one step",
    "ego networks, two steps",
)  # fmt: skip
STEPS: dict[Told, int] = {"ego networks, one step": 1, "ego networks, two steps": 2}
_SIDE = 4
"""Of the rook's board, and of the torus of Shrikhande's graph."""


@dataclass(frozen=True, eq=False)
class Pair:
    """Two graphs of as many nodes: bool[graph, node, node], float64[graph, node, (x, y)]."""

    names: tuple[str, str]
    joined: np.ndarray
    xy: np.ndarray

    @property
    def n(self) -> int:
        """Nodes of each."""
        return self.joined.shape[1]


def _joined(n: int, edges: list[tuple[int, int]]) -> np.ndarray:
    made = np.zeros((n, n), bool)
    a, b = np.array(edges).T
    made[a, b] = made[b, a] = True
    return made


def _circle(n: int, x: float = 0.0, radius: float = 1.0) -> np.ndarray:
    turn = 2.0 * np.pi * np.arange(n) / n
    return np.stack([x + radius * np.sin(turn), radius * np.cos(turn)], axis=1)


def _cycle(nodes: tuple[int, ...]) -> list[tuple[int, int]]:
    return list(zip(nodes, (*nodes[1:], nodes[0]), strict=True))


def _triangles() -> Pair:
    joined = np.zeros((2, 6, 6), bool)
    for one, edges in zip(joined, (twins.ring(3, 3), twins.ring(6)), strict=True):
        one[edges[:, 0], edges[:, 1]] = True
    two = np.concatenate([_circle(3, -0.8, 0.7), _circle(3, 0.8, 0.7)])
    return Pair(("two triangles", "a ring of six"), joined, np.stack([two, _circle(6)]))


def _carbon() -> Pair:
    """Decalin and bicyclopentyl, the textbook pair of molecules."""
    six = [*_cycle((0, 1, 2, 3, 4, 5)), (3, 6), (6, 7), (7, 8), (8, 9), (9, 4)]
    five = [*_cycle((0, 1, 2, 3, 4)), *_cycle((5, 6, 7, 8, 9)), (0, 5)]
    h = 0.5 * np.sqrt(3.0)
    left = [(-h, 1), (-2 * h, 0.5), (-2 * h, -0.5), (0, -0.5), (0, 0.5)]
    decalin = [left[1], left[2], (-h, -1), left[3], left[4], left[0], (h, -1), (2 * h, -0.5),
               (2 * h, 0.5), (h, 1)]  # fmt: skip
    turn = 2.0 * np.pi * np.arange(5) / 5
    arm = np.stack([-0.5 - 0.7 * (1 - np.cos(turn)), 0.7 * np.sin(turn)], axis=1)
    both = np.concatenate([arm, arm * [-1, 1]])
    names = ("two hexagons, fused", "two pentagons, bridged")
    return Pair(names, np.stack([_joined(10, six), _joined(10, five)]),
                np.stack([np.array(decalin), both]))  # fmt: skip


def _skips() -> Pair:
    graphs = [
        _joined(11, [(k, (k + s) % 11) for k in range(11) for s in (1, skip)]) for skip in (2, 3)
    ]
    return Pair(("11 in a ring, skips of 2", "skips of 3"), np.stack(graphs),
                np.stack([_circle(11)] * 2))  # fmt: skip


def _boards() -> Pair:
    """The two graphs of 16 nodes in which all pairs of neighbours, and all others, share two."""
    place = np.stack(np.divmod(np.arange(_SIDE**2), _SIDE), axis=1)
    gap = (place[:, None] - place) % _SIDE
    rook = (gap == 0).sum(axis=2) == 1
    moves = {(1, 0), (3, 0), (0, 1), (0, 3), (1, 1), (3, 3)}
    shrikhande = np.array([[tuple(g) in moves for g in row] for row in gap.tolist()])
    return Pair(("a rook on 4 x 4", "Shrikhande's graph"), np.stack([rook, shrikhande]),
                np.stack([_circle(_SIDE**2)] * 2))  # fmt: skip


PairName = Literal["rings", "molecules", "skips", "boards"]
PAIRS: dict[PairName, Callable[[], Pair]] = {
    "rings": _triangles, "molecules": _carbon, "skips": _skips, "boards": _boards,
}  # fmt: skip


def pair(name: PairName, n_cut: int = 0, seed: int = 0) -> Pair:
    """One of the pairs, without as many edges of each graph, which chance takes."""
    whole = PAIRS[name]()
    joined = whole.joined.copy()
    for k, one in enumerate(joined):
        rng = np.random.Generator(np.random.Philox(key=[seed, 2**54 + k]))
        a, b = np.nonzero(np.triu(one))
        gone = rng.permutation(len(a))[:n_cut]
        one[a[gone], b[gone]] = one[b[gone], a[gone]] = False
    return Pair(whole.names, joined, whole.xy)


def around(joined: np.ndarray, n_steps: int) -> np.ndarray:
    """bool[node, node]: who is at most so many steps from whom."""
    near = np.eye(len(joined), dtype=bool)
    for _ in range(n_steps):
        near |= (near.astype(np.int64) @ joined) > 0
    return near


def counts(joined: np.ndarray) -> np.ndarray:
    """int64[node, 2]: edges and triangles among a node's neighbours."""
    made = np.zeros((len(joined), 2), np.int64)
    for k, near in enumerate(joined):
        inside = joined[np.ix_(near, near)].astype(np.int64)
        made[k] = inside.sum() // 2, np.trace(inside @ inside @ inside) // 6
    return made


def seen(joined: np.ndarray, told: Told) -> np.ndarray:
    """float32[ego, node, node + feature]: what a network is given of one graph.

    Each ego network is a graph of its own: who is joined in it, then who belongs to it, whose it
    is, and what else is told of its nodes. Where no ego networks are told there is one, the whole.
    """
    n = len(joined)
    if told in STEPS:
        member = around(joined, STEPS[told])
        inside = joined[None] & member[:, :, None] & member[:, None]
        features = np.stack([member, np.eye(n, dtype=bool)], axis=2)
        return np.concatenate([inside, features], axis=2).astype(np.float32)
    parts = [joined, np.ones((n, 1))]
    if told == "node numbers":
        parts.append(np.eye(n))
    if told == "counts around a node":
        parts.append(counts(joined))
    return np.concatenate(parts, axis=1)[None].astype(np.float32)


def tells(both: np.ndarray, told: Told, n_rounds: int) -> bool:
    """Whether messages of so many rounds can tell bool[graph, node, node] apart at all.

    Colours are refined inside every ego network, then an ego network is its bag of colours and a
    graph its bag of ego networks; no network that passes messages in this way knows more (Xu et al.
    2019; for ego networks Frasca et al. 2022).
    """
    given = np.stack([seen(one, told) for one in both])
    n_graphs, n_egos, n, _ = given.shape
    inside, features = given[..., :n] > 0, given[..., n:].reshape(n_graphs * n_egos * n, -1)
    block, sender, receiver = np.nonzero(inside.reshape(-1, n, n))
    edges = np.stack([block * n + sender, block * n + receiver], axis=1)
    first = np.unique(features, axis=0, return_inverse=True)[1].ravel()
    colour = twins.colours(edges, first, n_rounds).reshape(n_graphs, n_egos, n)
    bags = [sorted(tuple(sorted(ego)) for ego in graph) for graph in colour.tolist()]
    return bags[0] != bags[1]
