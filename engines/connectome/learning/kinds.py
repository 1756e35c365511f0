"""Kinds of masked networks that are held against each other, each with its controls."""

from __future__ import annotations

import numpy as np

from engines.connectome.learning import masks
from engines.connectome.learning.masked import N_IN, N_OUT, Kind
from engines.connectome.memory import wired
from engines.connectome.wiring.graph import connectome_of, graph_of
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import InputError

N_INNER, N_UNITS_MAX = 2, 400


def groups(
    names: tuple[str, ...], width: int, n_groups: int, feeds: str, n_seeds: int, seed: int
) -> list[Kind]:
    """All to all; as many weights, narrow; by chance; groups; groups that rewire in two ways.

    Args:
        names: of the six kinds.
        width: units of a layer.
        n_groups: of equal size.
        feeds: who feeds whom, as `masks.painted` reads it.
        n_seeds: networks of each kind.
        seed: draws masks by chance.
    """
    one = masks.of_groups(masks.painted(feeds, n_groups), width)
    n_kept = int(one.sum())
    grouped = np.broadcast_to(one, (n_seeds, N_INNER, width, width))
    rngs = [_rng(seed, k) for k in range(n_seeds)]
    chance = [[masks.by_chance(rng, width, n_kept) for _ in range(N_INNER)] for rng in rngs]
    n_weights = width * (N_IN + N_OUT) + N_INNER * n_kept
    narrow = masks.width_of(n_weights, N_IN, N_OUT, N_INNER)
    return [
        Kind(names[0], width, np.ones_like(grouped)),
        Kind(names[1], narrow, np.ones((n_seeds, N_INNER, narrow, narrow), bool)),
        Kind(names[2], width, np.array(chance)),
        Kind(names[3], width, grouped),
        Kind(names[4], width, grouped, "by chance"),
        Kind(names[5], width, grouped, "Hebb"),
    ]


def wirings(names: tuple[str, ...], wiring: WiringSpec, n_seeds: int, seed: int) -> list[Kind]:
    """All to all; a wiring in which every neuron hears itself too; its degrees; by chance.

    Raises:
        InputError: a wiring of more than `N_UNITS_MAX` neurons.
    """
    graph, connectome = graph_of(wiring), connectome_of(wiring)
    if graph.n > N_UNITS_MAX:
        raise InputError(
            f"this wiring has {graph.n} neurons; networks of more than {N_UNITS_MAX} learn for "
            "minutes here, so choose a smaller one"
        )
    ones, itself = np.ones(graph.n), np.eye(graph.n, dtype=bool)
    own = (wired.matrix(graph, ones) != 0) | itself
    nulls, _ = wired.degree_nulls(graph, ones, connectome, n_seeds, seed)
    n_kept = int(own.sum())
    chance = [[masks.by_chance(_rng(seed, k), graph.n, n_kept)] for k in range(n_seeds)]
    every = np.broadcast_to(own, (n_seeds, 1, *own.shape))
    return [
        Kind(names[0], graph.n, np.ones_like(every)),
        Kind(names[1], graph.n, every),
        Kind(names[2], graph.n, np.array([[(null != 0) | itself] for null in nulls])),
        Kind(names[3], graph.n, np.array(chance)),
    ]


def _rng(seed: int, k: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=[seed, 2**45 + k]))
