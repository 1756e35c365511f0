"""A user's own recording: picked as a file, read by a limited process, kept by its content."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import panel as pn
import panel_material_ui as pmui

from engines.connectome.opening import kept
from engines.connectome.opening.child import UPLOAD_MAX_BYTES, recording_from_upload_async
from engines.connectome.opening.options import Opened, OpenOptions
from engines.connectome.opening.read import KINDS
from engines.contract import ExplorerError, Spec
from engines.running.compute import Compute
from views.kit.components import Facts, Upload
from views.kit.generic import GenericView
from views.kit.text import label

_KEPT_BYTES = 64 * 1024 * 1024
"""A file up to this size is read again when a choice changes."""
AXES = {"find it": "as found", "time": "time first", "neurons": "neuron first"}
KIND = {"find it": "as found", "traces": "traces", "counts of spikes": "counts"}
FOUND = "find it"
_STOP = {"id": "stop", "label": "Stop reading"}


class OwnRecording:
    """The place to bring a recording; choices read the file again, and the report says what was."""

    def __init__(
        self, on_digest: Callable[[str, Opened | None], None], on_error: Callable[[str], None]
    ) -> None:
        """``on_digest`` is given digest and recording; "" and None to go back."""
        self._on_digest, self._on_error = on_digest, on_error
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        small: dict[str, Any] = {"size": "small", "margin": (4, 0), **wide}
        self.upload = Upload(
            self._read, label="NWB, HDF5, NPZ, CSV, Parquet or spikes as JSON",
            accept=",".join(KINDS), max_bytes=UPLOAD_MAX_BYTES,
            placeholder="time,AVAL,AVAR\n0.0,0.12,0.11", **wide,
        )  # fmt: skip
        self.series = pmui.Select(label="Series of the file", options=[FOUND], **small)
        self.times = pmui.Select(label="Times, in seconds", options=[FOUND], **small)
        self.columns = pmui.TextInput(label="Neurons to take: names, /pattern/", **small)
        self.dt_s = pmui.FloatInput(label="Seconds per frame or bin, 0 to find it", value=0.0,
                                    start=0.0, **small)  # fmt: skip
        self.axes = pmui.Select(label="What comes first", options=AXES, value="as found", **small)
        self.kind = pmui.Select(label="Read as", options=KIND, value="as found", **small)
        self.choices = (self.series, self.times, self.columns, self.dt_s, self.axes, self.kind)
        for widget in self.choices:
            widget.param.watch(self._again, "value")
        self.report = Facts(self._back, sections=[], **wide)
        self.picker = pn.Column(*self.choices, margin=0, visible=False, **wide)
        self._last: tuple[str, bytes] | None = None
        self._taken: tuple[list[Any], tuple[str, bytes] | None] = ([], None)
        """What is told of the file that was taken last, and that file."""
        self._offering = False
        self._asked = 0
        """Counts what was asked for: an answer to anything but the last is dropped."""
        self.panel = pn.Column(self.upload, self.picker, self.report, margin=0, **wide)

    def options(self) -> OpenOptions:
        """What the choices say."""
        series, times = (
            "" if widget.value == FOUND else str(widget.value)
            for widget in (self.series, self.times)
        )
        return OpenOptions(
            series=series, times=times, columns=self.columns.value.strip(),
            dt_s=float(self.dt_s.value or 0.0), axes=self.axes.value, kind=self.kind.value,
        )  # fmt: skip

    def _again(self, _event: Any) -> None:
        """Another choice reads the last file again."""
        if self._last is not None and not self._offering:
            self._ask(*self._last)

    def _read(self, name: str, data: bytes) -> None:
        """Another file: choices made for the one before mean nothing."""
        self._last = None
        self.series.value, self.times.value, self.columns.value = FOUND, FOUND, ""
        self._ask(name or "pasted.csv", data)

    def _ask(self, name: str, data: bytes) -> None:
        self._asked += 1
        self.upload.note = f"reading {label(name) or 'the text'}…"
        self.report.sections = [{"title": "Reading", "actions": [_STOP]}, *self._taken[0]]
        # Panel awaits what it can see to be a coroutine function: a partial, not a lambda.
        pn.state.execute(partial(self.read_file, name, data, self._asked))

    async def read_file(self, name: str, data: bytes, asked: int | None = None) -> None:
        """Read, keep and show a file; what is wrong with it becomes a sentence.

        What was taken before stays until another file is; ``asked`` tells whether anybody still
        waits for this one.
        """
        asked = self._asked if asked is None else asked
        self._last = (name, data) if len(data) <= _KEPT_BYTES else None
        try:
            opened = await recording_from_upload_async(name, data, self.options())
            if asked != self._asked:
                return
            digest = kept.keep(opened)
        except ExplorerError as error:
            if asked != self._asked:
                return
            self.upload.note = label(error, 400)
            self._as_taken()
            self._on_error(str(error))
            return
        self.upload.note = str(opened)
        self._offer(opened)
        self._taken = ([report_section(opened)], self._last)
        self._as_taken()
        self._on_digest(digest, opened)

    def _offer(self, opened: Opened) -> None:
        """What else is in the file."""
        self._offering = True
        try:
            names = [entry.name for entry in opened.entries]
            self.series.options = [FOUND, *names]
            self.times.options = [FOUND, "none", *opened.columns[:300]]
            self.picker.visible = True
        finally:
            self._offering = False

    def _as_taken(self) -> None:
        """Tell of the file that was taken; choices speak of it, or of the first that failed."""
        sections, file = self._taken
        self.report.sections = sections
        self._last = file or self._last

    def _back(self, action: str) -> None:
        self._asked += 1
        if action == _STOP["id"]:
            self.upload.note = "Reading was stopped; nothing was taken."
            self._as_taken()
            return
        self._taken = ([], None)
        self.upload.note, self._last = "", None
        self._as_taken()
        self.picker.visible = False
        self._on_digest("", None)


class OwnRecordingView(GenericView):
    """The generic view of an experiment whose recording may be one's own."""

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        self.own = OwnRecording(self._take_own, self._complain)

    def extra_controls(self) -> dict[str, list[Any]]:
        """A recording of one's own."""
        return {"Own recording": [self.own.panel]}

    def _take_own(self, digest: str, opened: Opened | None) -> None:
        source = "planted" if opened is None else "own"
        self.controls.param.update(own_recording=digest, source=source, lesion="")
        self.run()


def report_section(opened: Opened) -> dict[str, Any]:
    """What was read and decided, as an inspector section."""
    first = opened.animals[0]
    n_times, n = first.values.shape
    return {
        "title": label(opened.title),
        "rows": [
            ["animals", f"{len(opened.animals):,}"],
            ["neurons", f"{n:,}"],
            ["moments", f"{n_times:,}"],
            ["read as", label(opened.kind)],
            ["series", label(opened.series, 60)],
        ],
        "note": label(" ".join(opened.notes), 1_500),
        "actions": [{"id": "back", "label": "Back to the recordings of the app"}],
    }
