"""Same network, different neurons: two networks on one straight line."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment, Frame, KnownAnswer, Result
from engines.geometry.mechanisms.weight_matching import MatchingSpec


def frames(spec: MatchingSpec) -> Iterator[Frame | Result]:
    """Frames on the way, and the result last."""
    from engines.geometry.mechanisms.weight_matching import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """What is known without training, and what training gives."""
    from engines.geometry.answers import matching_answers

    return matching_answers()


EXPERIMENT = Experiment(
    spec=MatchingSpec,
    frames=frames,
    card=Card(
        title="Weight matching",
        claim="Two networks trained apart are far from each other in weights, until the "
        "neurons of one are put in the other's order: then the straight way between "
        "them is flat.",
        paper="Ainsworth, Hayase & Srinivasa 2023, Git Re-Basin: merging models modulo "
        "permutation symmetries",
        link="https://arxiv.org/abs/2209.04836",
    ),
    presets={
        "512 units": MatchingSpec(),
        "64 units": MatchingSpec(width=64, n_steps=1500, learning_rate=0.1),
        "By activations": MatchingSpec(match="activations"),
    },
    known_answers=known_answers,
    order=60,
)
