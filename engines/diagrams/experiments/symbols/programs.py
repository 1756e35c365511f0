"""Bits of a symbolic program join a network's layer: do they save pictures to learn from?"""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Experiment, KnownAnswer
from engines.contract.claims import Exceeds, FallsBelow
from engines.diagrams.arms.results import ArmsFrame
from engines.diagrams.programs.asked import (
    CLASSES,
    DEALT,
    DIGITS,
    NONE,
    PROGRAM,
    ProgramsSpec,
)
from engines.diagrams.programs.results import ProgramsResult

_PAPER = "Whitehouse 2023, Symbolic synthesis of neural networks, arXiv 2303.03340"
_OURS = "a control of ours"


def frames(spec: ProgramsSpec) -> Iterator[ArmsFrame | ProgramsResult]:
    """Shares right as they change, and the comparison last."""
    from engines.diagrams.programs.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Formulas, ink, classes, and bits of 0."""
    from engines.diagrams.programs.answers import answers

    return answers()


def _told(run: ProgramsResult) -> bool:
    """Whether it is what claims are about, with nothing cut."""
    spec = run.spec
    return (
        not spec.cut and spec.depth == 2 and spec.n_steps >= 250 and spec.n_nets >= 12
        and 1e-3 <= spec.learning_rate <= 0.01
    )  # fmt: skip


def _right(sentence: str, measure: str, one: str, other: str, rule: Exceeds | FallsBelow,
           source: str) -> Claim:  # fmt: skip
    return Claim(
        sentence,
        figure=lambda run: run.right(measure, one) if _told(run) else None,
        control=lambda run: run.right(measure, other),
        difference=lambda run: run.apart_sizes(measure, one, other),
        holds_when=rule,
        source=source,
    )


CLAIMS = (
    _right("Where classes are made of three of its bits, a program's bits help.", CLASSES, PROGRAM,
           NONE, Exceeds(), _PAPER),
    _right("Its bits leave digits easier to read than the same bits dealt to other pictures.",
           DIGITS, PROGRAM, DEALT, Exceeds(), _OURS),
    _right("Dealt bits hurt, where digits are read.", DIGITS, DEALT, NONE, FallsBelow(), _OURS),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=ProgramsSpec,
    frames=frames,
    card=Card(
        title="Symbolic features",
        claim="Eight formulas of “more ink here than there” are drawn, and their bits join the "
        "first layer of a network. Beside it no features, and the same bits dealt to other "
        "pictures. Do they save pictures to learn from, and of what?",
        paper="Whitehouse 2023, Symbolic synthesis of neural networks",
        link="https://arxiv.org/abs/2303.03340",
        related=("diagrams/commuting", "diagrams/beyond"),
    ),
    presets={
        "Twelve programs": ProgramsSpec(),
        "Thirty programs": ProgramsSpec(n_nets=30),
        "Break it: the classes' bits cut": ProgramsSpec(cut=(1, 2, 3)),
        "One comparison for each bit": ProgramsSpec(depth=0),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 0.8 + spec.n_nets * spec.n_steps * 8e-4,
    order=124,
)
