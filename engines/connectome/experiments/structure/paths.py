"""Routes between two neurons; it serves the explore view."""

from __future__ import annotations

from collections.abc import Iterator

from engines.connectome.measures.spec import PathSpec
from engines.contract import Card, Experiment, Result


def frames(spec: PathSpec) -> Iterator[Result]:
    """The answer at once."""
    from engines.connectome.measures.paths import paths_of

    yield paths_of(spec)


EXPERIMENT = Experiment(
    spec=PathSpec,
    frames=frames,
    card=Card("Routes between two neurons", "All shortest and the k shortest.", "none"),
    listed=False,
)
