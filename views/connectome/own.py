"""A user's own connectome: picked as a file, read by a limited process, kept by its content."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import panel as pn
import panel_material_ui as pmui

from engines.connectome.importing.child import connectome_from_upload_async
from engines.connectome.importing.options import ImportOptions, ImportReport
from engines.connectome.wiring import kept
from engines.contract import ExplorerError
from views.kit.components import Facts, Upload
from views.kit.text import label

_KEPT_BYTES = 16 * 1024 * 1024
"""A file up to this size is read again when a choice changes."""
CHOICES: dict[str, tuple[str, dict[str, str]]] = {
    "unknown": (
        "Names that are no cells of the worm",
        {"keep": "keep", "map to the nearest cell": "map", "drop with their edges": "drop"},
    ),
    "self_loops": ("Self-loops", {"keep": "keep", "drop": "drop"}),
    "duplicates": (
        "Edges listed more than once",
        {"add up": "sum", "take the largest": "max", "refuse the file": "refuse"},
    ),
    "negative": (
        "Negative weights",
        {"keep as inhibition": "keep", "take their size": "absolute", "drop": "drop",
         "refuse the file": "refuse"},
    ),
    "electrical": (
        "Gap junctions that differ by direction",
        {"take the larger": "max", "take the mean": "mean", "refuse the file": "refuse"},
    ),
    "encoding": (
        "Encoding",
        {"find it": "", "UTF-8": "utf-8", "Windows-1252": "cp1252", "Latin-1": "latin-1",
         "UTF-16": "utf-16"},
    ),
    "delimiter": (
        "Cells are separated by",
        {"find it": "", "commas": ",", "tabs": "\t", "semicolons": ";", "bars": "|", "spaces": " "},
    ),
    "kind": ("Read as", {"find it": "", "edge list": "edges", "matrix": "matrix"}),
    "thousands": ("Digits in threes", {"none": "", "1,234": ",", "1.234": ".", "1 234": " "}),
    "decimal": ("Decimal mark", {"find it": "", "point": ".", "comma": ","}),
}  # fmt: skip
"""What the reader is told about odd rows: label, and words for each policy; the first stands."""
ACCEPT = ".csv,.tsv,.txt,.xlsx,.parquet,.graphml,.npz,.npy,.json,.mat,.gexf,.gml,.net,.feather,.gz"


class OwnConnectome:
    """The place to bring a wiring; its report says what was decided on the way."""

    def __init__(self, on_digest: Callable[[str], None], on_error: Callable[[str], None]) -> None:
        """``on_digest`` is given the digest of a kept connectome, "" to go back."""
        self._on_digest, self._on_error = on_digest, on_error
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self.worm = pmui.Switch(
            label="Names are C. elegans cells", value=False, margin=(4, 0),
            description="Make VB01 and vb1 the same cell, and list names that are none.",
        )  # fmt: skip
        self.upload = Upload(
            self._read, label="Edge list or matrix", accept=ACCEPT, max_bytes=64 * 1024 * 1024,
            placeholder="pre,post,weight\nAVAL,AVBL,3", **wide,
        )  # fmt: skip
        small: dict[str, Any] = {"size": "small", "margin": (4, 0), **wide}
        self.columns = {
            "pre": pmui.TextInput(label="Sender's column, if it is not found", **small),
            "post": pmui.TextInput(label="Receiver's column", **small),
            "layer": pmui.TextInput(label="Column of layers", **small),
            "only": pmui.TextInput(label="Only this neuropil", **small),
        }
        self.choices = {
            name: pmui.Select(
                label=said, options=options, value=next(iter(options.values())), **small
            )
            for name, (said, options) in CHOICES.items()
        }
        for widget in (self.worm, *self.choices.values()):
            widget.param.watch(self._again, "value")
        self.report = Facts(self._back, sections=[], **wide)
        self._last: tuple[str, bytes] | None = None
        policies = pn.Column(*self.choices.values(), margin=0, visible=False, **wide)
        decide = pmui.Switch(label="Choose what becomes of odd rows", value=False, margin=(4, 0))
        decide.param.watch(lambda event: policies.param.update(visible=event.new), "value")
        decisions = pn.Column(decide, policies, margin=0, **wide)
        parts = (self.worm, *self.columns.values(), decisions, self.upload, self.report)
        self.panel = pn.Column(*parts, margin=0, **wide)

    def _options(self) -> ImportOptions:
        named = {side: widget.value.strip() for side, widget in self.columns.items()}
        chosen = {name: widget.value for name, widget in self.choices.items()}
        return ImportOptions(names="worm" if self.worm.value else "free", **named, **chosen)

    def _again(self, _event: Any) -> None:
        """Another choice reads the last file again."""
        if self._last is not None:
            self._read(*self._last)

    def _read(self, name: str, data: bytes) -> None:
        self.upload.note = f"reading {label(name) or 'the text'}…"
        # Panel awaits what it can see to be a coroutine function: a partial, not a lambda.
        pn.state.execute(partial(self.read_file, name or "pasted.csv", data))

    async def read_file(self, name: str, data: bytes) -> None:
        """Read, keep and show a file; what is wrong with it becomes a sentence."""
        self._last = (name, data) if len(data) <= _KEPT_BYTES else None
        try:
            found, report = await connectome_from_upload_async(name, data, self._options())
            digest = kept.keep(found)
        except ExplorerError as error:
            self.upload.note = label(error, 400)
            self._on_error(str(error))
            return
        self.upload.note = f"{report.n_neurons:,} neurons, {report.n_edges:,} edges"
        self.report.sections = [report_section(report)]
        self._on_digest(digest)

    def _back(self, _action: str) -> None:
        self.upload.note, self.report.sections, self._last = "", [], None
        self._on_digest("")


def report_section(report: ImportReport) -> dict[str, Any]:
    """What was decided, refused and read, as an inspector section."""
    refused = [f"{report.n_refused:,} rows were refused:"] if report.n_refused else []
    other = [f"Another reading: {said}." for said in report.other]
    said = [*report.notes, *other, *refused, *report.refused]
    return {
        "title": label(report.source),
        "rows": [["rows", f"{report.n_rows:,}"], ["read as", label(report.kind)]],
        "note": label(" ".join(said), 1_500),
        "actions": [{"id": "back", "label": "Back to the datasets"}],
    }
