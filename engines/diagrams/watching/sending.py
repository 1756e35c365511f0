"""What a run gives to other workbenches: the examples as activations, attention as a wiring."""

from __future__ import annotations

from functools import partial

import numpy as np

from engines.contract.sending import Activations, Gift, Matrix
from engines.diagrams.watching.kept import Kept

WIRINGS_MAX = 6
_UNITS_MAX = 2_000


def gifts(
    title: str, kept: tuple[Kept, ...], examples: tuple[str, ...], labels: tuple[str, ...]
) -> tuple[Gift, ...]:
    """Activations where there are three examples or more, and each attention as a matrix."""
    found = []
    if len(examples) > 2:
        make = partial(activations, title, kept, examples, labels)
        found.append(Gift("What every wire says of the examples", Activations, make))
    heads = [one for one in kept if one.is_attention][-WIRINGS_MAX:]
    found += [Gift(f"{one.path} as a wiring", Matrix, partial(matrix, one)) for one in heads]
    return tuple(found)


def activations(
    title: str, kept: tuple[Kept, ...], examples: tuple[str, ...], labels: tuple[str, ...]
) -> Activations:
    """float32[example, position] by operation, its last turn; of many positions every n-th.

    What is the same for all examples, has one position or is not finite is left out.
    """
    layers = {}
    for one in kept:
        rows = one.numbers[-1].reshape(one.numbers.shape[1], -1)
        rows = rows[:, :: -(-rows.shape[1] // _UNITS_MAX)]
        if len(rows) == len(examples) and rows.shape[1] > 1 and np.isfinite(rows).all():
            layers[one.path.replace("/", " ")] = rows
    return Activations(title, layers, examples, {"label": labels} if any(labels) else {})


def matrix(one: Kept) -> Matrix:
    """Who looks at whom: the mean over heads and examples of the last turn."""
    weights = one.numbers[-1].astype(np.float64).mean(axis=(0, 1))
    n_rows, n_columns = weights.shape
    names = _names(one.lying.rows, n_rows)
    if n_rows != n_columns:
        names += _names(one.lying.columns, n_columns)
    return Matrix(f"{one.path}, mean of heads and examples", weights, names, 1.0 / n_columns)


def _names(axes: tuple[str, ...], n: int) -> tuple[str, ...]:
    return tuple(f"{' '.join(axes)} {k + 1}" for k in range(n))
