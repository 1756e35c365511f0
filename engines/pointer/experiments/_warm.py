"""What the engine process does first, in the background."""

from __future__ import annotations


def warm() -> None:
    """Load the network of the first instance; compile the kernels of hulls and large tours."""
    from engines.pointer.answering.answer import answered
    from engines.pointer.dividing import methods
    from engines.pointer.model import SolveSpec

    answered(SolveSpec())
    methods.warm()
