"""Bounds on every wire: bands under the lines of the drawing, and whether the answer stays."""

from __future__ import annotations

from typing import Any, ClassVar

import panel_material_ui as pmui

from engines.contract import Frame, Result, Spec
from engines.contract.pictures import Picture
from engines.diagrams.reaching.results import BoundsFrame, BoundsResult
from engines.diagrams.reaching.showing import redrawn, with_reach
from engines.running.compute import Compute, Job
from views.diagrams.wires import WireView
from views.kit.components import Facts
from views.kit.generic import table_section

OWN, ALIKE = "each wire its scale", "one scale"


class BoundsView(WireView):
    """The drawing on stage with what its wires can be; the box is chosen by a slider."""

    folded_groups: ClassVar[frozenset[str]] = frozenset({"Look"})

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        self.reached: BoundsResult | None = None
        self._moved = False
        """Whether somebody chose a box; else it is the largest that is proved."""
        self.verdict = Facts(sections=[], sizing_mode="stretch_width")
        self.scale = pmui.RadioButtonGroup(options=[OWN, ALIKE], value=OWN, size="small", width=260)
        self.scale.param.watch(lambda _event: self.look(), "value")
        self.choices.append(self.scale)
        self.sliders["size"].show_value = False
        self.sliders["size"].param.watch(self._choose, "value")

    def chosen_by(self) -> dict[str, str]:
        """Which box around which example, which turn of a block that repeats."""
        return {"size": "Box", "example": "Example", "turn": "Turn"}

    def stage(self) -> list[Any]:
        """The verdict above everything."""
        return [self.verdict, *super().stage()]

    def redraw(self) -> None:
        """Folded or wrapped in another way; bounds stay."""
        if self.reached is None:
            self.run()
            return
        self.reached = redrawn(self.reached, self.controls.collapsed, self.controls.width)
        self.look()

    # Showing -------------------------------------------------------------------------------

    def show_frame(self, frame: Frame) -> None:
        """Bounds so far."""
        if isinstance(frame, BoundsFrame) and frame.reached is not None:
            self._show(frame.reached)

    def show_result(self, result: Result, job: Job) -> None:
        """Every box, opened with the largest that is proved."""
        del job
        if isinstance(result, BoundsResult):
            self._show(result)

    def _show(self, result: BoundsResult) -> None:
        if result is self.reached:
            return
        self.reached = None  # choices change here, and nothing is drawn for it
        self.offer("size", len(result.sizes))
        self.offer("example", result.n_examples)
        self.offer("turn", result.n_turns)
        if not self._moved:
            self.sliders["size"].value = result.opens_with() + 1
        if result.of(self._picked) is None:
            self._picked = result.bands[-1].path
        self.reached = result
        self.look()

    def _choose(self, _event: Any) -> None:
        self._moved = self._moved or self.reached is not None

    def look(self) -> None:
        """Another example, box or turn of the same run."""
        if self.reached is None:
            return
        alike = self.scale.value == ALIKE
        example, size, turn = self._chosen(self.reached)
        self.sliders["size"].label = f"Box ± {self.reached.sizes[size]:.3g}"
        self.show_drawing(with_reach(self.reached, example, size, turn, alike=alike))
        self.verdict.sections = [self._verdict(self.reached, example, size)]

    def selection(self) -> dict[str, Any]:
        """What was chosen; the box only where somebody chose it."""
        size = {"size": self.sliders["size"].value} if self._moved else {}
        return {k: v for k, v in super().selection().items() if k != "size"} | size

    def select(self, selection: dict[str, Any]) -> None:
        """Restore what was chosen; a box that a link names was chosen."""
        super().select(selection)
        if "size" not in selection and self.reached is not None:
            self.sliders["size"].value = self.reached.opens_with() + 1
        self._moved = "size" in selection

    @staticmethod
    def _verdict(result: BoundsResult, example: int, size: int) -> dict[str, Any]:
        name = result.example_name(example)
        said = result.verdict(example, size)
        tone = {"P": "good", "F": "warning"}.get(said[:1], "")
        return {
            "title": f"{name[0].upper()}{name[1:]}, give or take {result.sizes[size]:.3g}",
            "sentence": said or "No answer to keep here: the text learns no classes.",
            "tone": tone,
        }

    def _chosen(self, result: BoundsResult) -> tuple[int, int, int]:
        """Example, box and turn, counted from 0; the last turn where there is no choice."""
        turn = self.chosen("turn", result.n_turns) if result.n_turns > 1 else -1
        example = self.chosen("example", result.n_examples)
        return example, self.chosen("size", len(result.sizes)), turn

    def pictures_of_wire(self, path: str) -> tuple[Picture, ...]:
        """The answer's lead, one wire number by number, and how bounds widen."""
        if self.reached is None:
            return ()
        return self.reached.pictures_of(path, *self._chosen(self.reached))

    def first_sections(self) -> list[dict[str, Any]]:
        """How large a box may be around every example."""
        return [table_section(self.reached.table())] if self.reached is not None else []


VIEW = BoundsView
