"""A user's own numbers or texts, pasted or from a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import panel as pn

from engines.boundary.uploads import UploadedColumn, numbers_from_upload_async, values_from_text
from engines.contract import ExplorerError
from views.kit.components import Upload
from views.kit.controls import Controls
from views.kit.text import label


class OwnValues:
    """The place to bring values; shown while values are set to 'own'."""

    def __init__(
        self, on_values: Callable[[tuple[Any, ...]], None], on_error: Callable[[str], None]
    ) -> None:
        """``on_values`` is given checked values, ``on_error`` a sentence."""
        self._on_values, self._on_error = on_values, on_error
        self._n_brought = 0
        self.upload = Upload(
            self._read,
            label="Own values",
            placeholder="3, 1, 4, 1, 5, 9\nor one per line, numbers or words",
            sizing_mode="stretch_width",
        )
        self.panel = pn.Column(self.upload, sizing_mode="stretch_width", margin=0)

    def show_with(self, controls: Controls) -> None:
        """Be visible exactly while the controls say 'own'."""

        def show(*_events: Any) -> None:
            self.panel.visible = controls.value_mode == "own"  # type: ignore[attr-defined]

        controls.param.watch(show, "value_mode")
        show()

    def _read(self, name: str, data: bytes) -> None:
        self._n_brought += 1
        if name:
            self.upload.note = f"reading {label(name)}…"
            # Panel awaits what it can see to be a coroutine function: a partial, not a lambda.
            pn.state.execute(partial(self._read_file, name, data, self._n_brought))
        else:
            self._take(lambda: values_from_text(data.decode("utf-8", "replace")), "")

    async def _read_file(self, name: str, data: bytes, number: int) -> None:
        """What is brought while a file is still being read replaces it."""
        try:
            read = await numbers_from_upload_async(name, data)
        except ExplorerError as error:
            if number == self._n_brought:
                self._refuse(error)
            return
        if number == self._n_brought:
            self._take(lambda: read, f" from {label(name)}")

    def _take(self, read: Callable[[], UploadedColumn], where: str) -> None:
        try:
            column = read()
            self._on_values(tuple(column.values))
        except ExplorerError as error:
            self._refuse(error)
            return
        self.upload.note = f"{len(column.values):,} values{where}"

    def _refuse(self, error: ExplorerError) -> None:
        self.upload.note = label(error, 300)
        self._on_error(str(error))
