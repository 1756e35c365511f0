"""Sentences through the layers of a real transformer."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment, Frame, Result
from engines.geometry.own_data.sentences import SentencesSpec


def frames(spec: SentencesSpec) -> Iterator[Frame | Result]:
    """Frames on the way, and the film last."""
    from engines.geometry.own_data.sentences import frames_of

    yield from frames_of(spec)


EXPERIMENT = Experiment(
    spec=SentencesSpec,
    frames=frames,
    card=Card(
        title="Sentences",
        claim="Type sentences and follow their geometry through the layers of a real transformer.",
        paper="Wang et al. 2020, MiniLM; Reimers & Gurevych 2019, Sentence-BERT",
        link="https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
    ),
    presets={"Food, music, space": SentencesSpec()},
    order=70,
)
