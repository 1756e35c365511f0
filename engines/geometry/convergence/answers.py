"""Networks whose partners are known: copies with their units in another order, and turned."""

from __future__ import annotations

from functools import cache

import numpy as np

from engines.contract import KnownAnswer
from engines.geometry.convergence.measuring import MATCHED, measured
from engines.geometry.convergence.partners import (
    Scored,
    agreement,
    assigned,
    correlations,
    explained,
    lasso,
    scored,
)
from engines.geometry.convergence.stitching import stitched
from engines.geometry.mechanisms.level_sets import Layers

_CLOSED = "definition: the same units in another order"
_TURNED = "definition: the same space in other axes"


@cache
def _copies() -> tuple[Scored, Scored, Scored, np.ndarray]:
    """Units, the same in another order, the same turned, and the order."""
    rng = np.random.Generator(np.random.Philox(17))
    values = np.maximum(rng.standard_normal((600, 20)) @ rng.standard_normal((20, 20)), 0.0)
    order = rng.permutation(20)
    turn = np.linalg.qr(rng.standard_normal((20, 20)))[0]
    parts = [scored(v[:400], v[400:]) for v in (values, values[:, order], values @ turn)]
    return parts[0], parts[1], parts[2], order


def _misplaced() -> float:
    one, other, _, order = _copies()
    rows, columns = assigned(correlations(one, other))
    return float(np.sum(order[columns] != rows))


def _matched(which: int) -> float:
    copies = _copies()
    rng = np.random.Generator(np.random.Philox(0))
    return float(measured(copies[0], (copies[1], copies[2])[which], 4, rng)[MATCHED])


def _unexplained() -> float:
    one, _, turned, _ = _copies()
    weights = lasso(one.fitted, turned.fitted, 0.0)
    return float(np.max(1.0 - explained(one.held_out, turned.held_out, weights)))


def _angle() -> float:
    one, _, turned, _ = _copies()
    every = np.ones(20, bool)
    return float(np.arccos(min(1.0, agreement(one, turned, every, every))))


def in_another_order(net: Layers, rng: np.random.Generator) -> Layers:
    """The same network with the units of every hidden layer in another order."""
    made, before = [], np.arange(net[0][0].shape[1])
    for weight, bias in net[:-1]:
        order = rng.permutation(len(bias))
        made.append((weight[order][:, before], bias[order]))
        before = order
    return (*made, (net[-1][0][:, before], net[-1][1]))


def _stitched_copy() -> float:
    rng = np.random.Generator(np.random.Philox(23))
    net = tuple(
        (rng.normal(size=(b, a)), rng.normal(size=b)) for a, b in ((6, 12), (12, 9), (9, 3))
    )
    digits = rng.normal(size=(300, 6)), rng.normal(size=(200, 6)), rng.integers(0, 3, 200)
    copy = in_another_order(net, rng)
    return max(abs(stitched(copy, net, k, digits) - stitched(net, net, k, digits)) for k in (0, 1))


def convergence_answers() -> tuple[KnownAnswer, ...]:
    """All of them."""
    return (
        KnownAnswer("units of a copy that are assigned wrongly", _CLOSED, 0.0, 0.0, _misplaced),
        KnownAnswer("matched correlation of a copy", _CLOSED, 1.0, 1e-12, lambda: _matched(0)),
        KnownAnswer("variance of turned units that all units leave", _TURNED, 0.0, 1e-3,
                    _unexplained),
        KnownAnswer("digits read across a stitch to a copy, less the network's own", _CLOSED, 0.0,
                    0.0, _stitched_copy),
        KnownAnswer("angle between a space and the same turned, rad", _TURNED, 0.0, 1e-5, _angle),
    )  # fmt: skip
