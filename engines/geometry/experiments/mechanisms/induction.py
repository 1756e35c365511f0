"""Induction heads: when they form, and which part of them was missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engines.contract import Card, Claim, Estimate, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import AtLeast, AtMost, Exceeds, FallsBelow
from engines.geometry.transformers.induction_course import DEALT_ANEW, NEW_ITEMS, InductionRun
from engines.geometry.transformers.induction_spec import (
    BOTH,
    COPIED,
    FREE,
    KEPT,
    PREVIOUS,
    TOLD,
    TWO_BACK,
    InductionSpec,
)

_PAPER = "Singh et al. 2024, arXiv 2404.07129"
_STRONGEST, _WEAKEST, _ALL = 1, 2, 3


def frames(spec: InductionSpec) -> Iterator[Frame | Result]:
    """Moments of the learning, and the run last."""
    from engines.geometry.transformers.induction_arms import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Weights by hand, patterns that are held, torch's attention."""
    from engines.geometry.transformers.induction_answers import induction_answers

    return induction_answers()


def _onset(arm: str) -> Callable[[InductionRun], Estimate | None]:
    return lambda run: run.onset_of(arm)


def _plateau(arm: str) -> Callable[[InductionRun], Estimate | None]:
    return lambda run: run.plateau_of(arm)


CLAIMS = (
    Claim(
        "Induction sets in earlier where one head of layer 1 is held on the place before.",
        figure=_onset(PREVIOUS),
        control=_onset(FREE),
        difference=lambda run: run.sooner(PREVIOUS, FREE),
        holds_when=FallsBelow(),
        source=f"{_PAPER}, clamping the previous-token pattern",
    ),
    Claim(
        "It is the place before that helps, not that a head is held.",
        figure=_onset(PREVIOUS),
        control=_onset(TWO_BACK),
        difference=lambda run: run.sooner(PREVIOUS, TWO_BACK),
        holds_when=FallsBelow(),
        source="a control of our own: a head held two places back",
    ),
    Claim(
        "Induction heads are many: without the strongest the others still work.",
        figure=lambda run: run.silenced(_STRONGEST),
        control=lambda run: run.silenced(_ALL),
        difference=lambda run: run.costs_less(_STRONGEST, _ALL),
        holds_when=FallsBelow(),
        source=f"{_PAPER}, heads are additive",
    ),
    Claim(
        "The head that matches most is the one that matters most.",
        figure=lambda run: run.silenced(_STRONGEST),
        control=lambda run: run.silenced(_WEAKEST),
        difference=lambda run: run.costs_less(_STRONGEST, _WEAKEST),
        holds_when=Exceeds(),
        source="a claim of our own",
    ),
    Claim(
        "What is learnt is a rule: nine of ten items that stood in no sequence are answered right.",
        figure=lambda run: run.right_elsewhere(NEW_ITEMS, PREVIOUS),
        control=lambda run: run.right_elsewhere(NEW_ITEMS, FREE),
        holds_when=AtLeast(0.9),
        source="nine of ten is our floor",
    ),
    Claim(
        "With the copy held alone the plateau stays, for a hundred steps and more.",
        figure=_plateau(COPIED),
        control=_plateau(BOTH),
        holds_when=AtLeast(100.0),
        source=f"{_PAPER}, clamping copy, with layer 1 as well; a hundred steps are our bound",
        preset="Three parts, held in turn",
    ),
    Claim(
        "With layer 1 held the plateau is shorter.",
        figure=_plateau(TOLD),
        control=lambda run: run.plateau_of(FREE) if TOLD in run.spec.arms else None,
        difference=lambda run: run.shorter(TOLD, FREE),
        holds_when=FallsBelow(),
        source=f"{_PAPER}, clamping layer 1",
        preset="Three parts, held in turn",
    ),
    Claim(
        "Where labels stay with their items, networks answer from their weights and not from the "
        "context.",
        figure=lambda run: run.right_elsewhere(DEALT_ANEW, KEPT),
        control=lambda run: run.right_elsewhere(DEALT_ANEW, FREE) if _kept(run) else None,
        holds_when=FallsBelow(),
        source="a control of our own, after Chan et al. 2022, arXiv 2205.05055",
        preset="Labels that stay",
    ),
    Claim(
        "So no head of theirs looks at the right label: the match stays near an even look's 0.2.",
        figure=lambda run: run.matching(KEPT),
        control=lambda run: run.matching(FREE) if _kept(run) else None,
        holds_when=AtMost(0.3),
        source="an expectation of our own: a look at the right label as the mark of induction",
        preset="Labels that stay",
    ),
)


def _kept(run: InductionRun) -> bool:
    return KEPT in run.spec.arms


def _seconds(spec: InductionSpec) -> float:
    nets = spec.n_seeds * len(spec.arms)
    return 1.0 + spec.n_steps * (4e-3 + nets * spec.batch * 2e-5) + spec.n_moments * nets * 4e-3


EXPERIMENT = Experiment(
    spec=InductionSpec,
    frames=frames,
    card=Card(
        title="Induction heads",
        claim="Two layers of attention learn to find a label in their context: a plateau, then a "
        "jump. Hold one part while they learn and see whether the jump moves.",
        paper="Singh et al. 2024, What needs to go right for an induction head?",
        link="https://arxiv.org/abs/2404.07129",
        related=("geometry/attention_memory", "geometry/stacked"),
    ),
    presets={
        "One head held": InductionSpec(),
        "Three parts, held in turn": InductionSpec(run="three parts"),
        "Labels that stay": InductionSpec(run="labels that stay"),
        "Silenced by hand": InductionSpec(arm=2, interventions="ablate blocks.0.heads:0"),
        "More items": InductionSpec(n_items=200),
        "Until all have jumped": InductionSpec(n_steps=2_000),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=_seconds,
    order=46,
)
