"""Task geometry: Every way to split the stimuli in two."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Experiment, Frame, Result
from engines.geometry.analyses.task_geometry import DichotomySpec


def frames(spec: DichotomySpec) -> Iterator[Frame | Result]:
    """Frames on the way, and the result last."""
    from engines.geometry.analyses.task_geometry import frames_of

    yield from frames_of(spec)


EXPERIMENT = Experiment(
    spec=DichotomySpec,
    frames=frames,
    card=Card(
        title="Task geometry",
        claim="Every way to split the stimuli in two: is it coded in parallel, does it "
        "generalise, can it be separated at all?",
        paper="Bernardi et al. 2020, The geometry of abstraction in the hippocampus and "
        "prefrontal cortex",
        link="https://doi.org/10.1016/j.cell.2020.09.031",
    ),
    presets={"Eight points, every bit": DichotomySpec()},
    order=30,
)
