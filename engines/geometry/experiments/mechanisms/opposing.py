"""Opposing signals: two groups of examples that pull against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engines.contract import Card, Claim, Estimate, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import AtMost, Exceeds, FallsBelow, Near
from engines.geometry.mechanisms.opposing import (
    ADAM,
    EDGE,
    EQUAL,
    FOUND,
    INDEPENDENT,
    OPPOSING,
    PLANTED,
    RISES,
    SHARE,
    OpposingRun,
    OpposingSpec,
)

_PAPER = "Rosenfeld & Risteski 2023, arXiv 2311.04163"


def frames(spec: OpposingSpec) -> Iterator[Frame | Result]:
    """Moments of the learning, and the run last."""
    from engines.geometry.mechanisms.opposing_arms import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """A parabola, a chosen spectrum, torch's own Hessian."""
    from engines.geometry.mechanisms.opposing_answers import opposing_answers

    return opposing_answers()


def _of(what: int, arm: str) -> Callable[[OpposingRun], Estimate | None]:
    return lambda run: run.of(what, arm)


def _less(what: int, arm: str, other: str) -> Callable[[OpposingRun], Estimate | None]:
    return lambda run: run.less(what, arm, other)


CLAIMS = (
    Claim(
        "Of two groups with opposite labels, one's loss falls whenever the other's rises.",
        figure=_of(PLANTED, OPPOSING),
        control=_of(PLANTED, EQUAL),
        holds_when=AtMost(-0.8),
        source=f"{_PAPER}; a correlation of -0.8 is our floor",
    ),
    Claim(
        "With equal labels the same two groups do not oppose.",
        figure=_of(PLANTED, OPPOSING),
        control=_of(PLANTED, EQUAL),
        difference=_less(PLANTED, OPPOSING, EQUAL),
        holds_when=FallsBelow(),
        source="a control of our own: the same outliers, one label",
    ),
    Claim(
        "It takes a direction that both groups share.",
        figure=_of(PLANTED, OPPOSING),
        control=_of(PLANTED, INDEPENDENT),
        difference=_less(PLANTED, OPPOSING, INDEPENDENT),
        holds_when=FallsBelow(by=0.1),
        source=f"{_PAPER}, outliers share a feature; a tenth is our bound",
    ),
    Claim(
        "The examples whose loss changes most are the planted ones.",
        figure=_of(SHARE, OPPOSING),
        control=_of(SHARE, EQUAL),
        difference=_less(SHARE, OPPOSING, EQUAL),
        holds_when=Exceeds(by=0.5),
        source=f"{_PAPER}, groups are found by their largest changes; a half is our bound",
    ),
    Claim(
        "Groups that are found in the data oppose only where signals were planted.",
        figure=_of(FOUND, OPPOSING),
        control=_of(FOUND, INDEPENDENT),
        difference=_less(FOUND, OPPOSING, INDEPENDENT),
        holds_when=FallsBelow(by=0.1),
        source="a control of our own; a tenth is our bound",
    ),
    Claim(
        "Gradient descent climbs to the edge: sharpness comes to 2 over the rate.",
        figure=_of(EDGE, EQUAL),
        control=_of(EDGE, ADAM),
        holds_when=Near(within=0.1),
        source="Cohen et al. 2021, arXiv 2103.00065",
        published=1.0,
    ),
    Claim(
        "Sharpness at the edge tells that signals oppose.",
        figure=_of(EDGE, OPPOSING),
        control=_of(EDGE, EQUAL),
        difference=_less(EDGE, OPPOSING, EQUAL),
        holds_when=Exceeds(by=0.1),
        source="a reading that we warn of; a tenth is our bound",
    ),
    Claim(
        "Where signals oppose, the loss rises on more of the steps.",
        figure=_of(RISES, OPPOSING),
        control=_of(RISES, EQUAL),
        difference=_less(RISES, OPPOSING, EQUAL),
        holds_when=Exceeds(),
        source=f"{_PAPER}, spikes of the loss",
    ),
)


def _seconds(spec: OpposingSpec) -> float:
    return 1.0 + spec.n_seeds * spec.n_steps * spec.width * (400 + spec.n_outliers) * 7e-8


EXPERIMENT = Experiment(
    spec=OpposingSpec,
    frames=frames,
    card=Card(
        title="Opposing signals",
        claim="A few examples far out with opposite labels: the loss of one group falls whenever "
        "that of the other rises. The edge of stability alone does not tell.",
        paper="Rosenfeld & Risteski 2023, Outliers with opposing signals have an outsized effect "
        "on neural network optimization",
        link="https://arxiv.org/abs/2311.04163",
        related=("geometry/stacked", "geometry/generalisation"),
    ),
    presets={
        "Ten norms out": OpposingSpec(),
        "Nearer": OpposingSpec(size=4.0),
        "Half the rate": OpposingSpec(rate=0.2, n_steps=1_200),
        "Four outliers": OpposingSpec(n_outliers=4),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=_seconds,
    order=47,
)
