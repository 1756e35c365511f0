"""Lays out a set of activations again: other layers, another layout, another dissimilarity."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment, InputError
from engines.geometry.film.film import Film, MapFrame
from engines.geometry.film.spec import MAPS, FilmSpec


def frames(spec: FilmSpec) -> Iterator[MapFrame | Film]:
    """A frame after every map, and the film last."""
    from engines.geometry.activations.store import ActivationSet
    from engines.geometry.film.film import frames_from_set

    yield from frames_from_set(ActivationSet.named(spec.source), spec)


def seconds(spec: FilmSpec) -> float:
    """A guess of the run's length: two maps of every track, by how many points they have."""
    if spec.layout not in MAPS:
        return 1.0
    from engines.geometry.activations.store import ActivationSet
    from engines.geometry.film.joint import n_points
    from engines.geometry.film.stepwise import seconds as of_map

    try:
        found = ActivationSet.named(spec.source)
        n_tracks, n_snapshots = len(spec.layers) or 2, found.n_snapshots
        if spec.over == "layers":
            n_tracks, n_snapshots = 1, len(spec.layers) or 12
        return 1.0 + 2 * n_tracks * of_map(n_points(n_snapshots, found.n_stimuli, n_tracks))
    except InputError:  # the run says what is wrong
        return 1.0


EXPERIMENT = Experiment(
    spec=FilmSpec,
    frames=frames,
    card=Card(
        title="Another look",
        claim="The same activations laid out and compared in another way.",
        paper="none",
    ),
    seconds=seconds,
    listed=False,
)
