"""Merging networks: the barrier between them falls while their units are put in one order."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import AtMost, Exceeds, FallsBelow
from engines.geometry.merging.found import (
    AVERAGED,
    FORK,
    PLAIN,
    REFITTED,
    WEIGHTS,
)
from engines.geometry.merging.result import MergingRun
from engines.geometry.merging.spec import MergingSpec


def frames(spec: MergingSpec) -> Iterator[Frame | Result]:
    """Frames on the way, and the run last."""
    from engines.geometry.merging.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Copies in another order, forks of nothing, and merges that are exact."""
    from engines.geometry.merging.answers import merging_answers

    return merging_answers()


def _chance(run: MergingRun) -> Estimate:
    return Estimate.exact("units that come back by chance", 1.0 / run.found.spec.width,
                          "1 / width")  # fmt: skip


CLAIMS = (
    Claim(
        "Once the units of one network stand in the other's order, the way between them has a "
        "lower barrier.",
        figure=lambda run: run.found.barrier(WEIGHTS),
        control=lambda run: run.found.barrier(PLAIN),
        difference=lambda run: run.found.lower(WEIGHTS, PLAIN),
        holds_when=FallsBelow(),
        source="Ainsworth, Hayase & Srinivasa 2023, arXiv 2209.04836",
        published=0.0,
    ),
    Claim(
        "Networks that share how they began have a lower barrier without any matching.",
        figure=lambda run: run.found.barrier(FORK),
        control=lambda run: run.found.barrier(PLAIN),
        difference=lambda run: run.found.lower(FORK, PLAIN),
        holds_when=FallsBelow(),
        source="Frankle et al. 2020, arXiv 1912.05671",
    ),
    Claim(
        "Matched in pairs, units go round three networks and come back more often than by chance.",
        figure=lambda run: run.found.returned(),
        control=_chance,
        holds_when=Exceeds(),
        source="after Crisostomi et al. 2024, arXiv 2405.17897",
    ),
    Claim(
        "Pairs do not agree: most units that go round three networks end elsewhere.",
        figure=lambda run: run.found.returned(),
        control=_chance,
        holds_when=AtMost(0.5),
        source="after Crisostomi et al. 2024",
    ),
    Claim(
        "Keeping the least alike quarter of units and fitting layers anew loses less than "
        "averaging all.",
        figure=lambda run: run.found.in_part(REFITTED, 0.75),
        control=lambda run: run.found.in_part(AVERAGED, 1.0),
        difference=lambda run: run.found.less_in_part((REFITTED, 0.75), (AVERAGED, 1.0)),
        holds_when=FallsBelow(),
        source="after Nasery et al. 2024, PLeaS, arXiv 2407.02447",
    ),
)


def _seconds(spec: MergingSpec) -> float:
    size = 64 * spec.width + spec.width**2 + 10 * spec.width
    return 1.0 + spec.n_groups * (0.6 + size * (4 * spec.n_steps * 1e-8 + 4e-5))


EXPERIMENT = Experiment(
    spec=MergingSpec,
    frames=frames,
    card=Card(
        title="Merging networks",
        claim="Put the units of one network in the other's order, one after the other: the "
        "barrier between the two falls. Three at a time, ways round do not close; in part, most "
        "alike units become one and the others are kept from both.",
        paper="Ainsworth, Hayase & Srinivasa 2023, Git Re-Basin; Nasery et al. 2024, PLeaS",
        link="https://arxiv.org/abs/2209.04836",
        related=("geometry/matching", "geometry/convergent"),
    ),
    presets={
        "Width 96": MergingSpec(),
        "Narrow": MergingSpec(width=16, n_steps=1_000),
        "Wide": MergingSpec(width=256, n_steps=600),
        "Forked at once": MergingSpec(forked=0),
        "Hardly learnt": MergingSpec(n_steps=60, forked=10),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=_seconds,
    order=62,
)
