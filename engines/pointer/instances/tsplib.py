"""TSPLIB files (Reinelt 1991): cities, and the file's own way to measure between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.boundary.apart import said_of
from engines.boundary.labels import label
from engines.contract import InputError
from engines.pointer.instances.distance_matrices import (
    matrix_from_lines,
    places_from_matrix,
    set_apart,
)
from engines.pointer.model import N_POINTS_MAX, Metric

_METRICS: dict[str, Metric] = {m: m for m in ("EUC_2D", "CEIL_2D", "ATT", "GEO", "EXPLICIT")}  # type: ignore[misc]
_FILE_MAX = 4 * 1024 * 1024
_LINES_MAX = 2 * N_POINTS_MAX**2
"""A matrix may stand with one number a line."""
_LINE_MAX = 100_000
_EARTH_KM = 6378.388
_PI = 3.141592
"""TSPLIB's own value; its published lengths depend on it."""
Sections = dict[str, list[tuple[int, str]]]
"""Numbered lines by section."""


@dataclass(frozen=True)
class TsplibInstance:
    """Cities as the file gives them."""

    name: str
    metric: Metric
    points: np.ndarray
    """float64[city, 2] in the file's own coordinates, or where a matrix puts them."""
    matrix: np.ndarray | None = None
    """float64[city, city] of an EXPLICIT file."""


def tsplib_from_upload(name: str, data: bytes, *, n_max: int = N_POINTS_MAX) -> TsplibInstance:
    """As `read_tsplib`, of a stranger's file; ``name`` is only what it is called.

    What there is to read is bounded by its count of lines, so that this takes milliseconds.

    Raises:
        InputError: what is wrong with the file, and how to mend it.
    """
    try:
        check_size(data)
        return read_tsplib(data.decode("utf-8", "replace"), n_max=n_max)
    except InputError as error:
        raise InputError(said_of(label(name, 80) or "the text", str(error))) from error


def check_size(data: bytes, wanted: str = "a TSPLIB file") -> None:
    """Refuse what is no text, or has more lines than a file that is ``wanted`` can need."""
    if not data.strip():
        raise InputError(f"it is empty; give {wanted}")
    if b"\0" in data:
        raise InputError(f"it is not text; give {wanted}")
    if data.count(b"\n") > _LINES_MAX or max(map(len, data.split(b"\n"))) > _LINE_MAX:
        raise InputError(
            f"it has more than {_LINES_MAX:,} lines, or one of more than {_LINE_MAX:,} "
            f"characters; at most {N_POINTS_MAX} cities are read"
        )


def read_tsplib(text: str, *, n_max: int = N_POINTS_MAX) -> TsplibInstance:
    """The symmetric instance in a TSPLIB file's text, of at most ``n_max`` cities.

    Raises:
        InputError: what is wrong, in which line, and how to mend it.
    """
    if len(text) > _FILE_MAX:
        raise InputError(f"the file has more than {_FILE_MAX >> 20} MiB; give a smaller instance")
    head, sections = split(text)
    kind = head.get("TYPE", "TSP").split()[:1]
    if kind != ["TSP"]:
        raise InputError(f"TYPE must be TSP, got '{label(' '.join(kind), 40)}'")
    metric = metric_in(head)
    # A matrix grows with the square of its cities.
    n = dimension_in(head, min(n_max, N_POINTS_MAX) if metric == "EXPLICIT" else n_max)
    name = label(head.get("NAME", "instance"), 60)
    if metric != "EXPLICIT":
        return TsplibInstance(name, metric, cities_in(sections, n, "NODE_COORD_SECTION"))
    lines = sections.get("EDGE_WEIGHT_SECTION", [])
    between = matrix_from_lines(lines, n, head.get("EDGE_WEIGHT_FORMAT", ""))
    return TsplibInstance(name, metric, set_apart(_displayed(sections, between)), between)


def _displayed(sections: Sections, between: np.ndarray) -> np.ndarray:
    """Where the file shows its cities, or else where their distances put them."""
    for section in ("DISPLAY_DATA_SECTION", "NODE_COORD_SECTION"):
        if sections.get(section):
            return cities_in(sections, len(between), section)
    return places_from_matrix(between)


def split(text: str) -> tuple[dict[str, str], Sections]:
    """Header fields, and the numbered lines of every section."""
    head: dict[str, str] = {}
    sections: Sections = {}
    section = ""
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        if line == "EOF":
            break
        name, colon, value = line.partition(":")
        if line.endswith("_SECTION") or name.strip().endswith("_SECTION"):
            section = name.strip()
            if section in sections:
                raise InputError(f"line {number}: {label(section, 40)} comes twice")
            sections[section] = []
        elif colon and name.strip().isupper():
            head[name.strip()], section = value.strip(), ""
        elif section and line:
            sections[section].append((number, line))
        elif line and not section:
            raise InputError(
                f"line {number}: expected 'NAME : value' or a section, got '{label(line, 40)}'"
            )
    return head, sections


