"""Where singles fail: larger boards, by what they need, and how many of them the network has."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment
from engines.contract.claims import AtLeast, Exceeds, Near
from engines.lab.statistics import paired, rate
from engines.pointer.boards.asked import SinglesSpec
from engines.pointer.boards.results import Singles, SinglesFrame

_PAPER = "Palm, Paquet & Winther 2018, Recurrent relational networks, section 3.2"
_BOARDS = "boards"


def frames(spec: SinglesSpec) -> Iterator[SinglesFrame | Singles]:
    """A handful of boards at a time, each by what it needs and when it is solved."""
    from engines.pointer.boards.running import singles_frames

    yield from singles_frames(spec)


def _rate(hits: np.ndarray, of: str) -> Estimate | None:
    return rate(int(hits.sum()), len(hits), of=of, unit=_BOARDS) if len(hits) else None


def _network(run: Singles) -> Estimate | None:
    return _rate(run.solved[-1], "solved by the network")


def _naked(run: Singles) -> Estimate | None:
    return _rate(run.need == 0, "solved by naked singles")


def _more_than_naked(run: Singles) -> Estimate:
    apart = paired(run.need == 0, run.solved[-1], run.spec.seed)
    return apart.estimate("network less naked singles", _BOARDS)


def _hard(run: Singles) -> Estimate | None:
    return _rate(run.solved[-1, run.need == 2], "solved of those that need search")


def _easy(run: Singles) -> Estimate | None:
    return _rate(run.solved[-1, run.need == 0], "solved of those that naked singles solve")


def _on_nine(run: Singles) -> Estimate | None:
    return _network(run) if run.spec.shape == "9 x 9" else None


def _at_training(run: Singles) -> np.ndarray:
    return run.solved[min(run.n_trained_steps, len(run.solved)) - 1]


def _longer(run: Singles) -> Estimate | None:
    if len(run.solved) <= run.n_trained_steps:
        return None
    return _network(run)


def _longer_by(run: Singles) -> Estimate:
    apart = paired(_at_training(run), run.solved[-1], run.spec.seed)
    return apart.estimate("solved after all steps less after those of training", _BOARDS)


CLAIMS = (
    Claim(
        "The network solves more boards than naked singles do, by more than 10 points.",
        figure=_network,
        control=_naked,
        holds_when=Exceeds(by=0.1),
        difference=_more_than_naked,
        source="our claim; 10 points are our floor",
    ),
    Claim(
        "It solves most boards that no single solves, which need search.",
        figure=_hard,
        control=_easy,
        holds_when=AtLeast(0.5),
        source="our claim: half is our floor",
    ),
    Claim(
        "More steps than in training solve more boards.",
        figure=_longer,
        control=lambda run: _rate(_at_training(run), "solved after the steps of training"),
        holds_when=Exceeds(),
        difference=_longer_by,
        source=f"{_PAPER}: trained with 32 steps, tested with 64",
    ),
    Claim(
        "96.6 % of the hardest 9 x 9 boards are solved.",
        figure=_on_nine,
        control=_naked,
        holds_when=Near(within=0.02),
        published=0.966,
        source=f"{_PAPER}: boards of 17 givens; ours have as few as can be reached by leaving out",
        preset="9 x 9",
    ),
)

EXPERIMENT = Experiment(
    spec=SinglesSpec,
    frames=frames,
    card=Card(
        title="Where singles fail",
        claim="On larger boards cells that must be are not enough: some boards need trying. How "
        "many of those does a network solve that only passes messages?",
        paper="Palm, Paquet & Winther 2018, Recurrent relational networks",
        link="https://arxiv.org/abs/1711.08028",
        related=("pointer/boards", "pointer/play"),
    ),
    presets={
        "6 x 6": SinglesSpec(),
        "9 x 9": SinglesSpec(shape="9 x 9", n_boards=300, n_steps=64),
    },
    claims=CLAIMS,
    seconds=lambda spec: spec.n_boards * spec.n_steps * (2e-4 if spec.shape == "6 x 6" else 3e-3),
    order=61,
)
