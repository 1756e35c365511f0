"""The row of save buttons: tables and arrays at once, an animation beside the page's loop."""

from __future__ import annotations

import threading
from collections.abc import Callable

from engines.sorting.model import CellTrace, Trajectory
from views.kit.components import Downloads, current_document, when_unlocked
from views.sorting import exports
from views.sorting.animation import gif_bytes

NOTHING = "There is nothing to save yet; press Run first."
NO_CELL = "No cell is selected; click a bar first, then save its moves."


class Saves:
    """Files of what the view shows now."""

    def __init__(
        self,
        shown: Callable[[], Trajectory | None],
        selected: Callable[[], CellTrace | None],
        record: Callable[[], None],
        post: Callable[[str], None],
        complain: Callable[[str], None],
    ) -> None:
        """``record`` starts a movie in the browser; the last two say sentences."""
        self.row = Downloads(self.save, items=list(exports.ITEMS), sizing_mode="stretch_width")
        self._shown, self._selected, self._record = shown, selected, record
        self._post, self._complain = post, complain

    def save(self, kind: str) -> tuple[str, bytes] | None:
        """Name and content of a file; None when it comes later or not at all."""
        trajectory = self._shown()
        if trajectory is None:
            self._complain(NOTHING)
            return None
        if kind == "gif":
            self._animate(trajectory)
        elif kind == "movie":
            self._record()
        elif kind == "cell":
            return self._moves(trajectory)
        else:
            return exports.saved(trajectory, kind)
        return None

    def _moves(self, trajectory: Trajectory) -> tuple[str, bytes] | None:
        trace = self._selected()
        if trace is None:
            self._complain(NO_CELL)
            return None
        return exports.saved_moves(trajectory, trace)

    def _animate(self, trajectory: Trajectory) -> threading.Thread:
        """Draw in a thread: the page goes on meanwhile."""
        document = current_document()
        self._post("The GIF is being drawn; it is saved in a moment.")

        def draw() -> None:
            content = gif_bytes(trajectory)
            name = f"{exports.stem(trajectory)}.gif"
            when_unlocked(document, lambda: self.row.hand_over(name, content))

        thread = threading.Thread(target=draw, name="sorting-gif", daemon=True)
        thread.start()
        return thread
