"""Orders that pool: sixteen ways to make one number of four, beside the largest and the mean."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import FallsBelow
from engines.sorting.pooling.asked import LARGEST, MEAN, POSETS, RANDOM, PoolSpec
from engines.sorting.pooling.results import PoolFrame, PoolResult

_PAPER = (
    "Dolores-Cuenca et al. 2024, Order theory in the context of machine learning, arXiv 2412.06097"
)
_MANY, _N_MANY = "Forty networks", 40
"""Of fewer, whether two pools differ changes with the seed."""


def frames(spec: PoolSpec) -> Iterator[PoolFrame | PoolResult]:
    """Losses as they fall, and the comparison last."""
    from engines.sorting.pooling.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Slopes set by set, and pools that torch has."""
    from engines.sorting.pooling.answers import answers

    return answers()


def _ahead(sentence: str, other: str, preset: str = "") -> Claim:
    """Orders have less loss on the exam than another pool."""

    def figure(run: PoolResult) -> Estimate | None:
        enough = run.spec.n_nets >= _N_MANY or not preset
        # After eight times the steps what is ahead changes with the seed.
        return run.mean(POSETS) if enough and 60 <= run.spec.n_steps < 480 else None

    return Claim(
        sentence,
        figure=figure,
        control=lambda run: run.mean(other),
        difference=lambda run: run.apart(POSETS, other),
        holds_when=FallsBelow(),
        source=_PAPER,
        preset=preset,
    )


PRESETS = {
    "Digits": PoolSpec(),
    _MANY: PoolSpec(n_nets=_N_MANY),
    "Eight times the steps": PoolSpec(n_steps=480),
    "Noisy digits": PoolSpec(task="noisy digits"),
}
CLAIMS = (
    _ahead("Sixteen orders have less loss than the largest of four.", LARGEST, _MANY),
    _ahead("They have less loss than the mean of four.", MEAN, _MANY),
    _ahead("They have less loss than as many sets drawn at random: it is the order.", RANDOM),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=PoolSpec,
    frames=frames,
    card=Card(
        title="Orders that pool",
        claim="Every kind of partial order of four points is a filter for two by two numbers: the "
        "largest sum over sets that hold with a point all below it. One kind for each of sixteen "
        "channels, beside the largest, the mean, both, and sets drawn at random.",
        paper="Dolores-Cuenca et al. 2024, Order theory in the context of machine learning",
        link="https://arxiv.org/abs/2412.06097",
        related=("diagrams/posets",),
    ),
    presets=PRESETS,
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 2.0 + spec.n_steps * spec.n_nets * 6e-3,
    order=70,
)
