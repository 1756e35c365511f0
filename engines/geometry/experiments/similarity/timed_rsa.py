"""When which geometry appears: RSA at every moment of learning, or of a recording."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import Exceeds, FallsBelow
from engines.geometry.timed_rsa.found import DEALT, LABELS
from engines.geometry.timed_rsa.spec import TimedSpec


def frames(spec: TimedSpec) -> Iterator[Frame | Result]:
    """Frames on the way, and the run last."""
    from engines.geometry.timed_rsa.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """A course on the circle, and definitions."""
    from engines.geometry.timed_rsa.answers import timed_answers

    return timed_answers()


CLAIMS = (
    Claim(
        "Learning brings the geometry of layer 2 towards the labels, more than learning labels "
        "dealt anew does.",
        figure=lambda run: run.found.rise(LABELS) if run.found.trained else None,
        control=lambda run: run.found.rise(LABELS, DEALT),
        difference=lambda run: run.found.rises_more(LABELS),
        holds_when=Exceeds(),
        source="after Alleman, Lindsey & Fusi 2024",
    ),
    Claim(
        "Layers settle from the bottom up: layer 1, which starts nearer to its own end, is like "
        "it to 0.95 for good before layer 2 is.",
        figure=lambda run: run.found.settles(0) if run.found.trained else None,
        control=lambda run: run.found.settles(1),
        difference=lambda run: run.found.settles_before(),
        holds_when=FallsBelow(),
        source="after Raghu et al. 2017, by canonical correlations; 0.95 is our bound",
    ),
    Claim(
        "That two networks are less alike in layer 2 than in layer 1 is there before learning and "
        "shrinks with it.",
        figure=lambda run: run.found.gap(-1) if run.found.trained else None,
        control=lambda run: run.found.gap(0),
        difference=lambda run: run.found.gap_shrinks(),
        holds_when=FallsBelow(),
        source="after Mehrer et al. 2020, who look at trained networks; first weights are our "
        "control",
    ),
)

EXPERIMENT = Experiment(
    spec=TimedSpec,
    frames=frames,
    card=Card(
        title="When does which geometry appear?",
        claim="Networks are held against pixels, labels, their first weights and their end at "
        "every moment of learning, under a noise ceiling and beside networks whose labels were "
        "dealt anew. A recording in time goes the same way.",
        paper="Raghu et al. 2017, SVCCA; Mehrer et al. 2020, Individual differences among deep "
        "neural network models; Nili et al. 2014",
        link="https://arxiv.org/abs/1706.05806",
        related=("geometry/explaining", "geometry/studio"),
    ),
    presets={
        "Sixteen networks": TimedSpec(),
        "By correlation, ranks": TimedSpec(dissimilarity="correlation", compare="Spearman"),
        "Learn longer": TimedSpec(n_steps=3_000, n_moments=30),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 1.0 if spec.source else 1.5 + 5e-4 * spec.n_networks * spec.n_steps,
    order=64,
)
