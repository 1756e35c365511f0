"""Numbers we did not write ourselves: closed forms, and the bars of the 2024 paper.

The paper's cells are threads of one Python process; nobody scheduled them. One explicit scheduler,
bursts of 7 activations on average, gives these numbers; uniform activation does not.
"""

from __future__ import annotations

from functools import lru_cache, partial
from itertools import pairwise

import numpy as np

from engines.contract import KnownAnswer
from engines.sorting.ensembles.ensemble import ensemble
from engines.sorting.ensembles.results import Ensemble
from engines.sorting.motion.simulate import inversions, simulate
from engines.sorting.paper.page import PaperSpec
from engines.sorting.paper.samples import estimate, remembered
from engines.sorting.paper.targets import PAPER, SECTIONS, Target, targets
from engines.sorting.paper.verdicts import correction
from engines.sorting.settings.shares import shares_from
from engines.sorting.settings.spec import SortSpec

N_RUNS = 100


@lru_cache(maxsize=64)
def _hundred(algotypes: tuple[str, ...]) -> Ensemble:
    return ensemble(SortSpec(algotypes=shares_from(algotypes)), N_RUNS)


@lru_cache(maxsize=1)
def _textbook() -> Ensemble:
    return ensemble(SortSpec(control="traditional"), N_RUNS)


def paper_answers() -> tuple[KnownAnswer, ...]:
    """The printed numbers that one explicit scheduler, bursts of 7 on average, reproduces."""
    return tuple(
        KnownAnswer(
            f"{target.what} ({SECTIONS[target.section]})",
            f"{PAPER}, {target.place}",
            target.printed,
            target.tolerance,
            partial(_ours, target),
        )
        for target in targets()
        if target.exact
    )


def _ours(target: Target) -> float:
    spec = PaperSpec()
    found = estimate(target, remembered(spec.condition(target.condition), spec.n_runs)).value
    return found + correction(found, target)


def ensemble_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms of means over 100 runs of 100 cells."""
    return (
        KnownAnswer(
            "Swaps, cell-view bubble, n (n - 1) / 4",
            "closed form; tolerance 4 standard errors of n (n - 1)(2n + 5) / 72",
            2475.0,
            4 * 167.9 / 10,
            lambda: _hundred(("bubble",)).mean("n_swaps"),
        ),
        KnownAnswer(
            "Swaps of the textbook's bubble beyond those of bubble cells, means of 100 runs",
            "closed form: both make the inversions of the same starts (Knuth, TAOCP 3, 5.2.2)",
            0.0,
            1e-9,
            lambda: _textbook().mean("n_swaps") - _hundred(("bubble",)).mean("n_swaps"),
        ),
        *_law_answers(),
    )


def _law_answers() -> list[KnownAnswer]:
    return [
        KnownAnswer(
            "Sortedness of a random start, 100 (n + 1) / 2n percent",
            "closed form; tolerance 4 standard errors of (n + 1) / 12 descents",
            50.5,
            4 * (101 / 12) ** 0.5 / 10,
            lambda: float(_hundred(("bubble",)).sortedness[0]),
        ),
        KnownAnswer(
            "Aggregation of a random start, 50 cells of each of two types",
            "closed form: 2 x 50 x 49 / (100 x 99) of 99 pairs, over n",
            49 / 100,
            0.025,
            lambda: float(_hundred(("bubble", "selection")).aggregation[0]),
        ),
    ]


def run_answers() -> tuple[KnownAnswer, ...]:
    """What holds for every single run, counted over twenty of them."""
    source = "closed form (Knuth, TAOCP 3, 5.2.2)"
    exact = [
        KnownAnswer(
            f"Swaps beyond the inversions of the start, {algotype}, {scheduler}",
            source,
            0.0,
            0.0,
            partial(_excess, algotype, scheduler),
        )
        for algotype in ("bubble", "insertion")
        for scheduler in ("burst", "uniform", "sweep", "round robin", "synchronous")
    ]
    return (
        *exact,
        KnownAnswer(
            "Swaps of two equal values, selection cells, 20 runs with triples",
            "closed form: cells compare strictly, so who is equal never changes places",
            0.0,
            0.0,
            lambda: float(sum(map(_swaps_of_equals, range(20)))),
        ),
        KnownAnswer(
            "Comparisons minus swaps, cell-view selection, n (n - 1) / 2",
            "closed form; the run ends with the first sorted state, a few advances early",
            4950.0,
            8.0,
            lambda: (
                _hundred(("selection",)).mean("n_paper_steps")
                - _hundred(("selection",)).mean("n_swaps")
            ),
        ),
        KnownAnswer(
            "Comparisons of the traditional bubble sort, n (n - 1) / 2",
            "closed form",
            4950.0,
            0.0,
            lambda: float(simulate(SortSpec(control="traditional")).n_reads),
        ),
        KnownAnswer(
            "Final error beyond the descents among movable frozen cells, bubble",
            "closed form: only the order of frozen cells cannot change",
            0.0,
            0.0,
            lambda: float(sum(map(_movable_excess, range(20)))),
        ),
        KnownAnswer(
            "Cells not in the order of their segment, bubble and insertion, 3 immovable cells",
            "closed form: every segment between immovable cells ends sorted",
            0.0,
            0.0,
            lambda: float(sum(map(_misplaced, range(20)))),
        ),
    )


def _excess(algotype: str, scheduler: str) -> float:
    spec = SortSpec(
        n_cells=40,
        value_mode="duplicates",
        n_copies=3,
        algotypes=shares_from(algotype),
        scheduler="burst",
    ).replace(scheduler=scheduler)
    runs = [simulate(spec.replace(seed=seed)) for seed in range(20)]
    return float(sum(abs(run.n_swaps - inversions(run.rank)) for run in runs))


def _swaps_of_equals(seed: int) -> int:
    run = simulate(
        SortSpec(
            n_cells=30,
            value_mode="duplicates",
            n_copies=3,
            algotypes=shares_from("selection"),
            seed=seed,
        )
    )
    rank, right = run.rank.copy(), run.right if len(run.right) else run.left + 1
    n_equal = 0
    for a, b in zip(run.left.tolist(), right.tolist(), strict=True):
        n_equal += int(rank[a] == rank[b])
        rank[a], rank[b] = rank[b], rank[a]
    return n_equal


def _movable_excess(seed: int) -> int:
    run = simulate(SortSpec(n_frozen=5, frozen_kind="movable", seed=seed))
    frozen = run.rank[run.frozen > 0]
    return int(run.errors[-1]) - int((np.diff(frozen) < 0).sum())


def _misplaced(seed: int) -> int:
    """Cells that differ from segment-wise sorting, over bubble and insertion."""
    wrong = 0
    for algotype in ("bubble", "insertion"):
        run = simulate(SortSpec(algotypes=shares_from(algotype), n_frozen=3, seed=seed))
        expected = run.rank.copy()
        borders = [-1, *np.flatnonzero(run.frozen).tolist(), run.n_cells]
        for left, right in pairwise(borders):
            expected[left + 1 : right].sort()
        wrong += int((run.rank[run.at(run.n_steps).order] != expected).sum())
    return wrong
