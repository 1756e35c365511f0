"""Networks learn, are put in one order, and are merged: two, three, and two in part."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from threadpoolctl import ThreadpoolController

from engines.geometry.mechanisms.weight_matching import (
    Layers,
    activation_matching,
    between,
    forward,
    losses_and_hits,
    permuted,
    scored,
    weight_matching,
)
from engines.geometry.merging.found import (
    AVERAGED,
    AVERAGED_DEALT,
    PARTIAL,
    REFITTED,
    REFITTED_DEALT,
    SHARES,
    Found,
)
from engines.geometry.merging.learning import Groups, learnt
from engines.geometry.merging.orders import Order, come_back, mean_of, partly, together
from engines.geometry.merging.partial import ensemble, merged, parted, refitted
from engines.geometry.merging.result import MergingFrame, MergingRun
from engines.geometry.merging.spec import N_MERGED, MergingSpec
from engines.lab.data.task import seed_of

_LEARNING = 0.6
_PLACES, _PLACED = np.linspace(0.0, 1.0, 13), np.linspace(0.0, 1.0, 11)


def frames_of(spec: MergingSpec) -> Iterator[MergingFrame | MergingRun]:
    """Frames while networks learn and are merged, and the run last."""
    groups = None
    for share, made in learnt(spec):
        groups = made
        yield MergingFrame("networks learn", fraction=_LEARNING * share)
    assert groups is not None
    every: list[dict[str, np.ndarray]] = []
    threads = ThreadpoolController()
    for k in range(spec.n_groups):
        one = Group(spec, groups, k)
        for step in (one.ways, one.put_in_place, one.round_and_three, one.in_part):
            # Small products: threads of BLAS would wait for each other more than they compute.
            with threads.limit(limits=1):
                step()
            done = _LEARNING + (1 - _LEARNING) * (k + 0.5) / spec.n_groups
            yield MergingFrame("networks are merged", fraction=done)
        every.append(one.measured)
    yield MergingRun(_found(spec, groups, every))


class Group:
    """Three networks and a fork of the first, merged in every way."""

    def __init__(self, spec: MergingSpec, groups: Groups, k: int) -> None:
        self.seed = seed_of(spec.seed, k)
        *self.networks, self.fork = groups.networks[k]
        task = groups.task
        self.x = task.x.astype(float)
        self.test = task.x_test.astype(float), task.y_test
        self.rng = np.random.default_rng([spec.seed % 2**32, k, 31])
        one, other, *_ = self.networks
        self.order = weight_matching(one, other, self.seed)
        self.measured: dict[str, np.ndarray] = {}

    def ways(self) -> None:
        """From the first network to the second, by every order, and to the fork."""
        one, other, *_ = self.networks
        acting = activation_matching(one, other, self.x)
        ends = (other, permuted(other, self.order), permuted(other, acting),
                permuted(other, self._dealt(other)), self.fork)  # fmt: skip
        self.measured["losses"] = np.array([self._along(end) for end in ends])
        hits = [losses_and_hits(net, *self.test)[1].mean() for net in self.networks]
        self.measured["right"] = np.array(np.mean(hits))

    def put_in_place(self) -> None:
        """Along the way while units take their places, the most alike first."""
        one, other, *_ = self.networks
        alike = self._alike(permuted(other, self.order))
        orders = [[partly(order, how, share) for order, how in zip(self.order, alike, strict=True)]
                  for share in _PLACED]  # fmt: skip
        self.measured["moved"] = np.array([self._along(permuted(other, o)) for o in orders])
        self.measured["orders"] = np.array([first for first, *_ in orders])
        a, b = (scored(forward(net, self.x)[0]) for net in (one, other))
        self.measured["alike"] = (a.T @ b / len(a)).astype(np.float32)

    def round_and_three(self) -> None:
        """Ways round three networks, and their mean."""
        nets = self.networks
        ring = [*nets, nets[0]]
        orders = [self.order, *(weight_matching(a, b, self.seed) for a, b in pairwise(ring[1:]))]
        dealt = [self._dealt(net) for net in nets]
        self.measured["back"] = np.array([come_back(orders), come_back(dealt)])
        to_first = [nets[0], *(permuted(net, weight_matching(nets[0], net, self.seed))
                               for net in nets[1:])]  # fmt: skip
        found = together(nets, self.seed)
        at_once = [permuted(net, order) for net, order in zip(nets, found, strict=True)]
        losses = [self._loss(mean_of(merge)) for merge in (nets, to_first, at_once)]
        self.measured["three"] = np.array([*losses, np.mean([self._loss(net) for net in nets])])

    def in_part(self) -> None:
        """Both networks in one that is wider, by how many units become one."""
        one, other, *_ = self.networks
        found = np.full((len(PARTIAL), len(SHARES)), np.nan)
        arms = ((AVERAGED, REFITTED, self.order), (AVERAGED_DEALT, REFITTED_DEALT,
                                                   self._dealt(other)))  # fmt: skip
        for averaged, fitted, order in arms:
            end = permuted(other, order)
            alike = self._alike(end)
            for k, share in enumerate(SHARES):
                parts = parted(alike, share)
                made = merged(one, end, parts)
                found[averaged, k] = self._loss(made)
                found[fitted, k] = self._loss(refitted(made, one, end, parts, self.x))
        self.measured["partial"] = found
        self.measured["both"] = np.array(_surprise(ensemble(one, other, self.test[0]),
                                                   self.test[1]))  # fmt: skip

    def _along(self, end: Layers) -> np.ndarray:
        """float64[point]: mean losses from the first network to this end."""
        return np.array([self._loss(between(self.networks[0], end, at)) for at in _PLACES])

    def _loss(self, net: Layers) -> float:
        return float(losses_and_hits(net, *self.test)[0].mean())

    def _dealt(self, net: Layers) -> Order:
        return [self.rng.permutation(len(bias)) for _, bias in net[:-1]]

    def _alike(self, end: Layers) -> list[np.ndarray]:
        """float64[unit] of every hidden layer: correlation of the units at each place."""
        return [
            np.mean(scored(a) * scored(b), axis=0)
            for a, b in zip(forward(self.networks[0], self.x)[:-1], forward(end, self.x)[:-1],
                            strict=True)
        ]  # fmt: skip


def _surprise(logits: np.ndarray, y: np.ndarray) -> float:
    logits = logits - logits.max(axis=1, keepdims=True)
    return float((np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(y)), y]).mean())


def _found(spec: MergingSpec, groups: Groups, every: list[dict[str, np.ndarray]]) -> Found:
    def stacked(name: str, axis: int) -> np.ndarray:
        return np.stack([one[name] for one in every], axis=axis)

    drawn = every[spec.group - 1]
    assert all(len(nets) == N_MERGED + 1 for nets in groups.networks)
    return Found(
        spec, _PLACES, stacked("losses", 1), _PLACED, stacked("moved", 1), stacked("back", 1),
        stacked("three", 1), stacked("partial", 1), stacked("both", 0), stacked("right", 0),
        drawn["alike"], drawn["orders"], len(groups.task.y_test),
    )  # fmt: skip
