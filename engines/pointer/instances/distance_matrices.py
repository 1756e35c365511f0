"""Distances that a file gives as a matrix, and places in the plane for its cities.

A network needs points to point at. Where a file has none to display, they come from classical
multidimensional scaling (Torgerson 1952); tours are measured by the matrix all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from engines.boundary.labels import label
from engines.contract import InputError

Line = tuple[int, str]
"""Number in the file, and text."""
_APART = 1e-6
"""Cities displayed at one place are set apart by this share of the map."""


def _upper(n: int, diagonal: int) -> tuple[np.ndarray, np.ndarray]:
    return np.triu_indices(n, diagonal)


def _lower(n: int, diagonal: int) -> tuple[np.ndarray, np.ndarray]:
    return np.tril_indices(n, -diagonal)


_TRIANGLES: dict[str, tuple[Callable[[int, int], tuple[np.ndarray, np.ndarray]], int]] = {
    # Columns of the upper triangle are rows of the lower one: the matrix is symmetric.
    "UPPER_ROW": (_upper, 1),
    "LOWER_COL": (_upper, 1),
    "UPPER_DIAG_ROW": (_upper, 0),
    "LOWER_DIAG_COL": (_upper, 0),
    "LOWER_ROW": (_lower, 1),
    "UPPER_COL": (_lower, 1),
    "LOWER_DIAG_ROW": (_lower, 0),
    "UPPER_DIAG_COL": (_lower, 0),
}
FORMATS = ("FULL_MATRIX", *_TRIANGLES)


def ways_from_lines(lines: Sequence[Line], n: int, kind: str) -> np.ndarray:
    """Costs float64[from, to] in EDGE_WEIGHT_SECTION, which may differ there and back.

    Raises:
        InputError: another format than FULL_MATRIX, too few or too many numbers, text, negative or
            endless costs.
    """
    if kind != "FULL_MATRIX":
        raise InputError(f"EDGE_WEIGHT_FORMAT must be FULL_MATRIX here, got '{label(kind, 40)}'")
    between = _numbers(lines, n * n, kind).reshape(n, n)
    np.fill_diagonal(between, 0.0)
    return between


def matrix_from_lines(lines: Sequence[Line], n: int, kind: str) -> np.ndarray:
    """Distances float64[city, city] in EDGE_WEIGHT_SECTION, written in one of FORMATS.

    Raises:
        InputError: an unknown format, too few or too many numbers, text, negative or endless
            distances, or ways back that are longer than ways there.
    """
    if kind not in FORMATS:
        raise InputError(
            f"EDGE_WEIGHT_FORMAT must be one of {', '.join(FORMATS)}, got '{label(kind, 40)}'"
        )
    if kind == "FULL_MATRIX":
        return _symmetric(_numbers(lines, n * n, kind).reshape(n, n))
    triangle, diagonal = _TRIANGLES[kind]
    places = triangle(n, diagonal)
    between = np.zeros((n, n))
    between[places] = _numbers(lines, len(places[0]), kind)
    between = np.maximum(between, between.T)
    np.fill_diagonal(between, 0.0)
    return between


def _numbers(lines: Sequence[Line], wanted: int, kind: str) -> np.ndarray:
    found: list[float] = []
    for number, line in lines:
        found += [_distance(number, word) for word in line.split()]
        if len(found) > wanted:
            raise InputError(
                f"line {number}: {kind} of this DIMENSION has {wanted} numbers, here are more"
            )
    if len(found) < wanted:
        where = f"line {lines[-1][0]}: " if lines else ""
        raise InputError(
            f"{where}EDGE_WEIGHT_SECTION ends after {len(found)} numbers, {kind} of this "
            f"DIMENSION has {wanted}"
        )
    return np.array(found, np.float64)


def _distance(number: int, word: str) -> float:
    try:
        found = float(word)
    except ValueError as error:
        raise InputError(f"line {number}: '{label(word, 40)}' is not a number") from error
    if not 0.0 <= found < 1e12:
        raise InputError(
            f"line {number}: distances must be from 0 to 1e12, got '{label(word, 40)}'"
        )
    return found


def _symmetric(between: np.ndarray) -> np.ndarray:
    np.fill_diagonal(between, 0.0)
    here, there = np.nonzero(between != between.T)
    if len(here):
        a, b = int(here[0]), int(there[0])
        raise InputError(
            f"from city {a + 1} to {b + 1} it is {between[a, b]:g}, back {between[b, a]:g}; "
            "TYPE TSP has the same way there and back"
        )
    return between


def places_from_matrix(between: np.ndarray) -> np.ndarray:
    """Points float64[city, 2] whose distances are nearest to these, by classical scaling.

    >>> line = np.abs(np.subtract.outer([0.0, 1.0, 3.0], [0.0, 1.0, 3.0]))
    >>> found = places_from_matrix(line)
    >>> np.allclose(np.linalg.norm(found[:, None] - found[None], axis=-1), line)
    True
    """
    n = len(between)
    centred = np.eye(n) - 1.0 / n
    values, vectors = np.linalg.eigh(-0.5 * centred @ between**2 @ centred)
    points = np.zeros((n, 2))
    largest = np.argsort(values)[::-1][:2]
    points[:, : len(largest)] = vectors[:, largest] * np.sqrt(np.maximum(values[largest], 0.0))
    # The sign of an eigenvector means nothing; the same file must always look the same.
    return points * np.where(points[np.abs(points).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0)


def set_apart(points: np.ndarray) -> np.ndarray:
    """The points, those at the same place a little apart: the matrix tells them from each other."""
    extent = float(np.ptp(points, axis=0).max(initial=0.0)) or 1.0
    _, same = np.unique(points, axis=0, return_inverse=True)
    same = same.ravel()
    rank = np.array([np.count_nonzero(same[:i] == same[i]) for i in range(len(points))])
    angle = 2.399963 * rank  # the golden angle: no two in one direction
    step = _APART * extent * np.sqrt(rank)
    return points + step[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def condensed(between: np.ndarray) -> tuple[float, ...]:
    """The upper triangle row by row, as specs carry it."""
    return tuple(map(float, between[_upper(len(between), 1)]))


def expanded(distances: Sequence[float], n: int) -> np.ndarray:
    """The matrix float64[city, city] of an upper triangle."""
    between = np.zeros((n, n))
    between[_upper(n, 1)] = distances
    return between + between.T
