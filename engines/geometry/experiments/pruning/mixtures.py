"""Eight experts become four: which are merged, in which order of units, and how they count."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import FallsBelow
from engines.geometry.mixtures.found import ALIGNED, DEALT, EQUAL, PLAIN
from engines.geometry.mixtures.spec import MixtureSpec


def frames(spec: MixtureSpec) -> Iterator[Frame | Result]:
    """Frames on the way, and the run last."""
    from engines.geometry.mixtures.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Copies in another order merge exactly; a mixture is read twice."""
    from engines.geometry.mixtures.answers import mixture_answers

    return mixture_answers()


def _cheaper(sentence: str, other: int, source: str) -> Claim:
    """Merged as published, against one way that leaves something out."""
    return Claim(
        sentence,
        figure=lambda run: run.costs(ALIGNED),
        control=lambda run: run.costs(other),
        difference=lambda run: run.costs_less(ALIGNED, other),
        holds_when=FallsBelow(),
        source=source,
    )


_PAPER = "after Li et al. 2024, MC-SMoE, arXiv 2310.01334, of language models"

CLAIMS = (
    _cheaper("Experts whose units stand in one order are merged at less cost than as learnt.",
             PLAIN, _PAPER),
    _cheaper("Which experts are merged matters: groups round the most asked cost less than groups "
             "dealt at random.", DEALT, _PAPER),
    _cheaper("Experts that count by how often they are asked cost less than a plain mean.", EQUAL,
             _PAPER),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=MixtureSpec,
    frames=frames,
    card=Card(
        title="Eight experts into four",
        claim="Mixtures of experts learn digits; experts that the router asks alike become one, "
        "their units put in one order first. Beside units as learnt, groups dealt at random and "
        "plain means.",
        paper="Li et al. 2024, Merge, then compress: demystify efficient SMoE with hints from its "
        "routing policy",
        link="https://arxiv.org/abs/2310.01334",
        related=("geometry/experts", "geometry/merging"),
    ),
    presets={
        "Begun apart": MixtureSpec(),
        "Begun as copies": MixtureSpec(apart=0.0),
        "Copies, units stirred": MixtureSpec(apart=0.0, stirred=True),
        "Two are left": MixtureSpec(n_left=2),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 1.0 + spec.n_networks * (0.05 + 1.3e-5 * spec.n_learnt * spec.width),
    order=72,
)
