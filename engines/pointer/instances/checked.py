"""An instance from outside, checked before any solver or network sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.pointer.errors import InstanceError
from engines.pointer.model import N_POINTS_MAX
from engines.pointer.tasks.protocol import Task

DELAUNAY_MAX = 100
"""A triangulation takes six choices a point."""


@dataclass(frozen=True)
class Instance:
    """Distinct finite points, and what had to be done to them."""

    points: np.ndarray
    """float64[point, 2] as they came, without repetitions."""
    kept: np.ndarray
    """int64[row]: which point each row that came has become."""
    notices: tuple[str, ...]
    degenerate: str
    """Why there is nothing to ask a network, or empty."""

    @property
    def unit(self) -> np.ndarray:
        """The points as a network reads them: inside the unit square, proportions kept."""
        return in_unit_square(self.points)


def checked(rows: Any, task: Task) -> Instance:
    """The instance in these rows.

    Raises:
        InstanceError: not n x 2 finite numbers, or too many; the text names the rows.
    """
    points = rows_of_two(rows)
    limit = DELAUNAY_MAX if task.drawing == "triangles" else N_POINTS_MAX
    if len(points) > limit:
        raise InstanceError(
            f"{task.title} takes at most {limit} points, got {len(points)}; leave some out"
        )
    distinct, kept = _distinct(points)
    notices = []
    if len(distinct) < len(points):
        n_merged = len(points) - len(distinct)
        notices.append(f"{n_merged} duplicate point{'s' * (n_merged > 1)} merged")
    if _is_outside(distinct):
        notices.append("points outside the unit square: scaled into it for the network")
    return Instance(distinct, kept, tuple(notices), _degenerate(distinct, task))


def rows_of_two(rows: Any) -> np.ndarray:
    """Rows of two finite numbers as float64[row, 2].

    Raises:
        InstanceError: anything else, with the rows that are wrong.
    """
    try:
        points = np.asarray(rows, np.float64)
    except (TypeError, ValueError) as error:
        raise InstanceError(f"points must be rows of two numbers: {error}") from error
    if points.size == 0:
        points = points.reshape(0, 2)
    if points.ndim != 2 or points.shape[1] != 2:
        raise InstanceError(f"points must be rows of two numbers (n x 2), got {points.shape}")
    (wrong,) = np.nonzero(~np.isfinite(points).all(axis=1))
    if len(wrong):
        shown = ", ".join(str(row + 1) for row in wrong[:5])
        raise InstanceError(f"points must be finite; wrong in row {shown}")
    return points


def _distinct(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first of equal points in their order, and which of them each row is."""
    if not len(points):
        return points, np.zeros(0, np.int64)
    _, first, same = np.unique(points, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(first), np.int64)
    place[order] = np.arange(len(first))
    return points[first[order]], place[same.ravel()]


def _degenerate(points: np.ndarray, task: Task) -> str:
    n = len(points)
    if n < task.n_min:
        wanted = f"{task.title} needs {task.n_min} distinct points, there are {n}"
        if task.drawing == "triangles":
            raise InstanceError(f"{wanted}; add some")
        return f"degenerate: {wanted}"
    if task.name in ("hull", "delaunay") and on_one_line(points):
        if task.drawing == "triangles":
            raise InstanceError(
                "all points lie on one line, where there are no triangles; move one off it"
            )
        return "degenerate: all points lie on one line, so the hull is its two ends"
    return ""


def on_one_line(points: np.ndarray) -> bool:
    """Whether no three points make a triangle."""
    centred = points - points.mean(axis=0)
    spread = np.linalg.svd(centred, compute_uv=False)
    return len(points) < 3 or bool(spread[1] <= 1e-12 * max(spread[0], 1e-300))


def _is_outside(points: np.ndarray) -> bool:
    return bool(len(points)) and bool(points.min() < 0.0 or points.max() > 1.0)


def in_unit_square(points: np.ndarray) -> np.ndarray:
    """Points scaled into the unit square when they do not lie in it; proportions are kept."""
    if not _is_outside(points):
        return points
    low = points.min(axis=0)
    extent = float((points - low).max()) or 1.0
    scaled = (points - low) / extent
    return scaled + (1.0 - scaled.max(axis=0)) / 2.0
