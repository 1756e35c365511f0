"""One array sorts itself: the opening experiment of the workbench."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment, KnownAnswer
from engines.sorting.motion.simulate import estimated_seconds, frames_of
from engines.sorting.settings.presets import PRESETS
from engines.sorting.settings.spec import SortSpec
from engines.sorting.trajectory.moments import SortFrame
from engines.sorting.trajectory.trajectory import Trajectory


def frames(spec: SortSpec) -> Iterator[SortFrame | Trajectory]:
    """Moments of the run, and its trajectory last."""
    yield from frames_of(spec)


def seconds(spec: SortSpec) -> float:
    """A guess of the run's length."""
    return estimated_seconds(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms that hold for every single run."""
    from engines.sorting.answers.arrays import run_answers

    return run_answers()


EXPERIMENT = Experiment(
    spec=SortSpec,
    frames=frames,
    card=Card(
        title="A self-sorting array",
        claim="Every cell follows its own sorting rule and sees only its neighbourhood; "
        "the array sorts itself, even when some cells are broken.",
        paper="Zhang, Goldstein & Levin 2024, Classical sorting algorithms as a model of "
        "morphogenesis",
        link="https://arxiv.org/abs/2401.05375",
    ),
    presets=PRESETS,
    known_answers=known_answers,
    seconds=seconds,
    order=0,
)
