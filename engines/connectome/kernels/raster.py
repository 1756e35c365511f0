"""Edges as pixels: how many cross each pixel of a window, however many edges there are."""

from __future__ import annotations

import numpy as np

from engines.connectome.kernels.jit import kernel, part


@kernel
def clipped(
    x1: float, y1: float, x2: float, y2: float, width: float, height: float
) -> tuple[bool, float, float, float, float]:
    """The part of a segment inside the picture (Liang & Barsky 1984), and whether there is any."""
    t0, t1 = 0.0, 1.0
    dx, dy = x2 - x1, y2 - y1
    for side in range(4):
        p = -dx if side == 0 else dx if side == 1 else -dy if side == 2 else dy
        q = x1 if side == 0 else width - x1 if side == 1 else y1 if side == 2 else height - y1
        if p == 0.0:
            if q < 0.0:
                return False, 0.0, 0.0, 0.0, 0.0
        elif p < 0.0:
            t0 = max(t0, q / p)
        else:
            t1 = min(t1, q / p)
    return t0 <= t1, x1 + t0 * dx, y1 + t0 * dy, x1 + t1 * dx, y1 + t1 * dy


@part
def _fixed(x: float) -> np.uint64:
    """32 bits before the point and 32 behind; a step back wraps round, as unsigned sums do."""
    return np.uint64(np.int64(x * 4294967296.0))


@kernel
def lines(
    xy: np.ndarray,
    pre: np.ndarray,
    post: np.ndarray,
    first: int,
    last: int,
    window: np.ndarray,
    image: np.ndarray,
) -> None:
    """Count edges ``first`` to ``last`` into float32[row, column], one per pixel they cross.

    ``window``: x of the left edge, y of the bottom, width and height, in the layout's units; row 0
    is the top.
    """
    n_rows, n_columns = image.shape
    right, top = n_columns - 1e-3, n_rows - 1e-3
    sx, sy = n_columns / window[2], n_rows / window[3]
    pixels, stride, whole = image.reshape(-1), np.uint64(n_columns), np.uint64(32)
    for e in range(first, last):
        i, j = pre[e], post[e]
        x1, x2 = (xy[i, 0] - window[0]) * sx, (xy[j, 0] - window[0]) * sx
        y1, y2 = n_rows - (xy[i, 1] - window[1]) * sy, n_rows - (xy[j, 1] - window[1]) * sy
        if min(x1, x2) < 0.0 or max(x1, x2) > right or min(y1, y2) < 0.0 or max(y1, y2) > top:
            inside, x1, y1, x2, y2 = clipped(x1, y1, x2, y2, right, top)
            if not inside:
                continue
        n = int(max(abs(x2 - x1), abs(y2 - y1))) + 1
        dx, dy = (x2 - x1) / n, (y2 - y1) / n
        # Each step is looked at in its middle, so that none falls into its neighbour's pixel.
        x, y = _fixed(x1 + 0.5 * dx), _fixed(y1 + 0.5 * dy)
        right_by, down_by = _fixed(dx), _fixed(dy)
        for _ in range(n):
            pixels[(y >> whole) * stride + (x >> whole)] += np.float32(1.0)
            x += right_by
            y += down_by


@kernel
def points(xy: np.ndarray, window: np.ndarray, image: np.ndarray) -> None:
    """Count neurons into float32[row, column]."""
    n_rows, n_columns = image.shape
    for k in range(len(xy)):
        x = int((xy[k, 0] - window[0]) * n_columns / window[2])
        y = int(n_rows - (xy[k, 1] - window[1]) * n_rows / window[3])
        if 0 <= x < n_columns and 0 <= y < n_rows:
            image[y, x] += 1.0
