"""Attention learnt on 32 symbols and asked on 512: softmax beside softplus, sharpened."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import Alike, AtLeast, FallsBelow
from engines.diagrams.arms.looks import finite_mean, finite_pairs
from engines.diagrams.arms.results import ArmsFrame, ArmsResult
from engines.diagrams.attending.asked import (
    LENGTHS,
    LOSS,
    POWER,
    RIGHT,
    SCALED,
    SOFTMAX,
    SOFTPLUS,
    SOFTPLUS_SCALED,
    WHOLE,
    LengthsSpec,
)

_PAPER = (
    "Gao and Spratling 2025, Softplus attention with re-weighting boosts length extrapolation in "
    "large language models, arXiv 2501.13428"
)
_SSMAX = "Nakanishi 2025, Scalable-Softmax is superior for attention, arXiv 2501.19399"
_LONG = "Ten times the steps"


def frames(spec: LengthsSpec) -> Iterator[ArmsFrame | ArmsResult]:
    """Losses by length as they fall, and the comparison last."""
    from engines.diagrams.attending.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Powers of exponentials, softplus at far scores, a head that is set by hand."""
    from engines.diagrams.attending.answers import answers

    return answers()


def slopes(run: ArmsResult, arm: str) -> np.ndarray:
    """float64[net]: nats of loss per doubling of the length, by least squares."""
    x = np.log2(np.array(LENGTHS, float))
    y = np.stack([run.looks.at(LOSS, arm, str(n)) for n in LENGTHS])
    return (x - x.mean()) @ (y - y.mean(axis=0)) / np.square(x - x.mean()).sum()


def slope(run: ArmsResult, arm: str) -> Estimate | None:
    """Nats of loss per doubling of the length, with its interval."""
    return finite_mean(slopes(run, arm), f"loss per doubling of length, {arm}, nats")


def slopes_apart(run: ArmsResult, one: str, other: str) -> Estimate | None:
    """Slope of one arm less another's, network by network."""
    of = f"loss per doubling of length, {one} less {other}, nats"
    return finite_pairs(slopes(run, other), slopes(run, one), of, run.seed)


def _told(run: ArmsResult) -> bool:
    """Whether a run is long enough to have learnt to copy."""
    return isinstance(run.spec, LengthsSpec) and run.spec.n_steps >= 200


def _flatter(sentence: str, source: str, one: str, other: str, preset: str = "") -> Claim:
    """The loss of one arm grows less with length than another's."""
    return Claim(
        sentence,
        figure=lambda run: slope(run, one) if _told(run) and _fits(run, preset) else None,
        control=lambda run: slope(run, other),
        difference=lambda run: slopes_apart(run, one, other),
        holds_when=FallsBelow(),
        source=source,
        preset=preset,
    )


def _fits(run: ArmsResult, preset: str) -> bool:
    return not preset or run.spec == PRESETS[preset]


PRESETS = {
    "32 learnt, 512 asked": LengthsSpec(),
    _LONG: LengthsSpec(n_steps=2_000),
    "Weights to the power 3": LengthsSpec(power=3),
}
CLAIMS = (
    _flatter("The loss of softplus attention, scaled and sharpened, grows less with length than "
             "that of softmax.", _PAPER, WHOLE, SOFTMAX),
    Claim(
        "It stays nearly constant up to 16 times the length: it grows by at most 0.05 nats per "
        "doubling, either way.",
        figure=lambda run: slope(run, WHOLE) if _told(run) else None,
        control=lambda _run: Estimate.exact("no growth", 0.0, "closed form"),
        holds_when=Alike(within=0.05),
        source=f"{_PAPER}; 0.05 nats are our tolerance",
    ),
    _flatter("Scores that grow with log length are enough: they alone make softmax flatter.",
             _SSMAX, SCALED, SOFTMAX),
    _flatter("Softplus needs the sharpening: without it its loss grows faster.", _PAPER, POWER,
             SOFTPLUS),
    _flatter("Scores that grow with log length help softplus as well.", _PAPER, SOFTPLUS_SCALED,
             SOFTPLUS),
    Claim(
        "It copies 512 symbols after learning 32: at least 95 % right.",
        figure=lambda run: run.looks.mean(RIGHT, WHOLE, "512") if _told(run) else None,
        control=lambda run: run.looks.mean(RIGHT, SOFTPLUS, "512"),
        holds_when=AtLeast(0.95),
        source=f"{_PAPER}; 95 % are our floor",
    ),
    _flatter("After ten times the steps it is flatter than softmax.", _PAPER, WHOLE, SOFTMAX,
             _LONG),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=LengthsSpec,
    frames=frames,
    card=Card(
        title="Sixteen times the length",
        claim="A head of attention learns to copy 32 symbols and is asked to copy 512. Softplus "
        "in place of the exponential fails there, and weights taken to a power mend it; softmax "
        "beside them needs neither.",
        paper="Gao and Spratling 2025, Softplus attention with re-weighting boosts length "
        "extrapolation in large language models",
        link="https://arxiv.org/abs/2501.13428",
        related=("diagrams/race",),
    ),
    presets=PRESETS,
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 2.0 + spec.n_steps * spec.n_nets * 6e-3,
    order=50,
)