def metric_in(head: dict[str, str]) -> Metric:
    """How the file measures."""
    found = head.get("EDGE_WEIGHT_TYPE", "")
    if found not in _METRICS:
        raise InputError(
            f"EDGE_WEIGHT_TYPE must be one of {', '.join(_METRICS)}, got '{label(found, 40)}'"
        )
    return _METRICS[found]


def dimension_in(head: dict[str, str], n_max: int) -> int:
    """How many cities the file says it has."""
    found = head.get("DIMENSION", "")
    if not found.isdecimal() or len(found) > 9:
        raise InputError(f"DIMENSION must be a whole number, got '{label(found, 40)}'")
    n = int(found)
    if not 1 <= n <= n_max:
        raise InputError(f"DIMENSION must be from 1 to {n_max}, got {n}")
    return n


def cities_in(sections: Sections, n: int, section: str) -> np.ndarray:
    """Places float64[city, 2] of a section, in the order of their numbers."""
    rows = sections.get(section, [])
    if not rows:
        raise InputError(f"there is no {section} with cities")
    if len(rows) != n:
        raise InputError(f"DIMENSION says {n} cities, {section} has {len(rows)}")
    points = np.full((n, 2), np.nan)
    for number, line in rows:
        city, x, y = _row(number, line)
        if not 1 <= city <= n:
            raise InputError(f"line {number}: city {city} is not from 1 to {n}")
        if np.isfinite(points[city - 1, 0]):
            raise InputError(f"line {number}: city {city} comes twice")
        points[city - 1] = x, y
    return points


def _row(number: int, line: str) -> tuple[int, float, float]:
    words = line.split()
    if len(words) != 3:
        raise InputError(
            f"line {number}: expected city, x and y, got {len(words)} values: '{label(line, 40)}'"
        )
    try:
        city, x, y = int(words[0]), float(words[1]), float(words[2])
    except ValueError as error:
        raise InputError(f"line {number}: '{label(line, 40)}' is not numbers") from error
    if not (np.isfinite(x) and np.isfinite(y)):
        raise InputError(f"line {number}: coordinates must be finite, got '{label(line, 40)}'")
    return city, x, y


def distances(points: np.ndarray, metric: Metric) -> np.ndarray:
    """Distances float64[city, city] as the metric measures; ``plane`` does not round.

    EXPLICIT ones stand in the file and cannot be measured.
    """
    if metric == "GEO":
        return _geographical(points)
    return _measured(np.linalg.norm(points[:, None] - points[None], axis=-1), metric)


def edge_lengths(a: np.ndarray, b: np.ndarray, metric: Metric) -> np.ndarray:
    """Lengths float64[edge] from points a[edge, 2] to b[edge, 2], as a metric of the plane says."""
    return _measured(np.linalg.norm(a - b, axis=-1), metric)


def _measured(straight: np.ndarray, metric: Metric) -> np.ndarray:
    match metric:
        case "EUC_2D":
            return np.floor(straight + 0.5)
        case "CEIL_2D":
            return np.ceil(straight)
        case "ATT":
            # Reinelt's formula: rounded, and up where rounding made it shorter.
            shrunk = straight / np.sqrt(10.0)
            rounded = np.floor(shrunk + 0.5)
            return np.where(rounded < shrunk, rounded + 1.0, rounded)
        case _:
            return straight


def _geographical(points: np.ndarray) -> np.ndarray:
    """Kilometres on Reinelt's sphere; coordinates are degrees.minutes."""
    degrees = np.trunc(points)
    radians = _PI * (degrees + 5.0 * (points - degrees) / 3.0) / 180.0
    latitude, longitude = radians.T
    q1 = np.cos(longitude[:, None] - longitude[None])
    q2 = np.cos(latitude[:, None] - latitude[None])
    q3 = np.cos(latitude[:, None] + latitude[None])
    angle = np.arccos(np.clip(0.5 * ((1.0 + q1) * q2 - (1.0 - q1) * q3), -1.0, 1.0))
    between = np.floor(_EARTH_KM * angle + 1.0)
    np.fill_diagonal(between, 0.0)
    return between


def tour_length(between: np.ndarray, tour: np.ndarray) -> float:
    """Length of the closed tour int64[city] with these distances[city, city]."""
    return float(between[tour, np.roll(tour, -1)].sum())
