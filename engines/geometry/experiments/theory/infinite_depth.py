"""Infinitely wide and deep: networks that become nearest neighbour, majority or votes."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import AtLeast, Exceeds, FallsBelow
from engines.geometry.infinite_depth.kernels import MAJORITY, NEAREST, SINGULAR
from engines.geometry.infinite_depth.spec import InfiniteDepthSpec


def frames(spec: InfiniteDepthSpec) -> Iterator[Frame | Result]:
    """Frames on the way, and the run last."""
    from engines.geometry.infinite_depth.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Kernels by hand, and the exponent of the limit."""
    from engines.geometry.infinite_depth.answers import infinite_depth_answers

    return infinite_depth_answers()


_PAPER = "Radhakrishnan, Belkin & Uhler 2023, arXiv 2204.14126"
_THIRTY = 1
"""Which depth is thirty layers."""

CLAIMS = (
    Claim(
        "An activation without mean and slope makes deep networks answer as nearest neighbour.",
        figure=lambda run: run.agrees(NEAREST),
        control=lambda run: run.agrees(MAJORITY, NEAREST),
        holds_when=AtLeast(0.99),
        source=f"{_PAPER}; .99 is our floor, the control the same of an activation with a mean",
    ),
    Claim(
        "An activation with a mean makes them answer as the majority.",
        figure=lambda run: run.agrees(MAJORITY),
        control=lambda run: run.agrees(NEAREST, MAJORITY),
        holds_when=AtLeast(0.99),
        source=f"{_PAPER}; .99 is our floor, the control the same of one without mean and slope",
    ),
    Claim(
        "An activation with a slope and no mean makes them answer as votes by distance, more "
        "often than as nearest neighbour.",
        figure=lambda run: run.agrees(SINGULAR),
        control=lambda run: run.agrees(SINGULAR, NEAREST),
        difference=lambda run: run.rather(SINGULAR, NEAREST),
        holds_when=Exceeds(),
        source=_PAPER,
    ),
    Claim(
        "Thirty layers are enough for that.",
        figure=lambda run: run.agrees(SINGULAR, depth=_THIRTY),
        control=lambda run: run.agrees(SINGULAR, NEAREST, depth=_THIRTY),
        difference=lambda run: run.rather(SINGULAR, NEAREST, depth=_THIRTY),
        holds_when=Exceeds(),
        source="our question; the theorem is about endless depth",
    ),
    Claim(
        "With an exponent of 2 on a surface, deep networks err less than nearest neighbour does "
        "where labels are flipped.",
        figure=lambda run: run.errs(SINGULAR) if _consistent(run.spec) else None,
        control=lambda run: run.errs(NEAREST),
        difference=lambda run: run.more_error(SINGULAR, NEAREST),
        holds_when=FallsBelow(),
        source=f"{_PAPER}; consistency, after Devroye, Györfi & Krzyżak 1998",
    ),
)


def _consistent(spec: InfiniteDepthSpec) -> bool:
    return spec.exponent == 2.0 and spec.flipped > 0


def _seconds(spec: InfiniteDepthSpec) -> float:
    per_set = 3 * len(spec.depths) * (spec.n_learnt * (spec.n_learnt + 400) * 8e-8 + 1e-3)
    return 0.5 + spec.depth * 1.1e-3 + spec.n_sets * per_set


EXPERIMENT = Experiment(
    spec=InfiniteDepthSpec,
    frames=frames,
    card=Card(
        title="Infinitely wide, endlessly deep",
        claim="One number of the activation decides what endless depth makes of a wide network: "
        "its nearest example, the majority of all, or votes that can learn anything.",
        paper="Radhakrishnan, Belkin & Uhler 2023, Wide and deep neural networks achieve "
        "consistency for classification",
        link="https://arxiv.org/abs/2204.14126",
        related=("geometry/closed_forms", "geometry/generalisation"),
    ),
    presets={
        "Exponent of consistency": InfiniteDepthSpec(),
        "Steeper votes": InfiniteDepthSpec(exponent=4.0),
        "No label flipped": InfiniteDepthSpec(flipped=0.0),
        "Few points": InfiniteDepthSpec(n_learnt=40, n_sets=40),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=_seconds,
    order=64,
)
