"""The run: every network is searched in every way, and trees are shown as they grow."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

import numpy as np

from engines.diagrams.bounding.asked import (
    AREA,
    MIDDLE,
    NONE,
    RANDOM,
    RAW,
    STRENGTHENED,
    WORDS,
    ZERO,
    BranchSpec,
)
from engines.diagrams.bounding.bounds import bounds
from engines.diagrams.bounding.network import Net, perceptron
from engines.diagrams.bounding.points import Where
from engines.diagrams.bounding.results import VERDICTS, BranchFrame, BranchResult, Reach
from engines.diagrams.bounding.search import Cuts, Search
from engines.diagrams.bounding.trees import Tree
from engines.lab.data.task import rng_of

_CUTS: dict[str, Cuts] = {NONE: "none", RAW: "raw", STRENGTHENED: "strengthened"}
_POINTS: dict[str, Where] = {
    MIDDLE: "middle", ZERO: "at 0", AREA: "least area", RANDOM: "random"
}  # fmt: skip
N_SAMPLES = 20_000
_FRAME_S = 0.1
_BIAS = 0.5
Layer = tuple[np.ndarray, np.ndarray]
"""Matrix [out, in] and bias [out]."""
_GAIN = {"ReLU": 2.0}
"""Variance of weights times the size of the layer before; of other functions 4."""


def network(spec: BranchSpec, k: int) -> tuple[Net, np.ndarray]:
    """Network k, and the inputs its margin was measured on, float64[input, number]."""
    rng = rng_of(spec.seed, 7_000 + k)
    sizes = [spec.n_inputs, *[spec.n_hidden] * spec.n_layers, 1]
    gain = _GAIN.get(spec.function, 4.0)
    weights = [_layer(rng, a, b, gain) for a, b in itertools.pairwise(sizes)]
    if spec.function == "product":
        more = [_layer(rng, a, b, gain) for a, b in itertools.pairwise(sizes[:-1])]
        weights = of_products(weights, more)
    kind = WORDS[spec.function]
    x = rng.uniform(-spec.reach, spec.reach, (N_SAMPLES, spec.n_inputs))
    y = perceptron(weights, kind).values({"x": x})["y"][:, 0]
    matrix, bias = weights[-1]
    weights[-1] = matrix, bias - y.min() + spec.margin * y.std()
    return perceptron(weights, kind), x


def _layer(rng: np.random.Generator, n_in: int, n_out: int, gain: float) -> Layer:
    matrix = rng.standard_normal((n_out, n_in)) * np.sqrt(gain / n_in)
    return matrix, rng.standard_normal(n_out) * _BIAS


def of_products(left: list[Layer], right: list[Layer]) -> list[Layer]:
    """Layers whose numbers are products of two sums each, as a perceptron of twice as many squares.

    u v = ((u + v) / 2)² - ((u - v) / 2)², so that every number has a curve of its own to be cut.

    Args:
        left: matrix and bias of one factor in every layer between, and of the output.
        right: of the other factor, without an output.
    """
    found: list[Layer] = []
    for k, (matrix, bias) in enumerate(left):
        # What comes in is a difference of squares from the second layer on.
        wide = np.concatenate([matrix, -matrix], axis=1) if k else matrix
        if k == len(right):
            return [*found, (wide, bias)]
        other, other_bias = right[k]
        other = np.concatenate([other, -other], axis=1) if k else other
        sums, shifts = [wide + other, wide - other], [bias + other_bias, bias - other_bias]
        found.append((np.concatenate(sums) / 2.0, np.concatenate(shifts) / 2.0))
    return found


def search_of(spec: BranchSpec, net: Net, way: str) -> Search:
    """A way to look at a network's box."""
    high = np.full(spec.n_inputs, spec.reach)
    cuts, where = _CUTS.get(way, "none"), _POINTS.get(way, "at 0")
    return Search(net, -high, high, cuts, where, spec.limit, seed=spec.seed % 2**32)


def tree_of(search: Search) -> Tree:
    """The regions so far."""
    last = [region.splits[-1] if region.splits else None for region in search.regions]
    wires = list(search.curves)
    return Tree(
        parent=np.array([region.parent for region in search.regions]),
        bound=np.array([region.bound for region in search.regions]),
        verdict=np.array(search.verdicts),
        wire=np.array([wires.index(s.wire) if s else -1 for s in last]),
        unit=np.array([s.unit if s else -1 for s in last]),
        at=np.array([s.at if s else np.nan for s in last]),
        above=np.array([bool(s and s.above) for s in last]),
        cut=np.array([search.literals.get(k, 0) for k in range(len(last))]),
    )


def reach_of(spec: BranchSpec, net: Net, x: np.ndarray) -> tuple[Reach, int]:
    """What numbers can be in the whole box, and how many inputs put one outside."""
    box = {"x": (np.full((1, spec.n_inputs), -spec.reach), np.full((1, spec.n_inputs), spec.reach))}
    plain, lines, values = bounds(net, box, back=False), bounds(net, box), net.values({"x": x})
    outside = np.zeros(len(x), bool)
    for wire, (low, high) in lines.wires.items():
        outside |= ((values[wire] < low) | (values[wire] > high)).any(axis=1)
    wires = [wire for wire in lines.wires if wire[0] in "zy"]
    names = [f"{wire}[{k + 1}]" if wire != "y" else "y"
             for wire in wires for k in range(values[wire].shape[1])]  # fmt: skip

    def both(found: dict[str, tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
        return np.concatenate([np.stack([found[w][0][0], found[w][1][0]], axis=1) for w in wires])

    seen = {w: (values[w].min(axis=0)[None], values[w].max(axis=0)[None]) for w in wires}
    reach = Reach(tuple(names), both(plain.wires), both(lines.wires), both(seen))
    return reach, int(outside.sum())


def frames_of(spec: BranchSpec) -> Iterator[BranchFrame | BranchResult]:
    """A frame ten times a second while a tree grows, the result last."""
    shape = spec.n_nets, len(spec.ways)
    counted = np.full(shape, np.nan)
    verdict, programs = (np.zeros(shape, np.int64) for _ in range(2))
    seconds = np.zeros(shape)
    trees: list[tuple[Tree, ...]] = []
    reached: list[Reach] = []
    outside = np.zeros(spec.n_nets, np.int64)
    shown = -np.inf
    for net in range(spec.n_nets):
        made, x = network(spec, net)
        reach, outside[net] = reach_of(spec, made, x)
        reached.append(reach)
        each: list[Tree] = []
        for way, name in enumerate(spec.ways):
            search = search_of(spec, made, name)
            for _ in search.steps():
                if time.monotonic() - shown >= _FRAME_S:
                    shown = time.monotonic()
                    counted[net, way] = len(search.regions)
                    done = (net * shape[1] + way + len(search.regions) / spec.limit) / counted.size
                    yield BranchFrame(spec, tree_of(search), f"Network {net + 1}, {name}",
                                      counted.copy(), fraction=min(done, 1.0))  # fmt: skip
            counted[net, way] = len(search.regions)
            verdict[net, way] = VERDICTS.index(search.verdict)
            programs[net, way], seconds[net, way] = search.n_programs, search.seconds
            each.append(tree_of(search))
        trees.append(tuple(each))
    yield BranchResult(spec, tuple(trees), verdict, programs, seconds, outside, tuple(reached))
