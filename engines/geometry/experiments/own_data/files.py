"""Activations from a file, or a set that a notebook recorded."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment, Frame, Result
from engines.contract.sending import Activations
from engines.geometry.own_data.files import FilesSpec, spec_from_activations


def frames(spec: FilesSpec) -> Iterator[Frame | Result]:
    """Frames on the way, and the film last."""
    from engines.geometry.own_data.files import frames_of

    yield from frames_of(spec)


EXPERIMENT = Experiment(
    spec=FilesSpec,
    frames=frames,
    card=Card(
        title="Your activations",
        claim="Open a file, or what a notebook recorded, and look at it with every view of this "
        "workbench.",
        paper="none",
        link="",
    ),
    presets={},
    takes={Activations: spec_from_activations},
    order=80,
)
