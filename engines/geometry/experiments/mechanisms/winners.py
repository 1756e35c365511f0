"""Which frequency wins: a neuron's race of Fourier modes, foretold from its first weights."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import AtLeast, Exceeds
from engines.geometry.mechanisms.winners import BY_INPUT, BY_MODES, BY_SIZE, WinnerSpec

_PAPER = "arXiv 2602.16849, frequency diversification and phase symmetry in modular addition"


def frames(spec: WinnerSpec) -> Iterator[Frame | Result]:
    """Networks one after the other, and the run last."""
    from engines.geometry.mechanisms.winners import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Modes whose race is known."""
    from engines.geometry.mechanisms.winners_answers import winners_answers

    return winners_answers()


CLAIMS = (
    Claim(
        "First weights foretell each neuron's frequency: the first mode to blow up wins.",
        figure=lambda run: run.right(BY_MODES),
        control=lambda run: Estimate.exact("naming a frequency at random", run.chance),
        holds_when=AtLeast(0.95),
        source=f"{_PAPER}; 19 of 20 is our floor",
    ),
    Claim(
        "Phases matter, not only sizes: the largest mode wins less often.",
        figure=lambda run: run.right(BY_MODES),
        control=lambda run: run.right(BY_SIZE),
        difference=lambda run: run.more(BY_MODES, BY_SIZE),
        holds_when=Exceeds(),
        source=_PAPER,
    ),
    Claim(
        "The output weights take part: input amplitude alone foretells less.",
        figure=lambda run: run.right(BY_SIZE),
        control=lambda run: run.right(BY_INPUT),
        difference=lambda run: run.more(BY_SIZE, BY_INPUT),
        holds_when=Exceeds(),
        source=_PAPER,
    ),
)

EXPERIMENT = Experiment(
    spec=WinnerSpec,
    frames=frames,
    card=Card(
        title="Which frequency wins",
        claim="A network that begins small learns to add modulo a prime; which Fourier mode each "
        "neuron ends with is foretold by its first weights.",
        paper=_PAPER,
        link="https://arxiv.org/abs/2602.16849",
        related=("geometry/modular",),
    ),
    presets={
        "p = 23": WinnerSpec(),
        "A larger start": WinnerSpec(start=0.2, n_steps=200, learning_rate=0.2),
        "p = 11": WinnerSpec(p=11, n_steps=400),
        "Until most have won": WinnerSpec(n_steps=1_200),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 1.0 + spec.n_seeds * spec.n_steps * spec.width * spec.p**2 * 1.2e-8,
    order=51,
)
