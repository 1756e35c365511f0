"""Lays out a set of activations again: other layers, another layout, another dissimilarity."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment
from engines.geometry.film.film import Film, MapFrame
from engines.geometry.film.spec import FilmSpec


def frames(spec: FilmSpec) -> Iterator[MapFrame | Film]:
    """A frame after every map, and the film last."""
    from engines.geometry.activations.store import ActivationSet
    from engines.geometry.film.film import frames_from_set

    yield from frames_from_set(ActivationSet.named(spec.source), spec)


EXPERIMENT = Experiment(
    spec=FilmSpec,
    frames=frames,
    card=Card(
        title="Another look",
        claim="The same activations laid out and compared in another way.",
        paper="none",
    ),
    listed=False,
)
