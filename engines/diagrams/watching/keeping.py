"""Makes what is kept of a run: large values are thinned, statistics are of all their numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from torch import Tensor

from engines.diagrams.watching.axes import Lying
from engines.diagrams.watching.kept import Kept

NUMBERS_MAX = 4_000_000
"""Numbers that are kept of one run, all values together: about 16 MB."""
CELLS_MIN, CELLS_MAX = 1, 4096
"""Numbers of one value, one turn and one example."""


def cells_per_value(n_values: int, n_examples: int) -> int:
    """How many numbers of one value, turn and example may be kept.

    >>> cells_per_value(10, 16)
    4096
    """
    fair = NUMBERS_MAX // max(1, n_values * n_examples)
    return max(CELLS_MIN, min(CELLS_MAX, fair))


def kept(
    path: str,
    turns: Sequence[Tensor],
    axes: tuple[str, ...],
    example: str,
    lying: Lying,
    cells: int,
    *,
    is_attention: bool = False,
) -> Kept:
    """Keep the turns of one value.

    Args:
        path: of the operation.
        turns: arrays with these axes, one per turn.
        axes: in the order of the arrays.
        example: the axis of examples, which may be missing.
        lying: how it is laid out.
        cells: how many numbers of a turn and example may stay.
        is_attention: whether a softmax gives it to queries.
    """
    has = example in axes
    order = [axes.index(axis) for axis in ((example,) if has else ()) + lying.order]
    rows, told, shape = [], [], ()
    for turn in turns:
        array = turn.detach().permute(*order)
        array = array if has else array[None]
        shape = tuple(array.shape[1:])
        sizes = dict(zip(lying.order, shape, strict=True))
        parts = [math.prod(sizes[a] for a in group) for group in
                 (lying.panels, lying.rows, lying.columns)]  # fmt: skip
        flat = array.reshape(array.shape[0], *parts)
        told.append(_statistics(flat))
        rows.append(_thinned(flat, cells))
    return Kept(path, lying, np.stack(rows), is_attention, shape, np.array(told))


def _thinned(array: Tensor, cells: int) -> np.ndarray:
    """Every n-th panel, then every n-th row and column, so that ``cells`` are left."""
    _, panels, rows, columns = array.shape
    few = min(panels, max(1, min(8, cells // 16)))
    step = _step(panels, few)
    left = cells // -(-panels // step)
    side = max(1, math.isqrt(left))
    n_rows = min(rows, max(side, left // columns))
    down = _step(rows, n_rows)
    across = _step(columns, max(1, left // -(-rows // down)))
    return array[:, ::step, ::down, ::across].float().cpu().numpy()


def _step(n: int, at_most: int) -> int:
    return -(-n // max(1, at_most))


def _statistics(array: Tensor) -> tuple[float, ...]:
    numbers = array.double().flatten()
    finite = numbers[numbers.isfinite()]
    if not len(finite):
        return (math.nan,) * 5 + (1.0,)
    lost = 1.0 - len(finite) / len(numbers)
    sd = float(finite.std(correction=0))
    return (float(finite.mean()), sd, float(finite.min()), float(finite.max()),
            float((numbers == 0).double().mean()), lost)  # fmt: skip
