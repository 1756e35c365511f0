"""The task studio: networks that learn side by side."""

from __future__ import annotations

from typing import ClassVar

from engines.contract import Result
from engines.geometry.model import StudioRun, StudioSpec
from engines.running.compute import Job
from views.geometry.filmview import FilmView


class StudioView(FilmView):
    """The linked pictures, titled by what is learnt."""

    folded_groups: ClassVar[frozenset[str]] = frozenset({"Engine"})

    def show_result(self, result: Result, job: Job) -> None:
        """Say what is on stage."""
        if isinstance(result, StudioRun):
            self.heading.title, self.heading.detail = title(result.spec), detail(result)
        super().show_result(result, job)


def title(spec: StudioSpec) -> str:
    """What is learnt."""
    if spec.task == "digits":
        return "Handwritten digits"
    what = "parity" if spec.targets == "parity" else "every bit"
    return f"{spec.n_points} points, {what}"


def detail(run: StudioRun) -> str:
    """The setting in a few words."""
    spec = run.spec
    structure = f"c = {spec.alignment:g} c_max, " if spec.task == "aligned points" else ""
    threads = f"{run.n_threads} thread{'s' * (run.n_threads != 1)}"
    return (
        f"{structure}{spec.n_nets} networks of {spec.depth} x {spec.width} units, "
        f"{spec.n_steps:,} steps, seed {spec.seed}, {threads}"
    )


VIEW = StudioView
