"""Boxes and wires over what their states do; a press cuts a wire, or mends it."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import Any, ClassVar

import panel_material_ui as pmui
import param
from panel.custom import JSComponent

from engines.contract import InputError, Spec
from engines.diagrams.systems.picture import picture
from engines.running.compute import Compute
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm
from views.kit.generic import GenericView

_TOLD = "Press a wire to cut it: what it feeds then reads 0. Press it again to mend it."


class Boxes(JSComponent):
    """Frames, boxes and wires as SVG."""

    scene = param.Dict(default={}, doc="What `engines.diagrams.systems.picture` gives.")
    note = param.String(default="", doc="A sentence below.")
    alt = param.String(default="Boxes and wires", doc="The picture in words.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.diagrams", "boxes.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.diagrams", "boxes.css")]

    def __init__(self, on_press: Callable[[str], None], **params: Any) -> None:
        """``on_press`` is told the port that a pressed wire feeds."""
        super().__init__(**params)
        self._on_press = on_press

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict) and data.get("kind") == "press":
            key = data.get("key")
            if any(wire["key"] == key for wire in self.scene.get("wires", ())):
                self._on_press(str(key))


class BoxesView(GenericView):
    """Declared pictures under the wires, and the text beside them."""

    own_controls: ClassVar[tuple[str, ...]] = ("text", "cut")

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        self.boxes = Boxes(self.press, sizing_mode="stretch_width")
        self.controls.param.watch(self._draw_wires, ["text", "cut"])
        self._draw_wires()

    def stage(self) -> list[Any]:
        """Wires, pictures, tables."""
        return [self.boxes, *super().stage()]

    def extra_controls(self) -> dict[str, list[Any]]:
        """The text."""
        box = pmui.TextAreaInput.from_param(
            self.controls.param.text, label="Boxes, systems and their wires", rows=16,
            size="small", sizing_mode="stretch_width", margin=(4, 0, 10, 0),
        )  # fmt: skip
        return {"Text": [box]}

    def press(self, key: str) -> None:
        """Cut the wire that feeds a port, or mend it, and run."""
        cut = self.controls.cut
        self.controls.cut = tuple(one for one in cut if one != key) if key in cut else (*cut, key)
        self.run()

    def _draw_wires(self, *_events: Any) -> None:
        text, cut = self.controls.text, self.controls.cut
        try:
            keys = {wire["key"] for wire in picture(text)["wires"]}
            if not keys.issuperset(cut):
                # Of another text: draws once more.
                self.controls.cut = tuple(key for key in cut if key in keys)
                return
            scene = picture(text, cut)
        except InputError as error:
            self.boxes.note = str(error)
            return
        names = ", ".join(box["name"] for box in scene["boxes"])
        self.boxes.param.update(
            scene=scene, note=_TOLD, alt=f"{names}, and {len(scene['wires'])} wires"
        )


VIEW = BoxesView
