"""A table of ways: a file brings own costs, and the best tour goes out as a file."""

from __future__ import annotations

from typing import Any, ClassVar

import panel_material_ui as pmui

from engines.contract import ExplorerError, Result
from engines.pointer.instances.atsp import ways_from_upload
from engines.pointer.ways.asked import N_STOPS_MAX
from engines.pointer.ways.results import Ways
from engines.running.compute import Job
from views.kit.components import Downloads, Upload
from views.kit.generic import SAVES, GenericView
from views.kit.text import label

TOUR = {"id": "tour", "label": "TOUR", "title": "The best tour as TSPLIB writes it"}


class WaysView(GenericView):
    """The generic view, with an own table."""

    folded_groups: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self.saves = Downloads(self._save, items=[*SAVES, TOUR], **wide)
        self.upload = Upload(
            self._brought, label="TSPLIB ATSP file, or rows of costs",
            placeholder="0, 4, 9\n2, 0, 5\n7, 1, 0", accept=".atsp,.csv,.tsv,.txt", **wide,
        )  # fmt: skip
        self.back = pmui.Button(
            label="Back to drawn cities", variant="outlined", size="small", margin=(4, 0),
            visible=bool(self.controls.table), **wide,
        )  # fmt: skip
        self.back.on_click(self._forget)
        self.controls.param.watch(self._table_changed, ["table"])

    def extra_controls(self) -> dict[str, list[Any]]:
        """The file, and the way back from it."""
        return {"Own table": [self.upload, self.back]}

    def show_result(self, result: Result, job: Job) -> None:
        """Say what is on stage."""
        if isinstance(result, Ways):
            found = result.found
            self.heading.title = label(found.name, 60)
            self.heading.detail = (
                f"{len(found.first.stops)} stops; best tour {found.costs[found.best, 0]:,.5g}, "
                f"by {found.names[found.best]}; no tour is below {found.bounds[0]:,.5g}"
            )
        super().show_result(result, job)

    def _table_changed(self, _event: Any) -> None:
        self.back.visible = bool(self.controls.table)

    def _forget(self, _event: Any) -> None:
        self.controls.param.update(table=(), title="")
        self.run()

    def _brought(self, name: str, data: bytes) -> None:
        try:
            brought = ways_from_upload(name, data, n_max=N_STOPS_MAX)
            table = tuple(brought.between.ravel().tolist())
            self.spec().replace(table=table, title=brought.name)
        except ExplorerError as error:
            self.upload.note = label(error, 300)
            self._complain(str(error))
            return
        self.upload.note = f"{len(brought.between)} stops of {brought.name}"
        self.controls.param.update(table=table, title=brought.name)
        self.run()

    def _save(self, kind: str) -> tuple[str, bytes] | None:
        if kind == "tour" and isinstance(self.result, Ways):
            name = f"ways-{self.result.spec.digest()[:8]}.tour"
            return name, self.result.found.tour_file.encode()
        return super()._save(kind)


VIEW = WaysView
