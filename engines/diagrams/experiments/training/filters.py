"""Filters that are computed where they are predicted to fire: beside the same for all pictures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import Alike, AtLeast, AtMost, Exceeds
from engines.diagrams.arms.looks import finite_mean
from engines.diagrams.arms.results import ArmsFrame
from engines.diagrams.filters.asked import FOUND, GUESSED, LEVELS, RIGHT, SAME, FiltersSpec
from engines.diagrams.filters.results import FiltersResult

_PAPER = (
    "Elkerdawy et al. 2022, Fire together wire together: a dynamic pruning approach with "
    "self-supervised mask prediction, arXiv 2110.08232"
)
_MOST, _HALF = LEVELS
_POINTS = 0.03


def frames(spec: FiltersSpec) -> Iterator[ArmsFrame | FiltersResult]:
    """Shares right as they change, and the comparison last."""
    from engines.diagrams.filters.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Torch's convolutions, bills by hand, counts."""
    from engines.diagrams.filters.answers import answers

    return answers()


def _told(run: FiltersResult) -> bool:
    """Whether it is the task and at least the steps that claims are about, with nothing broken."""
    spec = run.spec
    return (
        spec.task == "digits" and not spec.never and spec.n_filters >= 16
        and spec.n_before >= 150 and spec.n_after >= 150 and 1e-3 <= spec.learning_rate <= 0.01
    )  # fmt: skip


def _saved(run: FiltersResult, arm: str) -> Estimate:
    said = "the bill of the drawn network"
    return Estimate.exact(f"FLOPs saved, {arm}, {_HALF}", run.saved(arm, _HALF), said)


def _both(run: FiltersResult, measure: str, arm: str) -> Estimate | None:
    found = [run.looks.at(measure, arm, level) for level in LEVELS]
    return finite_mean(np.mean(found, axis=0), f"{measure}, {arm}, mean of both levels")


CLAIMS = (
    Claim(
        "Half of the filters, predicted, spare half of the FLOPs, heads counted.",
        figure=lambda run: _saved(run, GUESSED) if _told(run) else None,
        control=lambda run: _saved(run, SAME),
        holds_when=AtLeast(0.5),
        source=_PAPER,
    ),
    Claim(
        "Three of four filters, predicted, cost less than three points of share right.",
        figure=lambda run: run.lost(GUESSED, _MOST) if _told(run) else None,
        control=lambda run: run.lost(SAME, _MOST),
        holds_when=AtMost(_POINTS),
        source=f"{_PAPER}; less than a point there, three is our tolerance for six networks",
    ),
    Claim(
        "A head computes more of the filters that fire most than are the same for all.",
        figure=lambda run: _both(run, FOUND, GUESSED) if _told(run) else None,
        control=lambda run: _both(run, FOUND, SAME),
        difference=lambda run: run.apart(FOUND, GUESSED, SAME),
        holds_when=Exceeds(),
        source=_PAPER,
    ),
    Claim(
        "Filters need not be chosen for each picture: the same for all read as much, within three "
        "points.",
        figure=lambda run: _both(run, RIGHT, GUESSED) if _told(run) else None,
        control=lambda run: _both(run, RIGHT, SAME),
        difference=lambda run: run.apart(RIGHT, GUESSED, SAME),
        holds_when=Alike(_POINTS),
        source="a control of ours",
    ),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=FiltersSpec,
    frames=frames,
    card=Card(
        title="Filters that are predicted",
        claim="From the layer before, a small map guesses for each picture which filters will fire "
        "most, and only these are computed. Beside it as many that are the same for all pictures, "
        "those that turn out to fire most, and all.",
        paper="Elkerdawy, Elhoushi, Zhang and Ray 2022, Fire together wire together",
        link="https://arxiv.org/abs/2110.08232",
        related=("diagrams/saving",),
    ),
    presets={
        "Digits, 16 filters a layer": FiltersSpec(),
        "Three filters never computed": FiltersSpec(never=(1, 2, 3)),
        "32 filters, 400 steps of each": FiltersSpec(n_filters=32, n_before=400, n_after=400),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: (
        0.5 + (0.3 * spec.n_before + 2.0 * spec.n_after) * spec.n_nets * spec.n_filters * 1e-4
    ),
    order=140,
)
