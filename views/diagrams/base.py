"""What every view of a diagram has: the drawing, its axes, its costs, its files."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import panel as pn

from engines.contract import Result, Spec
from engines.contract.pictures import Curves, Table
from engines.diagrams.drawing.files import file_from_drawing
from engines.diagrams.specs.drawing import AxisSize, Drawing
from engines.running.compute import Compute
from views.diagrams.components import DiagramAxes, DiagramStage
from views.diagrams.exports import ITEMS, saved
from views.diagrams.facts import about, cost_section, provenance
from views.kit.camera import lenses
from views.kit.components import Downloads, Facts
from views.kit.figures import PictureFigure
from views.kit.picturegrid import PictureGrid
from views.kit.workbench import ExperimentView

_WIDTHS = {"--nx-left": "clamp(260px, 29vw, 440px)", "--nx-right": "clamp(220px, 20vw, 300px)"}


class DiagramView(ExperimentView):
    """A drawing on stage; subclasses say where it comes from."""

    own_controls: ClassVar[tuple[str, ...]] = ("text", "collapsed", "sizes")
    redraw_on: ClassVar[tuple[str, ...]] = ("width", "curve_axis")
    """Knobs that need no press of Run."""
    folded_groups: ClassVar[frozenset[str]] = frozenset({"Look"})

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        self.link_id = uuid.uuid4().hex
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        link = self.link_id
        self.drawn: Drawing | None = None
        self._picked = ""
        self.canvas = DiagramStage(self._hear, link_id=link, **wide)
        self.axes = DiagramAxes(self._resize, link_id=link, **wide)
        self.facts = Facts(sections=[], **wide)
        self.saves = Downloads(self._save, items=list(ITEMS), **wide)
        self.curves = PictureGrid(sizing_mode="stretch_width", margin=(8, 0, 0, 0))
        self._figure: PictureFigure | None = None
        self.controls.param.watch(lambda _event: self.redraw(), list(self.redraw_on))
        self.canvas.param.watch(self.mark, "camera")

    # Assembly ------------------------------------------------------------------------------

    def stage(self) -> list[Any]:
        """The diagram above its curves."""
        return [self.canvas, self.curves]

    def inspector(self) -> list[Any]:
        """Costs, crossovers, what is picked, files."""
        return [self.facts, pn.Spacer(height=12), self.saves]

    @staticmethod
    def own_figures(result: Result) -> dict[str, bytes]:
        """The diagram itself."""
        drawing = getattr(result, "drawing", result)
        if not isinstance(drawing, Drawing) or not drawing.scene:
            return {}
        return {"diagram": file_from_drawing(drawing, "svg")[1]}

    def extra_controls(self) -> dict[str, list[Any]]:
        """The sizes."""
        return {"Sizes": [self.axes]}

    def __panel__(self) -> pn.Column:
        """Wider at the left than other workbenches: that is where one writes."""
        view = super().__panel__()
        view.styles = {**view.styles, **_WIDTHS}
        return view

    def redraw(self) -> None:
        """The same diagram, looked at in another way."""
        self.run()

    def resized(self) -> None:
        """Axes have other sizes: the same diagram costs something else."""
        self.redraw()

    # Hearing -------------------------------------------------------------------------------

    def _resize(self, axis: str, size: int) -> None:
        others = [item for item in self.controls.sizes if item.axis != axis]
        self.controls.sizes = (*others, AxisSize(axis=axis, size=size))
        self.resized()

    def _hear(self, message: dict[str, Any]) -> None:
        kind, path = message["kind"], str(message.get("path", ""))
        if kind == "pick":
            self._picked = path
            self._tell()
            return
        folded = set(self.drawn.folded if self.drawn else self.controls.collapsed)
        if kind == "toggle":
            folded ^= {path}
            self.controls.collapsed = tuple(sorted(folded | {"*"}))
        else:
            self.controls.collapsed = self._every_block() if message.get("all") else ("*",)
        self.redraw()

    def _every_block(self) -> tuple[str, ...]:
        return ("*", *about(self.drawn).blocks) if self.drawn else ("*",)

    # Showing -------------------------------------------------------------------------------

    def show_drawing(self, drawing: Drawing) -> None:
        """Put a drawing on stage."""
        self.drawn = drawing
        self.canvas.param.update(
            note=" ".join(drawing.notes),
            alt=_in_words(drawing),
            cards=drawing.cards,
            scene=drawing.scene,
        )
        self.axes.rows = [
            {"axis": axis, "said": said, "size": size, "free": free}
            for axis, said, size, free in drawing.legend
        ]
        self._plot(drawing)
        self._tell()

    def _plot(self, result: Drawing) -> None:
        curves = [p for p in result.pictures() if isinstance(p, Curves)]
        if not curves:
            self.curves.lay_out([])
            return
        if self._figure is not None and self._figure.fits(curves[0]):
            self._figure.update(curves[0])
            if self.curves.objects:
                return
        self._figure = PictureFigure(curves[0])
        self.curves.lay_out([self._figure])

    def _tell(self) -> None:
        if self.drawn is None:
            return
        sections = [*self.first_sections(), cost_section(self.drawn)]
        if self._picked:
            sections.append(about(self.drawn).section(self._picked))
        sections += [_table(p) for p in self.drawn.pictures() if isinstance(p, Table)]
        sections.append(provenance(self.experiment.card))
        self.facts.sections = [section for section in sections if section]

    def first_sections(self) -> list[dict[str, Any]]:
        """What the inspector says before the costs."""
        return []

    def selection(self) -> dict[str, Any]:
        """The picked operation, and from where one looks."""
        camera = lenses(self.canvas.camera, ("paper",))
        return {
            **({"picked": self._picked} if self._picked else {}),
            **({"camera": camera} if camera else {}),
        }

    def select(self, selection: dict[str, Any]) -> None:
        """Restore it."""
        if "camera" in selection:
            self.canvas.camera = lenses(selection["camera"], ("paper",))
        picked = selection.get("picked")
        self._picked = picked if isinstance(picked, str) else ""
        self._tell()

    def take(self, spec: Spec) -> None:
        """Another text opens with nothing picked or folded by hand."""
        self._picked = ""
        super().take(spec)

    def _save(self, kind: str) -> tuple[str, bytes] | None:
        if self.drawn is None:
            self._complain("There is nothing to save yet; mend the text first.")
            return None
        return saved(self.drawn, kind, self._complain)


def _in_words(result: Drawing) -> str:
    first = result.spec.text.strip().split("\n")[-1 if "def" not in result.spec.text else 0]
    return f"Neural circuit diagram of {first}, {result.n_visible} operations"


def _table(picture: Table) -> dict[str, Any]:
    names = list(picture.columns)
    rows = [
        [str(row[0]), *(f"{value:.3g}" for value in row[1:])]
        for row in zip(*picture.columns.values(), strict=True)
    ]
    return {"title": picture.title, "columns": names, "rows": rows[:12]}
