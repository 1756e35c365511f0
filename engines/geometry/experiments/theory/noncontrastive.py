"""Learning without negative pairs: what keeps features alive, taken away piece by piece."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import AtLeast, AtMost, FallsBelow, Near
from engines.geometry.theory.predictors import ARMS, PredictorFrame, PredictorRun, PredictorSpec
from engines.geometry.theory.resting import resting
from engines.lab.statistics import mean_over, paired

_PAPER = "Tian, Chen & Ganguli 2021, arXiv 2102.06810"
_FLOOR = -6.0


def frames(spec: PredictorSpec) -> Iterator[PredictorFrame | PredictorRun]:
    """A frame every five units of time, and the run last."""
    from engines.geometry.theory.predictors import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """The two-variable equation of a mode, its rest, the balance of weights and collapse."""
    from engines.geometry.theory.predictors_answers import predictor_answers

    return predictor_answers()


def _lives(run: PredictorRun) -> bool:
    """Settings under which the network as asked keeps features, and long enough to see."""
    rests = resting(run.spec.decay, run.spec.rate, run.spec.augmented) is not None
    return rests and run.spec.duration >= 400 and bool((run.n_live[0] > 0).all())


def _log_total(run: PredictorRun, arm: int) -> Estimate:
    values = np.log10(np.maximum(run.total[-1, arm], 1e-18))
    return mean_over(values, of=f"log10 of tr F, {ARMS[arm]}", unit="seeds")


def _alignment(run: PredictorRun, moment: int, named: str) -> Estimate:
    of = f"cosine of eigenvectors of F with what the predictor makes of them, {named}"
    return mean_over(run.alignment[moment, 0], of=of, unit="seeds")


def _collapse(arm: int, sentence: str, place: str) -> Claim:
    """That the networks of an arm collapse, beside those as asked."""
    return Claim(
        sentence,
        figure=lambda run: _log_total(run, arm) if _lives(run) else None,
        control=lambda run: _log_total(run, 0),
        holds_when=AtMost(_FLOOR),
        source=f"{_PAPER}, {place}; 1e-6 is our floor",
    )


def _commutator(run: PredictorRun, arm: int) -> Estimate:
    values = np.log10(np.maximum(run.commutator[arm], 1e-18))
    return mean_over(values, of=f"log10 of the commutator, {ARMS[arm]}", unit="seeds")


def _less_apart(run: PredictorRun) -> Estimate:
    logs = np.log10(np.maximum(run.commutator, 1e-18))
    return paired(logs[3], logs[0], run.spec.seed).estimate("with decay less without", "seeds")


def _size(run: PredictorRun) -> Estimate | None:
    """Size of a live mode as asked; theory's is that of the default."""
    if run.spec != PredictorSpec(seed=run.spec.seed, n_seeds=run.spec.n_seeds):
        return None
    return mean_over(run.total[-1, 0] / run.n_live[0], of="size of a live mode", unit="seeds")


CLAIMS = (
    Claim(
        "Eigenvectors of features and predictor come to lie along each other.",
        figure=lambda run: _alignment(run, -1, "at the end") if _lives(run) else None,
        control=lambda run: _alignment(run, 0, "first weights"),
        holds_when=AtLeast(0.95),
        source=f"{_PAPER}, theorem 3; .95 is our floor",
    ),
    _collapse(1, "Without a predictor the features collapse.", "section 2"),
    _collapse(2, "Without the stop-gradient the features collapse.", "theorem 2"),
    _collapse(
        4, "So they do with a weight decay of 0.3, above 1 / 4(1 + σ²).", "fixed points of a mode"
    ),
    Claim(
        "Weight decay is what aligns them to the last digit.",
        figure=lambda run: _commutator(run, 0) if _lives(run) and run.spec.decay else None,
        control=lambda run: _commutator(run, 3),
        holds_when=FallsBelow(by=1.0),
        source=f"{_PAPER}, theorem 3; a power of ten is our floor",
        difference=_less_apart,
    ),
    Claim(
        "A live mode rests where the two-variable equation says.",
        figure=_size,
        control=lambda run: Estimate.exact("where its first weights were, mean", float(
            run.total[0, 0].mean() / run.spec.dimension)),
        holds_when=Near(within=0.01),
        source=f"{_PAPER}; closed form at η = .02, σ² = .03",
        published=0.9304438840709921,
    ),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=PredictorSpec,
    frames=frames,
    card=Card(
        title="Learning without negatives",
        claim="Two views of one input predict each other: why do features not collapse? Take away "
        "the predictor, the stop-gradient or the weight decay, and watch modes live or die.",
        paper="Tian, Chen & Ganguli 2021, Understanding self-supervised learning dynamics without "
        "contrastive pairs",
        link="https://arxiv.org/abs/2102.06810",
        related=("geometry/saxe",),
    ),
    presets={
        "Features that live": PredictorSpec(),
        "Decay just below collapse": PredictorSpec(decay=0.2),
        "A slow predictor": PredictorSpec(rate=0.2),
        "A fast predictor": PredictorSpec(rate=5.0),
        "A target that follows": PredictorSpec(follows=0.1),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 5.0 * spec.duration / 400 * spec.n_seeds / 10,
    order=62,
)
