"""Train networks side by side and watch their representations form: the opening experiment."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment, Frame, KnownAnswer, Result
from engines.geometry.learning.presets import PRESETS
from engines.geometry.learning.spec import StudioSpec


def frames(spec: StudioSpec) -> Iterator[Frame | Result]:
    """Moments while the networks learn, and the run last."""
    from engines.geometry.learning.studio import frames_of

    yield from frames_of(spec)


def seconds(spec: StudioSpec) -> float:
    """A guess of the run's length."""
    numbers = spec.n_nets * spec.batch_size * spec.width * (100 + spec.width * (spec.depth - 1))
    return 1.0 + spec.n_steps * (3e-4 + 6 * numbers / 2e10)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Exact alignments of the task family, and the tanh and ReLU result."""
    from engines.geometry.answers import studio_answers

    return studio_answers()


EXPERIMENT = Experiment(
    spec=StudioSpec,
    frames=frames,
    card=Card(
        title="Task studio",
        claim="Networks that differ in one nonlinearity learn the same classes and end with "
        "different geometries: watch them part, scrub back, compare every moment.",
        paper="Alleman, Lindsey & Fusi 2024, Task structure and nonlinearity jointly determine "
        "learned representational geometry",
        link="https://arxiv.org/abs/2401.13558",
    ),
    presets=PRESETS,
    known_answers=known_answers,
    seconds=seconds,
    order=0,
)
