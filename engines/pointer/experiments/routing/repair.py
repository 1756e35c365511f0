"""Cities move by hand, and their tour repairs itself."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import AtMost, Exceeds
from engines.lab.statistics import mean_over, paired
from engines.pointer.repairing.asked import RepairSpec
from engines.pointer.repairing.results import RepairFrame, Repairs

_TRIALS_MIN = 5
_MOST = 0.5
"""Per cent above solving anew that still count as none."""


def frames(spec: RepairSpec) -> Iterator[RepairFrame | Repairs]:
    """The repaired tour at once; what random moves say after it."""
    from engines.pointer.repairing.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Cheapest insertion against every place, and what is left to do after a repair."""
    from engines.pointer.answers.repairing import repairing_answers

    return repairing_answers()


def _above(run: Repairs, row: int, name: str) -> Estimate | None:
    if len(run.trials.lengths) < _TRIALS_MIN:
        return None
    return mean_over(run.trials.longer[row], of=f"% above solving anew, {name}", unit="moves")


def _less(run: Repairs, one: int, other: int, of: str) -> Estimate:
    longer = run.trials.longer
    return paired(longer[one], longer[other], run.spec.seed).estimate(f"{of}, points", "moves")


CLAIMS = (
    Claim(
        "Repaired around what moved, a tour is at most 0.5 % longer than one solved anew.",
        figure=lambda run: _above(run, 1, "repaired"),
        control=lambda run: _above(run, 0, "order kept"),
        holds_when=AtMost(_MOST),
        source="0.5 % are our floor",
        difference=lambda run: _less(run, 1, 0, "repaired less order kept"),
    ),
    Claim(
        "The same search over the whole, from greedy edges, ends longer than the repair.",
        figure=lambda run: _above(run, 2, "2-opt and Or-opt anew"),
        control=lambda run: _above(run, 1, "repaired"),
        holds_when=Exceeds(),
        source="our claim; Bentley 1992 for the search",
        difference=lambda run: _less(run, 2, 1, "searched anew less repaired"),
    ),
)

EXPERIMENT = Experiment(
    spec=RepairSpec,
    frames=frames,
    card=Card(
        title="Drag a city, watch its tour repair itself",
        claim="A city, or a river of cities, is dragged away. Put where they cost least and "
        "settled by 2-opt and Or-opt around them, they leave a tour nearly as good as one solved "
        "anew, in a fiftieth of its time.",
        paper="Bentley 1992, Fast algorithms for geometric traveling salesman problems",
        link="https://doi.org/10.1287/ijoc.4.4.387",
        related=("pointer/thousands",),
    ),
    presets={
        "A river of cities": RepairSpec(),
        "One city": RepairSpec(reach=0.0),
        "200 cities": RepairSpec(n_cities=200),
        "Clusters": RepairSpec(distribution="clustered"),
        "5,000 cities": RepairSpec(n_cities=5_000, n_trials=5),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 0.0003 * spec.n_cities * (spec.n_trials + 2),
    order=34,
)
