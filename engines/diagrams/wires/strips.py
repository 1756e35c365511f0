"""Values as small maps under the lines of a drawing, each with its name and its range."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

import numpy as np

from engines.diagrams.drawing.layout.text import runs
from engines.diagrams.drawing.painting.scene import Mark, Scene

BELOW = 66.0
"""Pixels under a line that hold its strips."""
WIDTH, HEIGHT, SKIP = 60.0, 36.0, 14.0
CELLS_ALL, CELLS_MIN, ROWS_MAX, COLUMNS_MAX = 9_000, 24, 12, 24
LEVELS = 10
"""Shades of a colour."""
Strip = Callable[[str, float, float, int], tuple[list[Mark], float]]


def with_strips(scene: Scene, maps: Mapping[str, np.ndarray], scale: float | None = None) -> Scene:
    """The drawing with a map under every operation that has one.

    Positive numbers are orange, negative ones blue, nothing is clear; what is not finite is grey.

    Args:
        scene: drawn with `BELOW` pixels of room under each line.
        maps: numbers [row, column] by the path of the operation.
        scale: which size of a number has the full colour; None for the largest of each map.
    """

    def strip(path: str, left: float, floor: float, n: int) -> tuple[list[Mark], float]:
        return _strip(maps[path], left, floor, path, max(CELLS_MIN, CELLS_ALL // n), scale)

    return under_lines(scene, maps.keys(), strip)


def under_lines(scene: Scene, paths: Collection[str], strip: Strip) -> Scene:
    """The drawing with a strip under every operation that is named and seen.

    Args:
        scene: drawn with room under each line.
        paths: of operations.
        strip: given a path, where its strip may begin, the floor, and how many strips there are;
            gives its marks and how wide they are.
    """
    places = _places(scene, paths)
    marks: list[Mark] = []
    right: dict[float, float] = {}
    width = scene.width
    for (floor, x), path in sorted((place, path) for path, place in places.items()):
        left = max(x - WIDTH / 2, right.get(floor, 2.0))
        drawn, size = strip(path, left, floor, len(places))
        marks += drawn
        right[floor] = left + size + SKIP
        width = max(width, right[floor])
    return replace(scene, marks=[*scene.marks, *marks], width=width)


def without_strips(scene: Scene) -> Scene:
    """The drawing itself."""
    mine = ("strip", "heat", "strip-name", "strip-range")
    return replace(scene, marks=[m for m in scene.marks if m.role.partition(" ")[0] not in mine])


def named(path: str, told: str, left: float, bottom: float) -> tuple[list[Mark], float]:
    """An operation's name and what is told of it, in two lines under its strip; their width."""
    name = path.rpartition("/")[2]
    marks = []
    for role, text, down in (("strip-name", runs(name), 12), ("strip-range", ((told, ""),), 24)):
        at: dict[str, float | str] = {"x": left, "y": bottom + down, "anchor": "start"}
        marks.append(Mark("text", role, at, text, path=path))
    return marks, max(5.0 * len(told), 8.0 * len(name))


def _places(scene: Scene, paths: Collection[str]) -> dict[str, tuple[float, float]]:
    """For each path the floor below it and its middle, from where its marks are."""
    wanted, spans = frozenset(paths), dict[str, list[float]]()
    for mark in scene.marks:
        if mark.role.startswith("fence"):
            continue
        for path in {mark.path, mark.value if mark.role == "value" else ""} & wanted:
            for x, y in _corners(mark):
                box = spans.setdefault(path, [x, x, y])
                box[0], box[1], box[2] = min(box[0], x), max(box[1], x), max(box[2], y)
    found = {}
    for path, (x0, x1, y) in spans.items():
        below = [floor for floor in scene.floors if floor > y - 14]
        if below:
            found[path] = (below[0], (x0 + x1) / 2)
    return found


def _corners(mark: Mark) -> list[tuple[float, float]]:
    shape = mark.shape
    if mark.tag == "rect":
        x, y = float(shape["x"]), float(shape["y"])
        return [(x, y), (x + float(shape["width"]), y + float(shape["height"]))]
    if mark.tag == "text":
        return [(float(shape["x"]), float(shape["y"]))]
    if mark.tag == "circle":
        return [(float(shape["cx"]), float(shape["cy"]))]
    return []


def _strip(
    numbers: np.ndarray, left: float, top: float, path: str, n_cells: int, scale: float | None
) -> tuple[list[Mark], float]:
    """The marks of one map and how wide it is with what is written under it."""
    cells = sampled(numbers, n_cells)
    rows, columns = cells.shape
    side = min(WIDTH / columns, HEIGHT / rows, 9.0)
    high = max(side, 6.0)
    width, height = columns * side, rows * high if rows == 1 else rows * side
    step = height / rows
    shape = {"x": left, "y": top, "width": width, "height": height}
    marks = [Mark("rect", "strip", shape, path=path)]
    finite = np.abs(cells[np.isfinite(cells)])
    most = scale if scale is not None else float(finite.max()) if len(finite) else 0.0
    for r, c in np.argwhere((cells != 0) | ~np.isfinite(cells)):
        role, opacity = _shade(float(cells[r, c]), most)
        if not opacity:
            continue
        shape = {"x": left + c * side, "y": top + r * step, "width": side, "height": step,
                 "fill-opacity": opacity}  # fmt: skip
        marks.append(Mark("rect", f"heat {role}", shape, path=path))
    words, size = named(path, range_of(numbers), left, top + height)
    return [*marks, *words], max(width, size)


def _shade(value: float, most: float) -> tuple[str, float]:
    if not math.isfinite(value):
        return "lost", 0.5
    level = math.ceil(LEVELS * min(1.0, abs(value) / most)) if most else 0
    return ("plus" if value > 0 else "minus"), level / LEVELS


def sampled(numbers: np.ndarray, n_cells: int) -> np.ndarray:
    """Every n-th row and column, so that few enough cells are left; each is a number of the map."""
    rows, columns = numbers.shape
    down = -(-rows // max(1, min(ROWS_MAX, math.isqrt(n_cells))))
    n_rows = -(-rows // down)
    across = -(-columns // max(1, min(COLUMNS_MAX, n_cells // n_rows)))
    return numbers[::down, ::across]


def range_of(numbers: np.ndarray) -> str:
    """From the smallest to the largest finite number, to three digits of the larger in size.

    >>> range_of(np.array([[-1.0, 0.51234]]))
    '−1 … 0.51'
    """
    finite = numbers[np.isfinite(numbers)]
    if not finite.size:
        return "not finite"
    low, high = float(finite.min()), float(finite.max())
    most = max(abs(low), abs(high))
    digits = 2 - math.floor(math.log10(most)) if most else 0
    ends = [f"{round(end, digits) + 0.0:.6g}" for end in (low, high)]
    return (ends[0] if low == high else " … ".join(ends)).replace("-", "−")
