"""A board on stage: its steps on the timeline, a cell under the hand, and the declared pictures."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from os import PathLike
from typing import Any, ClassVar

import numpy as np
import param
from panel.custom import JSComponent

from engines.contract import Frame, Result, Spec
from engines.pointer.boards.results import Boards, Play
from engines.pointer.boards.tracing import Trace
from engines.running.compute import Compute, Job
from views.kit.components import Timeline, stylesheet, tokens_script
from views.kit.esm import esm
from views.kit.generic import GenericView
from views.kit.payload import payload

END = -1
"""A scene that leaves the clock where it is."""


class BoardStage(JSComponent):
    """The board beside what its marked cell believes, on one clock."""

    clock_id = param.String(doc="Names the clock shared with the timeline.")
    scene = param.Bytes(default=b"", doc="What `board_scene` made.")
    selected = param.Integer(default=-1, doc="The marked cell.")
    editable = param.Boolean(default=False, doc="Whether digits can be typed.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.pointer",
        "board.js",
        "boardstage.js",
        shared=("base.js", "large.js", "clock.js", "svg.js"),
    )
    _stylesheets: ClassVar[list[str]] = [
        stylesheet("views.pointer", "boardstage.css"),
        stylesheet("views.kit", "large.css"),
    ]

    def __init__(self, on_write: Callable[[int, int], None], **params: Any) -> None:
        """``on_write(cell, digit)`` is told what was typed, 0 to clear."""
        super().__init__(**params)
        self._on_write = on_write

    def _handle_msg(self, data: Any) -> None:
        match data:
            case {"kind": "write", "cell": int(cell), "digit": int(digit)}:
                self._on_write(cell, digit)


class BoardView(GenericView):
    """The generic view under a board that goes through its steps."""

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        clock = uuid.uuid4().hex
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self.canvas = BoardStage(self.write, clock_id=clock, **wide)
        self.steps = Timeline(
            clock_id=clock, steppers=[{"id": "step", "label": "step"}], unit="step", **wide
        )
        self._start = -1
        self.canvas.param.watch(lambda _event: self.mark(), "selected")
        self.steps.param.watch(lambda _event: self.mark(), "position")

    def stage(self) -> list[Any]:
        """The board above the declared pictures."""
        return [self.canvas, *super().stage()]

    def timeline(self) -> list[Any]:
        """The clock of the board's steps."""
        return [self.steps]

    def write(self, cell: int, digit: int) -> None:
        """A digit was typed; only boards of one's own take it."""

    def show_result(self, result: Result, job: Job) -> None:
        """Send the board once; the browser goes through its steps."""
        super().show_result(result, job)
        self._send(result)

    def _draw(self, moment: Frame | Result) -> None:
        super()._draw(moment)
        if not isinstance(moment, Result):
            self._send(moment)

    def _send(self, moment: Frame | Result) -> None:
        seen = getattr(moment, "trace", None)
        if isinstance(seen, Trace):
            faults = moment.fault_cells if isinstance(moment, Play) else np.zeros(0, np.int64)
            self.canvas.scene = board_scene(seen, faults, self._start)
            self._start = -1

    def selection(self) -> dict[str, Any]:
        """The marked cell, and the step if it is not the last."""
        chosen: dict[str, Any] = {}
        if self.canvas.selected >= 0:
            chosen["cell"] = self.canvas.selected
        result = self.result
        seen = getattr(result, "trace", None)
        if isinstance(seen, Trace) and 0 < self.steps.position < seen.n_steps:
            chosen["step"] = self.steps.position
        return chosen

    def select(self, selection: dict[str, Any]) -> None:
        """Restore them; ignores what it does not know."""
        cell, step = selection.get("cell"), selection.get("step")
        self.canvas.selected = cell if type(cell) is int and 0 <= cell < 81 else -1
        if type(step) is int and 0 <= step <= 64:
            self._start = step
            self.steps.seek_to = -1
            self.steps.seek_to = step


class BoardsView(BoardView):
    """The board that a network learns to answer while one watches."""

    def show_result(self, result: Result, job: Job) -> None:
        """Say how many of the new boards it solves."""
        super().show_result(result, job)
        if isinstance(result, Boards):
            share = 100 * result.solved[:, result.n_trained_steps - 1].mean()
            self.heading.detail = (
                f"{share:.1f} % of {result.solved[:, 0].size:,} new boards solved after "
                f"{result.n_trained_steps} steps; {result.n_parameters[0]:,} parameters"
            )


def board_scene(seen: Trace, faults: np.ndarray, start: int = END) -> bytes:
    """What the stage draws; ``start`` is the step the clock goes to, END to leave it."""
    shape, since = seen.shape, seen.right_from()
    meta = {
        "n": shape.n, "box_rows": shape.box_rows, "box_columns": shape.box_columns,
        "n_steps": seen.n_steps, "n_peers": shape.peers().shape[1], "start": start,
        "loudest": float(seen.loudness.max()), "latest": int(np.argmax(since)),
        "faults": [int(cell) for cell in faults],
    }  # fmt: skip
    arrays = {
        "givens": seen.givens.astype(np.int8),
        "answer": seen.answer.astype(np.int8),
        "belief": seen.belief.astype(np.float32),
        "loudness": seen.loudness.astype(np.float32),
        "peers": shape.peers().astype(np.int32),
        "right_from": since.astype(np.int32),
    }
    return payload(meta, arrays)


VIEW = BoardsView
