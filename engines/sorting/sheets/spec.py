"""What a run of a sheet of cells needs: every knob, declared once."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from engines.contract import Seed, Spec, knob
from engines.sorting.settings.spec import FrozenKind

SheetAlgotype = Literal["bubble", "insertion", "row", "column"]
SheetValues = Literal["permutation", "duplicates", "reversed"]
SheetScheduler = Literal["uniform", "burst"]

SHEET_ALGOTYPES: tuple[SheetAlgotype, ...] = ("bubble", "insertion", "row", "column")
"""In the order of their codes 0, 1, 2, 3 in every ``algotype`` array of a sheet."""

MAX_SIDE = 128

Parts = Annotated[int, Field(ge=0, le=100)]


class GridSpec(Spec):
    """One run of one sheet; equal specs give equal bytes."""

    n_rows: int = knob(
        20, label="Rows", help="Rows of the sheet.", unit="cells", group="Sheet",
        ge=1, le=MAX_SIDE, soft=(1, 50),
    )  # fmt: skip
    n_columns: int = knob(
        20, label="Columns", help="Columns of the sheet; one row is the array of the other pages.",
        unit="cells", group="Sheet", ge=1, le=MAX_SIDE, soft=(1, 50),
    )  # fmt: skip
    value_mode: SheetValues = knob(
        "permutation", label="Values", help="What the cells hold at the start.", group="Sheet"
    )
    n_copies: int = knob(
        10, label="Copies of each value", when={"value_mode": ("duplicates",)},
        help="How many cells share a value, with values 'duplicates'.",
        unit="cells", group="Sheet", ge=1, le=MAX_SIDE**2, soft=(1, 50),
    )  # fmt: skip
    bubble_parts: Parts = knob(
        1, label="Bubble", group="Algotypes", unit="parts", soft=(0, 10),
        help="Share of cells that look at any of their four neighbours, by two fair coins.",
    )  # fmt: skip
    insertion_parts: Parts = knob(
        0, label="Insertion", group="Algotypes", unit="parts", soft=(0, 10),
        help="Share of cells that move left or up once all before them in that line is in order.",
    )  # fmt: skip
    row_parts: Parts = knob(
        0, label="Row only", group="Algotypes", unit="parts", soft=(0, 10),
        help="Share of bubble cells that know their row only.",
    )  # fmt: skip
    column_parts: Parts = knob(
        0, label="Column only", group="Algotypes", unit="parts", soft=(0, 10),
        help="Share of bubble cells that know their column only.",
    )  # fmt: skip
    n_frozen: int = knob(
        0, label="Frozen cells", help="Cells that never act, at places drawn by the seed.",
        unit="cells", group="Damage", ge=0, le=MAX_SIDE**2, soft=(0, 40),
    )  # fmt: skip
    frozen_kind: FrozenKind = knob(
        "immovable", label="Frozen kind", group="Damage",
        help="Movable: others may still move it. Immovable: nobody may.",
    )  # fmt: skip
    scheduler: SheetScheduler = knob(
        "burst", label="Scheduler", group="Scheduler",
        help="Who acts next: a random cell each time, or a random cell several times in a row.",
    )  # fmt: skip
    mean_burst: float = knob(
        7.0, label="Mean burst", when={"scheduler": ("burst",)},
        help="How many times in a row a cell acts, on average, with scheduler 'burst'.",
        unit="activations", group="Scheduler", ge=1.0, le=1000.0, soft=(1.0, 100.0),
        log=True, step=0.5,
    )  # fmt: skip
    seed: Seed = knob(
        0, label="Seed", help="Equal seeds give equal runs, byte for byte.", group="Run"
    )
    n_permutations: int = knob(
        100, label="Label permutations", group="Run", unit="permutations", ge=1, le=1000,
        help="How often the algotype labels are permuted for the null of peak aggregation.",
    )  # fmt: skip
    max_swaps: int = knob(
        2_000_000, label="Swap budget", help="The run stops after this many swaps.",
        unit="swaps", group="Limits", ge=0, le=5_000_000,
    )  # fmt: skip
    max_activations: int = knob(
        2_000_000_000, label="Activation budget", help="The run stops after this many activations.",
        unit="activations", group="Limits", ge=0, le=10**15,
    )  # fmt: skip

    @field_validator("seed", mode="before")
    @classmethod
    def _within_64_bits(cls, seed: Any) -> Any:
        return seed % 2**64 if type(seed) is int else seed

    @model_validator(mode="after")
    def _consistent(self) -> GridSpec:
        if not sum(self.parts):
            raise ValueError("at least one algotype needs one part or more")
        if self.n_frozen > self.n_cells:
            raise ValueError(
                f"{self.n_frozen} cells cannot be frozen in a sheet of {self.n_rows} x "
                f"{self.n_columns} = {self.n_cells}"
            )
        return self

    @property
    def n_cells(self) -> int:
        """Cells of the sheet."""
        return self.n_rows * self.n_columns

    @property
    def n_pairs(self) -> int:
        """Neighbours along rows and along columns: R (C - 1) + C (R - 1)."""
        return 2 * self.n_cells - self.n_rows - self.n_columns

    @property
    def parts(self) -> tuple[int, ...]:
        """Parts of the algotypes, in the order of `SHEET_ALGOTYPES`."""
        return (self.bubble_parts, self.insertion_parts, self.row_parts, self.column_parts)

    @property
    def counts(self) -> tuple[int, ...]:
        """Exact cells of every algotype; parts are rounded by largest remainder."""
        whole = sum(self.parts)
        shares = [divmod(self.n_cells * part, whole) for part in self.parts]
        counts = [count for count, _ in shares]
        most_left = sorted(range(len(shares)), key=lambda kind: (-shares[kind][1], kind))
        for kind in most_left[: self.n_cells - sum(counts)]:
            counts[kind] += 1
        return tuple(counts)


PRESETS: dict[str, GridSpec] = {
    "Rows against columns": GridSpec(bubble_parts=0, row_parts=1, column_parts=1),
    "Bubble": GridSpec(),
    "Bubble and insertion": GridSpec(insertion_parts=1),
    "Damaged": GridSpec(n_frozen=12),
}
"""Named starting points; the first is what the page opens with."""
