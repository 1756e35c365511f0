"""The wiring as it is shown; it serves the explore view."""

from __future__ import annotations

from collections.abc import Iterator

from engines.connectome.wiring.spec import WiringSpec
from engines.contract import Card, Experiment, Result


def frames(spec: WiringSpec) -> Iterator[Result]:
    """The wiring at once."""
    from engines.connectome.drawing.wiring import wiring_of

    yield wiring_of(spec)


EXPERIMENT = Experiment(
    spec=WiringSpec,
    frames=frames,
    card=Card("A wiring", "Neurons, layers of edges, thresholds and lesions.", "none"),
    listed=False,
)
