"""Neurons that grow dendrites: following the error, by backprop, as drawn, or not at all."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Experiment, KnownAnswer
from engines.contract.claims import AtMost, Exceeds, FallsBelow
from engines.diagrams.dendrites.asked import (
    BACKPROP,
    FOLLOWED,
    LOSS,
    N_CYCLES,
    NONE,
    PERFORATED,
    RANDOM,
    RIGHT,
    DendritesSpec,
)
from engines.diagrams.dendrites.results import DendritesFrame, DendritesResult

_PAPER = "Brenner and Itti 2025, Perforated backpropagation, arXiv 2501.18018"
_CASCADE = "Fahlman and Lebiere 1990, The cascade-correlation learning architecture"
_LAST = str(N_CYCLES)
_LONG = "Four times the steps"


def frames(spec: DendritesSpec) -> Iterator[DendritesFrame | DendritesResult]:
    """Losses as they fall, and the comparison last."""
    from engines.diagrams.dendrites.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Correlations of numpy, errors of autograd, a dendrite that opens."""
    from engines.diagrams.dendrites.answers import answers

    return answers()


def _told(run: DendritesResult) -> bool:
    """Whether it is the task and at least the steps that claims are about."""
    spec = run.spec
    return spec.task == "digits" and min(spec.n_steps / 160, spec.n_following / 80) >= 1


def _ahead(sentence: str, other: str, preset: str = "") -> Claim:
    """Dendrites that follow the error have less loss on the exam than another way."""
    return Claim(
        sentence,
        figure=lambda run: (
            run.looks.mean(LOSS, PERFORATED, _LAST)
            if _told(run) and (not preset or run.spec == PRESETS[preset])
            else None
        ),
        control=lambda run: run.looks.mean(LOSS, other, _LAST),
        difference=lambda run: run.looks.apart(LOSS, PERFORATED, other, _LAST, run.spec.seed),
        holds_when=FallsBelow(),
        source=_PAPER,
        preset=preset,
    )


PRESETS = {
    "Digits, six neurons": DendritesSpec(),
    _LONG: DendritesSpec(n_steps=640, n_following=320),
    "Twelve neurons": DendritesSpec(n_hidden=12),
    "Letters": DendritesSpec(task="letters"),
}
CLAIMS = (
    _ahead("Dendrites that follow the error make a network better than going on without any.",
           NONE),
    _ahead("They are better than as many dendrites that stay as they were drawn: it is the "
           "following that helps.", RANDOM),
    _ahead("They are better than as many dendrites that learn by backprop.", BACKPROP),
    Claim(
        "Three dendrites a neuron read more digits than none.",
        figure=lambda run: run.looks.mean(RIGHT, PERFORATED, _LAST) if _told(run) else None,
        control=lambda run: run.looks.mean(RIGHT, NONE, _LAST),
        difference=lambda run: run.looks.apart(RIGHT, PERFORATED, NONE, _LAST, run.spec.seed),
        holds_when=Exceeds(),
        source=_PAPER,
    ),
    Claim(
        "A third dendrite finds error to follow: its correlation is above that before it follows, "
        "in the same network.",
        figure=lambda run: run.looks.mean(FOLLOWED, PERFORATED, _LAST) if _told(run) else None,
        control=lambda run: run.drawn(N_CYCLES),
        difference=lambda run: run.rise(N_CYCLES),
        holds_when=Exceeds(),
        source=_CASCADE,
    ),
    Claim(
        "The loss on what is learnt from does not rise from cycle to cycle.",
        figure=lambda run: run.steepest(PERFORATED) if _told(run) else None,
        control=lambda run: run.steepest(NONE),
        holds_when=AtMost(0.0),
        source=_PAPER,
    ),
    _ahead("With four times the steps they are better than going on without any.", NONE,
           _LONG),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=DendritesSpec,
    frames=frames,
    card=Card(
        title="Dendrites that follow the error",
        claim="When a small network has learnt, every neuron grows a dendrite that learns one "
        "thing: to go along with what its neuron still gets wrong. Then it is frozen and the "
        "neuron learns on. Beside it the same dendrites by backprop, as drawn, and none.",
        paper="Brenner and Itti 2025, Perforated backpropagation: a neuroscience inspired "
        "extension to artificial neural networks",
        link="https://arxiv.org/abs/2501.18018",
        related=("diagrams/local_rules",),
    ),
    presets=PRESETS,
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: (
        2.0 + ((N_CYCLES + 1) * spec.n_steps + N_CYCLES * spec.n_following) * spec.n_nets * 1.5e-3
    ),
    order=80,
)
