"""What the engine process does first, in the background."""

from __future__ import annotations


def warm() -> None:
    """Load the network of the first instance; compile kernels of hulls, tours and routes."""
    from engines.pointer.answering.answer import answered
    from engines.pointer.delivering import methods as of_vehicles
    from engines.pointer.dividing import methods
    from engines.pointer.model import SolveSpec

    answered(SolveSpec())
    methods.warm()
    of_vehicles.warm()
