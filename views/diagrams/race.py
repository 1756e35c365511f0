"""The race on stage: entrants drawn in the colours of their curves, the verdict above all."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, get_args

import panel as pn
import panel_material_ui as pmui

from engines.contract import Frame, Result, Spec
from engines.diagrams.drawing.picture import drawing
from engines.diagrams.learning.course import PriceAxis, RaceFrame, RaceResult, cell
from engines.diagrams.learning.shown import with_wire
from engines.diagrams.learning.spec import DEEP, ENTRANTS_MAX, Entrant, LearningRule, named
from engines.diagrams.learning.verdicts import AHEAD, BEHIND, HELD_OUT, LEARNT, Verdict
from engines.diagrams.specs.drawing import Drawing, DrawSpec
from engines.diagrams.wires.followed import N_PROBES, VANISHING, Followed
from engines.running.compute import Compute, Job
from views.diagrams.components import DiagramEditor, DiagramStage
from views.diagrams.facts import about
from views.kit.components import Facts
from views.kit.figures import PictureFigure
from views.kit.generic import GenericView, table_section
from views.kit.text import label

_WIDTH = 640
"""Where a drawing wraps, in pixels: two stand side by side."""
_SMALL = ".nx-tools { display: none; } .nx-paper { min-height: 96px; max-height: 360px; }"
_HALF = {"flex": "1 1 280px", "min-width": "0", "max-width": "calc(50% - 4px)"}
_SPLITS = {HELD_OUT: "exam", LEARNT: "learnt"}
_ALT = "Diagram of "
_TONES = {AHEAD: "good", BEHIND: "warning"}


class Lane:
    """One entrant: its editor at the left, its drawing on stage."""

    def __init__(self, place: int, view: RaceView) -> None:
        """``place`` counts from 0 and is the number of its colour."""
        self.place = place
        link = f"{view.owner}-{place}"
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self.editor = DiagramEditor(partial(view.write, place), text="", link_id=link, **wide)
        self.rule = pmui.Select(
            label="Rule", options=list(get_args(LearningRule)), value="backprop", size="small",
            margin=(0, 0, 10, 0), **wide,
        )  # fmt: skip
        self.rule.param.watch(lambda event: view.teach(place, event.new), "value")
        self.head = Facts(sections=[], **wide)
        self.stage = DiagramStage(
            self._hear, link_id=link, foldable=False, stylesheets=[_SMALL], **wide
        )
        self.text = ""
        self.followed: Followed | None = None
        """Statistics of its wires through the race; None before it has ended."""
        self.picked = ""
        self._mark = view.mark
        self.box = pn.Column(self.head, self.stage, margin=0, styles=_HALF, **wide)

    def show(self, entrant: Entrant) -> None:
        """Another text; texts are short here, so that drawing one takes a few milliseconds."""
        if self.editor.text != entrant.text:
            self.editor.text = entrant.text
        self.rule.value = entrant.rule
        self.editor.visible = self.rule.visible = self.box.visible = True
        if self.text != entrant.text:
            self.text, self.followed = entrant.text, None
        self._draw(entrant.name)

    def follow(self, name: str, followed: Followed) -> None:
        """What its wires did during the race."""
        self.followed = followed
        self._draw(name)

    def pick(self, path: str) -> None:
        """Small curves under another wire; under none when it is pressed again."""
        self.picked = "" if path == self.picked else path
        if self.followed is not None:
            self._draw(self.stage.alt.removeprefix(_ALT))

    def _hear(self, message: dict[str, Any]) -> None:
        if message["kind"] == "pick":
            self.pick(str(message.get("path", "")))
            self._mark()

    def _draw(self, name: str) -> None:
        drawn, note = _folded(self.text), ""
        if self.followed is not None:
            drawn, note = (
                with_wire(drawn, self.followed, self.picked),
                _about(self.followed, first=not self.place),
            )
        self.editor.mistakes = [vars(mistake) for mistake in drawn.mistakes]
        self.stage.param.update(
            note=note if drawn.scene else "Mend the text first.",
            alt=f"{_ALT}{label(name)}",
            cards=drawn.cards,
            scene=drawn.scene,
        )

    def hide(self) -> None:
        """Nobody races here."""
        self.editor.visible = self.rule.visible = self.box.visible = False


class RaceView(GenericView):
    """Curves and prices as declared, with the drawings beside them and the verdict first."""

    own_controls: ClassVar[tuple[str, ...]] = ("entrants",)
    folded_groups: ClassVar[frozenset[str]] = frozenset({"Learning"})

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        self.verdict = Facts(sections=[], sizing_mode="stretch_width")
        self.strip = Facts(sections=[], sizing_mode="stretch_width")
        self.price = pmui.Select(
            label="Price axis", options=list(get_args(PriceAxis)), value="parameters", size="small",
            width=180, margin=(0, 0, 4, 0),
        )  # fmt: skip
        self.more = Facts(on_action=self._press, sections=[], sizing_mode="stretch_width")
        self.lanes = [Lane(place, self) for place in range(ENTRANTS_MAX)]
        self.drawings = pn.Row(
            *(lane.box for lane in self.lanes),
            styles={"flex-wrap": "wrap", "gap": "8px"},
            sizing_mode="stretch_width",
            margin=0,
        )
        self.controls.param.watch(lambda _event: self._line_up(), ["entrants"])
        self.price.param.watch(lambda _event: self._redraw(), "value")
        self._line_up()

    # Assembly ------------------------------------------------------------------------------

    def stage(self) -> list[Any]:
        """The verdict, the drawings, the curves, the tables."""
        return [self.verdict, self.drawings, self.strip, self.pictures, self.price, self.tables]

    def extra_controls(self) -> dict[str, list[Any]]:
        """An editor for each entrant."""
        each = [widget for lane in self.lanes for widget in (lane.editor, lane.rule)]
        return {"Entrants": [*each, self.more]}

    # Entrants ------------------------------------------------------------------------------

    def _line_up(self) -> None:
        entrants = self.controls.entrants
        for lane, entrant in zip(self.lanes, entrants, strict=False):
            lane.show(entrant)
            lane.head.sections = [_head(lane.place, entrant.name, None)]
        for lane in self.lanes[len(entrants) :]:
            lane.hide()
        actions = []
        if len(entrants) < ENTRANTS_MAX:
            actions.append({"id": "add", "label": "Add an entrant", "title": "One more text"})
        if len(entrants) > 1:
            title = f"Take {entrants[-1].name} out"
            actions.append({"id": "remove", "label": "Remove the last", "title": title})
        self.more.sections = [{"actions": actions}]

    def _press(self, action: str) -> None:
        entrants = self.controls.entrants
        if action == "remove" and len(entrants) > 1:
            self.controls.entrants = entrants[:-1]
        elif action == "add" and len(entrants) < ENTRANTS_MAX:
            self.controls.entrants = (*entrants, named(DEEP, {other.name for other in entrants}))

    def write(self, place: int, text: str) -> None:
        """An editor has another text."""
        entrants = self.controls.entrants
        if place >= len(entrants) or entrants[place].text == text or not text:
            return
        others = (*entrants[:place], *entrants[place + 1 :])
        rule = entrants[place].rule
        made = named(text, {other.name for other in others}).replace(rule=rule)
        self.controls.entrants = (*entrants[:place], made, *entrants[place + 1 :])

    def teach(self, place: int, rule: LearningRule) -> None:
        """An entrant learns by another rule."""
        entrants = self.controls.entrants
        if place < len(entrants) and entrants[place].rule != rule:
            made = entrants[place].replace(rule=rule)
            self.controls.entrants = (*entrants[:place], made, *entrants[place + 1 :])

    # Showing -------------------------------------------------------------------------------

    def show_frame(self, frame: Frame) -> None:
        """Curves as they grow; before that, what is being done."""
        if isinstance(frame, RaceFrame) and not len(frame.course.steps):
            self.verdict.sections = [{"sentence": f"{frame.said} …"}]
            return
        if self.verdict.sections and isinstance(frame, RaceFrame):
            steps = int(frame.course.steps[-1])
            self.verdict.sections = [{"sentence": f"At step {steps:,}."}]
        super().show_frame(frame)

    def show_stopped(self, job: Job) -> None:
        """What ran is kept, and how far it came is said."""
        shown = self._shown
        if isinstance(shown, RaceFrame) and len(shown.course.steps):
            step = int(shown.course.steps[-1])
            self.verdict.sections = [{"sentence": f"Stopped at step {step:,}.", "tone": "warning"}]
        super().show_stopped(job)

    def show_result(self, result: Result, job: Job) -> None:
        """The verdict first."""
        super().show_result(result, job)
        if isinstance(result, RaceResult):
            self._tell(result)

    def _tell(self, result: RaceResult) -> None:
        first, *others = result.sentences
        self.verdict.sections = [
            {"title": "Verdict", "sentence": first, "note": " ".join(others)},
        ]
        self.strip.sections = [_strip(result)]
        for lane, entrant, followed in zip(
            self.lanes, result.spec.entrants, result.followed, strict=False
        ):
            if lane.text == entrant.text:
                lane.follow(entrant.name, followed)
        for lane, one in zip(self.lanes, result.entered, strict=False):
            if not one.control:
                sized = one.sized.partition(":")[0]
                if one.milliseconds:
                    sized += f" · {one.milliseconds:.3g} ms a step"
                facts = (f"{one.parameters:,} parameters", f"{one.flops:,} FLOPs", sized)
                lane.head.sections = [_head(lane.place, one.name, facts)]

    def selection(self) -> dict[str, Any]:
        """The wires that were pressed, entrant by entrant."""
        picked = [lane.picked for lane in self.lanes]
        return {"wires": picked} if any(picked) else {}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore them."""
        wires = selection.get("wires", [])
        for lane, path in zip(self.lanes, wires if isinstance(wires, list) else [], strict=False):
            if isinstance(path, str) and path != lane.picked:
                lane.pick(path)

    def _redraw(self) -> None:
        shown, self._shown = self._shown, None
        if shown is not None:
            self._draw(shown)

    def _draw(self, moment: Frame | Result) -> None:
        super()._draw(moment)
        if not isinstance(moment, RaceResult):
            return
        self.tables.sections = [table_section(moment.prices(measured=True)), _notes(moment)]
        if self._figures:
            front = moment.front(self.price.value)
            place = next((k for k, f in enumerate(self._figures) if f.fits(front)), -1)
            if place >= 0 and self._figures[place] is self._figures[-1]:
                self._figures[place].update(front)
                return
            self._figures[-1] = PictureFigure(front)
            self._lay_out()


