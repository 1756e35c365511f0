"""Two to four arrays on the same permutation, run one after the other in one job."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engines.contract import Card, Experiment, Frame, Result, Spec, knob
from engines.contract.pictures import Picture
from engines.sorting.model import PRESETS, SortSpec, Trajectory


class CompareSpec(Spec):
    """Which runs stand side by side."""

    runs: tuple[SortSpec, ...] = knob(
        tuple(PRESETS.values())[:2],
        label="Runs",
        help="Two to four runs, with one seed so that they start from one permutation.",
        min_length=1,
        max_length=4,
    )


@dataclass(frozen=True, eq=False)
class Comparison(Result):
    """The runs' trajectories, in the order asked."""

    spec: CompareSpec
    trajectories: tuple[Trajectory, ...]

    def pictures(self) -> tuple[Picture, ...]:
        """Each run's curves."""
        return tuple(t.pictures()[0] for t in self.trajectories)


@dataclass(frozen=True)
class ComparisonFrame(Frame):
    """How many runs are done."""

    n_done: int


def frames(spec: CompareSpec) -> Iterator[Frame | Result]:
    """Every run to its end; the frames of each are passed over, so it can be stopped between."""
    from engines.sorting.experiments.arrays.run import EXPERIMENT as RUN

    done: list[Trajectory] = []
    for run in spec.runs:
        for item in RUN.frames(run):
            if isinstance(item, Trajectory):
                done.append(item)
            yield ComparisonFrame(len(done), fraction=len(done) / len(spec.runs))
    yield Comparison(spec, tuple(done))


EXPERIMENT = Experiment(
    spec=CompareSpec,
    frames=frames,
    card=Card(
        title="Side by side",
        claim="The same permutation under different rules, on one clock.",
        paper="Zhang, Goldstein & Levin 2024, Classical sorting algorithms as a model of "
        "morphogenesis",
        link="https://arxiv.org/abs/2401.05375",
    ),
    listed=False,
)
