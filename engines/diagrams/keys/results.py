"""What a comparison of drawn keys gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Heatmap, Picture, Table
from engines.diagrams.arms.looks import Looks, finite_mean
from engines.diagrams.arms.results import film
from engines.diagrams.keys.asked import (
    ARMS,
    BACK,
    DRAWN,
    EIGHT,
    EVERY,
    EXAMS,
    N_DRAWS,
    N_KEYS,
    RIGHT,
    SIDE,
    TAIL,
    WHOLE,
    KeysSpec,
)


@dataclass(frozen=True, eq=False)
class KeysResult(Result):
    """A whole comparison."""

    spec: KeysSpec
    looks: Looks
    attention: np.ndarray
    """int64[all, drawn]: FLOPs of attention for a picture, by the bill of the drawn network."""
    others: int
    """FLOPs of all other maps."""
    looked: np.ndarray
    """float64[arm, key]: mean weight of every key in the exam with all keys, all networks."""

    @property
    def spared(self) -> float:
        """Share of attention's FLOPs that a step with drawn keys is spared."""
        return float(1.0 - self.attention[1] / self.attention[0])

    def right(self, arm: str, exam: str) -> Estimate | None:
        """Mean share right over networks."""
        return self.looks.mean(RIGHT, arm, exam)

    def apart(self, one: tuple[str, str], other: tuple[str, str]) -> Estimate | None:
        """Share right of an arm in an exam less that of another, network by network."""
        at = self.looks.at
        of = f"{RIGHT}, {', '.join(one)} less {', '.join(other)}"
        return finite_mean(at(RIGHT, *one) - at(RIGHT, *other), of)

    def moments(self) -> tuple[Frame, ...]:
        """The run as a film, a frame per look."""
        return film(self.looks)

    def pictures(self) -> tuple[Picture, ...]:
        """By exam, where networks look, while they learn, and in numbers."""
        by_exam, course = self.looks.pictures()
        maps = (self.map(WHOLE), self.map(DRAWN))
        return by_exam, *maps, course, self.looks.table(RIGHT), self.prices()

    def map(self, arm: str) -> Heatmap:
        """Weight of every patch as a picture."""
        found = self.looked[ARMS.index(arm)].reshape(SIDE, SIDE).astype(np.float32)
        # Patches are counted from 1, row by row, as the knob counts them.
        rows = tuple((k + 0.5, f"{SIDE * k + 1} …") for k in range(SIDE))
        columns = tuple((k + 0.5, f"+{k}") for k in range(SIDE))
        return Heatmap(
            f"Where networks look: {arm} in learning", 100.0 * found,
            Axis("patch of the picture", ticks=columns), Axis("first of its row", ticks=rows),
            Axis("weight", "%"), square=True,
        )  # fmt: skip

    def prices(self) -> Table:
        """FLOPs for a picture in a step and in the exam, a row for every arm."""
        share = {WHOLE: 0.0, DRAWN: 1.0, BACK: 1.0 - TAIL}
        whole, drawn = (int(n) + self.others for n in self.attention)
        steps = [whole - share.get(arm, 0.0) * (whole - drawn) for arm in ARMS]
        once = [drawn if arm in (DRAWN, BACK) else whole for arm in ARMS]
        return Table(
            f"FLOPs for a picture by the drawn network's bill, forward; of attention to {N_KEYS} "
            f"keys {self.attention[0]:,}, to {self.spec.n_drawn} keys {self.attention[1]:,}",
            {
                "arm": ARMS,
                "a step": np.array(steps),
                f"exam, {EVERY}": np.full(len(ARMS), whole),
                f"exam, {EXAMS[1]}": np.array(once),
                f"exam, {EIGHT}": N_DRAWS * np.array(once),
            },
        )
