"""Alignment maps: a variable found in a network that learnt it, and in one that learnt nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from engines.contract import Card, Claim, Estimate, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import Exceeds, Near
from engines.geometry.aligning.found import BENT, FRESH, HELD, LEARNT, NEURONS, TURNED
from engines.geometry.aligning.spec import AlignmentSpec

if TYPE_CHECKING:
    from engines.geometry.aligning.result import AlignmentRun


def frames(spec: AlignmentSpec) -> Iterator[Frame | Result]:
    """Frames on the way, and the run last."""
    from engines.geometry.aligning.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Maps undone, and a network by hand whose first unit is the variable."""
    from engines.geometry.aligning.answers import alignment_answers

    return alignment_answers()


_LONG = 1_500
"""Steps after which maps that bend have learnt what they can."""
_KNOWN = 16
"""From so many symbols on networks answer right on pairs that were held out."""


def _where_known(
    of: Callable[[AlignmentRun], Estimate],
) -> Callable[[AlignmentRun], Estimate | None]:
    return lambda run: of(run) if run.found.spec.n_symbols >= _KNOWN else None


def _to_the_end(
    of: Callable[[AlignmentRun], Estimate],
) -> Callable[[AlignmentRun], Estimate | None]:
    return lambda run: of(run) if run.found.spec.n_steps >= _LONG else None


def _more(sentence: str, which: tuple[int, int], *, than: tuple[int, int], source: str) -> Claim:
    """One (map, network) finds more of the variable than another, network by network."""
    return Claim(
        sentence,
        figure=lambda run: run.found.accuracy(*which),
        control=lambda run: run.found.accuracy(*than),
        difference=lambda run: run.found.more(which, than),
        holds_when=Exceeds(),
        source=source,
    )


CLAIMS = (
    _more(
        "In a network that learnt nothing a map that bends finds more of the variable than a "
        "rotation: interchange accuracy is higher.",
        (BENT, FRESH),
        than=(TURNED, FRESH),
        source="Sutter et al. 2025, arXiv 2507.08802",
    ),
    Claim(
        "Learnt for long, a map that bends reaches 1 there, to 0.05.",
        figure=_to_the_end(lambda run: run.found.accuracy(BENT, FRESH)),
        control=lambda run: run.found.accuracy(TURNED, FRESH),
        holds_when=Near(within=0.05),
        published=1.0,
        source="Sutter et al. 2025",
        preset="Learnt for long",
    ),
    _more(
        "A rotation tells networks apart: it finds more of the variable where it was learnt.",
        (TURNED, LEARNT),
        than=(TURNED, FRESH),
        source="after Geiger et al. 2024, arXiv 2303.02536",
    ),
    _more(
        "Where it was learnt, neurons stand for less of the variable than a rotation finds.",
        (TURNED, LEARNT),
        than=(NEURONS, LEARNT),
        source="after Geiger et al. 2024",
    ),
    Claim(
        "Pairs of symbols held out tell maps that bend apart: more is lost on them where nothing "
        "was learnt.",
        figure=_where_known(lambda run: run.found.gap(BENT, FRESH)),
        control=lambda run: run.found.gap(BENT, LEARNT),
        difference=lambda run: run.found.wider(BENT),
        holds_when=Exceeds(),
        source="our control",
        preset="Sixteen symbols",
    ),
    Claim(
        "But on pairs held out a map that bends still finds more than chance where nothing was "
        "learnt.",
        figure=_where_known(lambda run: run.found.accuracy(BENT, FRESH, HELD)),
        control=lambda _: Estimate.exact("chance: either answer is due half of the time", 0.5),
        holds_when=Exceeds(),
        source="our control",
        preset="Sixteen symbols",
    ),
)


def _seconds(spec: AlignmentSpec) -> float:
    per_step = 1.2e-3 + 1.1e-3 * spec.n_blocks
    return 1.0 + spec.n_seeds * (spec.n_steps * per_step + spec.n_learnt * 1e-4)


EXPERIMENT = Experiment(
    spec=AlignmentSpec,
    frames=frames,
    card=Card(
        title="Any variable, if the map may bend",
        claim="Swap a variable between two inputs and see whether the answer follows. With a map "
        "that may bend it does so in networks that never learnt anything.",
        paper="Sutter et al. 2025, The non-linear representation dilemma",
        link="https://arxiv.org/abs/2507.08802",
        related=("geometry/patching", "geometry/dictionaries", "geometry/compare"),
    ),
    presets={
        "After layer 1": AlignmentSpec(),
        "After layer 2": AlignmentSpec(place="after layer 2"),
        "Learnt for long": AlignmentSpec(n_steps=2_000),
        "Sixteen symbols": AlignmentSpec(n_symbols=16, n_steps=1_500),
        "Many symbols": AlignmentSpec(n_symbols=64, n_steps=1_500),
        "Eight blocks": AlignmentSpec(n_blocks=8),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=_seconds,
    order=50,
)
