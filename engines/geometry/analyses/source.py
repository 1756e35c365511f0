"""The activations an analysis is about: a set by name, or the studio's opening run when none is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Frame
from engines.geometry.activations import library
from engines.geometry.activations.store import ActivationSet
from engines.geometry.learning.spec import StudioSpec

OPENING = StudioSpec(n_points=8, targets="every bit", depth=2, width=64, n_steps=800)
"""What is analysed when nothing is named: equal everywhere, so that results can be kept."""
NO_START = (
    "Nothing here says what networks that learnt nothing would be given: bring their activations "
    "as the first snapshot, and training steps as a column of snapshots"
)
"""Maps that bend find in random networks what was asked for (`geometry/alignment`), and even plain
similarities are far from 0 there, so no score stands without the same at a random start."""


def source_of(name: str) -> str:
    """The name of the set that an empty name means."""
    from engines.geometry.learning.studio import set_name

    return name or set_name(OPENING)


def ensured(name: str) -> Iterator[Frame | ActivationSet]:
    """The set, after frames of the training that it needs when nobody has run it yet."""
    from engines.geometry.learning.studio import Learning, frames_of

    if not name and source_of(name) not in library.names():
        for item in frames_of(OPENING):
            if isinstance(item, Frame):
                yield Learning(fraction=0.5 * item.fraction)
    yield ActivationSet.named(source_of(name))


def at_start(activations: ActivationSet, layer: str) -> np.ndarray | None:
    """[stimulus, unit] before the first training step; None where a set does not hold it.

    A set of one snapshot is no course of learning, whatever step it gives.
    """
    steps = activations.snapshots.get("step")
    if steps is None or activations.n_snapshots < 2 or steps[0] != 0:
        return None
    return activations.at(layer, 0)
