"""Many runs that differ in their seed only, and what they say together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from engines.sorting.chance.statistics import interval_of_mean
from engines.sorting.ensembles.results import (
    Control,
    Ensemble,
    EnsembleEngine,
    EnsembleFrame,
    EnsembleSpec,
)
from engines.sorting.ensembles.runs import Runs, growing
from engines.sorting.settings.shares import Algotype, AlgotypeShare
from engines.sorting.settings.spec import SortSpec

N_CLOUD = 20
"""Single runs that are kept whole, to be drawn behind the means."""

SUMMARIES = (
    "n_swaps",
    "n_paper_steps",
    "n_reads",
    "n_activations",
    "final_error",
    "dg_net",
    "dg_ratio",
    "peak_aggregation",
    "null_peak",
)


def ensemble(spec: SortSpec, n_runs: int = 100, engine: EnsembleEngine = "auto") -> Ensemble:
    """Repeat a spec with seeds seed, seed + 1, ...; the same bytes for any number of threads."""
    *_, last = frames_of(EnsembleSpec(run=spec, n_runs=n_runs, engine=engine))
    assert isinstance(last, Ensemble)
    return last


def frames_of(spec: EnsembleSpec) -> Iterator[EnsembleFrame | Ensemble]:
    """How far it is, about twenty times a second, and the ensemble last.

    Raises:
        SpecError: the run has edits by hand, which belong to one trajectory; or torch is asked
            for a run that is not synchronous.
    """
    runs, control = Runs(spec), _control(spec)
    both = [runs] if control is None else [runs, control]
    for some in both:
        for _ in growing(some):
            done = sum(each.n_done for each in both) / (len(both) * spec.n_runs)
            if done < 1.0:
                yield replace(runs.frame(), fraction=done)
    yield _ensemble(runs, control)


def _control(spec: EnsembleSpec) -> Runs | None:
    """The same runs with one policy for all cells and the mixture's labels on them."""
    run = spec.run
    if not spec.control or run.control == "traditional" or len(set(_names(run))) < 2:
        return None
    first = AlgotypeShare(algotype=_names(run)[0])
    alike = run.replace(algotypes=(first,), switch_at=0)
    return Runs(spec.replace(run=alike), labelled_as=run)


def _names(run: SortSpec) -> list[Algotype]:
    return [share.algotype for share in run.algotypes]


def _ensemble(runs: Runs, control: Runs | None) -> Ensemble:
    """Everything, once all runs are done."""
    per_run, spec = runs.per_run(), runs.spec
    sortedness, same = runs.sortedness(), runs.aggregation()
    numbers = np.stack([per_run[name].astype(np.float64) for name in SUMMARIES])
    return Ensemble(
        spec=spec,
        seed=np.array(runs.seeds, np.uint64),
        stop=runs.stops(),
        **_banded("sortedness", sortedness),
        **_banded("aggregation", same),
        **_banded("null_aggregation", runs.null_aggregation()),
        sortedness_cloud=sortedness[:N_CLOUD],
        aggregation_cloud=same[:N_CLOUD],
        control=None if control is None else _as_control(control),
        summary_names=SUMMARIES,
        summary=interval_of_mean(numbers, spec.run.seed),
        **per_run,
    )


def _banded(name: str, curves: np.ndarray) -> dict[str, np.ndarray]:
    low, high = np.quantile(curves, (0.05, 0.95), axis=0)
    return {name: curves.mean(axis=0), f"{name}_low": low, f"{name}_high": high}


def _as_control(runs: Runs) -> Control:
    peak = runs.per_run()["peak_aggregation"]
    return Control(
        algotype=_names(runs.spec.run)[0],
        **_banded("aggregation", runs.aggregation()),
        peak=peak,
        peak_interval=interval_of_mean(peak[None], runs.spec.run.seed)[0, 2:],
    )
