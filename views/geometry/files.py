"""Your own activations: bring a file, or name a set that is on this machine."""

from __future__ import annotations

from typing import Any

from engines.contract import ExplorerError
from engines.geometry.model import keep_upload, names
from views.geometry.filmview import FilmView
from views.kit.components import Facts, Upload
from views.kit.text import label


class FilesView(FilmView):
    """The linked pictures, with an upload and the list of sets."""

    def extra_controls(self) -> dict[str, list[Any]]:
        """The file and what there is."""
        self.upload = Upload(
            self._bring,
            label="Activations [stimulus, unit] or [snapshot, stimulus, unit]",
            placeholder="a CSV with a header, a row per stimulus",
            accept=".npy,.npz,.safetensors,.csv,.tsv,.parquet,.h5,.hdf5,.mat,.zip",
            max_bytes=256 * 1024 * 1024,
            sizing_mode="stretch_width",
        )
        self.sets = Facts(self._choose, sections=[self._there()], sizing_mode="stretch_width")
        return {"Activations": [self.upload, self.sets]}

    def _there(self) -> dict[str, Any]:
        found = names()[:12]
        rows = [[{"text": label(name, 40), "action": name}] for name in found]
        note = "" if rows else "None yet: train, record or bring some."
        return {"title": "On this machine", "rows": rows, "note": note}

    def _bring(self, name: str, data: bytes) -> None:
        try:
            kept = keep_upload(name or "pasted.csv", data)
        except ExplorerError as error:
            self.upload.note = str(error)
            return
        self.upload.note = f"{label(name, 60) or 'pasted text'}, {len(data):,} bytes"
        self.controls.param.update(
            upload=kept, title=label(name, 60), source="", path="", origin=""
        )
        self.run()

    def _choose(self, name: str) -> None:
        self.controls.param.update(upload="", title="", source=name, path="", origin="")
        self.run()


VIEW = FilesView
