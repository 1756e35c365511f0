"""Tours through ways that differ there and back: an own table (TSPLIB ATSP), or drawn cities."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import Exceeds
from engines.lab.statistics import mean_over, paired
from engines.pointer.ways.asked import BY_MEAN, EXCHANGED, WaysSpec
from engines.pointer.ways.results import Ways

_CITIES_LEAST = 5


def frames(spec: WaysSpec) -> Iterator[Frame | Result]:
    """Instance by instance; the first is shown."""
    from engines.pointer.ways.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Against all orders, a published optimum, and what must hold of every bound."""
    from engines.pointer.answers.ways import ways_answers

    return ways_answers()


def _above(run: Ways, name: str) -> np.ndarray:
    return run.found.above[run.found.names.index(name)]


def _tested(run: Ways) -> bool:
    spec = run.spec
    return not spec.table and spec.n_instances >= _CITIES_LEAST and spec.one_way > 0


def _by_mean(run: Ways) -> Estimate | None:
    if not _tested(run):
        return None
    return mean_over(_above(run, BY_MEAN), of="above the bound, %", unit="cities")


def _exchanged(run: Ways) -> Estimate:
    return mean_over(_above(run, EXCHANGED), of="above the bound, %", unit="cities")


def _difference(run: Ways) -> Estimate:
    apart = paired(_above(run, EXCHANGED), _above(run, BY_MEAN), run.spec.seed)
    return apart.estimate("by the mean less knowing both, points", "cities")


CLAIMS = (
    Claim(
        "Who takes there and back for the same drives longer than who knows both.",
        figure=_by_mean,
        control=_exchanged,
        difference=_difference,
        holds_when=Exceeds(),
        source="our claim",
    ),
)


EXPERIMENT = Experiment(
    spec=WaysSpec,
    frames=frames,
    card=Card(
        title="A table of ways",
        claim="Bring a TSPLIB ATSP file, or a table of costs from everywhere to everywhere, and "
        "tour it; no stretch may be turned round, and a bound says how much is left to gain.",
        paper="Kanellakis & Papadimitriou 1980, Local search for the asymmetric traveling salesman",
        link="https://doi.org/10.1287/opre.28.5.1086",
    ),
    presets={
        "Forty stops": WaysSpec(),
        "Ten stops, beside the best": WaysSpec(n_stops=10),
        "Both ways alike": WaysSpec(one_way=0.0),
        "A hundred stops": WaysSpec(n_stops=100, n_instances=5),
    },
    claims=CLAIMS,
    known_answers=known_answers,
)
