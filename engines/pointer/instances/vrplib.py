"""CVRPLIB files (Uchoa et al. 2017): a depot, customers with demands, a capacity; and solutions.

They are TSPLIB files with three sections more. What they may also limit (length of routes, times)
is refused, not left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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
from engines.pointer.instances.rows import lines_of, numbers_in
from engines.pointer.instances.tsplib import (
    Sections,
    check_size,
    cities_in,
    dimension_in,
    distances,
    metric_in,
    split,
)
from engines.pointer.model import N_POINTS_MAX, Metric

CUSTOMERS_MAX = 10_000
_FILE_MAX = 4 * 1024 * 1024
_DEMAND_MAX = 1e12
_LIMITS = ("DISTANCE", "SERVICE_TIME")
_LIMIT_SECTIONS = ("TIME_WINDOW_SECTION", "SERVICE_TIME_SECTION", "PICKUP_AND_DELIVERY_SECTION")
_WANTED = "a CVRPLIB file, or rows of x, y and demand"
_CVRPLIB = re.compile(r"^\s*(?:TYPE|DIMENSION|CAPACITY|NODE_COORD_SECTION)\b", re.MULTILINE)


@dataclass(frozen=True)
class CvrpInstance:
    """One depot, node 0, and customers, nodes 1, 2 ..."""

    name: str
    metric: Metric
    points: np.ndarray
    """float64[node, 2], in their own coordinates, or where a matrix puts them."""
    demand: np.ndarray
    """float64[node]; 0 at the depot."""
    capacity: float
    """Of every vehicle; there are as many as are wanted."""
    matrix: np.ndarray | None = None
    """float64[node, node] where distances are given, or measured on a sphere."""

    def __post_init__(self) -> None:
        check_loads(self.demand, self.capacity)


def check_loads(demand: np.ndarray, capacity: float) -> None:
    """Every customer wants something, and one vehicle can bring it.

    Raises:
        InputError: the first customer that does not, by its number.
    """
    if not 0.0 < capacity <= _DEMAND_MAX:
        raise InputError(f"Capacity must be above 0 and at most 1e12, got {capacity:g}")
    if len(demand) < 2:
        raise InputError("there is a depot and no customer; give at least one customer")
    (wrong,) = np.nonzero(~(demand[1:] > 0.0))
    if len(wrong):
        c = int(wrong[0]) + 1
        raise InputError(
            f"customer {c} wants {demand[c]:g}; demands must be above 0: leave it out or mend it"
        )
    (large,) = np.nonzero(demand[1:] > capacity)
    if len(large):
        c = int(large[0]) + 1
        raise InputError(
            f"customer {c} wants {demand[c]:g} and a vehicle takes {capacity:g}; "
            "divide the customer or raise the capacity"
        )


def customers_from_upload(name: str, data: bytes, capacity: float) -> CvrpInstance:
    """The instance in a stranger's file; ``name`` is only what it is called.

    Args:
        name: of the file.
        data: a CVRPLIB file, or rows of x, y and demand, the depot first.
        capacity: where the file does not say it, as rows do not.

    Raises:
        InputError: what is wrong with the file, and how to mend it.
    """
    called = label(name, 80) or "the text"
    try:
        check_size(data, _WANTED)
        text = data.decode("utf-8-sig", "replace")
        if _CVRPLIB.search(text[:100_000]):
            return read_vrplib(text)
        return _instance_of_rows(called, text, capacity)
    except InputError as error:
        raise InputError(said_of(called, str(error))) from error


def _instance_of_rows(called: str, text: str, capacity: float) -> CvrpInstance:
    _header, lines = lines_of(text)
    if len(lines) > CUSTOMERS_MAX + 1:
        n = len(lines) - 1
        raise InputError(f"at most {CUSTOMERS_MAX:,} customers are read, it has {n:,}")
    rows = numbers_in(lines, "x, y and demand", 3)
    if len(rows) and rows[0, 2] != 0.0:
        raise InputError(
            f"line {lines[0].number}: the depot comes first and wants 0, here {rows[0, 2]:g}"
        )
    for line, wanted in zip(lines[1:], rows[1:, 2], strict=True):
        if wanted <= 0.0:
            raise InputError(
                f"line {line.number}: the customer wants {wanted:g}; demands must be above 0"
            )
    return CvrpInstance(called, "plane", rows[:, :2], rows[:, 2], capacity)


def read_vrplib(text: str) -> CvrpInstance:
    """The instance in a CVRPLIB file's text.

    Raises:
        InputError: what is wrong, in which line, and how to mend it.
    """
    if len(text) > _FILE_MAX:
        raise InputError(f"the file has more than {_FILE_MAX >> 20} MiB; give a smaller instance")
    head, sections = split(text)
    _check_kind(head, sections)
    metric = metric_in(head)
    n = dimension_in(head, N_POINTS_MAX if metric in ("EXPLICIT", "GEO") else CUSTOMERS_MAX + 1)
    if n < 2:
        raise InputError("DIMENSION must be from 2, a depot and a customer, got 1")
    order = _depot_first(sections, n)
    demand = _demands(sections, n, order[0])[order]
    points, matrix = _places(head, sections, metric, n)
    if matrix is not None:
        matrix = matrix[np.ix_(order, order)]
    name = label(head.get("NAME", "instance"), 60)
    return CvrpInstance(name, metric, points[order], demand, _capacity(head), matrix)


def _check_kind(head: dict[str, str], sections: Sections) -> None:
    kind = head.get("TYPE", "CVRP").split()[:1]
    if kind != ["CVRP"]:
        raise InputError(f"TYPE must be CVRP, got '{label(' '.join(kind), 40)}'")
    limits = [name for name in _LIMITS if name in head]
    limits += [name for name in _LIMIT_SECTIONS if name in sections]
    if limits:
        raise InputError(
            f"{limits[0]} limits routes in a way that is not solved here; leave it out"
        )


def _places(
    head: dict[str, str], sections: Sections, metric: Metric, n: int
) -> tuple[np.ndarray, np.ndarray | None]:
    if metric != "EXPLICIT":
        points = cities_in(sections, n, "NODE_COORD_SECTION")
        return points, distances(points, "GEO") if metric == "GEO" else None
    lines = sections.get("EDGE_WEIGHT_SECTION", [])
    between = matrix_from_lines(lines, n, head.get("EDGE_WEIGHT_FORMAT", ""))
    for section in ("DISPLAY_DATA_SECTION", "NODE_COORD_SECTION"):
        if sections.get(section):
            return set_apart(cities_in(sections, n, section)), between
    return set_apart(places_from_matrix(between)), between


def _capacity(head: dict[str, str]) -> float:
    if "CAPACITY" not in head:
        raise InputError("there is no CAPACITY; say what a vehicle takes")
    return _number(head["CAPACITY"], "CAPACITY")


def _number(word: str, where: str) -> float:
    try:
        found = float(word)
    except ValueError as error:
        raise InputError(f"{where}: '{label(word, 40)}' is not a number") from error
    if not np.isfinite(found):
        raise InputError(f"{where}: must be finite, got '{label(word, 40)}'")
    return found


def _depot_first(sections: Sections, n: int) -> np.ndarray:
    """All nodes from 0, the depot first, the others in the file's order."""
    told = [w for _, line in sections.get("DEPOT_SECTION", []) for w in line.split()]
    told = told[: told.index("-1")] if "-1" in told else told
    if len(told) != 1:
        found = f"there are {len(told)}" if told else "there is none"
        raise InputError(f"DEPOT_SECTION must name one depot, {found}; give 'number' and '-1'")
    if not told[0].isdecimal() or len(told[0]) > 9 or not 1 <= int(told[0]) <= n:
        raise InputError(f"the depot must be a node from 1 to {n}, got '{label(told[0], 40)}'")
    depot = int(told[0]) - 1
    return np.array([depot, *(k for k in range(n) if k != depot)])


