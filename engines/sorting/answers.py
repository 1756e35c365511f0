"""Numbers we did not write ourselves: closed forms, and the bars of the 2024 paper.

The paper's cells are threads of one Python process; nobody scheduled them. One explicit scheduler,
bursts of 7 activations on average, gives these numbers; uniform activation does not.
"""

from __future__ import annotations

from functools import lru_cache, partial
from itertools import pairwise

import numpy as np

from engines.contract import KnownAnswer
from engines.sorting.ensemble import ensemble
from engines.sorting.frames import Ensemble
from engines.sorting.shares import shares_from
from engines.sorting.simulate import inversions, simulate
from engines.sorting.spec import SortSpec

PAPER = "Zhang, Goldstein & Levin 2024, arXiv 2401.05375"
N_RUNS = 100

_GRATIFICATION = {
    "bubble": (0.24, 0.29, 0.32, 0.37),
    "insertion": (1.1, 1.13, 1.15, 1.19),
}
_IMMOVABLE_ERRORS = {
    "bubble": (1.91, 3.72, 5.37),
    "insertion": (1.83, 3.65, 5.33),
    "selection": (1.0, 1.96, 2.91),
}
_PEAKS = {
    ("bubble", "selection"): 0.72,
    ("bubble", "insertion"): 0.65,
    ("selection", "insertion"): 0.69,
}


_CONFLICTS = {
    ("bubble", "selection"): 42.5,
    ("insertion", "bubble"): 73.73,
    ("selection", "insertion"): 38.31,
}


@lru_cache(maxsize=64)
def _hundred(algotypes: tuple[str, ...], n_frozen: int = 0, scheduler: str = "burst") -> Ensemble:
    spec = SortSpec(algotypes=shares_from(algotypes), n_frozen=n_frozen)
    return ensemble(spec.replace(scheduler=scheduler), N_RUNS)


def ensemble_answers() -> tuple[KnownAnswer, ...]:
    """Means over 100 runs of 100 cells, burst 7, against the paper and two closed forms."""
    return (
        *_gratification_answers(),
        *_error_answers(),
        *_swap_answers(),
        *_cluster_answers(),
        *_conflict_answers(),
        *_law_answers(),
    )


def _mean(algotype: str, n_frozen: int, name: str) -> float:
    return _hundred((algotype,), n_frozen).mean(name)


def _gratification_answers() -> list[KnownAnswer]:
    return [
        KnownAnswer(
            f"Delayed gratification, cell-view {algotype}, {n_frozen} immovable cells",
            f"{PAPER}, figure 7",
            bar,
            0.05,
            partial(_mean, algotype, n_frozen, "dg_net"),
        )
        for algotype, bars in _GRATIFICATION.items()
        for n_frozen, bar in enumerate(bars)
    ]


def _error_answers() -> list[KnownAnswer]:
    return [
        KnownAnswer(
            f"Final error, cell-view {algotype}, {n_frozen} immovable cells",
            f"{PAPER}, figure 5",
            bar,
            0.3,
            partial(_mean, algotype, n_frozen, "final_error"),
        )
        for algotype, bars in _IMMOVABLE_ERRORS.items()
        for n_frozen, bar in enumerate(bars, 1)
    ]


def _swap_answers() -> list[KnownAnswer]:
    return [
        KnownAnswer(
            "Swaps, bubble and selection cells mixed",
            f"{PAPER}, page 13",
            1740.9,
            0.03 * 1740.9,
            lambda: _hundred(("bubble", "selection")).mean("n_swaps"),
        ),
        KnownAnswer(
            "Swaps, cell-view selection",
            f"{PAPER}, page 11",
            1095.5,
            0.03 * 1095.5,
            partial(_mean, "selection", 0, "n_swaps"),
        ),
        KnownAnswer(
            "Swaps, cell-view bubble, n (n - 1) / 4",
            "closed form; tolerance 4 standard errors of n (n - 1)(2n + 5) / 72",
            2475.0,
            4 * 167.9 / 10,
            partial(_mean, "bubble", 0, "n_swaps"),
        ),
    ]


def _cluster_answers() -> list[KnownAnswer]:
    return [
        KnownAnswer(
            f"Mean of the runs' peak aggregation, {' and '.join(pair)}",
            f"{PAPER}, pages 13-14",
            peak,
            0.02,
            lambda pair=pair: _hundred(pair).mean("peak_aggregation"),
        )
        for pair, peak in _PEAKS.items()
    ]


def _conflict_answers() -> list[KnownAnswer]:
    # The paper's counter leaves out the first cell, so a hundred cells score one percent less.
    return [
        KnownAnswer(
            f"Final sortedness less 1, {down} down against {up} up",
            f"{PAPER}, figure 9",
            percent,
            2.0,
            partial(_conflict, down, up),
        )
        for (down, up), percent in _CONFLICTS.items()
    ]


@lru_cache(maxsize=8)
def _conflict(down: str, up: str) -> float:
    shares = tuple(
        share.replace(descending=share.algotype == down) for share in shares_from((down, up))
    )
    return float(ensemble(SortSpec(algotypes=shares, max_swaps=15_000), N_RUNS).sortedness[-1]) - 1


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
