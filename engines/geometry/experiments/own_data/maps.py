"""Maps by t-SNE and UMAP beside PCA, and beside maps of normal clouds."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import Exceeds
from engines.geometry.mapping.found import CLOUDS, DATA, KEPT, SILHOUETTE
from engines.geometry.mapping.spec import MappingSpec


def frames(spec: MappingSpec) -> Iterator[Frame | Result]:
    """A frame per map, and the run last."""
    from engines.geometry.mapping.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Definitions, closed forms and planted groups."""
    from engines.geometry.mapping.answers import mapping_answers

    return mapping_answers()


_DISTILL = "after Wattenberg, Viégas & Johnson 2016, How to use t-SNE effectively"
CLAIMS = (
    Claim(
        "A map keeps more of the nearest neighbours than two principal components do.",
        figure=lambda run: run.found.score(KEPT),
        control=lambda run: run.found.components(KEPT),
        holds_when=Exceeds(),
        source="van der Maaten & Hinton 2008",
    ),
    Claim(
        "A map shows groups where there are none: k-means finds them clearer in maps of normal "
        "clouds than in two of their principal components.",
        figure=lambda run: run.found.score(SILHOUETTE, CLOUDS),
        control=lambda run: run.found.components(SILHOUETTE, CLOUDS),
        difference=lambda run: run.found.made_up(),
        holds_when=Exceeds(),
        source=_DISTILL,
    ),
    Claim(
        "k-means has a higher silhouette in maps of the data than in maps of a normal cloud of the "
        "same covariance.",
        figure=lambda run: run.found.score(SILHOUETTE),
        control=lambda run: run.found.score(SILHOUETTE, CLOUDS),
        holds_when=Exceeds(),
        source="our control; a ring, which has no groups, exceeds it too",
    ),
    Claim(
        "Maps of the data from two seeds share more neighbours than those of a normal cloud of the "
        "same covariance.",
        figure=lambda run: run.found.agreement(DATA),
        control=lambda run: run.found.agreement(CLOUDS),
        holds_when=Exceeds(),
        source="our control; a ring, which has no groups, exceeds it too",
    ),
)


def _seconds(spec: MappingSpec) -> float:
    return 1.0 + 3 * spec.n_maps * (0.05 + 1.6e-3 * spec.n_stimuli)


EXPERIMENT = Experiment(
    spec=MappingSpec,
    frames=frames,
    card=Card(
        title="What a map makes up",
        claim="t-SNE beside PCA, from several seeds, and the same of normal clouds of the same "
        "covariance: what neighbours are kept, and how clear k-means finds groups in either.",
        paper="van der Maaten & Hinton 2008, Visualizing data using t-SNE; Wattenberg et al. 2016",
        link="https://distill.pub/2016/misread-tsne/",
        related=("geometry/files", "geometry/studio"),
    ),
    presets={
        "Digits": MappingSpec(),
        "Few neighbours": MappingSpec(neighbours=5.0),
        "Many neighbours": MappingSpec(neighbours=50.0),
        "UMAP": MappingSpec(method="UMAP"),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=_seconds,
    order=81,
)
