"""Subsets that know their superset: choose the elements nearest to the set's own mean."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import Alike, AtMost, Exceeds
from engines.lab.statistics import mean_over, paired
from engines.pointer.choosing.asked import SubsetSpec
from engines.pointer.choosing.subsets import Subsets, SubsetsFrame

_PAPER = "Xie et al. 2024, INSET, arXiv 2402.03139"
_UNIT = "seeds"


def frames(spec: SubsetSpec) -> Iterator[SubsetsFrame | Subsets]:
    """Four stacks of networks, watched while they learn."""
    from engines.pointer.choosing.subsets import subset_frames

    yield from subset_frames(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Chance, and what the target itself scores."""
    from engines.pointer.answers.choosing import subset_answers

    return subset_answers()


def _mean(kind: str, run: Subsets) -> Estimate:
    return mean_over(run.ends(kind), of=f"Jaccard index, {kind}", unit=_UNIT)


def _apart(one: str, other: str, run: Subsets) -> Estimate:
    found = paired(run.ends(other), run.ends(one), run.spec.seed)
    return found.estimate(f"{one} less {other}", _UNIT)


CLAIMS = (
    Claim(
        "Where the target depends on the superset, a score that sees it pooled chooses better, by "
        "more than 0.15.",
        figure=lambda run: _mean("own mean, told", run),
        control=lambda run: _mean("own mean, not told", run),
        holds_when=Exceeds(by=0.15),
        difference=lambda run: _apart("own mean, told", "own mean, not told", run),
        source=f"{_PAPER}; 0.15 is our floor",
    ),
    Claim(
        "Where the target ignores the superset, seeing it makes no difference.",
        figure=lambda run: _mean("origin, told", run),
        control=lambda run: _mean("origin, not told", run),
        holds_when=Alike(within=0.05),
        difference=lambda run: _apart("origin, told", "origin, not told", run),
        source="our control",
    ),
    Claim(
        "Neither the order of the superset nor that of the subset changes a score.",
        figure=lambda run: Estimate.exact("largest change over the largest score", run.reordered),
        control=lambda _run: None,
        holds_when=AtMost(1e-5),
        source=f"{_PAPER}, property 3.1: both sets are pooled; 1e-5 is rounding",
    ),
)

EXPERIMENT = Experiment(
    spec=SubsetSpec,
    frames=frames,
    card=Card(
        title="Subsets that know their superset",
        claim="Which five of thirty points lie nearest to the mean of all thirty? A score that "
        "reads only what is chosen cannot know. One that also sees the pooled set can.",
        paper="Xie, Bian, Zhou, Chen, Zhao, Han, Meng & Cheng 2024, Enhancing neural subset "
        "selection: integrating background information into set representations",
        link="https://arxiv.org/abs/2402.03139",
    ),
    presets={
        "Five of thirty": SubsetSpec(),
        "One mean for all sets": SubsetSpec(apart=0.0),
        "Sets far apart": SubsetSpec(apart=3.0),
        "One of ten": SubsetSpec(n_elements=10, n_chosen=1),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 0.0015 * spec.n_updates * spec.n_seeds * spec.n_elements / 15,
    order=71,
)
