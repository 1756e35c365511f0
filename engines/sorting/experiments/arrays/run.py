"""One array sorts itself: the opening experiment of the workbench."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment, InputError, KnownAnswer
from engines.contract.sending import Numbers
from engines.sorting.motion.simulate import estimated_seconds, frames_of
from engines.sorting.settings.presets import PRESETS
from engines.sorting.settings.spec import SortSpec
from engines.sorting.trajectory.moments import SortFrame
from engines.sorting.trajectory.trajectory import Trajectory

SENT_MAX = 2_000


def frames(spec: SortSpec) -> Iterator[SortFrame | Trajectory]:
    """Moments of the run, and its trajectory last."""
    yield from frames_of(spec)


def spec_from_numbers(sent: Numbers, came: str) -> SortSpec:
    """Cells that hold numbers another workbench sent, in the order they came.

    Raises:
        InputError: more than an array of cells sorts while somebody looks on.
    """
    if not 2 <= len(sent.values) <= SENT_MAX:
        raise InputError(f"2 to {SENT_MAX:,} numbers can be sorted here, got {len(sent.values):,}")
    values = tuple(int(v) if float(v).is_integer() else v for v in sent.values.tolist())
    return SortSpec(value_mode="own", own_values=values, origin=came)


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
    takes={Numbers: spec_from_numbers},
    presets=PRESETS,
    known_answers=known_answers,
    seconds=seconds,
    order=0,
)
