"""Kernel sizes that are searched by gradients while one set of weights serves them all."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Experiment, KnownAnswer
from engines.contract.claims import AtLeast, Exceeds, FallsBelow
from engines.diagrams.arms.results import ArmsFrame
from engines.diagrams.tangling.asked import (
    APART,
    DRAWN,
    ERROR,
    LARGEST,
    LEARNT,
    TANGLED,
    TanglingSpec,
)
from engines.diagrams.tangling.results import TanglingResult

_PAPER = (
    "Sukthanker et al. 2023, Weight-entanglement meets gradient-based neural architecture search, "
    "arXiv 2312.10440"
)
_MOST = str(LEARNT[-1])
_LONG = "Five times the steps"


def frames(spec: TanglingSpec) -> Iterator[ArmsFrame | TanglingResult]:
    """Sizes as they are found, then errors with those sizes."""
    from engines.diagrams.tangling.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Torch's convolution, shared weights, two losses that do not mix."""
    from engines.diagrams.tangling.answers import answers

    return answers()


def _told(run: TanglingResult) -> bool:
    return run.spec.n_steps >= 400 and run.spec.noise == 0.5


def _long(run: TanglingResult) -> bool:
    return run.spec == PRESETS[_LONG]


PRESETS = {
    "Three planted kernels": TanglingSpec(),
    _LONG: TanglingSpec(n_steps=2_000),
    "Twice the noise": TanglingSpec(noise=1.0),
}
CLAIMS = (
    Claim(
        "With entangled weights nine of ten planted sizes are found.",
        figure=lambda run: run.found(TANGLED, _MOST) if _told(run) else None,
        control=lambda run: run.found(DRAWN, _MOST),
        holds_when=AtLeast(90.0),
        source="a floor of ours; a draw finds one of four",
    ),
    Claim(
        "They find more than weights apart, a kernel for every size.",
        figure=lambda run: run.found(TANGLED, _MOST) if _told(run) else None,
        control=lambda run: run.found(APART, _MOST),
        difference=lambda run: run.looks.apart(
            run.looks.plan.measures[0], TANGLED, APART, _MOST, run.spec.seed
        ),
        holds_when=Exceeds(),
        source=f"{_PAPER}: at least as good at less memory",
    ),
    Claim(
        "It is worth its while: with the sizes found, and weights anew, the error is below that of "
        "the largest size everywhere.",
        figure=lambda run: run.after.mean(ERROR, TANGLED, _MOST) if _told(run) else None,
        control=lambda run: run.after.mean(ERROR, LARGEST, _MOST),
        difference=lambda run: run.behind(TANGLED, LARGEST, _MOST),
        holds_when=FallsBelow(),
        source="a control of ours",
    ),
    Claim(
        "After five times the steps nine of ten are found.",
        figure=lambda run: run.found(TANGLED, _MOST) if _long(run) else None,
        control=lambda run: run.found(DRAWN, _MOST),
        holds_when=AtLeast(90.0),
        source="a floor of ours; a draw finds one of four",
        preset=_LONG,
    ),
)

EXPERIMENT = Experiment(
    spec=TanglingSpec,
    frames=frames,
    card=Card(
        title="Entangled kernels",
        claim="Which size should a kernel have? All sizes share one set of taps, a weight for each "
        "size learns beside them, and the largest is chosen. Here the right sizes are known, and "
        "networks of the sizes found are held against the largest size everywhere.",
        paper="Sukthanker et al. 2023, Weight-entanglement meets gradient-based neural "
        "architecture search",
        link="https://arxiv.org/abs/2312.10440",
        related=("diagrams/sorted",),
    ),
    presets=PRESETS,
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 2.0 + spec.n_steps * spec.n_nets * 1.8e-3,
    order=100,
)
