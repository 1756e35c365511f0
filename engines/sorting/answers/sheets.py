"""Numbers about sheets that we did not write ourselves, and how to compute ours."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engines.contract import KnownAnswer
from engines.sorting.calls import sheet
from engines.sorting.motion.simulate import inversions
from engines.sorting.sheets.frames import GridResult, sortedness
from engines.sorting.sheets.null import aggregation_null
from engines.sorting.sheets.spec import GridSpec

_TWO = GridSpec(n_rows=2, n_columns=2, scheduler="uniform", n_permutations=1)
_THREE = GridSpec(n_rows=3, n_columns=3, n_permutations=1)
_MIXED = GridSpec(bubble_parts=0, row_parts=1, column_parts=1)


def _runs(spec: GridSpec, n_runs: int) -> tuple[GridResult, ...]:
    return _runs_of(spec.to_json(), n_runs)


@lru_cache(maxsize=8)
def _runs_of(text: str, n_runs: int) -> tuple[GridResult, ...]:
    spec = GridSpec.from_json(text)
    return tuple(sheet(spec.replace(seed=seed)) for seed in range(n_runs))


def grid_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms; means over runs with tolerances of four standard errors."""
    return (
        KnownAnswer(
            "Sortedness of a random 20 x 20 sheet at the start, half of its pairs, percent",
            "closed form: each of two neighbours is equally often the larger; 200 runs",
            50.0,
            # Descents along a line of n have the variance (n + 1) / 12; the covariances of rows
            # with columns cancel. 40 lines of 20.
            4 * (100 / 760) * (40 * 21 / 12) ** 0.5 / 200**0.5,
            _start_sortedness,
        ),
        KnownAnswer(
            "Swaps of a 2 x 2 sheet under uniform activation",
            "exact: Markov chain on the 24 states; 4,000 runs",
            37 / 18,
            0.08,
            lambda: float(np.mean([run.n_swaps for run in _runs(_TWO, 4_000)])),
        ),
        KnownAnswer(
            "Different sheets of 3 x 3 at rest, 2,000 runs",
            "hook length formula: 42 standard Young tableaux (Frame, Robinson & Thrall 1954)",
            42.0,
            0.0,
            lambda: float(len({run.sheet().tobytes() for run in _runs(_THREE, 2_000)})),
        ),
        KnownAnswer(
            "Swaps beyond the inversions, sheets of one row and of one column",
            "closed form (Knuth, TAOCP 3, 5.2.2)",
            0.0,
            0.0,
            _excess,
        ),
        KnownAnswer(
            "Descents along rows and columns at rest, bubble and insertion cells",
            "closed form: a cell beside a descent can act",
            0.0,
            0.0,
            lambda: float(sum(run.errors[-1] for run in _runs(GridSpec(insertion_parts=1), 20))),
        ),
        KnownAnswer(
            "Aggregation of a random start less its null, in standard deviations, 200 runs",
            "closed form: mean and variance over all label permutations on the grid",
            0.0,
            4 / 200**0.5,
            _start_aggregation,
        ),
    )


def _start_sortedness() -> float:
    runs = _runs(_MIXED.replace(max_swaps=0, n_permutations=1), 200)
    return float(np.mean([sortedness(run.spec, run.errors[:1])[0] for run in runs]))


def _start_aggregation() -> float:
    runs = _runs(_MIXED.replace(max_swaps=0, n_permutations=1), 200)
    mean, sd = aggregation_null(runs[0].algotype, 20, 20)
    return float(np.mean([(run.alike[0] / run.spec.n_pairs - mean) / sd for run in runs]))


def _excess() -> float:
    lines = (GridSpec(n_rows=1, n_columns=40), GridSpec(n_rows=40, n_columns=1))
    runs = [run for spec in lines for run in _runs(spec, 20)]
    return float(sum(abs(run.n_swaps - inversions(run.rank)) for run in runs))
