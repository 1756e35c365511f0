"""Proof by branch and bound: choose a tree, press a region to read what holds there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import panel as pn
import panel_material_ui as pmui
from bokeh.events import Tap

from engines.contract import Frame, Result
from engines.contract.pictures import Picture
from engines.diagrams.bounding.asked import POINTS
from engines.diagrams.bounding.results import BranchFrame, BranchResult
from engines.diagrams.bounding.trees import KINDS, Tree
from views.kit.components import Facts
from views.kit.figures import PictureFigure
from views.kit.generic import GenericView

_SHOWN = 12
"""Signs of a region that are written out."""


@dataclass(frozen=True, eq=False)
class _Chosen:
    """The result with one of its trees."""

    result: BranchResult
    net: int
    way: int

    def pictures(self) -> tuple[Picture, ...]:
        return self.result.pictures(self.net, self.way)


class BranchView(GenericView):
    """Declared pictures, a choice of tree over them, and a region's facts beside them."""

    def __init__(self, *args: Any, **named: Any) -> None:
        self._result: BranchResult | None = None
        self._asked: tuple[int, str] | None = None
        self.tree: Tree | None = None
        """The tree on stage: of the result, or of the moment that is shown."""
        self._said = ""
        self._region: int | None = None
        self.region = Facts(sections=[], sizing_mode="stretch_width")
        super().__init__(*args, **named)
        self.net = pmui.IntSlider(
            label="Network", start=1, end=2, value=1, size="small", sizing_mode="stretch_width"
        )
        self.way = pmui.RadioButtonGroup(options=list(POINTS), value=POINTS[0], size="small")
        self.chosen = pn.Row(
            self.net, self.way, margin=(4, 8), visible=False, sizing_mode="stretch_width"
        )
        for choice in (self.net, self.way):
            choice.param.watch(lambda _event: self._look(), "value")

    def stage(self) -> list[Any]:
        """Which tree, the pictures, the table."""
        return [self.chosen, *super().stage()]

    def inspector(self) -> list[Any]:
        """The pressed region above the source."""
        return [self.region, pn.Spacer(height=12), *super().inspector()]

    def selection(self) -> dict[str, Any]:
        """Network and way, where they are not what the page opens with."""
        if self._result is None:
            return {}
        usual = self._result.largest + 1, self._result.spec.ways[0]
        chosen = self.net.value, self.way.value
        return {} if chosen == usual else {"tree": list(chosen)}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore them, at once or when there is a result."""
        asked = selection.get("tree")
        if isinstance(asked, list) and len(asked) == 2 and type(asked[0]) is int:
            self._asked = asked[0], str(asked[1])
            if self._result is not None:
                self._choose(self._result)

    def _choose(self, result: BranchResult) -> None:
        """The choices that a result has, and the one that was asked for."""
        net, way = self._asked or (result.largest + 1, result.spec.ways[0])
        self._asked = None
        self.net.param.update(end=result.spec.n_nets, value=max(1, min(net, result.spec.n_nets)))
        ways = list(result.spec.ways)
        self.way.param.update(options=ways, value=way if way in ways else ways[0])

    def _look(self) -> None:
        if self._result is not None:
            self._draw(self._result)
            self.mark()

    def _draw(self, moment: Frame | Result) -> None:
        if isinstance(moment, BranchResult):
            if moment is not self._result:
                self._result = None  # choices change here, and nothing is drawn for it
                self._choose(moment)
                self._result = moment
            net, way = self.net.value - 1, moment.spec.ways.index(self.way.value)
            self._stage(moment.trees[net][way], moment.name(net, way), opens=True)
            moment = _Chosen(moment, net, way)  # type: ignore[assignment]
        elif isinstance(moment, BranchFrame):
            self._stage(moment.tree, moment.said, opens=False)
        self.chosen.visible = isinstance(moment, _Chosen)
        super()._draw(moment)

    def _stage(self, tree: Tree, said: str, *, opens: bool) -> None:
        """Facts are of the tree that is drawn: the pressed region's while the same tree grows."""
        pressed = self._region if said == self._said and not opens else None
        self.tree, self._said, self._region = tree, said, pressed
        if opens:
            self._say(0)
        elif pressed is not None and pressed < len(tree.parent):
            self._say(pressed)
        else:
            self.region.sections = []

    def _made(self, drawn: PictureFigure) -> PictureFigure:
        if drawn.large:  # the tree
            drawn.figure.on_event(Tap, self._tap)
        return drawn

    def _tap(self, event: Any) -> None:
        if self.tree is not None:
            self._region = self.tree.nearest(event.x, event.y)
            self._say(self._region)

    def _say(self, region: int) -> None:
        tree = self.tree
        if tree is None:
            return
        splits = tree.splits(region)
        said = ", ".join(splits[:_SHOWN]) or "the whole box"
        more = f" and {len(splits) - _SHOWN} more" if len(splits) > _SHOWN else ""
        kept = int(tree.cut[region])
        cut = f"Kept as a cut of {kept} of its {len(splits)} signs." if kept else ""
        self.region.sections = [
            {
                "title": f"Region {region + 1:,}",
                "sentence": f"{said}{more}.",
                "rows": [["verdict", KINDS[int(tree.verdict[region])]],
                         ["output is at least", f"{tree.bound[region]:.4g}"]],
                "note": cut or "Press a region of the tree.",
            }
        ]  # fmt: skip


VIEW = BranchView
