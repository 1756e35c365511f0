"""The local interaction basis: in which basis a network that adds has fewest wires."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engines.contract import Card, Claim, Estimate, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import Exceeds, FallsBelow
from engines.geometry.interaction.spec import HALF, LIB, PCA, TURNED, InteractionSpec

if TYPE_CHECKING:
    from engines.geometry.interaction.result import InteractionRun


def frames(spec: InteractionSpec) -> Iterator[Frame | Result]:
    """Frames on the way, and the run last."""
    from engines.geometry.interaction.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Planted maps and layers that are turned."""
    from engines.geometry.interaction.answers import interaction_answers

    return interaction_answers()


def _edges(run: InteractionRun, basis: int) -> Estimate | None:
    return run.found.edges(basis) if run.found.learnt else None


def _fewer(sentence: str, than: int, source: str) -> Claim:
    """The interaction basis needs fewer edges than another, network by network."""
    return Claim(
        sentence,
        figure=lambda run: _edges(run, LIB),
        control=lambda run: _edges(run, than),
        difference=lambda run: run.found.fewer(LIB, than),
        holds_when=FallsBelow(),
        source=source,
    )


_PAPER = "Bushnaq et al. 2024, arXiv 2405.10928"
CLAIMS = (
    _fewer(
        "In the local interaction basis fewer edges keep 99 % of the accuracy than in principal "
        "components.",
        PCA,
        _PAPER,
    ),
    _fewer(
        "It is not only that unread directions are dropped: with as many features turned at "
        "random more edges are needed.",
        TURNED,
        f"our control of {_PAPER}",
    ),
    _fewer(
        "Aligning the embedding adds to that: with its principal components before the same "
        "hidden features more edges are needed.",
        HALF,
        f"our control of {_PAPER}",
    ),
    Claim(
        "Its features of the embedding are of one frequency more than principal components are.",
        figure=lambda run: run.found.purity(LIB) if run.found.learnt else None,
        control=lambda run: run.found.purity(PCA),
        difference=lambda run: run.found.purer(LIB, PCA),
        holds_when=Exceeds(),
        source=f"after {_PAPER}: Fourier pairs",
    ),
)

EXPERIMENT = Experiment(
    spec=InteractionSpec,
    frames=frames,
    card=Card(
        title="Which basis has fewest edges?",
        claim="A network that adds is written in the local interaction basis, in principal "
        "components and in neurons, and loses its weakest wires until sums go wrong. The paper "
        "finds no such gain in language models.",
        paper="Bushnaq et al. 2024, The local interaction basis",
        link="https://arxiv.org/abs/2405.10928",
        related=("geometry/modular", "geometry/winners", "geometry/dictionaries"),
    ),
    presets={
        "Modulus 23": InteractionSpec(),
        "Modulus 13": InteractionSpec(p=13, n_embedded=24, width=48),
        "Without decay": InteractionSpec(weight_decay=0.0),
        "Many neurons": InteractionSpec(width=128),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: (
        1.0 + spec.n_seeds * (spec.p**2 * spec.width * spec.n_steps * 1.1e-8 + 0.8)
    ),
    order=51,
)
