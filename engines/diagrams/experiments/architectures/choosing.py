"""A basis for every node: five are weighed by a gate that learns, and one is kept."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import FallsBelow
from engines.diagrams.arms.results import ArmsFrame
from engines.diagrams.choosing.asked import ALL, BEST, FIXED, GATE, ChoosingSpec
from engines.diagrams.choosing.results import ChoosingResult

_PAPER = "Yang et al. 2024, Activation space selectable Kolmogorov-Arnold networks, 2408.08338"


def frames(spec: ChoosingSpec) -> Iterator[ArmsFrame | ChoosingResult]:
    """Errors as they fall, and the comparison last."""
    from engines.diagrams.choosing.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Bases against numpy and closed forms, a choice against what it leaves."""
    from engines.diagrams.choosing.answers import answers

    return answers()


def _told(run: ChoosingResult) -> bool:
    return run.spec.n_steps >= 200


def _ahead(sentence: str, other: str, source: str = _PAPER) -> Claim:
    """That a gate ends with less error than another arm, mean of the logarithm over formulas."""

    def figure(run: ChoosingResult) -> Estimate | None:
        return run.mean(GATE) if _told(run) else None

    return Claim(
        sentence,
        figure=figure,
        control=lambda run: run.mean(other),
        difference=lambda run: run.apart(GATE, other),
        holds_when=FallsBelow(),
        source=source,
    )


CLAIMS = (
    _ahead("Nodes that choose among five bases end with less error than splines for all, on "
           "average over seven formulas.", FIXED[0]),
    _ahead("They end with less error than whichever one basis is best on validation, formula by "
           "formula.", BEST, "a control of ours: the choice with five trainings and no gate"),
    _ahead("It is the choice: they end with less error than the sum of all five bases, which has "
           "five times the parameters.", ALL, "a control of ours"),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=ChoosingSpec,
    frames=frames,
    card=Card(
        title="A basis for every node",
        claim="Functions on edges can be sums of splines, Gaussians, polynomials, waves or "
        "wavelets. Every node weighs all five by a gate that learns, and half way keeps one; "
        "beside it each basis for all nodes, and the one that does best on validation.",
        paper="Yang et al. 2024, Activation space selectable Kolmogorov-Arnold networks",
        link="https://arxiv.org/abs/2408.08338",
        related=("diagrams/kan",),
    ),
    presets={
        "Seven formulas": ChoosingSpec(),
        "Ten networks, 1,000 steps": ChoosingSpec(n_nets=10, n_steps=1_000),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 2.0 + spec.n_steps * spec.n_nets * 9e-3,
    order=15,
)
