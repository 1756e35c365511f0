"""Rules of learning that send no gradient through the network, beside backprop and controls."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Experiment, KnownAnswer
from engines.contract.claims import Alike, AtLeast, Exceeds
from engines.diagrams.local.asked import (
    BACKPROP,
    COUNTER,
    DIRECT,
    FEEDBACK,
    FIRST_BLOCK,
    FROZEN,
    LAST,
    NOPROP,
    LocalSpec,
)
from engines.diagrams.local.results import LocalFrame, LocalResult

_COUNTER = "Kao & Hariharan 2024, Counter-current learning, arXiv 2409.19841"
_NOPROP = "Li, Teh & Pascanu 2025, NoProp, arXiv 2503.24322"
_FEEDBACK = "Lillicrap et al. 2016, Random synaptic feedback weights, Nature Communications"
_WHOLE = "Ten networks, wide blocks, 800 steps"
_DIRECT = "Nøkland 2016, Direct feedback alignment, arXiv 1609.01596"


def frames(spec: LocalSpec) -> Iterator[LocalFrame | LocalResult]:
    """Shares right as they grow, and the comparison last."""
    from engines.diagrams.local.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Slopes that are exactly 0, and the chain of noise in closed form."""
    from engines.diagrams.local.answers import answers

    return answers()


def _long(run: LocalResult) -> bool:
    """Whether a run is as wide and at least as long as the claims say."""
    return run.spec.n_hidden == 64 and run.spec.n_steps >= 500 and run.spec.n_blocks == 10


def _whole(run: LocalResult) -> bool:
    """Whether it is the run for which floors were set."""
    return _long(run) and run.spec.n_steps == 800 and run.spec.block_hidden == 80


def _at_least(name: str, level: float, sentence: str, source: str) -> Claim:
    return Claim(
        sentence,
        figure=lambda run: run.mean(name) if _whole(run) else None,
        control=lambda run: run.mean(BACKPROP),
        holds_when=AtLeast(level),
        source=f"{source}; {level:g} is our floor",
        preset=_WHOLE,
    )


def _better(name: str, control: str, by: float, sentence: str, source: str) -> Claim:
    return Claim(
        sentence,
        figure=lambda run: run.mean(name) if _long(run) else None,
        control=lambda run: run.mean(control),
        difference=lambda run: run.apart(name, control),
        holds_when=Exceeds(by=by),
        source=source,
    )


CLAIMS = (
    _at_least(COUNTER, 0.975, "Counter-current learning reads 97.5 % of digits.", _COUNTER),
    _better(
        COUNTER, LAST, 0.08,
        "Its hidden layers learn: it is ahead of the last layer alone by more than 8 points.",
        f"{_COUNTER}; 8 points are our floor",
    ),
    _better(
        COUNTER, FROZEN, 0.0,
        "The way down must learn too: with its first weights kept the rule is behind.", _COUNTER,
    ),
    Claim(
        "Counter-current learning is as good as backprop, within a point.",
        figure=lambda run: run.mean(COUNTER) if _long(run) else None,
        control=lambda run: run.mean(BACKPROP),
        difference=lambda run: run.apart(COUNTER, BACKPROP),
        holds_when=Alike(within=0.01),
        source=f"{_COUNTER}; a point is our tolerance",
    ),
    _at_least(NOPROP, 0.955, "NoProp reads 95.5 % of digits.", _NOPROP),
    _better(
        NOPROP, FIRST_BLOCK, 0.0,
        "Blocks of NoProp refine the answer: the last is ahead of the first, which sees the digit "
        "and pure noise.", _NOPROP,
    ),
    _better(
        FEEDBACK, LAST, 0.0,
        "Errors that go back through fixed random weights teach hidden layers: ahead of the last "
        "layer alone.", _FEEDBACK,
    ),
    _better(
        DIRECT, LAST, 0.0,
        "Errors that go from the output straight to every layer through fixed random weights "
        "teach hidden layers: ahead of the last layer alone.", _DIRECT,
    ),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=LocalSpec,
    frames=frames,
    card=Card(
        title="Learning without backprop",
        claim="Layers learn from a loss of their own, from labels that run the other way, or from "
        "errors sent through random weights; beside them what must not be left out: feedback that "
        "is frozen, one block alone, the last layer alone.",
        paper="Li, Teh & Pascanu 2025, NoProp; Kao & Hariharan 2024, Counter-current learning; "
        "Nøkland 2016, Direct feedback alignment",
        link="https://arxiv.org/abs/2503.24322",
        related=("diagrams/race",),
    ),
    presets={
        "Digits, 500 steps": LocalSpec(),
        _WHOLE: LocalSpec(n_nets=10, n_steps=800, block_hidden=80),
        "Three times the steps": LocalSpec(n_steps=1_500),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 2.0 + spec.n_steps * spec.n_nets * (2e-3 + 1e-6 * spec.n_hidden**2 / 4),
    order=20,
)
