"""Same network, different neurons: two networks on one straight line."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import FallsBelow
from engines.geometry.mechanisms.weight_matching import Matching, MatchingSpec


def frames(spec: MatchingSpec) -> Iterator[Frame | Result]:
    """Frames on the way, and the result last."""
    from engines.geometry.mechanisms.weight_matching import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """What is known without training, and what training gives."""
    from engines.geometry.answers import matching_answers

    return matching_answers()


def _barrier(run: Matching, path: str) -> Estimate | None:
    low, high = run.chance[path].barrier
    if not np.isfinite([low, high]).all():
        return None
    how = "bootstrap over held-out digits, laid around the estimate"
    return Estimate(f"loss barrier in nats, {path}", run.barriers()[path], low, high,
                    run.n_test, "digits", how, run.spec.seed)  # fmt: skip


CLAIM = Claim(
    "Once the neurons of one network are put in the other's order, the way between the two has "
    "a lower barrier than as they were trained.",
    figure=lambda run: _barrier(run, "matched"),
    control=lambda run: _barrier(run, "as trained"),
    holds_when=FallsBelow(),
    source="Ainsworth, Hayase & Srinivasa 2023, Git Re-Basin",
    published=0.0,
)


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
    claims=(CLAIM,),
    order=60,
)
