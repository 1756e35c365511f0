"""A wiring as a reservoir, its nulls of the same scaling, and what is left of it after a lesion."""

from __future__ import annotations

import numpy as np

from engines.connectome.dynamics.network import signs
from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.nulls.run import seeds_of
from engines.connectome.nulls.shuffling import draw_of
from engines.connectome.wiring.connectome import Connectome
from engines.connectome.wiring.graph import Graph, graph_of, lesions_of
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import InputError

N_MIN = 10
_ATTEMPTS_PER_EDGE = 200


def sign_of(graph: Graph, connectome: Connectome) -> np.ndarray:
    """float64[neuron]: -1 for cells with GABA, 1 for all others."""
    named = tuple(connectome.column("transmitter"))
    return signs(named, glutamate_excites=True)[graph.members]


def scaled(weight: np.ndarray, radius: float) -> np.ndarray:
    """The same matrix with this spectral radius.

    Raises:
        InputError: no cycle, so that every radius is zero.
    """
    now = float(np.abs(np.linalg.eigvals(weight)).max())
    if now < 1e-9:
        raise InputError("this wiring has no cycle, so nothing in it can remember for long")
    return weight * (radius / now)


def matrix(graph: Graph, sign: np.ndarray) -> np.ndarray:
    """Signed weights float64[post, pre].

    Raises:
        InputError: too few neurons.
    """
    if graph.n < N_MIN or not graph.n_edges:
        raise InputError(f"{graph.n} neurons are left; a reservoir needs at least {N_MIN}")
    return graph.directed.toarray().T * sign


def degree_nulls(
    graph: Graph, sign: np.ndarray, connectome: Connectome, n_nulls: int, seed: int
) -> tuple[list[np.ndarray], float]:
    """Signed matrices of wirings in which every neuron keeps its degrees and what it sends.

    Also the share of edges that are still where they were, on average.
    """
    drawing = draw_of(graph, MeasuresSpec(null="directed degree"), connectome)
    found, kept = [], []
    for one in seeds_of(seed, n_nulls):
        walker = drawing.start()
        drawing.step(walker, _ATTEMPTS_PER_EDGE * graph.n_edges, one)
        weight = np.zeros((graph.n, graph.n))
        weight[walker.post, walker.pre] = graph.weight * sign[walker.pre]
        found.append(weight)
        kept.append(drawing.in_place(walker))
    return found, float(np.mean(kept))


def shuffles(weight: np.ndarray, n_nulls: int, seed: int) -> list[np.ndarray]:
    """The same sizes anywhere off the diagonal; a sender keeps its sign."""
    rng = np.random.Generator(np.random.Philox(seed))
    sign = np.where((weight < 0).any(axis=0), -1.0, 1.0)
    off = ~np.eye(len(weight), dtype=bool)
    found = []
    for _ in range(n_nulls):
        made = np.zeros_like(weight)
        made[off] = rng.permutation(np.abs(weight)[off])
        found.append(made * sign)
    return found


def cut(weight: np.ndarray, gone: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """A copy without neurons bool[neuron] and without edges int64[edge, (pre, post)]."""
    left = weight * ~gone * ~gone[:, None]
    if len(edges):
        left[edges[:, 1], edges[:, 0]] = 0.0
    return left


def lesion(wiring: WiringSpec, asked: WiringSpec) -> tuple[np.ndarray, np.ndarray]:
    """What ``asked`` cuts out of ``wiring``, counted among the neurons of its graph.

    Gives bool[neuron] and int64[edge, (pre, post)].

    Raises:
        InputError: fewer than two neurons would be left.
    """
    members = graph_of(wiring).members
    gone, edges = lesions_of(asked)
    if gone[members].sum() > len(members) - 2:
        raise InputError("no neuron is left after this lesion; cut fewer")
    place = np.full(len(gone), -1)
    place[members] = np.arange(len(members))
    edges = place[edges.reshape(-1, 2)]
    return gone[members], edges[(edges >= 0).all(axis=1)]
