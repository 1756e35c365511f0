"""Sentences through a transformer: the scrubber runs through its layers."""

from __future__ import annotations

from typing import Any, ClassVar

import panel_material_ui as pmui

from engines.contract import Result
from engines.geometry.model import SentencesRun
from engines.running.compute import Job
from views.geometry.filmview import FilmView


class SentencesView(FilmView):
    """The linked pictures, with a box for text."""

    own_controls: ClassVar[tuple[str, ...]] = ("text",)

    def extra_controls(self) -> dict[str, list[Any]]:
        """The sentences, one per line."""
        box = pmui.TextAreaInput.from_param(
            self.controls.param.text,
            label="One per line, class | sentence",
            rows=11,
            size="small",
            sizing_mode="stretch_width",
            margin=(4, 0, 10, 0),
        )
        return {"Sentences": [box]}

    def show_result(self, result: Result, job: Job) -> None:
        """Say what is on stage; cosine is what this model was trained for."""
        if isinstance(result, SentencesRun):
            n = len(result.film.stimuli)
            self.heading.title = f"{n} sentences through MiniLM-L6"
            self.heading.detail = (
                f"{result.n_tokens} tokens, {result.spec.tap}, mean over tokens of each sentence"
            )
        super().show_result(result, job)


VIEW = SentencesView
