"""Pictures declared as data, so that an engine can say what to draw without knowing how.

The generic view turns each into a plot with axes, legend, hover and export.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Axis:
    """A labelled axis; ``unit`` may be empty for counts and shares.

    ``ticks`` are (place, text) pairs drawn instead of numbers, for categories and for the rows and
    columns of a heat map, whose centres lie at 0.5, 1.5 ...
    """

    label: str
    unit: str = ""
    ticks: tuple[tuple[float, str], ...] = ()

    @property
    def title(self) -> str:
        """Label with its unit, as drawn."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


def steps_axis(last: int, label: str = "step") -> Axis:
    """The axis of training steps at x = log10(step + 1), so that step 0 has a place.

    >>> [name for _, name in steps_axis(120).ticks]
    ['0', '1', '3', '10', '30', '100']
    """
    told = [0, *(m * 10**k for k in range(len(str(last))) for m in (1, 3))]
    ticks = tuple((float(np.log10(step + 1.0)), f"{step:,}") for step in told if step <= last)
    return Axis(label, ticks=ticks)


@dataclass(frozen=True)
class Curves:
    """Named lines over one x; ``bands`` are (low, high) around the line of the same name.

    ``clouds`` are single runs [run, x] behind the line of the same name, drawn thin; ``dots`` are
    what was observed, in the colour of the line of the same name, nan where nothing was. ``x`` may
    go back and forth, as a path in the plane does; ``square`` gives both axes one scale; ``large``
    asks for the room of two pictures, one above the other.
    """

    title: str
    x: np.ndarray
    lines: Mapping[str, np.ndarray]
    x_axis: Axis
    y_axis: Axis
    bands: Mapping[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    clouds: Mapping[str, np.ndarray] = field(default_factory=dict)
    dots: Mapping[str, np.ndarray] = field(default_factory=dict)
    square: bool = False
    large: bool = False


@dataclass(frozen=True)
class Bars:
    """One bar per position; ``kind`` colours them by category.

    ``x`` are the bars' centres, equally spaced; 0, 1, 2 ... when it is left out. ``whiskers`` are
    (low, high) of each bar, nan where there is no interval.
    """

    title: str
    heights: np.ndarray
    x_axis: Axis
    y_axis: Axis
    kind: tuple[str, ...] = ()
    x: np.ndarray | None = None
    whiskers: tuple[np.ndarray, np.ndarray] | None = None


@dataclass(frozen=True)
class Heatmap:
    """A matrix as an image, row 0 at the top; ``diverging`` centres the colours on zero.

    ``square``: a row is drawn as high as a column is wide. ``over`` are named lines with dots that
    lie over it, float64[place, (column, row)], broken where a number is nan.
    """

    title: str
    values: np.ndarray
    x_axis: Axis
    y_axis: Axis
    value_axis: Axis
    diverging: bool = False
    square: bool = False
    over: Mapping[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Points:
    """Points in the plane, coloured by category.

    ``square``: both axes have one scale.
    """

    title: str
    xy: np.ndarray
    x_axis: Axis
    y_axis: Axis
    kind: tuple[str, ...] = ()
    square: bool = False


@dataclass(frozen=True)
class Table:
    """Named columns of equal length, numbers or texts."""

    title: str
    columns: Mapping[str, np.ndarray | tuple[str, ...]]


Picture = Curves | Bars | Heatmap | Points | Table
