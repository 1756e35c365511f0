"""The view of `connectome/recordings`: own files in, numbers above pictures, the schema out."""

from __future__ import annotations

from typing import Any

from engines.connectome.opening.kept import load_recording
from engines.connectome.opening.options import Opened
from engines.connectome.opening.worms import worms_bytes, worms_from_animals
from engines.contract import ExplorerError, Spec
from engines.running.compute import Compute
from views.connectome.grid import GridView
from views.connectome.own_recording import OwnRecording
from views.kit.components import Downloads
from views.kit.generic import SAVES

SCHEMA = {
    "id": "worms",
    "label": "Parquet",
    "title": "An own recording in the published schema of homogenised worm recordings",
}


class RecordingsView(GridView):
    """Numbers and pictures of a recording, which may be one's own."""

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        self.own = OwnRecording(self._take_own, self._complain)
        self.saves = Downloads(self._save, items=[*SAVES, SCHEMA], sizing_mode="stretch_width")

    def extra_controls(self) -> dict[str, list[Any]]:
        """A recording of one's own."""
        return {"Own recording": [self.own.panel]}

    def _take_own(self, digest: str, opened: Opened | None) -> None:
        if not digest:
            source = type(self.controls.spec()).model_fields["source"].default
            self.controls.param.update(own_recording="", source=source)
        else:
            assert opened is not None
            self.controls.param.update(own_recording=digest, source="own", **self.fits(opened))
        self.run()

    def fits(self, opened: Opened) -> dict[str, Any]:
        """Knobs that a recording sets: windows that are neither its whole nor a few frames."""
        times_s = opened.animals[0].times_s
        span, frame = float(times_s[-1] - times_s[0]), float(times_s[1] - times_s[0])
        window_s = min(max(60.0, 20.0 * frame), max(span / 5.0, 1.5), 2_000.0)
        return {"animal": 1, "window_s": round(window_s, 1)}

    def _save(self, kind: str) -> tuple[str, bytes] | None:
        if kind != "worms":
            return super()._save(kind)
        digest = self.controls.own_recording
        if self.controls.source != "own" or not digest:
            self._complain("Open a recording of your own first; that is what this file holds.")
            return None
        try:
            opened = load_recording(digest)
            rows = worms_from_animals(opened.animals, opened.title)
            return f"{digest}.parquet", worms_bytes(rows)
        except ExplorerError as error:
            self._complain(str(error))
            return None


VIEW = RecordingsView
