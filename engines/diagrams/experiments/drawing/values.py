"""A diagram or a model runs, and every wire shows its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import AtMost
from engines.diagrams.library import LIBRARY
from engines.diagrams.watching.spec import WatchSpec


def frames(spec: WatchSpec) -> Iterator[Frame | Result]:
    """Learning first where a task is chosen, the values last."""
    from engines.diagrams.watching.running import frames_of

    yield from frames_of(spec)


def seconds(spec: WatchSpec) -> float:
    """A few for learning and for an import."""
    return 4.0 if spec.learns else 6.0 if spec.module.strip() else 1.0


def known_answers() -> tuple[KnownAnswer, ...]:
    """Values and gradients of wires against torch's own hooks."""
    from engines.diagrams.watching.answers import watching_answers

    return watching_answers()


ONE = Claim(
    "What every query gives to its keys sums to one, as the maps show it.",
    figure=lambda run: run.off_one(),
    control=lambda run: run.off_one("rows"),
    holds_when=AtMost(1e-5),
    source="Vaswani et al. 2017, Attention is all you need: weights are a softmax over keys; the "
    "control sums what every key gets",
)

EXPERIMENT = Experiment(
    spec=WatchSpec,
    frames=frames,
    card=Card(
        title="Values on every wire",
        claim="A diagram runs and every wire shows its numbers: maps under the drawing, attention "
        "by head, and how numbers and gradients of each wire change while the network learns.",
        paper="Abbott 2024, Neural Circuit Diagrams, TMLR; Roy & Vetterli 2007, The effective "
        "rank, EUSIPCO",
        link="https://arxiv.org/abs/2402.05424",
    ),
    presets={
        "Rows of a digit look at each other": WatchSpec(),
        "The same, fresh weights": WatchSpec(n_steps=0),
        "Multi-head attention": WatchSpec(
            text=LIBRARY["attention"].text, data="random numbers", scale=3.0, n_steps=0
        ),
        "Large inputs saturate a softmax": WatchSpec(
            text=LIBRARY["attention"].text, data="random numbers", scale=30.0, n_steps=0
        ),
        "GPT, 2 layers, imported": WatchSpec(
            module="GPT(2, 64, 4)", shapes="2 24 in 50", data="random numbers", n_steps=0,
            width=1500,
        ),
        "ResNet-18, imported": WatchSpec(
            module="ResNet18(16)", shapes="2 3 64 64", data="random numbers", n_steps=0, width=1500,
        ),
    },
    known_answers=known_answers,
    claims=(ONE,),
    seconds=seconds,
    order=1,
)  # fmt: skip
