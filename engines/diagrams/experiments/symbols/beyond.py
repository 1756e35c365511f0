"""Asked beyond what was learnt: a router of modules and a grammar that is found, beside LSTMs."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import AtLeast, Exceeds, FallsBelow
from engines.diagrams.arms.looks import finite_pairs
from engines.diagrams.arms.results import ArmsFrame
from engines.diagrams.beyond.asked import (
    BEYOND,
    HELD,
    INDUCED,
    LSTM,
    RIGHT,
    ROUTER,
    ROUTER_BOTH,
    TRANSLATOR,
    BeyondSpec,
)
from engines.diagrams.beyond.results import BeyondResult

_ROUTER = (
    "Chateau-Laurent and VanRullen 2025, Learning to chain operations by routing information "
    "through a global workspace, arXiv 2503.01906"
)
_MACHINE = "Li et al. 2024, Neural-symbolic recursive machine, arXiv 2210.01603"
_LAKE = "Lake and Baroni 2018, Generalization without systematicity, arXiv 1711.00350"
_COMMANDS = "Commands, then longer ones"


def frames(spec: BeyondSpec) -> Iterator[ArmsFrame | BeyondResult]:
    """Shares right as they rise, and the comparison last."""
    from engines.diagrams.beyond.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Counts of SCAN, torch's LSTM, routes and grammars set by hand."""
    from engines.diagrams.beyond.answers import answers

    return answers()


def _sums(run: BeyondResult) -> bool:
    """Whether it is sums, learnt for as long as the claims are about."""
    spec = run.spec
    assert isinstance(spec, BeyondSpec)
    return spec.system == "sums" and spec.n_steps >= 240


def _ahead(sentence: str, other: str, condition: str) -> Claim:
    """The router is right more often than another."""
    return Claim(
        sentence,
        figure=lambda run: run.looks.mean(RIGHT, ROUTER, condition) if _sums(run) else None,
        control=lambda run: run.looks.mean(RIGHT, other, condition),
        difference=lambda run: run.looks.apart(RIGHT, ROUTER, other, condition, run.seed),
        holds_when=Exceeds(),
        source=_ROUTER,
    )


def _commands(run: BeyondResult, arm: str, condition: str) -> Estimate | None:
    """Share right of a run of commands, learnt for as long as the claims are about."""
    spec = run.spec
    assert isinstance(spec, BeyondSpec)
    fits = spec.system == "commands" and spec.n_steps >= 1_000 and spec.n_nets >= 3
    return run.looks.mean(RIGHT, arm, condition) if fits else None


def _longer(run: BeyondResult) -> Estimate | None:
    """Longer commands less those that are as long as what was learnt, network by network."""
    held, beyond = (run.looks.at(RIGHT, TRANSLATOR, name) for name in (HELD, BEYOND))
    return finite_pairs(held, beyond, f"{RIGHT}, longer less as long, {TRANSLATOR}", run.seed)


PRESETS = {
    "Sums, then larger ones": BeyondSpec(),
    "Sums, four times the steps": BeyondSpec(n_steps=960),
    _COMMANDS: BeyondSpec(system="commands", n_steps=1_000, n_nets=3),
}
CLAIMS = (
    Claim(
        "Routers that learnt sums up to 9 are exact on sums from 10 to 18, none of which adds 0 "
        "and one of which adds 1: at least 99 of 100.",
        figure=lambda run: run.looks.mean(RIGHT, ROUTER, BEYOND) if _sums(run) else None,
        control=lambda run: run.looks.mean(RIGHT, LSTM, BEYOND),
        difference=lambda run: run.looks.apart(RIGHT, ROUTER, LSTM, BEYOND, run.seed),
        holds_when=AtLeast(0.99),
        source=_ROUTER,
    ),
    _ahead("Routers answer more of the sums up to 9 that were held out than equal LSTMs.", LSTM,
           HELD),
    _ahead("It is what the controller does not see: routers that see the first addend as well "
           "answer fewer of the larger sums.", ROUTER_BOTH, BEYOND),
    Claim(
        "The grammar that is found from commands of up to 22 actions reads all longer ones.",
        figure=lambda run: _commands(run, INDUCED, BEYOND),
        control=lambda run: run.looks.mean(RIGHT, TRANSLATOR, BEYOND),
        holds_when=AtLeast(1.0),
        source=_MACHINE,
        published=1.0,
        preset=_COMMANDS,
    ),
    Claim(
        "LSTMs read fewer of the longer commands than of those held out that are as long as what "
        "they learnt.",
        figure=lambda run: _commands(run, TRANSLATOR, BEYOND),
        control=lambda run: run.looks.mean(RIGHT, TRANSLATOR, HELD),
        difference=_longer,
        holds_when=FallsBelow(),
        source=_LAKE,
        preset=_COMMANDS,
    ),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=BeyondSpec,
    frames=frames,
    card=Card(
        title="Out of distribution",
        claim="Sums up to 9 are learnt and sums up to 18 asked: an LSTM that routes a number "
        "through modules, blind to the first addend, beside one that answers itself. Or commands "
        "of up to 22 actions, and longer ones: a grammar that is found word by word, beside LSTMs "
        "that translate.",
        paper="Chateau-Laurent and VanRullen 2025, Learning to chain operations by routing "
        "information through a global workspace; Li et al. 2024, Neural-symbolic recursive machine",
        link="https://arxiv.org/abs/2503.01906",
    ),
    presets=PRESETS,
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: (
        2.0 + spec.n_steps * (0.01 if spec.system == "sums" else 0.02 * spec.n_nets)
    ),
    order=120,
)
