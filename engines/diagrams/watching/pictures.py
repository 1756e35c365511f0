"""The maps of one wire."""

from __future__ import annotations

import numpy as np

from engines.contract.pictures import Axis, Heatmap, Picture
from engines.diagrams.watching.kept import Kept

PANELS_MAX = 8


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
