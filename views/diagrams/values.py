"""Values on every wire: the drawing with maps under its lines, and any wire's maps and curves."""

from __future__ import annotations

from typing import Any, ClassVar

from engines.contract import Frame, Result, Spec
from engines.contract.pictures import Picture
from engines.diagrams.watching.result import Watched, WatchFrame
from engines.diagrams.watching.showing import redrawn, with_values
from engines.diagrams.watching.spec import WatchSpec
from engines.diagrams.wires.followed import VANISHING
from engines.running.compute import Compute, Job
from views.diagrams.own_input import OwnInput, named
from views.diagrams.wires import WireView
from views.kit.generic import table_section


class ValuesView(WireView):
    """The drawing on stage with what flows in it; a press on an operation opens its maps."""

    folded_groups: ClassVar[frozenset[str]] = frozenset({"Look", "What runs", "Own input"})

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        self.watched: Watched | None = None
        self.own = OwnInput(self._take_own)
        self.controls.param.watch(self._tell_own, ["upload", "title"])
        self._tell_own()

    def extra_controls(self) -> dict[str, list[Any]]:
        """An input of one's own, the editor, the sizes."""
        return {"Own input": [self.own.panel], **super().extra_controls()}

    def _take_own(self, upload: str, title: str) -> None:
        self.controls.param.update(upload=upload, title=title)
        self.run()

    def _tell_own(self, *_events: Any) -> None:
        self.own.tell(self.controls.upload, self.controls.title)

    def chosen_by(self) -> dict[str, str]:
        """Which example, which turn of a block that repeats."""
        return {"example": "Example", "turn": "Turn"}

    def redraw(self) -> None:
        """Folded or wrapped in another way; what was learnt stays."""
        if self.watched is None or not self.watched.drawing.spec.text:
            self.run()
            return
        self.watched = redrawn(self.watched, self.controls.collapsed, self.controls.width)
        self.look()

    # Showing -------------------------------------------------------------------------------

    def show_frame(self, frame: Frame) -> None:
        """Values and statistics so far."""
        if isinstance(frame, WatchFrame):
            self._show(frame.watched)

    def show_result(self, result: Result, job: Job) -> None:
        """Every value of the chosen example."""
        del job
        if isinstance(result, Watched):
            self._show(result)

    def _show(self, result: Watched) -> None:
        if result is self.watched:
            return
        self.watched = result
        self.offer("example", result.n_examples)
        self.offer("turn", result.n_turns)
        if result.of(self._picked) is None:
            self._picked = result.shown_first()
        self.look()

    def look(self) -> None:
        """Another example or turn of the same run."""
        if self.watched is not None:
            self.show_drawing(with_values(self.watched, *self._chosen(self.watched)))

    def _chosen(self, result: Watched) -> tuple[int, int]:
        """Example and turn, counted from 0; the last turn where there is no choice."""
        turn = self.chosen("turn", result.n_turns) if result.n_turns > 1 else -1
        return self.chosen("example", result.n_examples), turn

    def pictures_of_wire(self, path: str) -> tuple[Picture, ...]:
        """Maps and curves."""
        if self.watched is None:
            return ()
        return self.watched.pictures_of(path, *self._chosen(self.watched))

    def first_sections(self) -> list[dict[str, Any]]:
        """Whose input flows, how well it learned, and every operation's statistics."""
        if self.watched is None:
            return []
        return [
            _own(self.watched.spec),
            _learned(self.watched),
            table_section(self.watched.short_table()),
        ]


def _own(spec: WatchSpec) -> dict[str, Any]:
    if not spec.upload:
        return {}
    said = " Curves and gradients are those of the exam." if spec.learns else ""
    return {"title": "Own input", "sentence": f"{named(spec.upload, spec.title)} flows.{said}"}


def _learned(result: Watched) -> dict[str, Any]:
    if not result.scores:
        return {}
    scores = ", ".join(f"{score:.3f}" for score in result.scores)
    small = ", ".join(result.followed.vanishing()[:8])
    return {
        "title": f"After {result.followed.steps[-1]:,} steps",
        "sentence": f"Score on the exam, seed by seed: {scores}.",
        "note": small and f"Gradient {VANISHING:g} times smaller than at the output: {small}.",
    }


VIEW = ValuesView
