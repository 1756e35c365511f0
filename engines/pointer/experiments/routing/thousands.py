"""Thousands of cities: divided, conquered and put together again, beside every other method."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import AtLeast, AtMost, Exceeds
from engines.lab.statistics import mean_over, paired
from engines.pointer.dividing.asked import ThousandsSpec
from engines.pointer.dividing.results import StageFrame, Thousands

_PAPER = "Zheng et al. 2024, UDC, arXiv 2407.00312"
_SETS_MIN = 5


def frames(spec: ThousandsSpec) -> Iterator[StageFrame | Thousands]:
    """A frame for every stage of every method, and the tour with its courses last."""
    from engines.pointer.dividing.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Exact paths against brute force, local optima, the table of floors."""
    from engines.pointer.answers.dividing import dividing_answers

    return dividing_answers()


def _ends(run: Thousands, name: str) -> np.ndarray:
    """Gap in per cent where a method ends, or as it starts: float64[instance]."""
    courses = run.courses
    if name == "greedy, alone":
        return 100 * courses.first[courses.names.index("greedy")]
    return 100 * courses.last[courses.names.index(name)]


def _mean(name: str, run: Thousands) -> Estimate | None:
    gaps = _ends(run, name)
    if len(gaps) < _SETS_MIN or not np.isfinite(gaps).all():
        return None
    return mean_over(gaps, of=f"gap in %, {name}", unit="sets of cities")


def _less(one: str, other: str, run: Thousands) -> Estimate:
    apart = paired(_ends(run, other), _ends(run, one), run.spec.seed)
    return apart.estimate(f"{one} less {other}, points", "sets of cities")


def _longer(sentence: str, one: str, other: str, *, by: float = 0.0, source: str) -> Claim:
    """That method ``one`` ends further from the reference than ``other``, set by set."""
    return Claim(
        sentence,
        figure=lambda run: _mean(one, run),
        control=lambda run: _mean(other, run),
        holds_when=Exceeds(by=by),
        source=source,
        difference=lambda run: _less(one, other, run),
    )


def _rises(run: Thousands) -> Estimate | None:
    """Share of stages after which a tour is longer in the plane than before."""
    if run.spec.metric != "plane" or run.spec.distribution == "a280":
        return None
    with np.errstate(invalid="ignore"):
        grew = np.diff(run.courses.lengths, axis=2) > 1e-9
    return Estimate.exact("stages that lengthen a tour", float(grew.sum()), "count of all stages")


CLAIMS = (
    _longer(
        "Where a tour begins matters more than how its pieces are solved: from nearest neighbour "
        "windows end more than 3 points above those from greedy edges.",
        "nearest",
        "greedy",
        by=3.0,
        source="3 points are our floor",
    ),
    _longer(
        "Solving every piece exactly does not repair a bad division: with exact windows of 11 "
        "nearest neighbour ends above greedy edges that nobody improved.",
        "nearest, exact",
        "greedy, alone",
        source="our claim; Held & Karp 1962, Bentley 1992",
    ),
    _longer(
        "Nor does a network: with windows of 20 answered by one that was taught such paths, "
        "nearest neighbour ends above greedy edges that nobody improved.",
        "nearest, network",
        "greedy, alone",
        source="our claim, as for exact windows; UDC's conqueror in small",
    ),
    _longer(
        "Shifted cuts beat cuts at the same places.",
        "nearest, fixed",
        "nearest",
        source=_PAPER,
    ),
    _longer(
        "2-opt and Or-opt over the whole tour, in milliseconds, do more than windows alone.",
        "nearest",
        "nearest, 2-opt",
        source="our claim; Croes 1958, Or 1976, Bentley 1992",
    ),
    _longer(
        "A network that knows which edges are likely divides better than greedy edges do.",
        "greedy",
        "heat map",
        source=_PAPER,
    ),
    _longer(
        "Shuffled among the edges, its heat divides no better than nearest neighbour.",
        "heat, shuffled",
        "nearest",
        source="our control",
    ),
    Claim(
        "Without a division, from a random order, windows stay above 50 %.",
        figure=lambda run: _mean("random", run),
        control=lambda run: _mean("greedy", run),
        holds_when=AtLeast(50.0),
        source="50 % are our floor",
    ),
    Claim(
        "A tour never grows from stage to stage.",
        figure=_rises,
        control=lambda _run: None,
        holds_when=AtMost(0.0),
        source="by construction: a window is put back only where it is shorter",
    ),
)

EXPERIMENT = Experiment(
    spec=ThousandsSpec,
    frames=frames,
    card=Card(
        title="Thousands of cities",
        claim="A tour of a thousand cities is cut into windows, each is solved by itself, and the "
        "cuts move on. Whether that ends at 3 % or at 20 % is decided before the first cut.",
        paper="Zheng, Zhou, Tong, Yuan & Wang 2024, UDC: A unified neural divide-and-conquer "
        "framework for large-scale combinatorial optimization problems",
        link="https://arxiv.org/abs/2407.00312",
        related=("pointer/race",),
    ),
    presets={
        "1,000 cities": ThousandsSpec(),
        "Windows alone": ThousandsSpec(polish=False),
        "A bad start, exact pieces": ThousandsSpec(
            start="nearest neighbour", polish=False, conquer="exact"
        ),
        "A network conquers": ThousandsSpec(
            start="nearest neighbour", polish=False, conquer="network"
        ),
        "A learnt heat map": ThousandsSpec(start="heat map", polish=False),
        "In any order": ThousandsSpec(start="random order", polish=False),
        "Clusters": ThousandsSpec(distribution="clustered"),
        "280 holes of TSPLIB": ThousandsSpec(distribution="a280"),
        "5,000 cities": ThousandsSpec(n_cities=5_000, n_instances=1),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 0.0016 * max(spec.n_cities, len(spec.points)) * spec.n_instances,
    order=32,
)
