"""Known answers of merging: copies in another order, and merges that are exact by construction."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np

from engines.contract import KnownAnswer
from engines.geometry.mechanisms.weight_matching import (
    Layers,
    activation_matching,
    barrier,
    between,
    forward,
    losses_and_hits,
    permuted,
    weight_matching,
)
from engines.geometry.merging.orders import Order, come_back, together
from engines.geometry.merging.partial import ensemble, merged, parted, refitted

_WIDTH, _N_INPUTS, _N_OUTPUTS, _N = 40, 12, 5, 300


def merging_answers() -> tuple[KnownAnswer, ...]:
    """What is known of a copy, and of both ends of merging in part."""
    copy, exact = "by construction: a copy in another order", "by construction"
    return (
        KnownAnswer("units of a copy matched back by weights", copy, 1.0, 0.0,
                    lambda: _matched_back(by_weights=True)),
        KnownAnswer("units of a copy matched back by activations", copy, 1.0, 0.0,
                    lambda: _matched_back(by_weights=False)),
        KnownAnswer("barrier to a copy, matched", copy, 0.0, 1e-12, barrier_to_copy),
        KnownAnswer("units that come back from three copies", copy, 1.0, 0.0, back_from_copies),
        KnownAnswer("logits of three copies matched together less a copy's", copy, 0.0, 1e-9,
                    copies_together),
        KnownAnswer("logits with no unit merged less the mean of both", exact, 0.0, 1e-9,
                    lambda: _in_part(0.0)),
        KnownAnswer("the same, every layer fitted anew", exact, 0.0, 1e-9,
                    lambda: _in_part(0.0, anew=True)),
        KnownAnswer("logits with every unit merged less the midpoint's", exact, 0.0, 1e-9,
                    lambda: _in_part(1.0)),
    )  # fmt: skip


@cache
def _drawn() -> tuple[list[Layers], np.ndarray, Order]:
    """Two random networks, inputs, and an order at random."""
    rng = np.random.default_rng(11)
    widths = (_N_INPUTS, _WIDTH, _WIDTH, _N_OUTPUTS)
    nets: list[Layers] = [
        [(rng.normal(size=(a, b)) / a**0.5, 0.1 * rng.normal(size=b))
         for a, b in itertools.pairwise(widths)]
        for _ in range(2)
    ]  # fmt: skip
    x = rng.normal(size=(_N, _N_INPUTS))
    return nets, x, [rng.permutation(_WIDTH) for _ in range(2)]


def _matched_back(*, by_weights: bool) -> float:
    (net, _), x, order = _drawn()
    other = permuted(net, order)
    found = weight_matching(net, other) if by_weights else activation_matching(net, other, x)
    return float(np.mean([(o[f] == np.arange(_WIDTH)).mean()
                          for o, f in zip(order, found, strict=True)]))  # fmt: skip


def barrier_to_copy() -> float:
    """How far the loss rises on the way to a copy whose units were put back."""
    (net, _), x, order = _drawn()
    other = permuted(net, order)
    end = permuted(other, weight_matching(net, other))
    y = np.arange(_N) % _N_OUTPUTS
    losses = [losses_and_hits(between(net, end, at), x, y)[0].mean() for at in np.linspace(0, 1, 9)]
    return barrier(np.array(losses))


def _copies() -> list[Layers]:
    (net, _), _, order = _drawn()
    return [net, permuted(net, order), permuted(net, order[::-1])]


def back_from_copies() -> float:
    """Share of units that come back from a way round three copies."""
    a, b, c = _copies()
    return float(come_back([weight_matching(*pair) for pair in ((a, b), (b, c), (c, a))]).mean())


def copies_together() -> float:
    """Largest difference between a copy's logits and those of the mean of three."""
    from engines.geometry.merging.orders import mean_of

    copies, x = _copies(), _drawn()[1]
    found = together(copies)
    mean = mean_of([permuted(net, order) for net, order in zip(copies, found, strict=True)])
    return float(np.abs(forward(mean, x)[-1] - forward(copies[0], x)[-1]).max())


def _in_part(share: float, *, anew: bool = False) -> float:
    (one, other), x, _ = _drawn()
    parts = parted([np.linspace(0, 1, _WIDTH)] * 2, share)
    made = merged(one, other, parts)
    if anew:
        made = refitted(made, one, other, parts, x)
    wanted = ensemble(one, other, x) if share == 0 else forward(between(one, other, 0.5), x)[-1]
    return float(np.abs(forward(made, x)[-1] - wanted).max())
