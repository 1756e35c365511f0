"""Words as games: sites answer each other until none gains, with what is measured or believed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import Exceeds, FallsBelow
from engines.lab.statistics import mean_over, paired
from engines.pointer.choosing.asked import GameSpec
from engines.pointer.choosing.games import Games, GamesFrame

_PAPER = "Bal, Sessa, Mutny & Krause 2025, GameOpt, arXiv 2409.18582"
_UNIT = "landscapes"


def frames(spec: GameSpec) -> Iterator[GamesFrame | Games]:
    """Every way on every landscape."""
    from engines.pointer.choosing.games import game_frames

    yield from game_frames(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Games and models against all words and closed forms."""
    from engines.pointer.answers.choosing import game_answers

    return game_answers()


def _mean(name: str, run: Games) -> Estimate:
    return mean_over(run.ends(name), of=f"worth, {name}", unit=_UNIT)


def _better(
    sentence: str, one: str, other: str, *, by: float = 0.0, source: str = "our claim"
) -> Claim:
    """That one way ends above another, landscape by landscape."""

    def apart(run: Games) -> Estimate:
        found = paired(run.ends(other), run.ends(one), run.spec.seed)
        return found.estimate(f"{one} less {other}", _UNIT)

    return Claim(
        sentence,
        figure=lambda run: _mean(one, run),
        control=lambda run: _mean(other, run),
        holds_when=Exceeds(by=by),
        difference=apart,
        source=source,
    )


def needed(run: Games) -> np.ndarray:
    """Measurements until GameOpt has what the equilibrium ends with: float64[landscape].

    The whole budget where it never does.
    """
    from engines.pointer.choosing.games import NAMES

    course = run.courses[NAMES.index("GameOpt")]
    there = course >= run.ends("equilibrium")[:, None] - 1e-12
    first = np.where(there.any(axis=1), there.argmax(axis=1) + 1, run.spec.budget)
    return first.astype(np.float64)


CLAIMS = (
    _better(
        "Sites that answer each other with what is measured find better words than a genetic way.",
        "equilibrium",
        "genetic",
    ),
    _better(
        "They find better words than chance, by more than 0.08.",
        "equilibrium",
        "random",
        by=0.08,
        source="0.08 is our floor",
    ),
    _better(
        "With an optimistic model in between they find better words still.",
        "GameOpt",
        "equilibrium",
        source=_PAPER,
    ),
    Claim(
        "With the model fewer measurements are needed for what games without one end with.",
        figure=lambda run: mean_over(needed(run), of="measurements needed", unit=_UNIT),
        control=lambda run: Estimate.exact("without the model", run.spec.budget, "the budget"),
        holds_when=FallsBelow(),
        source=_PAPER,
    ),
    _better(
        "The game is what helps: the same model, sampled over words at random sites, ends below.",
        "GameOpt",
        "Thompson, random sites",
        source=_PAPER,
    ),
)

EXPERIMENT = Experiment(
    spec=GameSpec,
    frames=frames,
    card=Card(
        title="Words as games",
        claim="Each letter of a word is a player that answers the others until nobody gains. "
        "Played on what an optimistic model believes, such games find good words with few "
        "measurements.",
        paper="Bal, Sessa, Mutny & Krause 2025, Optimistic games for combinatorial Bayesian "
        "optimization with application to protein design",
        link="https://arxiv.org/abs/2409.18582",
    ),
    presets={
        "Ten sites, six letters": GameSpec(),
        "Smooth: K = 0": GameSpec(n_others=0),
        "Rugged: K = 5": GameSpec(n_others=5, n_letters=4),
        "Twenty amino acids": GameSpec(n_sites=6, n_letters=20, n_others=1, n_landscapes=10),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 1.5 * spec.n_landscapes * (spec.budget / 400) ** 2,
    order=70,
)
