"""The pictures of one wire: its maps, and how its numbers and gradients change."""

from __future__ import annotations

import numpy as np

from engines.contract.pictures import Axis, Curves, Heatmap, Picture
from engines.diagrams.watching.kept import OF_A_GRADIENT, OF_A_WIRE, Kept

PANELS_MAX = 8
_QUANTILES = ("1 %", "50 %", "99 %", "mean")


def heatmaps(one: Kept, example: int, turn: int, told: str) -> tuple[Picture, ...]:
    """One map per panel, at most `PANELS_MAX`; ``told`` is what the example is called."""
    turn = one.turn(turn)
    numbers = one.at(example, turn).astype(np.float64)
    finite = np.where(np.isfinite(numbers), numbers, np.nan)
    signed = bool((finite < 0).any())
    lying = one.lying
    again = f", turn {turn + 1}" if len(one.numbers) > 1 else ""
    found = []
    for k, panel in enumerate(finite[:PANELS_MAX]):
        where = f", {' '.join(lying.panels)} {k + 1}" if lying.panels else ""
        found.append(
            Heatmap(
                f"{one.name}{where}{again}: {told}", panel, Axis(_named(lying.columns)),
                Axis(_named(lying.rows)), Axis(one.name), diverging=signed,
                square=min(panel.shape) > 3,
            )
        )  # fmt: skip
    return tuple(found)


def _named(axes: tuple[str, ...]) -> str:
    return " ".join(axes) or "value"


def curves(
    name: str, steps: tuple[int, ...], numbers: np.ndarray, gradients: np.ndarray
) -> tuple[Picture, ...]:
    """Statistics of a wire against the step.

    Args:
        name: of the wire.
        steps: of the looks.
        numbers: float64[seed, look, OF_A_WIRE].
        gradients: float64[seed, look, OF_A_GRADIENT].
    """
    x, x_axis = np.array(steps, float), Axis("step")
    place = {key: k for k, key in enumerate(OF_A_WIRE)}
    mean = numbers.mean(axis=0)
    n = f"mean of {len(numbers)} seeds"
    lines = {key: mean[:, place[key]] for key in _QUANTILES}
    found = [Curves(f"{name}: its numbers while it learns", x, lines, x_axis, Axis("value", n))]

    def followed(title: str, key: str, seeds: np.ndarray, unit: str) -> Curves:
        line = {key: seeds.mean(axis=0)}
        return Curves(f"{name}: {title}", x, line, x_axis, Axis(unit), clouds={key: seeds})

    rank = numbers[:, :, place["effective rank"]]
    found.append(followed("how many directions it uses", "effective rank", rank, "directions"))
    zeros = numbers[:, :, place["zeros"]]
    if zeros.any():
        found.append(followed("how much of it is silent", "zeros", zeros, "share"))
    norm = gradients[:, :, OF_A_GRADIENT.index("norm")]
    if np.isfinite(norm).any():
        found.append(followed("how strongly the loss asks for change", "gradient", norm, "norm"))
    return tuple(found)
