"""Two conditions on the same permutations: effects with intervals, beside what chance does."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment
from engines.sorting.ensembles.pairs import Pair, PairFrame, PairSpec, frames_of
from engines.sorting.paper import claims
from engines.sorting.settings.spec import AlgotypeShare, SortSpec


def frames(spec: PairSpec) -> Iterator[PairFrame | Pair]:
    """How far both are, and the pair last."""
    yield from frames_of(spec)


def seconds(spec: PairSpec) -> float:
    """A guess of the pair's length."""
    from engines.sorting.experiments.arrays import run

    return 2 * spec.n_runs * run.seconds(spec.run)


_MIXED = SortSpec(algotypes=(AlgotypeShare(), AlgotypeShare(algotype="selection")))

EXPERIMENT = Experiment(
    spec=PairSpec,
    frames=frames,
    card=Card(
        title="Two conditions",
        claim="The same permutations twice: what one change does to every single run.",
        paper="Zhang, Goldstein & Levin 2024, Classical sorting algorithms as a model of "
        "morphogenesis",
        link="https://arxiv.org/abs/2401.05375",
    ),
    presets={
        "Cell view against program": PairSpec(),
        "What the scheduler hides": PairSpec(run=_MIXED, change="uniform scheduler"),
        "Three broken cells": PairSpec(change="three immovable cells"),
        "Do species matter?": PairSpec(run=_MIXED, change="all cells bubble"),
    },
    claims=claims.PAIR,
    seconds=seconds,
    order=15,
)
