"""What is left of a run that was stopped: its part up to the last moment seen, repeated exactly."""

from __future__ import annotations

import dataclasses

from engines.running.compute import Job
from engines.sorting.model import LiveSpec, SortFrame, SortSpec, Trajectory


def whole_run(job: Job) -> SortSpec | None:
    """The run a job was about; None for jobs about several."""
    asked = job.spec.run if isinstance(job.spec, LiveSpec) else job.spec
    return asked if isinstance(asked, SortSpec) else None


def part_until_last_frame(job: Job) -> SortSpec | None:
    """A spec that repeats a stopped job up to its last frame; None when there is no such part."""
    run = whole_run(job)
    if run is None or not isinstance(job.frame, SortFrame) or job.frame.n_swaps == 0:
        return None
    return run.replace(max_swaps=min(run.max_swaps, job.frame.n_swaps))


def stopped_by_hand(part: Trajectory, run: SortSpec) -> Trajectory:
    """The part as what it is: the beginning of ``run``, stopped by hand, ready to branch."""
    return dataclasses.replace(part, spec=run, stop="cancelled")
