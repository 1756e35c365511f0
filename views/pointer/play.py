"""A board of one's own: click a cell, type, and see what is wrong and what is believed."""

from __future__ import annotations

from typing import Any

import panel_material_ui as pmui

from engines.contract import ExplorerError, Result, Spec
from engines.pointer.boards.results import Play
from engines.pointer.boards.shape import SHAPES
from engines.pointer.boards.written import text_from_board
from engines.running.compute import Compute, Job
from views.kit.text import label
from views.pointer.boards import BoardView


class PlayView(BoardView):
    """The board takes digits; every change is answered at once."""

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        self.canvas.editable = True
        wide: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": (4, 0)}
        self.empty = pmui.Button(label="Empty board", variant="outlined", size="small", **wide)
        self.back = pmui.Button(
            label="Back to drawn boards", variant="outlined", size="small", **wide
        )
        self.empty.on_click(self._clear)
        self.back.on_click(self._forget)
        self.controls.param.watch(self._again, ["board", "n_givens", "seed", "n_steps"])
        self.controls.param.watch(self._reshaped, ["shape"])

    def extra_controls(self) -> dict[str, list[Any]]:
        """An empty board, and the way back."""
        return {"Board": [self.empty, self.back]}

    def write(self, cell: int, digit: int) -> None:
        """Put a digit where it was typed; what is wrong with it is told, not refused."""
        if not isinstance(self.result, Play):
            return
        shape, givens = self.result.trace.shape, self.result.trace.givens.copy()
        if 0 <= cell < shape.n_cells and 0 <= digit <= shape.n and givens[cell] != digit:
            givens[cell] = digit
            self.controls.board = text_from_board(shape, givens)

    def show_result(self, result: Result, job: Job) -> None:
        """Say what is wrong with the board, or how many answers it has."""
        super().show_result(result, job)
        if isinstance(result, Play):
            self.heading.title = f"A {result.trace.shape_name} board"
            self.heading.detail = label(_said(result), 300)

    def _clear(self, _event: Any) -> None:
        shape = SHAPES[self.controls.shape]
        self.controls.board = "\n".join(["." * shape.n] * shape.n)

    def _forget(self, _event: Any) -> None:
        self.controls.board = ""

    def _reshaped(self, _event: Any) -> None:
        """An own board of another shape does not fit."""
        try:
            self.controls.spec()
        except ExplorerError:
            self.controls.board = ""
        self._again()

    def _again(self, *_events: Any) -> None:
        if self.result is not None and self.controls.spec_or_none() is not None:
            self.run()


def _said(result: Play) -> str:
    if result.faults:
        return "; ".join(result.faults)
    if result.n_answers != 1:
        more = "at least " if result.n_answers == result.limit else ""
        counted = f"{more}{result.n_answers:,} answers" if result.n_answers else "no answer"
        return f"{counted}; the network's board: {result.verdict}"
    return f"one answer, needs {result.need}; the network's board is {result.verdict}"


VIEW = PlayView
