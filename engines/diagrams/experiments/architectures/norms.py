"""Normalised 2, 4 or 32 pictures at a time: batch normalisation beside layers that evolved."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import Exceeds, FallsBelow
from engines.diagrams.arms.looks import finite_mean, finite_pairs
from engines.diagrams.arms.results import ArmsFrame, ArmsResult
from engines.diagrams.normalising.asked import B0, BATCHED, GROUPED, LOSS, S0, NormsSpec

_PAPER = "Liu et al. 2020, Evolving normalization-activation layers, arXiv 2004.02967"
_GROUP = "Wu and He 2018, Group normalization, arXiv 1803.08494"
_LONG = "Six times the steps"


def frames(spec: NormsSpec) -> Iterator[ArmsFrame | ArmsResult]:
    """Losses by size as they fall, and the comparison last."""
    from engines.diagrams.normalising.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Torch's own, and the published formulas."""
    from engines.diagrams.normalising.answers import answers

    return answers()


def _told(run: ArmsResult) -> bool:
    """Whether a run is long enough to have learnt something."""
    return isinstance(run.spec, NormsSpec) and run.spec.n_steps >= 120


def _lost(run: ArmsResult, arm: str) -> Estimate | None:
    """Loss with statistics of 2 pictures less that with 32."""
    two, most = (run.looks.at(LOSS, arm, size) for size in ("2", "32"))
    return finite_mean(two - most, f"loss at 2 less loss at 32, {arm}, nats")


def _lost_apart(run: ArmsResult, one: str, other: str) -> Estimate | None:
    """The same of one arm less another's, network by network."""
    lost = [run.looks.at(LOSS, arm, "2") - run.looks.at(LOSS, arm, "32") for arm in (other, one)]
    of = f"loss at 2 less loss at 32, {one} less {other}, nats"
    return finite_pairs(lost[0], lost[1], of, run.seed)


def _ahead(sentence: str, source: str, one: str, other: str, size: str, preset: str = "") -> Claim:
    """One arm has less loss than another with statistics of this size."""

    def figure(run: ArmsResult) -> Estimate | None:
        fits = _told(run) and (not preset or run.spec == PRESETS[preset])
        return run.looks.mean(LOSS, one, size) if fits else None

    return Claim(
        sentence,
        figure=figure,
        control=lambda run: run.looks.mean(LOSS, other, size),
        difference=lambda run: run.looks.apart(LOSS, one, other, size, run.seed),
        holds_when=FallsBelow(),
        source=source,
        preset=preset,
    )


PRESETS = {
    "Digits, 2, 4 or 32 at a time": NormsSpec(),
    _LONG: NormsSpec(n_steps=720),
    "Noisy digits": NormsSpec(task="noisy digits"),
}
CLAIMS = (
    Claim(
        "Batch normalisation loses by small batches: with statistics of 2 pictures its loss is "
        "larger than with 32, by more than that of EvoNorm-S0, which looks at one at a time.",
        figure=lambda run: _lost(run, BATCHED) if _told(run) else None,
        control=lambda run: _lost(run, S0),
        difference=lambda run: _lost_apart(run, BATCHED, S0),
        holds_when=Exceeds(),
        source=f"{_GROUP}; that S0 loses nothing is so by construction",
    ),
    _ahead("EvoNorm-S0 is ahead of batch normalisation with ReLU at 2 pictures.", _PAPER, S0,
           BATCHED, "2"),
    _ahead("EvoNorm-S0 is ahead of batch normalisation with ReLU at 32 pictures as well.", _PAPER,
           S0, BATCHED, "32"),
    _ahead("EvoNorm-S0 is ahead of group normalisation with ReLU, which loses nothing either.",
           _PAPER, S0, GROUPED, "32"),
    _ahead("EvoNorm-B0 is ahead of batch normalisation with ReLU at 32 pictures.", _PAPER, B0,
           BATCHED, "32"),
    _ahead("After six times the steps EvoNorm-S0 is ahead of batch normalisation at 2 "
           "pictures.", _PAPER, S0, BATCHED, "2", _LONG),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=NormsSpec,
    frames=frames,
    card=Card(
        title="Normalised two at a time",
        claim="Batch normalisation takes its statistics over the pictures that happen to be "
        "together; with two of them it loses. Layers in which normalisation and activation evolved "
        "as one take them over the batch or over one picture alone.",
        paper="Liu et al. 2020, Evolving normalization-activation layers",
        link="https://arxiv.org/abs/2004.02967",
        related=("diagrams/race",),
    ),
    presets=PRESETS,
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 2.0 + spec.n_steps * spec.n_nets * 1e-2,
    order=60,
)
