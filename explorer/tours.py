"""Tours are data: steps of text, state, highlight and what to wait for, with one player for all."""

from __future__ import annotations

from functools import lru_cache
from os import PathLike
from typing import Any, ClassVar, Literal

import param
from panel.custom import JSComponent
from pydantic import BaseModel, ConfigDict, JsonValue

from engines.running.compute import Job
from explorer.sessions import spec_from_fields
from views.kit.assets import asset
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm
from views.kit.workbench import ExperimentView


class Step(BaseModel):
    """One stop of a tour; ``fields`` None leaves the run as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    fields: dict[str, JsonValue] | None = None
    selection: dict[str, JsonValue] = {}
    highlight: str = ""
    wait_for: Literal["", "result"] = ""


class Tour(BaseModel):
    """A tour of one experiment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    experiment: str
    sentence: str
    steps: tuple[Step, ...]


@lru_cache(maxsize=1)
def tours() -> dict[str, Tour]:
    """Every tour in ``assets/tours``, by name."""
    found = [
        Tour.model_validate_json(path.read_bytes())
        for path in sorted(asset("tours").glob("*.json"))
    ]
    return {tour.name: tour for tour in found}


class TourPlayer(JSComponent):
    """Plays a tour on a view; says nothing while none runs."""

    title = param.String(doc="Name of the tour.")
    text = param.String(doc="What this step says.")
    step = param.Integer(default=0, doc="Which step.")
    n_steps = param.Integer(default=0, doc="How many; 0 while no tour runs.")
    highlight = param.String(doc="CSS selector of what the step speaks of.")
    waiting = param.Boolean(default=False, doc="Whether the step still computes.")
    plays = param.Boolean(default=False, doc="Whether steps follow one another by themselves.")
    after = param.String(doc="Where to go at the end of a tour that plays; empty to stay.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "explorer", "tour.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("explorer", "tour.css")]

    def __init__(self, view: ExperimentView, **params: Any) -> None:
        """Bound to one view."""
        super().__init__(**params)
        self._view = view
        self._tour: Tour | None = None

    def start(self, tour: Tour, step: int = 0, *, plays: bool = False, after: str = "") -> None:
        """Show a tour from a step; ``plays`` goes on by itself, at the end to ``after``."""
        self._tour = tour
        self.param.update(title=tour.title, n_steps=len(tour.steps), plays=plays, after=after)
        self._show(max(0, min(step, len(tour.steps) - 1)))

    def end(self) -> None:
        """Stop and leave everything as it is."""
        self._tour = None
        self.param.update(n_steps=0, step=0, text="", highlight="", waiting=False, plays=False)

    def _handle_msg(self, data: Any) -> None:
        if self._tour is None or not isinstance(data, dict):
            return
        step = self.step + (1 if data.get("by") == 1 else -1)
        if data.get("kind") == "plays":
            self.plays = bool(data.get("plays"))
        elif data.get("kind") == "end" or step >= self.n_steps:
            self.end()
        elif data.get("kind") == "go" and step >= 0:
            self._show(step)

    def _show(self, index: int) -> None:
        assert self._tour is not None
        step = self._tour.steps[index]
        self.param.update(step=index, text=step.text, highlight=step.highlight, waiting=False)
        view = self._view
        if step.fields is not None:
            spec, _ = spec_from_fields(view.experiment.default(), step.fields)
            view.take(spec)
        view.select(dict(step.selection))
        if step.fields is not None:
            job = view.run()
            if job is not None and step.wait_for and not job.state.status.final:
                self.waiting = True
                view.when_done(job, self._ready)

    def _ready(self, _job: Job) -> None:
        self.waiting = False
