"""Small curves of one wire under its drawing: statistics by step and seed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np

from engines.diagrams.drawing.painting.scene import Mark, Scene, number
from engines.diagrams.wires.followed import (
    OF_A_GRADIENT,
    OF_A_WIRE,
    Followed,
    n_alive,
    over_seeds,
    said_of,
)

WIDTH, HEIGHT, SKIP, ROW = 102.0, 46.0, 16.0, 104.0
_QUANTILES = ("1 %", "50 %", "99 %")


@dataclass(frozen=True)
class Panel:
    """One small picture: some statistics of a wire's numbers, or of its gradient."""

    said: str
    of: tuple[str, ...]


NUMBERS = (
    Panel("1, 50, 99 %", _QUANTILES),
    Panel("mean", ("mean",)),
    Panel("sd", ("sd",)),
    Panel("share of zeros", ("zeros",)),
    Panel("effective rank", ("effective rank",)),
)
GRADIENT = (
    Panel("1, 50, 99 %", _QUANTILES),
    Panel("norm", ("norm",)),
    Panel("sd", ("sd",)),
    Panel("share of zeros", ("zeros",)),
)


def with_courses(scene: Scene, followed: Followed, path: str) -> Scene:
    """The drawing with two rows of small curves of one wire below: its numbers, its gradient.

    Across lies the step by its logarithm; a thin line per seed, a thick one for their mean. The
    operation is marked.

    Args:
        scene: the drawing.
        followed: statistics of every wire.
        path: of the operation; one that was not followed changes nothing.
    """
    if path not in followed.paths or len(followed.steps) < 2:
        return scene
    wire = followed.paths.index(path)
    name = path.rpartition("/")[2]
    alive, n = n_alive(followed.numbers[wire]), followed.numbers.shape[1]
    mean = "" if alive == n else f", mean of {said_of(alive, n)}"
    rows = (
        (f"{name}: its numbers{mean}", NUMBERS, OF_A_WIRE, followed.numbers[wire], "course"),
        (f"{name}: its gradient", GRADIENT, OF_A_GRADIENT, followed.gradients[wire], "course back"),
    )
    marks = [replace(one, role=f"{one.role} picked") if _is(one, path) else one
             for one in scene.marks]  # fmt: skip
    top = scene.height
    for said, panels, names, values, role in rows:
        marks.append(_text("course-head", said, 2.0, top + 14.0))
        for k, panel in enumerate(panels):
            chosen = np.stack([values[:, :, names.index(one)] for one in panel.of])
            left = 2.0 + k * (WIDTH + SKIP)
            marks += _panel(panel.said, chosen, followed.steps, role, left, top + 36.0)
        top += ROW
    return replace(
        scene, marks=marks, height=top, width=max(scene.width, len(NUMBERS) * (WIDTH + SKIP))
    )


def tinted(scene: Scene, paths: Collection[str]) -> Scene:
    """The drawing with these operations and the wires that leave them in the warning colour."""
    marks = [
        replace(one, role=f"{one.role} vanished") if any(_is(one, path) for path in paths) else one
        for one in scene.marks
    ]
    return replace(scene, marks=marks)


def _is(mark: Mark, path: str) -> bool:
    """Whether a mark is of an operation or of a wire that leaves it."""
    return mark.path == path or (mark.tag == "path" and mark.value == path)


def _panel(
    said: str, values: np.ndarray, steps: tuple[int, ...], role: str, left: float, top: float
) -> Iterator[Mark]:
    """A frame with curves of float64[statistic, seed, look], what they are, from where to where."""
    shape: dict[str, float | str] = {"x": left, "y": top, "width": WIDTH, "height": HEIGHT}
    yield Mark("rect", "strip", shape)
    yield _text("course-text", said, left, top - 5.0)
    x = np.log10(np.array(steps, float) + 1.0)
    finite = values[np.isfinite(values)]
    if not finite.size:
        yield _text("course-text", "none", left, top + HEIGHT + 14.0)
        return
    low, high = float(finite.min()), float(finite.max())
    yield _text("course-text", _range(low, high), left, top + HEIGHT + 14.0)
    for each in values:
        for row, kind in [*((row, " seed") for row in each), (over_seeds(each), "")]:
            share = (row - low) / (high - low) if high > low else np.full(len(row), 0.5)
            y = top + 3.0 + (HEIGHT - 6.0) * (1.0 - share)
            d = _path(left + WIDTH * x / x[-1], y)
            if d:
                yield Mark("path", f"{role}{kind}", {"d": d})


def _text(role: str, said: str, x: float, y: float) -> Mark:
    return Mark("text", role, {"x": x, "y": y, "anchor": "start"}, ((said, ""),))


def _range(low: float, high: float) -> str:
    """From the least to the largest.

    >>> _range(-0.00041, 0.0005), _range(0.0, 0.61)
    ('−4e−4 … 5e−4', '0 … 0.61')
    """
    small = 0.0 < max(abs(low), abs(high)) < 0.01
    ends = [f"{end:.0e}".replace("e-0", "e-") if small and end else f"{end:.2g}"
            for end in (low, high)]  # fmt: skip
    return (ends[0] if ends[0] == ends[1] else " … ".join(ends)).replace("-", "−")


def _path(x: np.ndarray, y: np.ndarray) -> str:
    """Through the finite points; nothing where there are fewer than two."""
    points = [f"{number(a)} {number(b)}" for a, b in zip(x, y, strict=True) if np.isfinite(b)]
    return f"M{'L'.join(points)}" if len(points) > 1 else ""
