"""Pictures of a square: both ways round it, where they part, and what noise does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract.pictures import Axis, Curves, Heatmap, Table, steps_axis
from engines.diagrams.commuting.asked import KINDS, LEVELS, N_DRAWN, ROWS
from engines.diagrams.commuting.degrees import coarse
from engines.lab.statistics import half_widths

_DEGREE = "degree to which both ways are one"
_INK = Axis("ink, or chance")
_CLASSES = ("even", "odd")


@dataclass(frozen=True, eq=False)
class Shown:
    """The pictures to which one square gives the least degree, lowest first."""

    pictures: np.ndarray
    """float32[picture, row, column]."""
    digits: np.ndarray
    """int64[picture]: what they are."""
    chances: np.ndarray
    """float64[picture, digit]: what the first network says."""
    odd: np.ndarray
    """float64[picture, way]: chance of odd, by the digit and by 16 pixels."""
    every: np.ndarray
    """float64[picture]: degrees of the whole exam, lowest first."""


def _small(picture: np.ndarray) -> np.ndarray:
    """float64[8, 8]: 16 pixels, each four times."""
    return np.kron(coarse(picture.ravel()).reshape(4, 4), np.ones((2, 2)))


def _class(chance: float) -> str:
    return _CLASSES[int(chance > 0.5)]


def square(shown: Shown) -> Heatmap:
    """A picture, its digits, its 16 pixels and the chance of odd by both ways, as a square."""
    sheet = np.full((20, 22), np.nan)
    sheet[:8, :8] = shown.pictures[0]
    sheet[:8, 12:] = shown.chances[0]
    sheet[12:, :8] = _small(shown.pictures[0])
    sheet[12:15, 12:], sheet[17:, 12:] = shown.odd[0]
    gap = (np.nan, np.nan)
    arrows = {
        "by its digit": [(8.5, 4.0), (11.5, 4.0), gap, (17.0, 8.5), (17.0, 11.5)],
        "by 16 pixels": [(4.0, 8.5), (4.0, 11.5), gap, (8.5, 18.5), (11.5, 18.5)],
    }
    rows = ((4.0, "picture, digits"), (13.5, "odd, by digit"), (18.5, "odd, by pixels"))
    said = " and ".join(_class(chance) for chance in shown.odd[0])
    return Heatmap(
        f"Both ways from a {shown.digits[0]}: {said}",
        sheet,
        Axis("64 and 16 pixels; digits 0 to 9", ticks=((12.5, "0"), (21.5, "9"))),
        Axis("", ticks=rows),
        _INK,
        square=True,
        over={name: np.array(places) for name, places in arrows.items()},
    )


def _apart(shown: Shown) -> np.ndarray:
    return np.abs(shown.odd[:, 0] - shown.odd[:, 1])


def least(shown: Shown) -> Heatmap:
    """The pictures where it commutes least, with the chance of odd by both ways."""
    sheet = np.full((17, 9 * N_DRAWN - 1), np.nan)
    for k, picture in enumerate(shown.pictures[:N_DRAWN]):
        sheet[:8, 9 * k : 9 * k + 8] = picture
        sheet[9:, 9 * k : 9 * k + 8] = _small(picture)
    ticks = tuple(
        (9.0 * k + 4, f"{digit}: {one:.2f} {other:.2f}")
        for k, (digit, (one, other)) in enumerate(
            zip(shown.digits[:N_DRAWN], shown.odd[:N_DRAWN], strict=True)
        )
    )
    return Heatmap(
        "Where it commutes least",
        sheet,
        Axis("chance of odd by its digit, by 16 pixels", ticks=ticks),
        Axis("", ticks=((4.0, "64 pixels"), (13.0, "16 pixels"))),
        Axis("ink"),
        square=True,
    )


def told(shown: Shown) -> Table:
    """The same as numbers."""
    return Table(
        "Where the first square commutes least",
        {
            "digit": tuple(map(str, shown.digits)),
            "said": tuple(str(row.argmax()) for row in shown.chances),
            "by its digit": tuple(f"{_class(p)}, {p:.3f} odd" for p in shown.odd[:, 0]),
            "by 16 pixels": tuple(f"{_class(p)}, {p:.3f} odd" for p in shown.odd[:, 1]),
            "degree": tuple(f"{1 - apart:.3f}" for apart in _apart(shown)),
        },
    )


def noise(under: np.ndarray) -> Curves:
    """Mean degree against noise: one network on both ways, two, and answers dealt."""
    lines, bands = {}, {}
    for row, name in enumerate(ROWS):
        for kind in (0, len(KINDS) - 1):
            values = under[row, kind]
            middle, half = values.mean(-1), half_widths(values)
            lines[f"{name}, {KINDS[kind]}"] = middle
            bands[f"{name}, {KINDS[kind]}"] = (middle - half, np.minimum(middle + half, 1.0))
    ticks = tuple((float(k), f"{level:g}") for k, level in enumerate(LEVELS))
    return Curves("Noise in the weights of one way", np.arange(len(LEVELS), dtype=float), lines,
                  Axis("noise, deviations of a layer's weights", ticks=ticks),
                  Axis(_DEGREE), bands=bands, dots=lines, large=True)  # fmt: skip


def sorted_degrees(shown: Shown, kind: str) -> Curves:
    """All degrees of the first square, lowest first: most pictures commute, some do not."""
    share = 100.0 * (np.arange(len(shown.every)) + 1.0) / len(shown.every)
    return Curves("All pictures of the exam, lowest degree first", share,
                  {f"first square, {kind}": shown.every}, Axis("pictures", "%"),
                  Axis(_DEGREE))  # fmt: skip


def pairs(degree: np.ndarray) -> Heatmap:
    """Mean degree by the kinds of both networks."""
    ticks = tuple((k + 0.5, kind) for k, kind in enumerate(KINDS))
    return Heatmap("Mean degree by both networks", degree.mean(-1),
                   Axis("network that reads 16 pixels", ticks=ticks),
                   Axis("network that tells digits", ticks=ticks), Axis("degree"))  # fmt: skip


def course(steps: np.ndarray, values: np.ndarray) -> Curves:
    """Mean degree while they learn."""
    return Curves("While they learn", np.log10(steps + 1.0),
                  {kind: values[:, k].mean(-1) for k, kind in enumerate(KINDS)},
                  steps_axis(int(steps[-1])), Axis(_DEGREE),
                  clouds={kind: values[:, k].T for k, kind in enumerate(KINDS)})  # fmt: skip
