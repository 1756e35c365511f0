"""Which weights answer: bundled, trained on this machine, or random."""

from __future__ import annotations

from typing import Any

import panel_material_ui as pmui

from engines.contract import ExplorerError
from engines.pointer.model import UNTRAINED
from engines.pointer.networks import weights
from views.kit.controls import Controls

BUNDLED = "bundled"


class WeightsChoice:
    """A menu of the weights that fit the task of the controls."""

    def __init__(self, controls: Controls) -> None:
        """Follows the controls' task and sets their ``weights``."""
        self._controls = controls
        self.widget = pmui.Select(
            label="Weights",
            description="Bundled ones are described in the docs; those you train appear here.",
            options={},
            size="small",
            sizing_mode="stretch_width",
            margin=(8, 0, 6, 0),
        )
        controls.param.watch(self._task_changed, "task")
        controls.param.watch(self._show, "weights")
        self.widget.param.watch(self._chosen, "value")
        self.refresh()

    def refresh(self) -> None:
        """Look again at what there is."""
        # The bundled weights of every task have the same value; only a change shows another name.
        self.widget.value = None
        self.widget.options = options_for(str(self._controls.task))
        self._show()

    def _task_changed(self, _event: Any) -> None:
        if self._controls.weights not in options_for(str(self._controls.task)).values():
            self._controls.weights = ""
        self.refresh()

    def _show(self, *_events: Any) -> None:
        value = self._controls.weights
        if value not in self.widget.options.values():
            self.widget.options = {**self.widget.options, value: value}
        self.widget.value = value

    def _chosen(self, event: Any) -> None:
        if event.new is not None and event.new != self._controls.weights:
            self._controls.weights = event.new


def options_for(task: str) -> dict[str, str]:
    """Menu texts and names of the weights for a task, bundled ones first."""
    found = {name: name for name in weights.shipped_names() if _fits(name, task)}
    own = {name: name for name in weights.trained_names() if _fits(name, task)}
    first = {f"{BUNDLED}: {next(iter(found))}": ""} if found else {"random weights": ""}
    rest = {name: name for name in list(found)[1:]}
    return {**first, **rest, **own, **({"random weights": UNTRAINED} if found else {})}


def _fits(name: str, task: str) -> bool:
    try:
        return weights.read_header(weights.path_of(name)).recipe.task == task
    except ExplorerError:
        return False
