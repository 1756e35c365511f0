"""How alike?: Layers."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment, Frame, Result
from engines.geometry.analyses.comparison import CompareSpec


def frames(spec: CompareSpec) -> Iterator[Frame | Result]:
    """Frames on the way, and the result last."""
    from engines.geometry.analyses.comparison import frames_of

    yield from frames_of(spec)


EXPERIMENT = Experiment(
    spec=CompareSpec,
    frames=frames,
    card=Card(
        title="How alike?",
        claim="Layers, networks and moments against each other, with debiased CKA first and "
        "the biased value and a control beside it.",
        paper="Kornblith et al. 2019, Similarity of neural network representations revisited",
        link="https://arxiv.org/abs/1905.00414",
    ),
    presets={
        "Layers and networks": CompareSpec(),
        "Moments of one layer": CompareSpec(over="moments of one layer"),
        "Procrustes angle": CompareSpec(measure="Procrustes angle"),
    },
    order=40,
)
