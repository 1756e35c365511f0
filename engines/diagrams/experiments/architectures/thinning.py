"""Networks that lose units while they learn: little by little, corrected, at once, or as drawn."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import Exceeds
from engines.diagrams.arms.results import ArmsFrame, ArmsResult
from engines.diagrams.thinning.asked import (
    CORRECTED,
    DRAWN,
    HYBRID,
    KEPT,
    RIGHT,
    SIZE,
    ThinningSpec,
)

_PAPER = (
    "Chen et al. 2024, HESSO: towards automatic efficient and user friendly any neural network "
    "training and pruning, arXiv 2409.09085"
)
_FEWEST = str(KEPT[-1])


def frames(spec: ThinningSpec) -> Iterator[ArmsFrame | ArmsResult]:
    """Shares right as they change, and the comparison last."""
    from engines.diagrams.thinning.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Counts that are exact, torch's slopes, and a network that is cut."""
    from engines.diagrams.thinning.answers import answers

    return answers()


def _told(run: ArmsResult) -> bool:
    """Whether it is the task and at least the steps that claims are about."""
    spec = run.spec
    return (
        isinstance(spec, ThinningSpec)
        and spec.task == "digits"
        and spec.n_before >= 150
        and spec.n_during >= 150
        and spec.n_after >= 100
    )


def _ahead(sentence: str, one: str, other: str) -> Claim:
    """One way reads more with the fewest units than another."""

    def figure(run: ArmsResult) -> Estimate | None:
        return run.looks.mean(RIGHT, one, _FEWEST) if _told(run) else None

    return Claim(
        sentence,
        figure=figure,
        control=lambda run: run.looks.mean(RIGHT, other, _FEWEST),
        difference=lambda run: run.looks.apart(RIGHT, one, other, _FEWEST, run.seed),
        holds_when=Exceeds(),
        source=_PAPER,
    )


CLAIMS = (
    _ahead(f"Units that go little by little while the others learn leave a better network of "
           f"{_FEWEST} units than the smallest cut at once.", HYBRID, SIZE),
    _ahead("It matters which: they leave a better network than units that are drawn.", HYBRID,
           DRAWN),
    _ahead("Correcting who goes makes it better.", CORRECTED, HYBRID),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=ThinningSpec,
    frames=frames,
    card=Card(
        title="Going little by little",
        claim="A network of 64 hidden units is to end with 32, 16 or 8. Those that matter least "
        "are forgotten little by little while the others learn; beside it a cycle that corrects "
        "who goes, the smallest cut at once, and units as drawn.",
        paper="Chen et al. 2024, HESSO: towards automatic efficient and user friendly any neural "
        "network training and pruning",
        link="https://arxiv.org/abs/2409.09085",
        related=("diagrams/sorted",),
    ),
    presets={
        "Digits, 32, 16 or 8 of 64": ThinningSpec(),
        "Twenty networks": ThinningSpec(n_nets=20),
        "Letters": ThinningSpec(task="letters"),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 2.0 + (spec.n_before + spec.n_during + spec.n_after) * spec.n_nets * 2e-3,
    order=90,
)
