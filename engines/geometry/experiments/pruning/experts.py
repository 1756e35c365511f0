"""Parts of one layer: experts made of units that are alike, and bricks that serve one label."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import Exceeds
from engines.geometry.experts.found import ALIKE, BRICK, CHANCE, DENSE, EXPERTS, RANDOM
from engines.geometry.experts.spec import ExpertsSpec


def frames(spec: ExpertsSpec) -> Iterator[Frame | Result]:
    """Frames on the way, and the run last."""
    from engines.geometry.experts.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """All experts are the network; planted groups and bricks."""
    from engines.geometry.experts.answers import experts_answers

    return experts_answers()


CLAIMS = (
    Claim(
        "Experts of units with keys that are alike keep more of the digits than experts dealt at "
        "random, on average over how many answer.",
        figure=lambda run: run.found.keeps(ALIKE),
        control=lambda run: run.found.keeps(RANDOM),
        difference=lambda run: run.found.keeps_more(),
        holds_when=Exceeds(),
        source="after Zhang et al. 2022, MoEfication, arXiv 2110.01786",
    ),
    Claim(
        "Learning on with few experts at a time generalises better than learning on densely.",
        figure=lambda run: run.found.learns(EXPERTS),
        control=lambda run: run.found.learns(DENSE),
        difference=lambda run: run.found.learns_more(DENSE),
        holds_when=Exceeds(),
        source="after Qiu, Huang & Fu 2023, arXiv 2310.10908, of language models",
    ),
    Claim(
        "A label's brick, the units that answer it most, carries it: without it more of the label "
        "is lost than without as many units at random.",
        figure=lambda run: run.found.loses(BRICK),
        control=lambda run: run.found.loses(CHANCE),
        difference=lambda run: run.found.loses_more(),
        holds_when=Exceeds(),
        source="after Xiao et al. 2024, arXiv 2409.02877, of language models",
    ),
    Claim(
        "And it carries that label: more than twice what other labels lose on average.",
        figure=lambda run: run.found.loses(BRICK),
        control=lambda run: run.found.twice_others(),
        difference=lambda run: run.found.over_twice(),
        holds_when=Exceeds(),
        source="after Xiao et al. 2024; twice is our bound",
    ),
)

EXPERIMENT = Experiment(
    spec=ExpertsSpec,
    frames=frames,
    card=Card(
        title="Parts of one layer",
        claim="Hidden units are parted into experts and asked a few at a time, or taken out in "
        "bricks that serve one label. Beside experts and bricks dealt at random.",
        paper="Qiu, Huang & Fu 2023, Unlocking emergent modularity in large language models; Xiao "
        "et al. 2024, Configurable foundation models",
        link="https://arxiv.org/abs/2310.10908",
        related=("geometry/tickets", "geometry/merging"),
    ),
    presets={
        "Sixteen experts": ExpertsSpec(),
        "Half of them answer": ExpertsSpec(n_active=8),
        "Wide": ExpertsSpec(width=256, n_networks=12),
        "Large bricks": ExpertsSpec(share=0.25),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: (
        2.0 + 2e-7 * spec.width * spec.n_networks * (spec.n_learnt + 4 * spec.n_further)
    ),
    order=71,
)
