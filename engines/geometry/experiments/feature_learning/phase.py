"""The phase diagram of nonlinearity and alignment; every cell opens its networks."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment, Frame, KnownAnswer, Result
from engines.geometry.learning.phase_diagram import PhaseSpec


def frames(spec: PhaseSpec) -> Iterator[Frame | Result]:
    """The diagram as it forms, and its end."""
    from engines.geometry.learning.phase_diagram import frames_of

    yield from frames_of(spec)


def seconds(spec: PhaseSpec) -> float:
    """A guess of the run's length."""
    n_nets = len(spec.nonlinearities) * spec.n_alignments * spec.n_seeds
    return 1.0 + spec.n_steps * n_nets * spec.width * 32 * 6e-10 * 100


def known_answers() -> tuple[KnownAnswer, ...]:
    """Tanh takes the targets' geometry, ReLU keeps the inputs'."""
    from engines.geometry.answers import phase_answers

    return phase_answers()


EXPERIMENT = Experiment(
    spec=PhaseSpec,
    frames=frames,
    card=Card(
        title="Phase diagram",
        claim="tanh networks take the geometry of the classes, ReLU networks keep that of the "
        "inputs: all alignments at once, forty networks trained together.",
        paper="Alleman, Lindsey & Fusi 2024, Task structure and nonlinearity jointly determine "
        "learned representational geometry",
        link="https://arxiv.org/abs/2401.13558",
    ),
    presets={
        "Four points": PhaseSpec(),
        "Eight points": PhaseSpec(n_points=8),
        "Four nonlinearities": PhaseSpec(rows="all four"),
        "Abstraction: CCGP": PhaseSpec(targets="every bit", n_points=8, measure="CCGP", n_seeds=2),
    },
    known_answers=known_answers,
    seconds=seconds,
    order=10,
)
