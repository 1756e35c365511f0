"""The same array many times: means, bands, nulls and the paper's published numbers."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment, KnownAnswer
from engines.sorting.ensembles.results import Ensemble, EnsembleFrame, EnsembleSpec
from engines.sorting.settings.presets import PRESETS


def frames(spec: EnsembleSpec) -> Iterator[EnsembleFrame | Ensemble]:
    """How far it is, and the ensemble last."""
    from engines.sorting.ensembles.ensemble import frames_of

    yield from frames_of(spec)


def seconds(spec: EnsembleSpec) -> float:
    """A guess of the ensemble's length."""
    from engines.sorting.experiments.arrays import run

    return spec.n_runs * run.seconds(spec.run)


def known_answers() -> tuple[KnownAnswer, ...]:
    """The published bars, swaps and clusters that a scheduler of mean burst 7 reproduces."""
    from engines.sorting.answers.arrays import ensemble_answers

    return ensemble_answers()


EXPERIMENT = Experiment(
    spec=EnsembleSpec,
    frames=frames,
    card=Card(
        title="A hundred arrays",
        claim="What one run cannot show: means with intervals, bands, and what chance alone does.",
        paper="Zhang, Goldstein & Levin 2024, Classical sorting algorithms as a model of "
        "morphogenesis",
        link="https://arxiv.org/abs/2401.05375",
    ),
    presets={name: EnsembleSpec(run=run) for name, run in PRESETS.items()},
    known_answers=known_answers,
    seconds=seconds,
    order=10,
)