def _about(followed: Followed, *, first: bool) -> str:
    faint = followed.vanishing()
    times = f"{VANISHING:g} times smaller than the output's"
    said = [f"Tinted: a gradient {times} ({', '.join(faint)})."] if faint else []
    if first:
        said.append(
            f"Press an operation to see its wire at {len(followed.steps)} looks from step 0 to "
            f"{followed.steps[-1]:,}, on {N_PROBES} examples of the exam: a thin line per seed, a "
            "thick one for their mean."
        )
    return " ".join(said)


def _folded(text: str) -> Drawing:
    """The diagram with its blocks closed: a word of one's own is one sign."""
    drawn = drawing(DrawSpec(text=text, width=_WIDTH))
    blocks = about(drawn).blocks if drawn.scene else ()
    if not blocks:
        return drawn
    return drawing(DrawSpec(text=text, width=_WIDTH, collapsed=("*", *blocks)))


def _head(place: int, name: str, facts: tuple[str, ...] | None) -> dict[str, Any]:
    said = " · ".join(part for part in facts or () if part)
    return {"rows": [[{"text": label(name), "series": place}, {"text": said, "tone": "text"}]]}


def _strip(result: RaceResult) -> dict[str, Any]:
    """Verdicts by budget, a row per entrant and split."""
    places = {one.name: k for k, one in enumerate(result.entered)}
    rows: dict[tuple[str, str], list[Verdict]] = {}
    for one in result.verdicts:
        rows.setdefault((one.entrant, one.split), []).append(one)
    return {
        "columns": ["against the first", *(f"{step:,} steps" for step in result.budgets)],
        "rows": [
            [{"text": f"{label(name)}, {_SPLITS[split]}", "series": places[name]},
             *map(_cell, strip)]
            for (name, split), strip in rows.items()
        ],
        "note": f"Loss less that of {label(result.entered[0].name)}, mean over pairs of seeds; "
        f"none: no difference seen at n = {result.spec.n_seeds}. Intervals hold for the five "
        "budgets of a row together at 95 % (t, Bonferroni). Same seed, same order of examples.",
    }  # fmt: skip


def _cell(one: Verdict) -> dict[str, str]:
    return {"text": cell(one), "tone": _TONES.get(one.word, ""), "title": str(one)}


def _notes(result: RaceResult) -> dict[str, Any]:
    spec = result.spec
    said = (
        f"n = {spec.n_seeds} seeds from {spec.seed}, batch {spec.batch}, Adam, rates "
        f"{spec.learning_rates} (of several the best on 15 % of what there is to learn "
        f"from, with 3 seeds of their own); one split of the data, so intervals hold first "
        f"weights and order alone. Chance is "
        f"{result.course.chance:.3g}: {result.chance_because}."
    )
    return {"title": "How it was done", "sentence": said}


VIEW = RaceView
