"""Orders of four points: how many there are, and the filter that each of them makes."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Experiment, KnownAnswer
from engines.contract.claims import AtMost
from engines.diagrams.ordering.asked import PosetSpec
from engines.diagrams.ordering.results import PosetFrame, PosetResult

_STANLEY = "Stanley 1986, Two poset polytopes, Discrete & Computational Geometry 1"


def frames(spec: PosetSpec) -> Iterator[PosetFrame | PosetResult]:
    """Kinds one by one."""
    from engines.diagrams.ordering.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Counts that others published, corners and volumes by brute force."""
    from engines.diagrams.ordering.answers import answers

    return answers()


CLAIMS = (
    Claim(
        "A filter that takes the largest sum over order ideals has as many linear pieces as the "
        "order has ideals.",
        figure=lambda run: run.odd(),
        control=lambda run: run.without_order(),
        holds_when=AtMost(0.0),
        source=f"{_STANLEY}: ideals are the corners, and every corner wins somewhere",
    ),
    Claim(
        "Random numbers stand in an order as often as linear extensions among all ways to count "
        "them through, within 4 standard errors.",
        figure=lambda run: run.off(),
        control=lambda run: run.off_by_one(),
        holds_when=AtMost(4.0),
        source=f"{_STANLEY}: the volume of the order polytope",
    ),
)

EXPERIMENT = Experiment(
    spec=PosetSpec,
    frames=frames,
    card=Card(
        title="Orders and their filters",
        claim="All partial orders of a few points, kind by kind. Each makes a filter, the largest "
        "sum of numbers over sets that hold with a point all below it; how many linear pieces it "
        "has is how many such sets there are.",
        paper="Stanley 1986, Two poset polytopes",
        link="https://doi.org/10.1007/BF02187680",
    ),
    presets={"Four points": PosetSpec(), "Three points": PosetSpec(n_points=3),
             "Five points": PosetSpec(n_points=5, n_inputs=50_000)},
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 0.5 if spec.n_points < 5 else 4.0,
    order=9,
)  # fmt: skip
