"""A text becomes a diagram: the opening experiment of the workbench."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment, KnownAnswer
from engines.diagrams.library import PRESETS
from engines.diagrams.specs.drawing import Drawing, DrawSpec


def frames(spec: DrawSpec) -> Iterator[Drawing]:
    """The drawing; far less than a tenth of a second for anything a person writes."""
    from engines.diagrams.drawing.picture import drawing

    yield drawing(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """The library against torch."""
    from engines.diagrams.answers import library_answers
    from engines.diagrams.library.recurrences import recurrence_answers

    return (*library_answers(), *recurrence_answers())


EXPERIMENT = Experiment(
    spec=DrawSpec,
    frames=frames,
    card=Card(
        title="A neural circuit diagram",
        claim="Every axis is a wire and every broadcast a wire that passes by; one text is drawn, "
        "checked, run and costed.",
        paper="Abbott 2024, Neural Circuit Diagrams: Robust Diagrams for the Communication, "
        "Implementation, and Analysis of Deep Learning Architectures, TMLR",
        link="https://arxiv.org/abs/2402.05424",
    ),
    presets={name: DrawSpec(text=text) for name, text in PRESETS.items()},
    known_answers=known_answers,
    order=0,
)
