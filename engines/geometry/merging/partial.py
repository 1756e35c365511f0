"""Merging in part: units that are alike become one, the others are kept from both.

After PLeaS (Nasery et al. 2024, arXiv 2407.02447): permute, average what matches, keep the rest,
then fit every layer to the features of both networks by least squares. No label is used.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engines.geometry.mechanisms.weight_matching import Layers, forward

Parts = tuple[np.ndarray, np.ndarray]
"""Units that become one, and units that are kept from both."""
_RIDGE = 0.01


def parted(alike: Sequence[np.ndarray], share: float) -> list[Parts]:
    """For every hidden layer which units become one: this share of them, the most alike."""
    found = []
    for values in alike:
        order = np.argsort(-values, kind="stable")
        n = round(share * len(order))
        found.append((np.sort(order[:n]), np.sort(order[n:])))
    return found


def merged(one: Layers, other: Layers, parts: Sequence[Parts]) -> Layers:
    """A network with the units that are one, then those of ``one``, then those of ``other``.

    With no unit merged its logits are the mean of both networks'; with all it is their midpoint.
    """
    everything = [_ends(one[0][0].shape[0]), *parts, _ends(one[-1][0].shape[1])]
    made: Layers = []
    for (w, b), (v, c), into, out in zip(one, other, everything, everything[1:], strict=False):
        made.append(_layer(w, v, b, c, into, out))
    return made


def refitted(layers: Layers, one: Layers, other: Layers, parts: Sequence[Parts],
             x: np.ndarray) -> Layers:  # fmt: skip
    """The same network, every layer fitted to what both networks say before their bends.

    Args:
        layers: as `merged` gave it.
        one: the first network.
        other: the second one, its units in the order of the first.
        parts: what became one.
        x: inputs, float[example, number]; no labels are needed.
    """
    wanted = _wanted(one, other, [*parts, _ends(one[-1][0].shape[1])], x)
    made, held = [], x
    for k, ((w, b), target) in enumerate(zip(layers, wanted, strict=True)):
        inputs = np.hstack([held, np.ones((len(held), 1))])
        start = np.vstack([w, b])
        gram = inputs.T @ inputs
        gram += _RIDGE * np.trace(gram) / len(gram) * np.eye(len(gram))
        fitted = start + np.linalg.solve(gram, inputs.T @ (target - inputs @ start))
        made.append((fitted[:-1], fitted[-1]))
        held = inputs @ fitted
        if k < len(layers) - 1:
            held = np.maximum(held, 0.0)
    return made


def ensemble(one: Layers, other: Layers, x: np.ndarray) -> np.ndarray:
    """Mean of both networks' logits."""
    return 0.5 * (forward(one, x)[-1] + forward(other, x)[-1])


def _ends(n: int) -> Parts:
    """Inputs and outputs are the same for both."""
    return np.arange(n), np.arange(0)


def _layer(w: np.ndarray, v: np.ndarray, b: np.ndarray, c: np.ndarray, into: Parts,
           out: Parts) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    (both_in, own_in), (both, own) = into, out
    nothing = np.zeros((len(own_in), len(own)))
    weight = np.block([
        [0.5 * (w + v)[np.ix_(both_in, both)], w[np.ix_(both_in, own)], v[np.ix_(both_in, own)]],
        [0.5 * w[np.ix_(own_in, both)], w[np.ix_(own_in, own)], nothing],
        [0.5 * v[np.ix_(own_in, both)], nothing, v[np.ix_(own_in, own)]],
    ])  # fmt: skip
    return weight, np.concatenate([0.5 * (b + c)[both], b[own], c[own]])


def _wanted(one: Layers, other: Layers, parts: Sequence[Parts], x: np.ndarray) -> list[np.ndarray]:
    """What every layer should say: float[example, unit], before the bend."""
    found = []
    pairs = zip(_unbent(one, x), _unbent(other, x), parts, strict=True)
    for said, theirs, (both, own) in pairs:
        mean = 0.5 * (said + theirs)[:, both]
        found.append(np.hstack([mean, said[:, own], theirs[:, own]]))
    return found


def _unbent(layers: Layers, x: np.ndarray) -> list[np.ndarray]:
    held = [x, *forward(layers, x)[:-1]]
    return [values @ w + b for values, (w, b) in zip(held, layers, strict=True)]
