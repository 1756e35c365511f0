"""Stages: sums are memorised, frequencies are sorted, and decay cleans up."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Experiment, Frame, Result
from engines.contract.claims import Exceeds, FallsBelow
from engines.geometry.mechanisms.stages import (
    DECAY,
    MEMORISED,
    NONE,
    OTHER,
    SORTED,
    UNDERSTOOD,
    StagesSpec,
)

_PAPER = "arXiv 2602.16849, frequency diversification and phase symmetry in modular addition"


def frames(spec: StagesSpec) -> Iterator[Frame | Result]:
    """All networks side by side, and the run last."""
    from engines.geometry.mechanisms.stages import frames_of

    yield from frames_of(spec)


CLAIMS = (
    Claim(
        "Sums are memorised before they are understood.",
        figure=lambda run: run.when(UNDERSTOOD),
        control=lambda run: run.when(MEMORISED),
        difference=lambda run: run.later(UNDERSTOOD, MEMORISED),
        holds_when=Exceeds(),
        source=_PAPER,
    ),
    Claim(
        "Neurons sort their frequencies only after sums are memorised.",
        figure=lambda run: run.when(SORTED),
        control=lambda run: run.when(MEMORISED),
        difference=lambda run: run.later(SORTED, MEMORISED),
        holds_when=Exceeds(),
        source=_PAPER,
    ),
    Claim(
        "Weight decay cleans up: weights shrink at last.",
        figure=lambda run: run.kept(DECAY),
        control=lambda run: run.kept(NONE),
        difference=lambda run: run.kept_less(),
        holds_when=FallsBelow(by=0.05),
        source=f"{_PAPER}; a twentieth of the peak is our bound",
    ),
    Claim(
        "Without weight decay fewer of the other sums are right.",
        figure=lambda run: run.end(NONE, OTHER),
        control=lambda run: run.end(DECAY, OTHER),
        difference=lambda run: run.less(OTHER),
        holds_when=FallsBelow(),
        source=_PAPER,
    ),
)

EXPERIMENT = Experiment(
    spec=StagesSpec,
    frames=frames,
    card=Card(
        title="Stages of addition",
        claim="A network learns part of all sums modulo a prime: when does it memorise, sort its "
        "frequencies and understand the others, and does decay clean up?",
        paper=_PAPER,
        link="https://arxiv.org/abs/2602.16849",
        related=("geometry/modular", "geometry/winners"),
    ),
    presets={
        "Four of five sums": StagesSpec(),
        "Three of five": StagesSpec(share=0.6, n_steps=2_400),
        "Slowly": StagesSpec(learning_rate=5e-4, n_steps=2_400),
    },
    claims=CLAIMS,
    seconds=lambda spec: 1.0 + spec.n_seeds * spec.n_steps * spec.width * spec.p**2 * 1.5e-8,
    order=52,
)
