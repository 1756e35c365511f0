"""A sheet of cells: rows and columns that sort themselves."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment, KnownAnswer
from engines.sorting.sheets.frames import GridFrame, GridResult
from engines.sorting.sheets.spec import PRESETS, GridSpec

SWAPS_PER_SECOND = 1e6
"""A careful guess of the kernel's speed, idle activations included."""


def frames(spec: GridSpec) -> Iterator[GridFrame | GridResult]:
    """Moments of the run, and its result last."""
    from engines.sorting.sheets.simulation import frames_of

    yield from frames_of(spec)


def seconds(spec: GridSpec) -> float:
    """A guess of the run's length; a cell travels a share of the sheet's side."""
    n_swaps = spec.n_cells * (spec.n_rows + spec.n_columns) / 4
    return min(spec.max_swaps, n_swaps) * (2 + spec.n_permutations / 20) / SWAPS_PER_SECOND


def known_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms of sheets in order, and the arrays that are their rows."""
    from engines.sorting.answers.sheets import grid_answers

    return grid_answers()


EXPERIMENT = Experiment(
    spec=GridSpec,
    frames=frames,
    card=Card(
        title="A sheet of cells",
        claim="On a sheet each cell looks at one of four neighbours, by two coins: until every "
        "row and every column ascends.",
        paper="none; the rules of Zhang, Goldstein & Levin 2024 carried to two dimensions",
        link="https://arxiv.org/abs/2401.05375",
    ),
    presets=PRESETS,
    known_answers=known_answers,
    seconds=seconds,
    order=40,
)
