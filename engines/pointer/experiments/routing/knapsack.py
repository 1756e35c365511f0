"""The knapsack: greed is nearly right, exact is seldom far, and rounding is a trap."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import AtLeast, Exceeds
from engines.lab.statistics import mean_over, paired
from engines.pointer.packing.asked import KnapsackSpec
from engines.pointer.packing.results import GREEDY, ROUNDED, SEARCH, KnapsackFrame, Knapsacks

_SETS_MIN = 10


def frames(spec: KnapsackSpec) -> Iterator[KnapsackFrame | Knapsacks]:
    """A frame for every set of items and every rounding, and all values last."""
    from engines.pointer.packing.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Brute force, a linear programme, two exact methods, and how near greed comes."""
    from engines.pointer.answers.packing import packing_answers

    return packing_answers()


def _mean(run: Knapsacks, name: str) -> Estimate | None:
    if len(run.bounds) < _SETS_MIN:
        return None
    return mean_over(run.of(name), of=f"mean value, {name}", unit="sets of items")


def _more(run: Knapsacks, one: str, other: str) -> Estimate:
    apart = paired(run.of(other), run.of(one), run.spec.seed)
    return apart.estimate(f"{one} less {other}", "sets of items")


def _share(run: Knapsacks) -> Estimate | None:
    if len(run.bounds) < _SETS_MIN:
        return None
    share = 100 * run.of(GREEDY) / run.bounds
    return mean_over(share, of="greedy, % of the bound", unit="sets of items")


def _is_trap(run: Knapsacks) -> bool:
    spec = run.spec
    return (spec.n_items, spec.n_steps, spec.weights) == (200, 20_000, "real") and not spec.items


CLAIMS = (
    Claim(
        "Greed by ratio reaches 99 % of the bound, so that only a logarithm shows what is left.",
        figure=_share,
        control=lambda _run: None,
        holds_when=AtLeast(99.0),
        source="99 % are our floor; Dantzig 1957",
    ),
    Claim(
        "Rounding is a trap: of 200 items a dynamic programme with weights rounded up to 20,000 "
        "steps brings less than greed.",
        figure=lambda run: _mean(run, GREEDY) if _is_trap(run) else None,
        control=lambda run: _mean(run, ROUNDED),
        holds_when=Exceeds(),
        source="our claim",
        difference=lambda run: _more(run, GREEDY, ROUNDED),
    ),
    Claim(
        "Branch and bound brings more than greed.",
        figure=lambda run: _mean(run, SEARCH),
        control=lambda run: _mean(run, GREEDY),
        holds_when=Exceeds(),
        source="Horowitz & Sahni 1974",
        difference=lambda run: _more(run, SEARCH, GREEDY),
    ),
)

EXPERIMENT = Experiment(
    spec=KnapsackSpec,
    frames=frames,
    card=Card(
        title="Knapsack",
        claim="Greed by ratio is within a per mille of a bound that no knapsack can pass. What a "
        "network may still add lies below that, and rounding weights may cost more.",
        paper="Bello, Pham, Le, Norouzi & Bengio 2016, Neural combinatorial optimization with "
        "reinforcement learning",
        link="https://arxiv.org/abs/1611.09940",
        related=("pointer/vehicles",),
    ),
    presets={
        "200 items": KnapsackSpec(),
        "100 items": KnapsackSpec(n_items=100),
        "50 items": KnapsackSpec(n_items=50, capacity=12.5),
        "Whole weights": KnapsackSpec(weights="whole"),
        "Coarse steps": KnapsackSpec(n_steps=1_000),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 0.03 * spec.n_instances,
    order=36,
)
