"""Which nested network is worth its cost? Searches that look where a guess says."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import FallsBelow
from engines.diagrams.guided.asked import EVOLVED, GUIDED, RANDOM, SHUFFLED, GuidedSpec
from engines.diagrams.guided.results import GuidedFrame, GuidedResult

_PAPER = "Cai et al. 2020, Once for all: train one network and specialize it, arXiv 1908.09791"


def frames(spec: GuidedSpec) -> Iterator[GuidedFrame | GuidedResult]:
    """Nested networks as they learn, and searches through them last."""
    from engines.diagrams.guided.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Areas by counting cells, errors and costs of what is cut out."""
    from engines.diagrams.guided.answers import answers

    return answers()


def _sooner(sentence: str, other: str, source: str) -> Claim:
    """That evolution by a guess looks at fewer networks than another way."""

    def figure(run: GuidedResult) -> Estimate | None:
        return run.looked(GUIDED) if run.spec.n_steps >= 400 else None

    return Claim(
        sentence,
        figure=figure,
        control=lambda run: run.looked(other),
        difference=lambda run: run.apart(GUIDED, other),
        holds_when=FallsBelow(),
        source=source,
    )


CLAIMS = (
    _sooner("Evolution by a guess looks at fewer networks than drawing them, until 95 % of the "
            "area is found.", RANDOM, _PAPER),
    _sooner("It looks at fewer than evolution without a guess.", EVOLVED, _PAPER),
    _sooner("It is what the guess has learnt: told errors shuffled among the networks seen it "
            "looks at more.", SHUFFLED, "a control of ours"),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=GuidedSpec,
    frames=frames,
    card=Card(
        title="Searching by a guess",
        claim="A network of three layers holds 343 narrower ones. Which are the best at their cost "
        "is found sooner by evolution that asks a guess first, learnt from the networks seen so "
        "far. Costs are counted from the diagram; what is found is examined on other examples.",
        paper="Cai et al. 2020, Once for all: train one network and specialize it for efficient "
        "deployment; Valipour et al. 2023, SortedNet",
        link="https://arxiv.org/abs/1908.09791",
        related=("diagrams/sorted", "diagrams/tangling"),
    ),
    presets={
        "Digits, 343 networks": GuidedSpec(),
        "Six times the steps": GuidedSpec(n_steps=2_400),
        "Letters": GuidedSpec(task="letters"),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 2.0 + spec.n_nets * (0.1 + spec.n_steps * 4e-4),
    order=110,
)
