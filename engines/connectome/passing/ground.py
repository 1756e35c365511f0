"""What a wave runs over: a graph in the plane, or a wiring laid out by when the wave comes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engines.connectome.passing import planar
from engines.connectome.passing.exact import bellman_ford
from engines.connectome.wiring import selection
from engines.connectome.wiring.connectome import Connectome, Provenance, layer_from_edges
from engines.connectome.wiring.graph import connectome_of, graph_of
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import InputError

TYPICAL = 0.2
"""Median length of an edge of a wiring: about that of the streets that the network was taught."""


@dataclass(frozen=True, eq=False)
class Ground:
    """Named nodes, directed edges with lengths, and a way that is asked for."""

    names: tuple[str, ...]
    xy: np.ndarray
    edges: np.ndarray
    length: np.ndarray
    start: int
    goal: int

    @property
    def n(self) -> int:
        """Nodes."""
        return len(self.names)

    def wave(self, n_steps: int) -> np.ndarray:
        """float64[step, node]: distances after every step of the exact block."""
        return bellman_ford(self.edges, self.length, self.n, self.start, n_steps)

    def way(self) -> tuple[list[int], float]:
        """The shortest way and its length; none and inf where there is none."""
        return planar.way(self.edges, self.length, self.n, self.start, self.goal)

    def problem(self) -> planar.Problem:
        """As the network is asked it."""
        return planar.asked(self.xy, self.edges, self.length, self.start, self.goal)

    def without(self, gone: np.ndarray) -> Ground:
        """The same without edges bool[edge]."""
        return replace(self, edges=self.edges[~gone], length=self.length[~gone])


def in_plane(n: int, seed: int, start: str, goal: str) -> Ground:
    """Random points ``n1`` ... from the left to the right; from the first to the last if unsaid."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**48]))
    drawn = planar.drawn(rng, n)
    order = np.argsort(drawn.xy[:, 0], kind="stable")
    place = np.argsort(order)
    names = tuple(f"n{k + 1}" for k in range(n))
    made = Ground(names, drawn.xy[order], place[drawn.edges], drawn.length, 0, n - 1)
    ends = [_place(as_connectome(made), said) for said in (start or names[0], goal or names[-1])]
    return _asked(made, ends[0], ends[1])


def over_wiring(spec: WiringSpec, seed: int, start: str, goal: str, *, strong_near: bool) -> Ground:
    """The wiring with nothing lesioned; unsaid ends are drawn so that there is a way.

    An edge is as long as 1 / weight where strong ones are near, else all are equally long; the
    median is `TYPICAL`.

    Raises:
        InputError: an end that is not there, or fewer than two neurons.
    """
    graph, connectome = graph_of(spec), connectome_of(spec)
    if graph.n < 2 or not graph.n_edges:
        raise InputError("a wave needs at least two neurons and an edge between them")
    names = tuple(connectome.neurons[k] for k in graph.members)
    length = 1.0 / np.abs(graph.weight) if strong_near else np.ones(graph.n_edges)
    length = length * (TYPICAL / np.median(length))
    edges = np.stack([graph.pre, graph.post], axis=1).astype(np.int64)
    blank = Ground(names, np.zeros((graph.n, 2)), edges, length, 0, 1)
    place = {int(k): j for j, k in enumerate(graph.members)}
    said = [place.get(_place(connectome, end), -1) if end else -1 for end in (start, goal)]
    if any(end and k < 0 for end, k in zip((start, goal), said, strict=True)):
        raise InputError("a neuron at an end of the way is not in this wiring; take another")
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**49]))
    senders = np.flatnonzero(graph.out_degree > 0)
    first = said[0] if said[0] >= 0 else int(rng.choice(senders))
    hops = bellman_ford(edges, np.ones(len(edges)), graph.n, first, min(graph.n, 60))[-1]
    there = np.flatnonzero(np.isfinite(hops) & (hops > 0))
    if said[1] < 0 and not len(there):
        raise InputError(f"nothing is reached from {names[first]}; start elsewhere")
    far = there[hops[there] >= np.quantile(hops[there], 0.9)] if len(there) else there
    last = said[1] if said[1] >= 0 else int(rng.choice(far))
    return _asked(replace(blank, xy=columns(hops)), first, last)


def columns(hops: np.ndarray) -> np.ndarray:
    """float64[node, 2]: a column for every step at which nodes are reached, the unreached last."""
    x = np.where(np.isfinite(hops), hops, np.max(hops[np.isfinite(hops)]) + 1.0)
    xy = np.stack([x, np.zeros(len(x))], axis=1)
    for column in np.unique(x):
        here = np.flatnonzero(x == column)
        xy[here, 1] = (np.arange(len(here)) + 0.5) / len(here)
        # Two neighbours in a full column must not lie on each other.
        xy[here, 0] += 0.5 * ((np.arange(len(here)) * 0.618) % 1.0 - 0.5) * (len(here) > 12)
    return xy


def as_connectome(ground: Ground) -> Connectome:
    """The same as a wiring, so that one text cuts either."""
    said = Provenance(
        "Graph in the plane", "drawn here", counts=f"{ground.n} nodes", synthetic=True
    )
    layer = layer_from_edges("chemical", ground.edges[:, 0], ground.edges[:, 1], ground.length)
    return Connectome("the graph in the plane", ground.names, (layer,), said, {})


def cut(ground: Ground, connectome: Connectome, text: str, *, both_ways: bool) -> np.ndarray:
    """bool[edge] that a lesion takes: those named, and all of nodes that are named.

    Raises:
        InputError: it names nobody here.
    """
    cells, named = selection.lesion(connectome, text)
    place = {name: k for k, name in enumerate(ground.names)}
    gone = np.zeros(len(ground.edges), bool)
    who = [place[name] for k in cells if (name := connectome.neurons[k]) in place]
    gone |= np.isin(ground.edges, who).any(axis=1)
    pairs = {(connectome.neurons[i], connectome.neurons[j]) for i, j in named}
    pairs |= {(j, i) for i, j in pairs} if both_ways else set()
    for k, (i, j) in enumerate(ground.edges):
        gone[k] |= (ground.names[i], ground.names[j]) in pairs if pairs else False
    return gone


def on_the_way(ground: Ground, *, both_ways: bool) -> np.ndarray:
    """bool[edge]: the middle edge of the shortest way, both directions if they are one street."""
    way, _ = ground.way()
    gone = np.zeros(len(ground.edges), bool)
    if len(way) < 2:
        return gone
    middle = (len(way) - 2) // 2
    i, j = way[middle], way[middle + 1]
    gone |= (ground.edges == (i, j)).all(axis=1)
    if both_ways:
        gone |= (ground.edges == (j, i)).all(axis=1)
    return gone


def _place(connectome: Connectome, name: str) -> int:
    return selection.neuron(connectome, name)


def _asked(ground: Ground, start: int, goal: int) -> Ground:
    if start == goal:
        raise InputError("a way needs two different ends")
    return replace(ground, start=start, goal=goal)