def _demands(sections: Sections, n: int, depot: int) -> np.ndarray:
    rows = sections.get("DEMAND_SECTION", [])
    if len(rows) != n:
        raise InputError(f"DIMENSION says {n} nodes, DEMAND_SECTION has {len(rows)}")
    demand = np.full(n, np.nan)
    for number, line in rows:
        words = line.split()
        if len(words) != 2 or not words[0].isdecimal() or len(words[0]) > 9:
            raise InputError(f"line {number}: expected node and demand, got '{label(line, 40)}'")
        node = int(words[0])
        if not 1 <= node <= n:
            raise InputError(f"line {number}: node {node} is not from 1 to {n}")
        if np.isfinite(demand[node - 1]):
            raise InputError(f"line {number}: node {node} comes twice")
        demand[node - 1] = _number(words[1], f"line {number}")
        if node - 1 == depot and demand[depot] != 0.0:
            raise InputError(f"line {number}: the depot wants {demand[depot]:g}; it must be 0")
        if node - 1 != depot and demand[node - 1] <= 0.0:
            raise InputError(
                f"line {number}: node {node} wants {demand[node - 1]:g}; demands must be above 0"
            )
    return demand


def read_solution(text: str, n_customers: int) -> np.ndarray:
    """Visits int64[stop] of a CVRPLIB solution; customers count from 1, 0 is the depot.

    Raises:
        InputError: a line that is no route, or a customer that is left out or comes twice.
    """
    if len(text) > _FILE_MAX:
        raise InputError(f"the file has more than {_FILE_MAX >> 20} MiB; it is no solution")
    visits, seen = [0], np.zeros(n_customers + 1, bool)
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        head, colon, stops = line.partition(":")
        if not line or line.lower().startswith("cost"):
            continue
        if not colon or not head.lower().startswith("route"):
            raise InputError(f"line {number}: expected 'Route #1: 3 1 2', got '{label(line, 40)}'")
        route = [_customer(number, word, seen) for word in stops.split()]
        visits += [*route, 0] if route else []
    left = np.flatnonzero(~seen[1:]) + 1
    if len(left):
        raise InputError(f"customer {left[0]} is in no route; {len(left):,} are left out")
    return np.array(visits, np.int64)


def _customer(number: int, word: str, seen: np.ndarray) -> int:
    n = len(seen) - 1
    if not word.isdecimal() or len(word) > 9 or not 1 <= int(word) <= n:
        raise InputError(
            f"line {number}: expected a customer from 1 to {n}, got '{label(word, 40)}'"
        )
    if seen[int(word)]:
        raise InputError(f"line {number}: customer {word} comes twice")
    seen[int(word)] = True
    return int(word)


def solution_text(routes: Sequence[np.ndarray], cost: float) -> str:
    """Routes of customers from 1, written as CVRPLIB writes them."""
    lines = [f"Route #{k}: {' '.join(map(str, r))}" for k, r in enumerate(routes, start=1)]
    return "\n".join([*lines, f"Cost {cost:.12g}", ""])
