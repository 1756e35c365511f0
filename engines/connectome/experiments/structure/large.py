"""A wiring of a fly's size, synthetic or imported, drawn and measured."""

from __future__ import annotations

from collections.abc import Iterator

from engines.connectome.large.spec import LargeSpec
from engines.contract import Card, Experiment, Frame, Result


def frames(spec: LargeSpec) -> Iterator[Frame | Result]:
    """The layout as it settles, numbers and pixels last."""
    from engines.connectome.large.run import frames_of

    yield from frames_of(spec)


EXPERIMENT = Experiment(
    spec=LargeSpec,
    frames=frames,
    card=Card(
        title="Fly size",
        claim="Wirings of up to 130,000 neurons and 2.7 million edges, a fly's size, stay smooth; "
        "synthetic unless you import your own. No fly's wiring is shipped.",
        paper="Dorkenwald et al. 2024, Neuronal wiring diagram of an adult brain (its size only)",
        link="https://doi.org/10.1038/s41586-024-07558-y",
    ),
    presets={
        "Small (10,000)": LargeSpec(n_neurons=10_000, n_edges=200_000, n_blocks=20),
        "Fly size": LargeSpec(),
        "Fly size, 3 nulls": LargeSpec(n_nulls=3),
        "Fly size, 100 ms of spikes": LargeSpec(spikes_ms=100.0),
    },
    seconds=lambda spec: 2.0 + spec.n_edges / 1e5 * (1.0 + 1.2 * spec.n_nulls),
    order=70,
)
