"""The information plane: do layers forget their input while they learn, or is it how one looks?"""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import AtLeast, Exceeds, FallsBelow
from engines.geometry.information.pictures import InformationRun
from engines.geometry.information.spec import (
    DECAY,
    EXACT,
    FIXED,
    MASS,
    RANDOM,
    RANGE,
    RELU,
    TANH,
    InformationSpec,
)

_TISHBY = "Shwartz-Ziv & Tishby 2017, arXiv 1703.00810"
_SAXE = "Saxe et al. 2018, On the information bottleneck theory of deep learning"
_ADAPTIVE = "Chelombiev, Houghton & O'Donnell 2019, arXiv 1902.09037"


def frames(spec: InformationSpec) -> Iterator[Frame | Result]:
    """Moments of each group, and the run last."""
    from engines.geometry.information.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Layers whose information is known."""
    from engines.geometry.information.answers import information_answers

    return information_answers()


def _decays(run: InformationRun) -> bool:
    return run.reading.spec.weight_decay > 0


def _with_decay(run: InformationRun) -> Estimate | None:
    return run.reading.final(DECAY, MASS) if _decays(run) else None


CLAIMS = (
    Claim(
        "Networks of tanh units compress their input while they learn.",
        figure=lambda run: run.reading.compressed(TANH, FIXED),
        control=lambda run: run.reading.compressed(TANH, EXACT),
        holds_when=AtLeast(0.5),
        source=f"{_TISHBY}; more than half a bit in at least half of the networks is our bound, "
        "and the control reads the same layers without bins",
    ),
    Claim(
        "ReLU networks compress less than tanh networks when bins span what units reach.",
        figure=lambda run: run.reading.fall(RELU, RANGE),
        control=lambda run: run.reading.fall(TANH, RANGE),
        difference=lambda run: run.reading.falls_apart(RELU, TANH, RANGE),
        holds_when=FallsBelow(),
        source=_SAXE,
    ),
    Claim(
        "Whether a ReLU network compresses depends on the estimator.",
        figure=lambda run: run.reading.turned(RELU, FIXED, MASS),
        control=lambda _: Estimate.exact("if both estimators agreed", 0.0, "definition"),
        holds_when=Exceeds(by=0.1),
        source=f"{_ADAPTIVE}; more than one network of ten is our bound",
    ),
    Claim(
        "Weight decay leaves less of the input in the last hidden layer.",
        figure=_with_decay,
        control=lambda run: run.reading.final(RELU, MASS),
        difference=lambda run: run.reading.final_apart(DECAY, RELU, MASS),
        holds_when=FallsBelow(),
        source=_ADAPTIVE,
    ),
    Claim(
        "Networks whose last hidden layer compresses more generalise better.",
        figure=lambda run: run.reading.rank_correlation(),
        control=lambda run: run.reading.by_chance(),
        difference=lambda run: run.reading.rank_correlation(),
        holds_when=Exceeds(),
        source=_ADAPTIVE,
    ),
    Claim(
        "The gradient goes from drift to diffusion because the rule has been learnt.",
        figure=lambda run: run.reading.drifts(TANH),
        control=lambda run: run.reading.drifts(RANDOM),
        holds_when=Exceeds(),
        source=f"{_TISHBY}; drift is a mean longer than the spread between batches",
    ),
)

EXPERIMENT = Experiment(
    spec=InformationSpec,
    frames=frames,
    card=Card(
        title="Information plane",
        claim="Do layers forget their input while they learn? Switch the estimator over the same "
        "run and see compression come and go.",
        paper=f"{_TISHBY}; critique: {_SAXE}, and {_ADAPTIVE}",
        link="https://arxiv.org/abs/1703.00810",
        related=("geometry/stacked",),
    ),
    presets={
        "Four groups": InformationSpec(),
        "Coarse bins": InformationSpec(n_bins=6),
        "Stronger weight decay": InformationSpec(weight_decay=3e-3),
        "Three times as long": InformationSpec(n_steps=2_400, n_moments=12),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 1.0 + spec.n_seeds * (spec.n_steps / 1_100 + spec.n_moments / 10),
    order=26,
)
