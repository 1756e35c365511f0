"""Which model explains it: RDMs of models beside measured ones, under a noise ceiling."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import Alike, Exceeds, FallsBelow, Near
from engines.geometry.explaining.found import BELOW, CROSSNOBIS, EUCLIDEAN
from engines.geometry.explaining.spec import LABELS, LAYER_2, OTHER, ExplainingSpec


def frames(spec: ExplainingSpec) -> Iterator[Frame | Result]:
    """Frames on the way, and the run last."""
    from engines.geometry.explaining.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Ceilings by hand, and distances without bias."""
    from engines.geometry.explaining.answers import explaining_answers

    return explaining_answers()


CLAIMS = (
    Claim(
        "The layer that was measured is found: it explains the measurements better than any other "
        "model.",
        figure=lambda run: run.found.explains(run.found.spec.truth),
        control=lambda run: run.found.explains(run.found.runner_up()),
        difference=lambda run: run.found.more(run.found.spec.truth, run.found.runner_up()),
        holds_when=Exceeds(),
        source="after Kriegeskorte, Mur & Bandettini 2008",
    ),
    Claim(
        "A true model reaches the noise ceiling: it lies above the bound from below.",
        figure=lambda run: run.found.explains(run.found.spec.truth),
        control=lambda run: run.found.bound(BELOW),
        difference=lambda run: run.found.over_bound(run.found.spec.truth, BELOW),
        holds_when=Exceeds(),
        source="after Nili et al. 2014",
    ),
    Claim(
        "Labels alone do not: they stay below the bound from below.",
        figure=lambda run: run.found.explains(LABELS),
        control=lambda run: run.found.bound(BELOW),
        difference=lambda run: run.found.over_bound(LABELS, BELOW),
        holds_when=FallsBelow(),
        source="after Nili et al. 2014",
    ),
    Claim(
        "The same layer of a network from another seed explains it as well, to 0.05.",
        figure=lambda run: run.found.explains(OTHER) if run.found.spec.truth == LAYER_2 else None,
        control=lambda run: run.found.explains(LAYER_2),
        difference=lambda run: run.found.more(OTHER, LAYER_2),
        holds_when=Alike(within=0.05),
        source="doubted by Mehrer et al. 2020; 0.05 is our bound",
    ),
    Claim(
        "By crossnobis a digit is at no distance from itself, with as much noise as is asked for.",
        figure=lambda run: run.found.of_copies(CROSSNOBIS),
        control=lambda run: run.found.of_copies(EUCLIDEAN),
        holds_when=Near(within=0.1),
        source="Walther et al. 2016",
        published=0.0,
    ),
)

EXPERIMENT = Experiment(
    spec=ExplainingSpec,
    frames=frames,
    card=Card(
        title="Which model explains it?",
        claim="Twelve noisy subjects measure one layer of a network. Seven models are held against "
        "their distances, beside the best that any model could do with so much noise.",
        paper="Nili et al. 2014, A toolbox for representational similarity analysis; Walther et "
        "al. 2016, Reliability of dissimilarity measures",
        link="https://doi.org/10.1371/journal.pcbi.1003553",
        related=("geometry/compare", "geometry/taskgeometry"),
    ),
    presets={
        "Layer 2 is measured": ExplainingSpec(),
        "Layer 1 is measured": ExplainingSpec(measured="layer 1"),
        "Much noise": ExplainingSpec(noise=6.0),
        "Many channels, by ranks": ExplainingSpec(n_channels=200, compare="Spearman"),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 4.0 + 0.002 * spec.n_subjects * spec.n_runs,
    order=63,
)
