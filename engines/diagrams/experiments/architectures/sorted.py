"""One network of many widths beside a network for each, and what cutting loses."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import AtLeast, AtMost, Exceeds
from engines.diagrams.cutting.asked import ALONE, FIRST, LARGEST, SORTED, SortedSpec
from engines.diagrams.cutting.results import SortedFrame, SortedResult
from engines.lab.statistics import mean_over

_SORTED = "Valipour et al. 2023, SortedNet, arXiv 2309.00255"
_GROUPS = "Fang et al. 2023, DepGraph: towards any structural pruning, arXiv 2301.12900"


def frames(spec: SortedSpec) -> Iterator[SortedFrame | SortedResult]:
    """Shares right as they grow, and the comparison last."""
    from engines.diagrams.cutting.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Zeros that are cut out change nothing."""
    from engines.diagrams.cutting.answers import answers

    return answers()


def _told(run: SortedResult) -> bool:
    """Whether it is the task and at least the steps for which floors were set."""
    return run.spec.task == "digits" and run.spec.n_steps >= 600


def _difference(run: SortedResult, *, zeroed: bool) -> Estimate:
    of = "largest difference of outputs, 48 of 64 units " + ("put to 0 and " * zeroed) + "cut out"
    each = run.exact if zeroed else run.inexact
    return mean_over(each, of=of, unit="networks")


CLAIMS = (
    Claim(
        "One run gives all widths from 8 units on: at none more than 4 points behind a network "
        "for that width alone.",
        figure=lambda run: run.behind(SORTED, (8, 16, 32, 64)) if _told(run) else None,
        control=lambda run: run.behind(LARGEST, (8, 16, 32, 64)),
        holds_when=AtMost(0.04),
        source=f"{_SORTED}; 4 points are our floor",
    ),
    Claim(
        "With a quarter of its units it keeps 96 % of what it reads with all.",
        figure=lambda run: run.share(SORTED, 16) if _told(run) else None,
        control=lambda run: run.share(LARGEST, 16),
        holds_when=AtLeast(0.96),
        source=_SORTED,
    ),
    Claim(
        "A network that never was narrow, cut to its first 16 units, reads at most 60 %.",
        figure=lambda run: run.mean(FIRST, 16) if _told(run) else None,
        control=lambda run: run.mean(SORTED, 16),
        holds_when=AtMost(0.60),
        source="a floor of ours",
    ),
    Claim(
        "Choosing the 16 largest units does not make up for it: the one run is ahead.",
        figure=lambda run: run.mean(SORTED, 16) if _told(run) else None,
        control=lambda run: run.mean(LARGEST, 16),
        difference=lambda run: run.apart(SORTED, LARGEST, 16),
        holds_when=Exceeds(),
        source=_SORTED,
    ),
    Claim(
        "It costs nothing at full width: one run is ahead of or level with a network alone, within "
        "a point.",
        figure=lambda run: run.mean(SORTED, 64) if _told(run) else None,
        control=lambda run: run.mean(ALONE, 64),
        difference=lambda run: run.apart(SORTED, ALONE, 64),
        holds_when=Exceeds(by=-0.01),
        source=f"{_SORTED}; a point is our tolerance",
    ),
    Claim(
        "Units whose rows are 0 can be cut out with all that has them, and nothing changes.",
        figure=lambda run: _difference(run, zeroed=True),
        control=lambda run: _difference(run, zeroed=False),
        holds_when=AtMost(0.0),
        source=_GROUPS,
    ),
)

EXPERIMENT = Experiment(
    spec=SortedSpec,
    frames=frames,
    card=Card(
        title="One network, many widths",
        claim="A network that learns with its width drawn at every step can be cut to its first "
        "8, 16 or 32 units and reads nearly as well as one that was always so narrow; one that "
        "never was narrow cannot. Which rows die together is read from the diagram.",
        paper="Valipour et al. 2023, SortedNet: a scalable and generalized framework for training "
        "modular deep neural networks",
        link="https://arxiv.org/abs/2309.00255",
        related=("diagrams/race",),
    ),
    presets={
        "Digits, five widths": SortedSpec(),
        "Twenty networks": SortedSpec(n_nets=20),
        "Four times the steps": SortedSpec(n_steps=2_400),
        "Letters": SortedSpec(task="letters"),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 2.0 + spec.n_steps * spec.n_nets * 1.2e-3,
    order=40,
)
