"""The run: networks learn, then every pair is measured beside its controls."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from engines.geometry.convergence.found import ConvergentFrame, ConvergentRun
from engines.geometry.convergence.measuring import MATCHED, MEASURES, measured
from engines.geometry.convergence.partners import Scored, assigned, correlations, scored
from engines.geometry.convergence.spec import (
    DEALT,
    FIRSTS,
    KINDS,
    LAYERS,
    RANDOM,
    TRAINED,
    WIDTHS,
    ConvergentSpec,
)
from engines.geometry.convergence.stitching import both_ways, from_pixels
from engines.geometry.mechanisms.digit_networks import learnt

if TYPE_CHECKING:
    from engines.geometry.mechanisms.level_sets import Layers
    from engines.lab.data.task import Task

_N_STRONGEST = 20
"""Digits whose mean shows what a unit answers."""


def frames_of(spec: ConvergentSpec) -> Iterator[ConvergentFrame | ConvergentRun]:
    """Learning, a bar for every pair, and the run last."""
    networks: dict[int, tuple[Layers, ...]] = {}
    task = accuracy = None
    for kind, n_steps in ((RANDOM, 0), (TRAINED, spec.n_learning)):
        for fraction, made in _learnt(spec, n_steps):
            if made is None:
                yield ConvergentFrame(np.zeros(0), "learning", fraction=0.4 * fraction)
            else:
                networks[kind], task, accuracy = made
    assert task is not None
    assert accuracy is not None
    units = {kind: _units(found, task) for kind, found in networks.items()}
    pairs = np.array(list(combinations(range(spec.n_networks), 2)))
    values = np.full((len(KINDS), len(LAYERS), len(pairs), len(MEASURES)), np.nan)
    ranked = np.zeros((len(KINDS), len(LAYERS), min(WIDTHS[1:-1])))
    n_done, n_all = 0, len(KINDS) * len(LAYERS) * len(pairs)
    for kind, name in enumerate(KINDS):
        for layer in range(len(LAYERS)):
            for k, (i, j) in enumerate(pairs):
                rng = np.random.Generator(np.random.Philox(key=[spec.seed, 100 * kind + k]))
                one, other = (units[min(kind, RANDOM) if kind != DEALT else TRAINED][n][layer]
                              for n in (i, j))  # fmt: skip
                if kind == DEALT:
                    other = _dealt(other, rng)
                values[kind, layer, k] = measured(one, other, spec.n_groups, rng)
                best = _matched(one, other)[2]
                # Ranks that some pair lacks, for units without spread, are not drawn.
                ranked[kind, layer, : len(best)] += best / len(pairs)
                ranked[kind, layer, len(best) :] = np.nan
                n_done += 1
                yield ConvergentFrame(values[kind, layer, : k + 1, MATCHED].copy(),
                                      f"{name}, {LAYERS[layer]}",
                                      fraction=0.4 + 0.55 * n_done / n_all)  # fmt: skip
    constant = [[sum(net[layer].n_constant for net in units[kind]) for layer in range(len(LAYERS))]
                for kind in (TRAINED, RANDOM, TRAINED)]  # fmt: skip
    joined = np.empty((len(FIRSTS), len(LAYERS), len(pairs)))
    for k in range(len(pairs)):
        yield ConvergentFrame(np.zeros(0), "stitching", fraction=0.95 + 0.05 * k / len(pairs))
        joined[..., k] = _joined(spec, networks, task, pairs[k], k)
    yield ConvergentRun(spec, pairs, values, ranked, np.array(constant), accuracy, joined,
                        **_drawn(spec, units[TRAINED], task))  # fmt: skip


def _joined(
    spec: ConvergentSpec, networks: dict[int, tuple[Layers, ...]], task: Task, pair: np.ndarray,
    k: int,
) -> np.ndarray:  # fmt: skip
    """float64[first, layer]: digits read right by the first layers of one before the other's rest.

    Networks that were not trained give first layers only: the rest is always one that learnt. The
    last of `FIRSTS` has none: what reads there is the map and the rest alone.
    """
    digits = np.asarray(task.x, float), np.asarray(task.x_test, float), np.asarray(task.y_test)
    order = np.random.Generator(np.random.Philox(key=[spec.seed, 1_000 + k])).permutation(
        len(digits[0])
    )
    i, j = pair
    learnt, fresh = ((networks[kind][i], networks[kind][j]) for kind in (TRAINED, RANDOM))
    return np.array([
        [both_ways(firsts, learnt, layer, digits, dealt) for layer in range(len(LAYERS))]
        for firsts, dealt in ((learnt, None), (fresh, None), (learnt, order))
    ] + [[from_pixels(learnt, layer, digits) for layer in range(len(LAYERS))]])  # fmt: skip


def _learnt(spec: ConvergentSpec, n_steps: int) -> Iterator[tuple[float, tuple | None]]:
    """The networks after so many steps."""
    yield from learnt(spec.n_networks, n_steps, spec.seed, widths=WIDTHS, rate=spec.learning_rate)


def _units(networks: tuple[Layers, ...], task: Task) -> list[list[Scored]]:
    """Units of each network and hidden layer, fitted on what was learnt, held out on the exam."""
    found = []
    for layers in networks:
        fitted, held_out, mine = np.asarray(task.x, float), np.asarray(task.x_test, float), []
        for weight, bias in layers[:-1]:
            fitted, held_out = (np.maximum(x @ weight.T + bias, 0.0) for x in (fitted, held_out))
            mine.append(scored(fitted, held_out))
        found.append(mine)
    return found


def _dealt(units: Scored, rng: np.random.Generator) -> Scored:
    """The same units with their stimuli in another order."""
    return Scored(rng.permutation(units.fitted), rng.permutation(units.held_out), units.units,
                  units.n_constant)  # fmt: skip


def _matched(one: Scored, other: Scored) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows and columns of matched units and their correlations, best first."""
    correlation = correlations(one, other)
    rows, columns = assigned(correlation)
    best = np.argsort(-correlation[rows, columns], kind="stable")
    return rows[best], columns[best], correlation[rows, columns][best]


def _drawn(spec: ConvergentSpec, units: list[list[Scored]], task: Task) -> dict:
    """What is drawn of the first two networks."""
    one, other = (units[n][spec.layer - 1] for n in (0, 1))
    rows, columns, _ = _matched(one, other)
    place = min(spec.shown, len(rows)) - 1
    pair = rows[place], columns[place]
    images = [
        np.asarray(task.x, float)[np.argsort(-u.fitted[:, k])[:_N_STRONGEST]].mean(axis=0)
        for u, k in zip((one, other), pair, strict=True)
    ]
    return {
        "correlation": correlations(one, other)[np.ix_(rows, columns)],
        "stimuli": np.stack(images),
        "shown": (int(one.units[pair[0]]), int(other.units[pair[1]])),
    }
