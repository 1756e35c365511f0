"""What is asked of boards: a network trained here, a board of one's own, where singles fail."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from engines.contract import Seed, Spec, SpecError, knob
from engines.pointer.boards.shape import SHAPES
from engines.pointer.boards.written import board_from_text

ShapeName = Literal["4 x 4", "6 x 6", "9 x 9"]
STEPS_MAX = 64
GIVENS = (4, 5, 6, 7, 8)
"""Numbers of givens that 4 x 4 boards are tested with."""


class BoardsSpec(Spec):
    """A network that learns 4 x 4 boards while one watches, and a plain network beside it."""

    n_updates: int = knob(
        450, label="Updates", help="Batches the network learns from.", group="Learning", ge=20,
        le=4_000, soft=(50, 1_000),
    )  # fmt: skip
    batch: int = knob(
        64, label="Batch", help="Boards in each.", group="Learning", ge=8, le=256, step=8
    )
    learning_rate: float = knob(
        3e-3, label="Learning rate", help="Adam's, falling along a cosine.", group="Learning",
        gt=0, le=0.1,
    )  # fmt: skip
    n_steps: int = knob(
        8, label="Steps in training", help="How often peers tell each other; the loss counts all.",
        group="Network", ge=1, le=16,
    )  # fmt: skip
    d_hidden: int = knob(
        48, label="Width", help="Numbers a cell remembers.", group="Network", ge=8, le=128, step=8
    )
    positions: Literal["relative", "absolute"] = knob(
        "relative",
        label="Positions",
        help="Relative: cells know only what they share with a peer. Absolute: row and column too, "
        "as in the paper; swapped rows then need not swap the answer.",
        group="Network",
    )
    n_plain: int = knob(
        4_000, label="Updates of the control", help="Of a plain network that sees the whole board "
        "at once; 0 leaves it out.", group="Control", ge=0, le=20_000, soft=(0, 8_000),
    )  # fmt: skip
    n_tested: int = knob(
        300, label="Test boards", help="For each number of givens, of grids no training saw.",
        group="Test", ge=20, le=2_000, soft=(100, 500),
    )  # fmt: skip
    n_givens: int = knob(
        4, label="Givens shown", help="Of the board on stage.", group="Board", ge=4, le=8
    )
    seed: Seed = knob(0, label="Seed", help="Draws weights, grids and puzzles.", group="Learning")


class PlaySpec(Spec):
    """A board of one's own, or a drawn one, and the bundled network's answer step by step."""

    shape: ShapeName = knob(
        "6 x 6", label="Board", help="Cells; boxes are 2 x 2, 2 x 3 or 3 x 3.", group="Board",
        widget="choice",
    )  # fmt: skip
    board: str = knob(
        "",
        label="Own board",
        help="Digits row by row, a dot or 0 for a blank, line breaks as you like; empty for a "
        "drawn one. Or click a cell of the picture and type.",
        group="Board",
        widget="text",
        max_length=400,
    )
    n_givens: int = knob(
        0, label="Givens", help="Of a drawn board; 0 takes away all that can be.", group="Board",
        ge=0, le=60, soft=(0, 50),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws the board.", group="Board")
    n_steps: int = knob(
        32, label="Steps", help="How often peers tell each other.", group="Network", ge=1,
        le=STEPS_MAX,
    )  # fmt: skip

    @model_validator(mode="after")
    def _reads(self) -> Self:
        if self.board.strip():
            board_from_text(SHAPES[self.shape], self.board)
        if self.n_givens > SHAPES[self.shape].n_cells:
            raise SpecError(
                f"Givens: a {self.shape} board has {SHAPES[self.shape].n_cells} cells, got "
                f"{self.n_givens}"
            )
        return self


class SinglesSpec(Spec):
    """Boards of grids no training saw: what singles solve, and what the network solves."""

    shape: Literal["6 x 6", "9 x 9"] = knob(
        "6 x 6", label="Board", help="Cells; boxes are 2 x 3 or 3 x 3.", group="Boards",
        widget="choice",
    )  # fmt: skip
    n_boards: int = knob(
        600, label="Boards", help="Drawn from held-out grids; no given can be missed.",
        group="Boards", ge=20, le=5_000, soft=(100, 2_000),
    )  # fmt: skip
    n_steps: int = knob(
        32, label="Steps", help="How often peers tell each other; training had 16 at most.",
        group="Network", ge=2, le=STEPS_MAX,
    )  # fmt: skip
    shown: int = knob(
        0, label="Board on stage", help="Counted from 1 among those that need search; 0 for the "
        "one that takes longest.", group="Boards", ge=0, le=5_000,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws grids and puzzles.", group="Boards")
