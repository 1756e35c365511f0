"""Vehicle routing: a file brings own customers or own routes, and the routes go out as a file."""

from __future__ import annotations

from typing import Any, ClassVar

import panel_material_ui as pmui

from engines.contract import ExplorerError, Result
from engines.pointer.delivering.instances import fields_of
from engines.pointer.delivering.results import Vehicles
from engines.pointer.instances.vrplib import customers_from_upload, read_solution
from engines.running.compute import Job
from views.kit.components import Downloads, Upload
from views.kit.generic import SAVES, GenericView
from views.kit.text import label

SOLUTION = {"id": "sol", "label": "SOL", "title": "The last routes as a CVRPLIB solution"}


class VehiclesView(GenericView):
    """The generic view, with customers and solutions from files."""

    folded_groups: ClassVar[frozenset[str]] = frozenset({"Own customers"})

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self.saves = Downloads(self._save, items=[*SAVES, SOLUTION], **wide)
        self.upload = Upload(
            self._brought, label="CVRPLIB file, or rows of x, y, demand (the depot first)",
            placeholder="0.5, 0.5, 0\n0.1, 0.7, 4\n0.4, 0.2, 9", accept=".vrp,.csv,.tsv,.txt",
            **wide,
        )  # fmt: skip
        self.solution = Upload(
            self._solved, label="CVRPLIB solution of these customers",
            placeholder="Route #1: 2 1\nCost 3.2", accept=".sol,.txt", **wide,
        )  # fmt: skip
        self.back = pmui.Button(
            label="Back to drawn customers", variant="outlined", size="small", margin=(4, 0),
            visible=bool(self.controls.points), **wide,
        )  # fmt: skip
        self.back.on_click(self._forget)
        self.controls.param.watch(self._customers_changed, ["points"])
        self.controls.param.watch(
            self._drop_routes, ["n_customers", "seed", "distribution", "depot"]
        )

    def extra_controls(self) -> dict[str, list[Any]]:
        """Files, and the way back from them."""
        return {"Customers": [self.back], "Own customers": [self.upload, self.solution]}

    def show_result(self, result: Result, job: Job) -> None:
        """Say what is on stage."""
        if isinstance(result, Vehicles):
            n = len(result.routes)
            self.heading.title = result.title
            self.heading.detail = (
                f"from {result.spec.start}: cost {result.cost:,.5g} with {n} "
                f"vehicle{'s' * (n != 1)} of {result.capacity:g}"
            )
        super().show_result(result, job)

    def _customers_changed(self, _event: Any) -> None:
        self.back.visible = bool(self.controls.points)

    def _drop_routes(self, *_events: Any) -> None:
        """Routes of other customers mean nothing."""
        self.controls.brought = ()

    def _forget(self, _event: Any) -> None:
        self.controls.param.update(points=(), demands=(), distances=(), brought=(), metric="plane")
        self.run()

    def _brought(self, name: str, data: bytes) -> None:
        try:
            instance = customers_from_upload(name, data, float(self.controls.capacity))
            fields = fields_of(instance)
            self.spec().replace(**fields)
        except ExplorerError as error:
            self.upload.note = label(error, 300)
            self._complain(str(error))
            return
        n = len(instance.points) - 1
        self.upload.note = f"{n:,} customers of {label(instance.name, 60)}, {instance.metric}"
        self.controls.param.update(**fields)
        self.run()

    def _solved(self, name: str, data: bytes) -> None:
        own = len(self.controls.points)
        try:
            text = data.decode("utf-8-sig", "replace")
            visits = read_solution(text, own - 1 if own else self.controls.n_customers)
        except ExplorerError as error:
            self.solution.note = label(f"{label(name, 80)}: {error}", 300)
            self._complain(str(error))
            return
        self.solution.note = f"routes of {label(name, 60)}, beside ours"
        self.controls.brought = tuple(visits.tolist())
        self.run()

    def _save(self, kind: str) -> tuple[str, bytes] | None:
        if kind == "sol" and isinstance(self.result, Vehicles):
            name = f"vehicles-{self.result.spec.digest()[:8]}.sol"
            return name, self.result.solution.encode()
        return super()._save(kind)


VIEW = VehiclesView
