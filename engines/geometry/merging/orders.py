"""Orders of units: put in place little by little, gone round through three networks, found at once.

An order says which unit of a network stands at each place of another; one per hidden layer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engines.geometry.mechanisms.weight_matching import Layers, permuted, weight_matching

Order = list[np.ndarray]
_ROUNDS = 20


def partly(order: np.ndarray, alike: np.ndarray, share: float) -> np.ndarray:
    """The order with only a share of its units in place, the most alike first.

    The others follow as they stood, in the places that are left.

    >>> partly(np.array([2, 0, 1]), np.array([0.1, 0.9, 0.5]), 1 / 3).tolist()
    [1, 0, 2]
    """
    n = len(order)
    placed = np.argsort(-alike, kind="stable")[: round(share * n)]
    made = np.full(n, -1)
    made[placed] = order[placed]
    made[made < 0] = np.setdiff1d(np.arange(n), order[placed])
    return made


def come_back(orders: Sequence[Order]) -> np.ndarray:
    """float64[layer]: share of units that end where they began, gone round through all orders.

    The first order says which unit of the second network stands at each place of the first, the
    next which of the third at each of the second, and the last leads back to the first.
    """
    shares = []
    for layer in zip(*orders, strict=True):
        at = np.arange(len(layer[0]))
        for order in layer:
            at = order[at]
        shares.append(float((at == np.arange(len(at))).mean()))
    return np.array(shares)


def mean_of(networks: Sequence[Layers]) -> Layers:
    """Every weight the mean over networks."""
    return [
        (np.mean([net[k][0] for net in networks], axis=0),
         np.mean([net[k][1] for net in networks], axis=0))
        for k in range(len(networks[0]))
    ]  # fmt: skip


def together(networks: Sequence[Layers], seed: int = 0) -> list[Order]:
    """One order for every network, each matched to the mean of the others until nothing changes.

    Ainsworth, Hayase & Srinivasa 2023, their MergeMany; ways round lead back by construction.
    """
    orders = [[np.arange(len(bias)) for _, bias in net[:-1]] for net in networks]
    rng = np.random.default_rng(seed)
    for _ in range(_ROUNDS):
        changed = False
        for k in rng.permutation(len(networks)):
            others = [permuted(net, order) for j, (net, order) in
                      enumerate(zip(networks, orders, strict=True)) if j != k]  # fmt: skip
            found = weight_matching(mean_of(others), networks[k], seed)
            if _nearer(mean_of(others), networks[k], found, orders[k]):
                orders[k], changed = found, True
        if not changed:
            break
    return orders


def distance(one: Layers, other: Layers) -> float:
    """Squared distance of all weights."""
    return sum(
        float(np.square(w - v).sum() + np.square(b - c).sum())
        for (w, b), (v, c) in zip(one, other, strict=True)
    )


def _nearer(aim: Layers, network: Layers, found: Order, now: Order) -> bool:
    """Whether an order brings a network nearer, by more than rounding."""
    before, after = (distance(aim, permuted(network, order)) for order in (now, found))
    return after < before - 1e-9 * max(before, 1.0)
