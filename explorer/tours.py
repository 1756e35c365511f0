"""Tours are data: steps of text, state, highlight and what to wait for, with one player for all."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from os import PathLike
from typing import Any, ClassVar, Literal
from urllib.parse import urlencode

import param
from panel.custom import JSComponent
from pydantic import BaseModel, ConfigDict, JsonValue

from engines.contract import ExplorerError, InputError, Spec
from engines.running import registry
from engines.running.compute import Job
from engines.running.sending import givers
from explorer.bundles import Run
from explorer.links import link_to
from explorer.sending import spec_of_sent
from explorer.sessions import spec_from_fields
from views.kit.assets import asset
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm
from views.kit.workbench import ExperimentView


class Step(BaseModel):
    """One stop of a tour; ``fields`` None leaves the run as it is.

    A step may stand on another experiment than the one before it; with ``sends``, how the title of
    something begins that the result here gives, that is taken along to the next step.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    fields: dict[str, JsonValue] | None = None
    selection: dict[str, JsonValue] = {}
    highlight: str = ""
    wait_for: Literal["", "result"] = ""
    experiment: str = ""
    sends: str = ""


class Tour(BaseModel):
    """A tour, which begins at one experiment and may go on to others."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    experiment: str
    sentence: str
    steps: tuple[Step, ...]

    def step(self, index: int) -> Step:
        """A step, the last one for a greater number."""
        return self.steps[min(index, len(self.steps) - 1)]

    def fields(self, step: int) -> dict[str, JsonValue]:
        """What stands in the controls at a step: its fields, or those of steps before it there."""
        for k in range(min(step, len(self.steps) - 1), -1, -1):
            if self.place(k) != self.place(step):
                break
            if self.steps[k].fields is not None:
                return dict(self.steps[k].fields or {})
        return {}

    def place(self, step: int) -> str:
        """The experiment of a step: its own, or that of the step before."""
        named = [each.experiment for each in self.steps[: step + 1] if each.experiment]
        return named[-1] if named else self.experiment


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

    def __init__(self, view: ExperimentView, go: Callable[[str], None], **params: Any) -> None:
        """Bound to one view; ``go`` is told the address of a step on another experiment."""
        super().__init__(**params)
        self._view, self._go = view, go
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
        if self._tour.place(index) != self._view.experiment_name:
            self._cross(self._tour, index)
            return
        step = self._tour.steps[index]
        self.param.update(step=index, text=step.text, highlight=step.highlight, waiting=False)
        view = self._view
        if step.fields is not None:
            spec, _ = spec_from_fields(view.experiment.default(), step.fields)
            view.take(spec)
        view.select(dict(step.selection))
        job = view.runner.job if step.fields is None else view.run()
        if job is not None and step.wait_for and not job.state.status.final:
            self.waiting = True
            view.when_done(job, self._ready)

    def _cross(self, tour: Tour, index: int) -> None:
        """Go to a step on another experiment, with what is sent there or came from there."""
        name = tour.place(index)
        try:
            spec = self._sent(tour, name) if index > self.step else self._giver(name)
            told = {"tour": tour.name, "step": index + 1} | ({"play": 1} if self.plays else {})
            self._go(f"{link_to(name, spec)}&{urlencode(told)}")
        except ExplorerError as error:
            self._view.notices.post(str(error), bad=True)
            if self.plays and self.after:  # nobody stands there who could mend it
                self._go(self.after)
            self.plays = False

    def _sent(self, tour: Tour, name: str) -> Spec:
        thing, job = tour.steps[self.step].sends, self._view.runner.job
        if not thing:
            return registry.experiment(name).default()
        if self._view.result is None or job is None:
            raise InputError("There is nothing to take along yet; press Run first.")
        run = Run(self._view.experiment_name, job.spec, self._view.result)
        return spec_of_sent(run, name, thing)

    def _giver(self, name: str) -> Spec:
        """The run that gave what is shown here, where it is of that experiment."""
        came = givers(getattr(self._view.controls, "origin", ""))
        spec = came[0][1] if came and came[0][0].experiment == name else None
        return spec or registry.experiment(name).default()

    def _ready(self, _job: Job) -> None:
        self.waiting = False
