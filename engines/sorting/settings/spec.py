"""What a run of a self-sorting array needs: every knob, declared once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from engines.contract import Seed, Spec, knob
from engines.contract.sending import came_from
from engines.sorting.settings.edits import Edit, FrozenKind
from engines.sorting.settings.shares import Algotype, AlgotypeShare, shares_from
from engines.sorting.settings.values import MAX_CELLS, checked_values

ValueMode = Literal["permutation", "duplicates", "nearly sorted", "block", "reversed", "own"]
Control = Literal["cell view", "traditional"]
Scheduler = Literal["burst", "uniform", "sweep", "round robin", "synchronous"]

NOT_FROZEN, MOVABLE, IMMOVABLE = 0, 1, 2
"""Codes in every ``frozen`` array."""

Number = Annotated[float, Field(allow_inf_nan=True)]


class SortSpec(Spec):
    """One run of one array; equal specs give equal bytes, so a spec is also the cache key."""

    n_cells: int = knob(
        100,
        label="Cells",
        help="Number of cells in the array; own values bring their own number.",
        unit="cells",
        group="Array",
        ge=0,
        le=MAX_CELLS,
        marks={100: "paper"},
        soft=(0, 300),
    )
    value_mode: ValueMode = knob(
        "permutation", label="Values", help="What the cells hold at the start.", group="Array"
    )
    n_copies: int = knob(
        10,
        label="Copies of each value",
        when={"value_mode": ("duplicates",)},
        help="How many cells share a value, with values 'duplicates'.",
        unit="cells",
        group="Array",
        ge=1,
        le=MAX_CELLS,
        soft=(1, 50),
        marks={10: "paper"},
    )
    max_displacement: int = knob(
        5,
        label="Greatest displacement",
        when={"value_mode": ("nearly sorted",)},
        help="No cell starts further than this from its place, with values 'nearly sorted'.",
        unit="positions",
        group="Array",
        ge=0,
        le=MAX_CELLS,
        soft=(0, 50),
    )
    n_blocks: int = knob(
        10,
        label="Blocks",
        when={"value_mode": ("block",)},
        help="With values 'block': the sorted array, cut into this many equal blocks that stand "
        "in random order.",
        unit="blocks",
        group="Array",
        ge=1,
        le=MAX_CELLS,
        soft=(1, 50),
    )
    own_values: tuple[int | Number | str, ...] = knob(
        (),
        label="Own values",
        when={"value_mode": ("own",)},
        help="Numbers or texts to sort, with values 'own'; text is ordered by code point.",
        group="Array",
        widget="text",
    )
    origin: str = came_from("Array")
    algotypes: tuple[AlgotypeShare, ...] = knob(
        (AlgotypeShare(),),
        label="Algotypes",
        help="The rules the cells follow; exact counts, places drawn by the seed.",
        group="Algotypes",
        min_length=1,
    )
    control: Control = knob(
        "cell view",
        label="Control",
        help="Every cell acts by itself, or one central program sorts them all.",
        group="Algotypes",
    )
    n_frozen: int = knob(
        0,
        label="Frozen cells",
        help="Cells that never act on their own, at places drawn by the seed.",
        unit="cells",
        group="Damage",
        ge=0,
        le=MAX_CELLS,
        soft=(0, 20),
    )
    frozen_kind: FrozenKind = knob(
        "immovable",
        label="Frozen kind",
        help="Movable: others may still move it. Immovable: nobody may.",
        group="Damage",
    )
    frozen_at: tuple[Annotated[int, Field(ge=0)], ...] = knob(
        (),
        label="Frozen at",
        help="Cells to freeze, by first position; replaces the drawn ones.",
        group="Damage",
    )
    nudges_to_unfreeze: int = knob(
        0,
        label="Nudges to unfreeze",
        when={"control": ("cell view",)},
        help="The nudge of this number makes a frozen cell an active cell; 0: never. A nudge is "
        "an activation in which a cell tries to swap with the frozen one, refused or not.",
        unit="nudges",
        group="Damage",
        ge=0,
        le=1_000_000,
        soft=(0, 20),
    )
    action_failure: float = knob(
        0.0,
        label="Action failure",
        when={"control": ("cell view",)},
        help="Probability that a cell that wants to swap does nothing in this activation.",
        unit="prob.",
        group="Damage",
        ge=0.0,
        lt=1.0,
        soft=(0.0, 0.95),
        step=0.01,
    )
    sensing_noise: float = knob(
        0.0,
        label="Sensing noise",
        when={"control": ("cell view",)},
        help="Probability that a cell's comparison gives the wrong answer in this activation; "
        "equal values count as standing right. Not the insertion cell's look at all to its left.",
        unit="prob.",
        group="Damage",
        ge=0.0,
        le=0.5,
        soft=(0.0, 0.2),
        step=0.01,
    )
    switch_at: int = knob(
        0,
        label="Switch at",
        when={"control": ("cell view",)},
        help="After this many swaps some active cells change their algotype; 0: never.",
        unit="swaps",
        group="Switch of algotype",
        ge=0,
        le=200_000_000,
        soft=(0, 3000),
    )
    switch_fraction: float = knob(
        0.5,
        label="Share that switches",
        when={"control": ("cell view",)},
        help="Share of the active cells that is drawn, by the seed, for the switch.",
        unit="share",
        group="Switch of algotype",
        ge=0.0,
        le=1.0,
        step=0.05,
    )
    switch_to: Algotype = knob(
        "selection",
        label="Switch to",
        when={"control": ("cell view",)},
        help="The algotype that drawn cells follow from then on; each keeps its direction.",
        group="Switch of algotype",
    )
    scheduler: Scheduler = knob(
        "burst",
        label="Scheduler",
        when={"control": ("cell view",)},
        help="Who acts next: the hidden parameter of the 2024 paper.",
        group="Scheduler",
    )
    mean_burst: float = knob(
        7.0,
        label="Mean burst",
        when={"scheduler": ("burst",), "control": ("cell view",)},
        help="How many times in a row a cell acts, on average, with scheduler 'burst'.",
        unit="activations",
        group="Scheduler",
        ge=1.0,
        le=1000.0,
        marks={1: "uniform", 7: "paper"},
        soft=(1.0, 100.0),
        log=True,
        step=0.5,
    )
    seed: Seed = knob(
        0, label="Seed", help="Equal seeds give equal runs, byte for byte.", group="Run"
    )
    edits: tuple[Edit, ...] = knob(
        (),
        label="Edits by hand",
        help="Changes made during the run; each starts a branch.",
        group="Run",
        widget="hidden",
    )
    frozen_with_replacement: bool = knob(
        False,
        label="Draw frozen cells with replacement",
        help="As the paper's code does: three draws may hit only two cells.",
        group="Faithful to the paper's code",
    )
    selection_frozen_quirk: bool = knob(
        False,
        label="Selection quirk",
        help="A selection cell that meets a movable frozen cell advances its ideal position first "
        "and may swap all the same.",
        group="Faithful to the paper's code",
    )
    dg_early_return: bool = knob(
        False,
        label="Delayed gratification quirk",
        help="Sum instead of mean when the run ends while the error grows.",
        group="Faithful to the paper's code",
    )
    sortedness_no_plus1: bool = knob(
        False,
        label="Sortedness quirk",
        help="Leave out the first cell, so that a sorted array of 100 scores 99.",
        group="Faithful to the paper's code",
    )
    max_swaps: int = knob(
        5_000_000,
        label="Swap budget",
        help="The run stops after this many swaps.",
        unit="swaps",
        group="Limits",
        ge=0,
        le=200_000_000,
    )
    max_activations: int = knob(
        2_000_000_000,
        label="Activation budget",
        help="The run stops after this many activations.",
        unit="activations",
        group="Limits",
        ge=0,
        le=10**15,
    )

    @model_validator(mode="before")
    @classmethod
    def _own_values_bring_their_number(cls, fields: Any) -> Any:
        if not isinstance(fields, Mapping):
            return fields
        # JSON and notebooks bring lists; the fields are strict about tuples.
        given = {n: tuple(v) if isinstance(v, list) else v for n, v in fields.items()}
        own = given["own_values"] = checked_values(given.get("own_values", ()))
        if own:
            given.setdefault("value_mode", "own")
        if given.get("value_mode") == "own":
            given["n_cells"] = len(own)
        return given

    @field_validator("seed", mode="before")
    @classmethod
    def _within_64_bits(cls, seed: Any) -> Any:
        return seed % 2**64 if type(seed) is int else seed

    @field_validator("algotypes", mode="before")
    @classmethod
    def _shares(cls, given: Any) -> Any:
        return shares_from(given)

    @field_validator("frozen_at", mode="before")
    @classmethod
    def _once_each(cls, cells: Any) -> Any:
        listed = tuple(cells) if isinstance(cells, Iterable) else cells
        plain = isinstance(listed, tuple) and all(type(cell) is int for cell in listed)
        return tuple(sorted(set(listed))) if plain else listed

    @field_validator("edits", mode="after")
    @classmethod
    def _in_order(cls, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
        return tuple(sorted(edits, key=lambda edit: edit.at_swap))

    @model_validator(mode="after")
    def _consistent(self) -> SortSpec:
        if self.own_values and self.value_mode != "own":
            raise ValueError(
                f"{len(self.own_values)} own values are given but values are set to "
                f"'{self.value_mode}'; choose 'own' or leave the own values out"
            )
        self._check_counts()
        self._check_cells()
        if self.control == "traditional":
            self._check_traditional()
        return self

    def _check_counts(self) -> None:
        exact = [share.n_cells for share in self.algotypes if share.n_cells is not None]
        if exact and len(exact) < len(self.algotypes):
            raise ValueError("give exact cells for every algotype or for none")
        if exact and sum(exact) != self.n_cells:
            shown = " + ".join(map(str, exact))
            raise ValueError(
                f"the algotypes' cells add up to {shown} = {sum(exact)}, "
                f"but the array has {self.n_cells} cells"
            )
        if not exact and not sum(share.parts for share in self.algotypes):
            raise ValueError("at least one algotype needs one part or more")

    def _check_cells(self) -> None:
        if self.n_frozen > self.n_cells:
            raise ValueError(
                f"{self.n_frozen} cells cannot be frozen in an array of {self.n_cells}"
            )
        cells = [*self.frozen_at, *(edit.cell for edit in self.edits)]
        cells += [edit.other for edit in self.edits if edit.other is not None]
        if cells and max(cells) >= self.n_cells:
            raise ValueError(
                f"there is no cell {max(cells)}: the array has {self.n_cells} cells, "
                "numbered from 0"
            )

    def _check_traditional(self) -> None:
        if len({(share.algotype, share.descending) for share in self.algotypes}) > 1:
            raise ValueError(
                "the traditional version is one program for the whole array: choose one algotype "
                "and one direction, or the cell view"
            )
        if any(edit.kind == "algotype" for edit in self.edits):
            raise ValueError("cells of the traditional version have no algotype to change")
        for name in ("nudges_to_unfreeze", "action_failure", "sensing_noise", "switch_at"):
            if getattr(self, name):
                label = type(self).model_fields[name].title
                raise ValueError(
                    f"'{label}' is {getattr(self, name)}, but in the traditional version no cell "
                    "acts by itself: set it to 0 or choose the cell view"
                )

    @property
    def is_faulty(self) -> bool:
        """Whether cells may fail, err or thaw: such runs have no shortcut."""
        return bool(self.nudges_to_unfreeze or self.action_failure or self.sensing_noise)


def cells_per_share(spec: SortSpec) -> tuple[int, ...]:
    """Exact number of cells of every share; parts are rounded by largest remainder."""
    exact = [share.n_cells for share in spec.algotypes]
    if all(count is not None for count in exact):
        return tuple(count or 0 for count in exact)
    parts = [share.parts for share in spec.algotypes]
    counts = [spec.n_cells * part // sum(parts) for part in parts]
    remainder = [spec.n_cells * part % sum(parts) for part in parts]
    most_left = sorted(range(len(parts)), key=lambda share: (-remainder[share], share))
    for share in most_left[: spec.n_cells - sum(counts)]:
        counts[share] += 1
    return tuple(counts)


def measured_descending(spec: SortSpec) -> bool:
    """The direction in which error and sortedness are measured: the majority's.

    Ascending when as many cells sort up as down, as in the paper's conflict runs.
    """
    cells: Counter[bool] = Counter()
    for share, count in zip(spec.algotypes, cells_per_share(spec), strict=True):
        cells[share.descending] += count
    return cells[True] > cells[False]
