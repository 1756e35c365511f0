"""A clock in the weights: A network learns to add modulo a prime with Fourier modes."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment, Frame, KnownAnswer, Result
from engines.geometry.mechanisms.modular_addition import ModularSpec


def frames(spec: ModularSpec) -> Iterator[Frame | Result]:
    """Frames on the way, and the result last."""
    from engines.geometry.mechanisms.modular_addition import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """What is known without training, and what training gives."""
    from engines.geometry.answers import modular_answers

    return modular_answers()


EXPERIMENT = Experiment(
    spec=ModularSpec,
    frames=frames,
    card=Card(
        title="Modular addition",
        claim="A network learns to add modulo a prime with Fourier modes: every neuron one "
        "frequency, its output phase twice its input phase.",
        paper="arXiv 2602.16849, frequency diversification and phase symmetry in modular addition",
        link="https://arxiv.org/abs/2602.16849",
    ),
    presets={
        "p = 23": ModularSpec(),
        "p = 11": ModularSpec(p=11, width=64, n_steps=1500),
        "Without weight decay": ModularSpec(weight_decay=0.0),
    },
    known_answers=known_answers,
    order=50,
)
