"""A knapsack: a file brings own items, and those that are taken go out as rows."""

from __future__ import annotations

from typing import Any, ClassVar

import panel_material_ui as pmui

from engines.contract import ExplorerError, InputError, Result
from engines.pointer.instances.items import items_from_upload
from engines.pointer.packing.asked import ITEMS_MAX
from engines.pointer.packing.results import Knapsacks
from engines.running.compute import Job
from views.kit.components import Downloads, Upload
from views.kit.generic import SAVES, GenericView
from views.kit.text import label

TAKEN = {"id": "items", "label": "Items", "title": "The first set's items as CSV: who takes which"}


class KnapsackView(GenericView):
    """The generic view, with own items."""

    folded_groups: ClassVar[frozenset[str]] = frozenset({"Own items"})

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self.saves = Downloads(self._save, items=[*SAVES, TAKEN], **wide)
        self.upload = Upload(
            self._brought, label="Rows of weight and value, or a public instance",
            placeholder="2.5, 7\n1, 4\n3, 6", accept=".csv,.tsv,.txt,.kp", **wide,
        )  # fmt: skip
        self.back = pmui.Button(
            label="Back to drawn items", variant="outlined", size="small", margin=(4, 0),
            visible=bool(self.controls.items), **wide,
        )  # fmt: skip
        self.back.on_click(self._forget)
        self._capacity = type(self.spec()).model_fields["capacity"].default
        self.controls.param.watch(self._items_changed, ["items"])

    def extra_controls(self) -> dict[str, list[Any]]:
        """The file, and the way back from it."""
        return {"Items": [self.back], "Own items": [self.upload]}

    def show_result(self, result: Result, job: Job) -> None:
        """Say what is on stage."""
        if isinstance(result, Knapsacks):
            weight, value = result.best_sums
            sure = "proven best" if result.proven[0] else "not proven best"
            self.heading.detail = (
                f"first set: value {value:,.5g} of weight {weight:,.5g} in {result.capacity:g}, "
                f"{sure}; none is above {result.bounds[0]:,.5g}"
            )
        super().show_result(result, job)

    def _items_changed(self, _event: Any) -> None:
        self.back.visible = bool(self.controls.items)

    def _forget(self, _event: Any) -> None:
        self.upload.note = ""
        self.controls.param.update(items=(), capacity=self._capacity)
        self.run()

    def _brought(self, name: str, data: bytes) -> None:
        try:
            read = items_from_upload(name, data, n_max=ITEMS_MAX)
            fields: dict[str, Any] = {"items": read.rows}
            if read.capacity is not None:
                fields["capacity"] = read.capacity
            elif read.weight.min() > self.controls.capacity:
                raise InputError(
                    f"no item fits into the capacity of {self.controls.capacity:g}: the lightest "
                    f"has {read.weight.min():g}; raise the capacity first"
                )
            self.spec().replace(**fields)
        except ExplorerError as error:
            self.upload.note = label(error, 300)
            self._complain(str(error))
            return
        takes = "" if read.capacity is None else (
            f", capacity {read.capacity:g}: a public instance, value before weight"
        )  # fmt: skip
        if not self.controls.items:
            self._capacity = self.controls.capacity
        self.upload.note = f"{len(read.weight):,} items of {label(read.name, 60)}{takes}"
        self.controls.param.update(**fields)
        self.run()

    def _save(self, kind: str) -> tuple[str, bytes] | None:
        if kind == "items" and isinstance(self.result, Knapsacks):
            return f"knapsack-{self.result.spec.digest()[:8]}.csv", self.result.rows_taken.encode()
        return super()._save(kind)


VIEW = KnapsackView
