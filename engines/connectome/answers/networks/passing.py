"""What a block of a graph network must compute, and what no block can."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from engines.connectome.passing import alike, exact, planar, twins
from engines.contract import KnownAnswer


def _rng() -> np.random.Generator:
    return np.random.Generator(np.random.Philox(0))


def _dijkstra() -> float:
    problem = planar.drawn(_rng(), 40)
    edges, length = problem.edges, problem.length
    ours = exact.bellman_ford(edges, length, 40, 3, 39)[-1]
    matrix = sparse.csr_array((length, (edges[:, 0], edges[:, 1])), shape=(40, 40))
    return float(np.abs(ours - csgraph.dijkstra(matrix, indices=3)).max())


def _power() -> float:
    rng = _rng()
    edges = twins.ring(5, 4)
    weight, x = rng.normal(size=len(edges)), rng.normal(size=9)
    matrix = np.zeros((9, 9))
    matrix[edges[:, 1], edges[:, 0]] = weight
    ours = exact.summed(edges, weight, x, 7)
    return float(np.abs(ours - np.linalg.matrix_power(matrix, 7) @ x).max())


def _relabelled() -> float:
    """Logits of a relabelled graph less the relabelled logits, in double precision."""
    import torch

    from engines.connectome.passing.block import inputs
    from engines.connectome.passing.learning import started

    rng, net = _rng(), started(0).double()
    problem = planar.drawn(rng, 30)
    new = rng.permutation(30)
    ends = np.zeros_like(problem.ends)
    ends[new] = problem.ends
    turned = planar.Problem(
        new[problem.edges], problem.length, ends, problem.on_way, problem.graph, problem.xy
    )
    with torch.no_grad():
        first, second = (net(inputs(p, torch.float64), 8)[-1].numpy() for p in (problem, turned))
    return float(np.abs(second[new] - first).max())


def _twins() -> float:
    """Largest difference between a node of two triangles and one of a ring of six."""
    import torch

    from engines.connectome.passing.block import inputs
    from engines.connectome.passing.learning import started

    blank = np.zeros((6, 2), bool)
    said = []
    for edges in (twins.ring(3, 3), twins.ring(6)):
        none = np.zeros(6)
        one = planar.Problem(
            edges, np.ones(len(edges)), blank, none > 0, none.astype(int), np.zeros((6, 2))
        )
        with torch.no_grad():
            said.append(started(0).double()(inputs(one, torch.float64), 10).numpy())
    return float(np.abs(said[0] - said[1]).max())


def _closed(*lengths: int) -> float:
    return float(twins.among_neighbours(twins.ring(*lengths), 6).mean())


@lru_cache(maxsize=1)
def _shares() -> tuple[float, float]:
    from engines.connectome.passing import exam
    from engines.connectome.passing.shipped import shipped

    right = exam.graded(shipped(), exam.large(0, 200), exam.N_STEPS).right.mean(axis=1)
    return float(right[-1]), float(right[0])


def passing_answers() -> tuple[KnownAnswer, ...]:
    """Algorithms that are blocks, symmetries, and a floor of the bundled network."""
    theorem = "a theorem: no passing of messages tells nodes of one colour apart (Xu et al. 2019)"
    return (
        KnownAnswer(
            "distances by a block of sums and minima less Dijkstra's, 40 nodes",
            "scipy's Dijkstra; Bellman 1958", 0.0, 1e-12, _dijkstra,
        ),
        KnownAnswer(
            "seven steps of summed messages less the seventh power of the weights",
            "closed form, numpy's matrix power", 0.0, 1e-10, _power,
        ),
        KnownAnswer(
            "a relabelled graph's answers less the relabelled answers", "identity", 0.0, 1e-10,
            _relabelled,
        ),
        KnownAnswer("two triangles less a ring of six", theorem, 0.0, 1e-10, _twins),
        KnownAnswer(
            "edges among a node's neighbours, two triangles", "by hand", 1.0, 0.0,
            lambda: _closed(3, 3),
        ),
        KnownAnswer(
            "edges among a node's neighbours, a ring of six", "by hand", 0.0, 0.0,
            lambda: _closed(6),
        ),
        KnownAnswer(
            "share of nodes told right by the bundled network, 16 to 32 nodes",
            "measured; the floor of 0.90 is ours", 1.0, 0.1, lambda: _shares()[0],
        ),
        KnownAnswer(
            "the same after one step, less", "measured; below the whole", -0.05, 0.05,
            lambda: _shares()[1] - _shares()[0],
        ),
    )  # fmt: skip


_ALIKE: dict[tuple[alike.PairName, alike.Told], bool] = {
    ("rings", "messages alone"): False,
    ("molecules", "messages alone"): False,
    ("skips", "messages alone"): False,
    ("boards", "messages alone"): False,
    ("rings", "ego networks, one step"): True,
    ("molecules", "ego networks, two steps"): True,
    ("boards", "ego networks, two steps"): False,
}


def _unlike_theorem() -> float:
    """Cases in which refined colours say something else than theorems do."""
    return float(
        sum(
            alike.tells(alike.pair(name).joined, told, 4) != can
            for (name, told), can in _ALIKE.items()
        )
    )


def _among(graph: int, column: int) -> float:
    made = alike.counts(alike.pair("boards").joined[graph])
    return float(np.unique(made[:, column]).item())


def _moved_by_names(told: alike.Told) -> float:
    """Largest change of a logit by new names, in double precision, untrained."""
    import torch

    from engines.connectome.passing.telling import Telling, examples, renamed

    both, rng = alike.pair("molecules").joined, np.random.Generator(np.random.Philox(0))
    x, _ = examples(renamed(rng, both, 5), told)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        said = Telling(10, x.shape[-1] - 10, 3).double()(x.double()).unflatten(0, (5, 2))
    return float((said.amax(dim=0) - said.amin(dim=0)).max())


def alike_answers() -> tuple[KnownAnswer, ...]:
    """Theorems, counts by hand, and a symmetry."""
    inside = "by hand: a rook's neighbours are two triangles, Shrikhande's a ring of six"
    return (
        KnownAnswer(
            "cases of seven in which refined colours differ from theorems",
            "Xu et al. 2019; Frasca et al. 2022: regular graphs of one degree, molecules without "
            "short rings, and strongly regular graphs", 0.0, 0.0, _unlike_theorem,
        ),
        KnownAnswer("edges among a rook's neighbours", inside, 6.0, 0.0, partial(_among, 0, 0)),
        KnownAnswer("edges among those of Shrikhande's graph", inside, 6.0, 0.0,
                    partial(_among, 1, 0)),
        KnownAnswer("triangles among a rook's neighbours", inside, 2.0, 0.0, partial(_among, 0, 1)),
        KnownAnswer("triangles among those of Shrikhande's graph", inside, 0.0, 0.0,
                    partial(_among, 1, 1)),
        KnownAnswer("a logit after new names less before", "identity", 0.0, 1e-12,
                    partial(_moved_by_names, "ego networks, two steps")),
    )  # fmt: skip
