"""What the engine process does first, in the background."""

from __future__ import annotations


def warm() -> None:
    """Load the network of the first instance and compile the kernels of hulls."""
    from engines.pointer.answering.answer import answered
    from engines.pointer.model import SolveSpec

    answered(SolveSpec())
