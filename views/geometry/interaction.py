"""The local interaction basis: a slider keeps the strongest edges, and nothing is run again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import panel as pn
import panel_material_ui as pmui

from engines.contract import Frame, Result
from engines.contract.pictures import Picture
from engines.geometry.interaction.found import looks
from engines.geometry.interaction.graph import share_held
from engines.geometry.interaction.result import InteractionRun
from engines.geometry.interaction.spec import BASES, LIB, PCA, SHORT, InteractionSpec
from views.kit.components import Facts
from views.kit.generic import GenericView

_HINT = "the slider keeps the strongest edges of network 1; the list says what stands beside"
_KEPT = "Edges kept, the strongest first"


@dataclass(frozen=True, eq=False)
class _Kept(Frame):
    """The run with so many edges kept, and another basis beside."""

    run: InteractionRun
    look: int
    beside: int

    def pictures(self) -> tuple[Picture, ...]:
        """Of the run, so seen."""
        return self.run.pictures(self.look, self.beside)


class InteractionView(GenericView):
    """Graphs of two bases, with a slider for how many edges stay."""

    def __init__(self, *args: Any, **named: Any) -> None:
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self.list = Facts(self._pressed, sections=[], **wide)
        self.edges = pmui.IntSlider(
            label=_KEPT, start=0, end=1, value=0, size="small", margin=(4, 12), **wide
        )
        self.edges.show_value = False
        self.asked: int | None = None
        self.beside = PCA
        self._run: InteractionRun | None = None
        super().__init__(*args, **named)
        self._offer(looks(self._spec()), 0)
        self.edges.param.watch(self._slid, "value")

    def stage(self) -> list[Any]:
        """The slider, the pictures, the tables."""
        return [self.edges, *super().stage()]

    def inspector(self) -> list[Any]:
        """What is kept in every basis, provenance and files."""
        return [self.list, pn.Spacer(height=12), *super().inspector()]

    def selection(self) -> dict[str, Any]:
        """Edges and the basis beside, where they are not what the page opens with."""
        found: dict[str, Any] = {} if self.asked is None else {"edges": self.asked}
        return found if self.beside == PCA else found | {"beside": self.beside}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore edges and basis; what is not named, or cannot be, is as the page opens."""
        edges: Any = selection.get("edges")
        beside: Any = selection.get("beside")
        self.asked = edges if type(edges) is int and edges in looks(self._spec()) else None
        self.beside = beside if type(beside) is int and LIB < beside < len(BASES) else PCA
        self._look()

    def show_result(self, result: Result, job: Any) -> None:
        """Say what the slider does."""
        self.heading.detail = _HINT
        super().show_result(result, job)

    def _spec(self) -> InteractionSpec:
        spec = self.spec()
        assert isinstance(spec, InteractionSpec)
        return spec

    def _offer(self, n_edges: np.ndarray, look: int) -> None:
        """Places of the slider are looks, which have equal ratios; its label says the edges."""
        told = f"{_KEPT}: {n_edges[look]:,}"
        self.edges.param.update(end=len(n_edges) - 1, value=look, label=told)

    def _draw(self, moment: Frame | Result) -> None:
        self._run = moment if isinstance(moment, InteractionRun) else None
        if self._run is not None:
            found = self._run.found
            if self.asked is not None and self.asked not in found.n_edges:
                self.asked = None
            look = self._kept(self._run)
            self._list(self._run, look)
            self._offer(found.n_edges, look)
            moment = _Kept(self._run, look, self.beside)
        else:  # nothing is kept while networks learn
            self.list.sections = []
        super()._draw(moment)

    def _kept(self, run: InteractionRun) -> int:
        """The look that is shown."""
        if self.asked is None:
            return run.found.enough(LIB)
        return int(np.flatnonzero(run.found.n_edges == self.asked)[0])

    def _slid(self, event: Any) -> None:
        if self._run is None or int(event.new) == self._kept(self._run):
            return
        self.asked = int(self._run.found.n_edges[int(event.new)])
        self._look()

    def _pressed(self, action: str) -> None:
        self.beside = int(action)
        self._look()

    def _look(self) -> None:
        if self._run is not None:
            self._draw(self._run)
        self.mark()

    def _list(self, run: InteractionRun, look: int) -> None:
        found = run.found
        rows = []
        for basis, name in enumerate(SHORT):
            strength, n = found.strengths[basis], found.shown(basis, look)
            cell = {"text": name, "action": str(basis), "current": basis == self.beside,
                    "title": f"Draw {BASES[basis]} beside the interaction basis"}  # fmt: skip
            rows.append([
                cell if basis != LIB else name, f"{n:,} of {strength.size:,}",
                f"{share_held(strength, n):.0%}", f"{found.accuracy[basis, look, 0]:.0%}",
            ])  # fmt: skip
        self.list.sections = [{
            "title": "Edges shown, network 1",
            "columns": ["basis", "edges", "held", "right"],
            "rows": rows,
            "note": "Held is their share of the strength of all edges. Press a basis to see it "
            "beside the interaction basis (LIB).",
        }]  # fmt: skip


VIEW = InteractionView
