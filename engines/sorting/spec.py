"""What a run of a self-sorting array needs: every knob, declared once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from engines.contract import Seed, Spec, SpecError, knob
from engines.sorting.values import MAX_CELLS, checked_values

Algotype = Literal["bubble", "insertion", "selection"]
FrozenKind = Literal["movable", "immovable"]
ValueMode = Literal["permutation", "duplicates", "nearly sorted", "reversed", "own"]
Control = Literal["cell view", "traditional"]
Scheduler = Literal["burst", "uniform", "sweep", "round robin", "synchronous"]

ALGOTYPES: tuple[Algotype, ...] = ("bubble", "insertion", "selection")
"""In the order of their codes 0, 1, 2 in every ``algotype`` array."""

NOT_FROZEN, MOVABLE, IMMOVABLE = 0, 1, 2
"""Codes in every ``frozen`` array."""

Number = Annotated[float, Field(allow_inf_nan=True)]


class AlgotypeShare(Spec):
    """One kind of cell in a mixture: how many follow this algotype, and which way they sort."""

    algotype: Algotype = knob("bubble", label="Algotype", help="The rule these cells follow.")
    parts: int = knob(
        1, label="Parts", help="Share of the cells, in parts of the sum of all parts.", ge=0
    )
    n_cells: int | None = knob(
        None,
        label="Exact cells",
        help="Exact number of cells; when given for one algotype it is needed for all.",
        unit="cells",
        ge=0,
    )
    descending: bool = knob(
        False, label="Descending", help="Sort from large to small instead of small to large."
    )


class Edit(Spec):
    """A change by hand after ``at_swap`` swaps; the run goes on with the same random streams."""

    at_swap: int = knob(0, label="At swap", help="Swaps made before the edit.", unit="swaps", ge=0)
    kind: Literal["freeze", "unfreeze", "algotype", "swap"] = knob(
        "freeze", label="Kind", help="What is done to the cell."
    )
    cell: int = knob(0, label="Cell", help="The cell, named by its first position.", ge=0)
    other: int | None = knob(
        None, label="Other cell", help="For a swap by hand: the cell it changes places with.", ge=0
    )
    algotype: Algotype | None = knob(
        None, label="New algotype", help="For a change of algotype: the new one."
    )
    frozen_kind: FrozenKind = knob(
        "immovable", label="Frozen kind", help="For a freeze: may others still move the cell?"
    )
    descending: bool = knob(
        False, label="Descending", help="For a change of algotype: the new direction."
    )

    @model_validator(mode="after")
    def _complete(self) -> Edit:
        if self.kind == "swap" and self.other is None:
            raise ValueError(f"a swap by hand of cell {self.cell} needs the other cell")
        if self.kind == "swap" and self.other == self.cell:
            raise ValueError(f"cell {self.cell} cannot be swapped with itself")
        if self.kind == "algotype" and self.algotype is None:
            raise ValueError(f"a change of algotype of cell {self.cell} needs the new algotype")
        return self


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
    own_values: tuple[int | Number | str, ...] = knob(
        (),
        label="Own values",
        when={"value_mode": ("own",)},
        help="Numbers or texts to sort, with values 'own'; text is ordered by code point.",
        group="Array",
        widget="text",
    )
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


def shares_from(given: Any) -> Any:
    """Algotype shares from what people write.

    A name, a list of names or shares, or a mapping from name to exact number of cells.
    Anything else is handed on, for the field to refuse.
    """
    if isinstance(given, str):
        return (AlgotypeShare(algotype=_known(given)),)
    if isinstance(given, AlgotypeShare):
        return (given,)
    if isinstance(given, Mapping):
        return tuple(
            AlgotypeShare(algotype=_known(name), n_cells=count) for name, count in given.items()
        )
    if isinstance(given, Iterable):
        return tuple(
            AlgotypeShare(algotype=_known(part)) if isinstance(part, str) else part
            for part in given
        )
    return given


def _known(name: Any) -> Algotype:
    if name not in ALGOTYPES:
        raise SpecError(f"there is no algotype {name!r}; there are {', '.join(ALGOTYPES)}")
    return name


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


_HALF_AND_HALF = (AlgotypeShare(algotype="bubble"), AlgotypeShare(algotype="selection"))

PRESETS: dict[str, SortSpec] = {
    "Paper (2024)": SortSpec(algotypes=_HALF_AND_HALF),
    "Uniform": SortSpec(algotypes=_HALF_AND_HALF, scheduler="uniform"),
    "Code-faithful": SortSpec(
        algotypes=_HALF_AND_HALF,
        frozen_kind="movable",
        frozen_with_replacement=True,
        selection_frozen_quirk=True,
        dg_early_return=True,
        sortedness_no_plus1=True,
    ),
}
"""Named starting points; the first is what the page opens with."""
