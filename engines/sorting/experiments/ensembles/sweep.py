"""A measure over two knobs, as a map that fills up."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment
from engines.sorting.ensembles.sweeps import Sweep, SweepFrame, SweepSpec, frames_of
from engines.sorting.settings.spec import SortSpec


def frames(spec: SweepSpec) -> Iterator[SweepFrame | Sweep]:
    """The map so far, and the sweep last."""
    yield from frames_of(spec)


def seconds(spec: SweepSpec) -> float:
    """A guess of the sweep's length."""
    from engines.sorting.experiments.arrays import run

    return spec.n_x * spec.n_y * spec.n_runs * run.seconds(spec.run)


EXPERIMENT = Experiment(
    spec=SweepSpec,
    frames=frames,
    card=Card(
        title="A map of settings",
        claim="One measure over any two knobs: where clusters form, where damage is repaired.",
        paper="Zhang, Goldstein & Levin 2024, Classical sorting algorithms as a model of "
        "morphogenesis",
        link="https://arxiv.org/abs/2401.05375",
    ),
    presets={
        "Mixture x burst": SweepSpec(),
        "Frozen x cells": SweepSpec(
            run=SortSpec(),
            measure="final error",
            x_knob="cells",
            x_from=20.0,
            x_to=200.0,
            y_knob="frozen cells",
            y_from=0.0,
            y_to=10.0,
            n_y=11,
        ),
        "Frozen x burst": SweepSpec(
            run=SortSpec(),
            measure="delayed gratification",
            y_knob="frozen cells",
            y_from=0.0,
            y_to=8.0,
            n_y=9,
        ),
    },
    seconds=seconds,
    order=20,
)
