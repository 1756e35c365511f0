"""The phase diagram of nonlinearity and alignment; every cell opens its networks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import Exceeds
from engines.geometry.learning.phase_diagram import Phase, PhaseSpec
from engines.lab.statistics import mean_over, paired


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


def _per_seed(phase: Phase, nonlinearity: str, measure: str) -> np.ndarray | None:
    """float64[seed]: mean over alignments of at least half of c_max."""
    if nonlinearity not in phase.spec.nonlinearities or measure not in phase.values:
        return None
    columns = np.asarray(phase.spec.shares) >= 0.5
    row = phase.spec.nonlinearities.index(nonlinearity)
    found = phase.values[measure][row][columns]
    return found.mean(axis=0) if columns.any() and found.shape[1] > 1 else None


def _mean(phase: Phase, nonlinearity: str, measure: str) -> Estimate | None:
    found = _per_seed(phase, nonlinearity, measure)
    both = _per_seed(phase, "relu" if nonlinearity == "tanh" else "tanh", measure)
    if found is None or both is None:
        return None
    name = f"{measure} of {nonlinearity} networks, alignments from c_max / 2 on"
    return mean_over(found, of=name, unit="seeds")


def _difference(phase: Phase, more: str, less: str, measure: str) -> Estimate | None:
    one, other = _per_seed(phase, less, measure), _per_seed(phase, more, measure)
    if one is None or other is None:
        return None
    return paired(one, other, 0).estimate(f"{measure}, {more} less {less}", "seeds")


_SOURCE = "Alleman, Lindsey & Fusi 2024"
CLAIMS = (
    Claim(
        "tanh networks take the geometry of the classes, more than ReLU networks do.",
        figure=lambda p: _mean(p, "tanh", "target CKA"),
        control=lambda p: _mean(p, "relu", "target CKA"),
        holds_when=Exceeds(),
        source=_SOURCE,
        difference=lambda p: _difference(p, "tanh", "relu", "target CKA"),
    ),
    Claim(
        "ReLU networks keep the geometry of the inputs, more than tanh networks do.",
        figure=lambda p: _mean(p, "relu", "input CKA"),
        control=lambda p: _mean(p, "tanh", "input CKA"),
        holds_when=Exceeds(),
        source=_SOURCE,
        difference=lambda p: _difference(p, "relu", "tanh", "input CKA"),
    ),
)


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
    claims=CLAIMS,
    seconds=seconds,
    order=10,
)
