"""A network that maps fields to fields, learnt on one grid and asked on four."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Experiment, KnownAnswer
from engines.contract.claims import AtLeast, AtMost, FallsBelow
from engines.diagrams.operators.asked import DILATED, FOURIER, PLAIN, TRAINED, OperatorSpec
from engines.diagrams.operators.results import OperatorFrame, OperatorResult

_FNO = "Li et al. 2021, Fourier neural operator, arXiv 2010.08895"
_PRINCIPLED = (
    "Berner et al. 2025, Principled approaches for extending neural architectures to function "
    "spaces, arXiv 2506.10973"
)
_LONG = "Five networks, 1,000 steps"


def frames(spec: OperatorSpec) -> Iterator[OperatorFrame | OperatorResult]:
    """Errors by grid as they fall, and the comparison last."""
    from engines.diagrams.operators.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Burgers' equation in closed form, torch's transform, grids inside grids."""
    from engines.diagrams.operators.answers import answers

    return answers()


def _told(run: OperatorResult) -> bool:
    """Whether a run is long enough to have learnt something."""
    return run.spec.n_steps >= 200 and run.spec.n_modes == 12


CLAIMS = (
    Claim(
        "A Fourier operator learnt at 64 points is as good at 32, 128 and 256: its error moves by "
        "at most 0.1 points.",
        figure=lambda run: run.change(FOURIER) if _told(run) else None,
        control=lambda run: run.change(PLAIN),
        holds_when=AtMost(0.1),
        source=f"{_FNO}; 0.1 points are our floor",
    ),
    Claim(
        "A plain convolution is not: at twice the points its error is at least five times as "
        "large.",
        figure=lambda run: run.times(PLAIN, 2 * TRAINED) if _told(run) else None,
        control=lambda run: run.times(FOURIER, 2 * TRAINED),
        holds_when=AtLeast(5.0),
        source=f"{_FNO}; five times is our floor",
    ),
    Claim(
        "It is the reach of the kernel, not the architecture: the same convolution with its kernel "
        "spread over the finer grid moves by at most 0.1 points.",
        figure=lambda run: run.change(DILATED) if _told(run) else None,
        control=lambda run: run.change(PLAIN),
        holds_when=AtMost(0.1),
        source=f"{_PRINCIPLED}; 0.1 points are our floor; so by construction",
    ),
    Claim(
        "On the grid it was learnt on, the Fourier operator has less error than a convolution of "
        "as many parameters.",
        figure=lambda run: run.mean(FOURIER, TRAINED) if run.spec.n_steps >= 1_000 else None,
        control=lambda run: run.mean(PLAIN, TRAINED),
        difference=lambda run: run.apart(FOURIER, PLAIN),
        holds_when=FallsBelow(),
        source=_FNO,
        preset=_LONG,
    ),
)

EXPERIMENT = Experiment(
    spec=OperatorSpec,
    frames=frames,
    card=Card(
        title="A slider of resolution",
        claim="A Fourier operator learns Burgers' equation at 64 points and is as good at 32, 128 "
        "and 256; a convolution fails there, and the same weights with the kernel spread over the "
        "grid do not.",
        paper="Li et al. 2021, Fourier neural operator for parametric partial differential "
        "equations",
        link="https://arxiv.org/abs/2010.08895",
        related=("diagrams/kan",),
    ),
    presets={
        "Burgers, 200 steps": OperatorSpec(),
        _LONG: OperatorSpec(n_nets=5, n_steps=1_000),
        "Steeper fronts": OperatorSpec(viscosity=0.01),
        "Fifty fields": OperatorSpec(n_fields=50),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 3.0 + spec.n_steps * spec.n_nets * 9e-3,
    order=30,
)
