"""Instances of a motif; it serves the explore view."""

from __future__ import annotations

from collections.abc import Iterator

from engines.connectome.measures.spec import InstancesSpec
from engines.contract import Card, Experiment, Result


def frames(spec: InstancesSpec) -> Iterator[Result]:
    """The answer at once."""
    from engines.connectome.measures.motif_instances import instances_of

    yield instances_of(spec)


EXPERIMENT = Experiment(
    spec=InstancesSpec,
    frames=frames,
    card=Card("Instances of a motif", "Which neurons form it.", "none"),
    listed=False,
)
