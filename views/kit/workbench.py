"""The base of every experiment's view: controls left, stage centre, inspector right, time below."""

from __future__ import annotations

import asyncio
import json
import uuid
from asyncio import Future
from collections.abc import Callable
from os import PathLike
from typing import Any, ClassVar

import panel as pn
import panel_material_ui as pmui
import param
from panel.custom import JSComponent
from panel.viewable import Children

from engines.contract import ExplorerError, Finding, Frame, Result, Spec
from engines.running import registry
from engines.running.compute import Compute, Job
from views.kit.claims import Claims
from views.kit.components import (
    Downloads,
    Facts,
    Folds,
    Heading,
    Notices,
    current_document,
    stylesheet,
    tokens_script,
    when_unlocked,
)
from views.kit.controls import Controls, controls_from_spec
from views.kit.esm import esm
from views.kit.panels import grouped_widgets
from views.kit.policy import policy
from views.kit.provenance import provenance
from views.kit.runner import Runner
from views.kit.sending import SendTo, origin_section

OWN = "as set below"


class Group(JSComponent):
    """A titled, folding group of controls."""

    title = param.String(doc="What the group is about.")
    opened = param.Boolean(default=True, doc="Whether it starts unfolded.")
    objects = Children(doc="The controls.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.kit", "group.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.kit", "group.css")]


class ExperimentView(pn.viewable.Viewer):
    """What people see of one experiment. Subclasses fill the stage; the rest comes from the spec.

    Args of the constructor:
        name: the experiment, say ``"sorting/run"``.
        compute: where work is done.
        owner: the session that asks; jobs of other owners are out of reach.
        spec: what to show first; the experiment's first preset when None.
    """

    changed = param.Event(doc="Something that a link or session file keeps has changed.")

    link: Callable[[str, Spec], str] = staticmethod(lambda _name, _spec: "")
    """The address of another experiment with a spec; empty where there are no pages."""

    go: Callable[[str], None] = staticmethod(lambda _address: None)
    """Leads the browser to an address; nowhere where there are no pages."""

    folded_groups: ClassVar[frozenset[str]] = frozenset({"Filter"})
    own_controls: ClassVar[tuple[str, ...]] = ()
    """Fields that the subclass shows in its own way."""

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__()
        self.experiment_name, self.experiment = name, registry.experiment(name)
        self.owner = owner or uuid.uuid4().hex
        start = spec or self.experiment.default()
        self.controls: Controls = controls_from_spec(self.experiment.spec, start)()
        self.notices = Notices()
        card = self.experiment.card
        self.heading = Heading(title=card.title, detail=card.claim, sizing_mode="stretch_width")
        self.claims = Claims(self.experiment.claims, sizing_mode="stretch_width")
        self.runner = Runner(
            compute,
            owner=self.owner,
            view=name,
            spec=self.spec,
            on_frame=self.show_frame,
            on_result=self._take_result,
            on_error=self._complain,
            on_run=self.run,
            on_stopped=self.show_stopped,
        )
        self.came = Facts(sections=[], sizing_mode="stretch_width", visible=False)
        self.sending = SendTo(self._lead, self._complain)
        self.result: Result | None = None
        self._saves: tuple[Any, ...] = ()
        self._presets = self._preset_widget()
        self.controls.param.watch(self._changed, [k for k in self.controls.param if k != "name"])

    # What subclasses say -------------------------------------------------------------------

    def stage(self) -> list[Any]:
        """The pictures, top to bottom."""
        raise NotImplementedError

    def inspector(self) -> list[Any]:
        """What is selected, its numbers, why."""
        return []

    def timeline(self) -> list[Any]:
        """The bar below, when the experiment has a time."""
        return []

    def show_frame(self, frame: Frame) -> None:
        """A newer moment of the run has come."""

    def show_result(self, result: Result, job: Job) -> None:
        """The run has ended well."""

    def show_stopped(self, job: Job) -> None:
        """The run has ended without a result: stopped, replaced, failed or crashed."""

    def selection(self) -> dict[str, Any]:
        """What is selected, as small JSON values, for the URL and the session file."""
        return {}

    def select(self, selection: dict[str, Any]) -> None:
        """Restore what `selection` gave; ignores what it does not know."""

    def unselected(self) -> dict[str, Any]:
        """What `selection` leaves out because it is the usual, for `select` to restore."""
        return {}

    @staticmethod
    def own_figures(result: Result) -> dict[str, bytes]:
        """Figures beside the declared pictures that need no browser: SVG by title."""
        del result
        return {}

    def extra_controls(self) -> dict[str, list[Any]]:
        """Widgets to add, by group."""
        return {}

    # What they inherit ---------------------------------------------------------------------

    def spec(self) -> Spec:
        """What Run would compute now; raises SpecError when the knobs do not fit together."""
        return self.controls.spec()

    def take(self, spec: Spec) -> None:
        """Show another spec in the controls."""
        self.controls.take(spec)

    def mark(self, *_events: Any) -> None:
        """Say that something a link or session file keeps has changed."""
        self.param.trigger("changed")

    def run(self) -> Job | None:
        """As a press of Run."""
        return self.runner.run()

    def when_done(self, job: Job, callback: Callable[[Job], None]) -> None:
        """Call back in this document when the job has ended, however it did."""
        document = current_document()

        def hear(told: Job) -> None:
            if told.state.status.final:
                when_unlocked(document, lambda: callback(told))

        job.listen(hear)

    def restore_run(self) -> Job | None:
        """Run what a link or session file says, as it says."""
        return self.run()

    def close(self) -> None:
        """The session has ended: cancel what only it asked for."""
        self.runner.compute.release(self.owner)

    def _take_result(self, result: Result, job: Job) -> None:
        self.result = result
        self.show_result(result, job)
        if self.runner.quiet:  # another follows at once
            self.claims.wait()
            return
        self._judge(result)
        if policy().saves:
            self.sending.show(self.experiment_name, job.spec, result)
        made_by = self.provenance()
        for saves in self._saves if made_by else ():
            saves.stamp = json.dumps(made_by, sort_keys=True)

    def _judge(self, result: Result) -> None:
        """Claims resample, for a second perhaps: a page goes on meanwhile and shows them after."""
        document = current_document()
        if document is None or document.session_context is None:
            self.claims.judge(result)
            return

        def told(judged: Future[list[Finding | None]]) -> None:
            when_unlocked(document, lambda: self._show_findings(result, judged))

        self.claims.wait()
        loop = asyncio.get_running_loop()
        loop.run_in_executor(None, self.claims.findings, result).add_done_callback(told)

    def _show_findings(self, result: Result, judged: Future[list[Finding | None]]) -> None:
        if result is not self.result:
            return
        self.claims.wait("could not be judged")
        self.claims.tell(judged.result())

    def provenance(self) -> dict[str, Any] | None:
        """What made what is shown; None while nothing has come."""
        job = self.runner.job
        if self.result is None or job is None:
            return None
        device = getattr(getattr(self.runner.compute, "state", None), "device", "")
        return provenance(self.experiment_name, job.spec, str(device))

    def _complain(self, sentence: str) -> None:
        self.notices.post(sentence, bad=True)

    def _lead(self, name: str, spec: Spec) -> None:
        """Go to what was sent; where there are no pages, say what to call."""
        address = self.link(name, spec)
        if address:
            self.go(address)
        else:
            self.notices.post(f"It is kept; open it with explore({name!r}).")

    def _tell_origin(self, *_events: Any) -> None:
        section = origin_section(getattr(self.controls, "origin", ""), self.link)
        self.came.param.update(sections=[section] if section else [], visible=bool(section))

    def _changed(self, *_events: Any) -> None:
        self.mark()
        self._presets.value = self._preset_now()

    def _preset_now(self) -> str:
        try:
            spec = self.controls.spec()
        except ExplorerError:
            return OWN
        return next((n for n, preset in self.experiment.presets.items() if preset == spec), OWN)

    def _preset_widget(self) -> pmui.Select:
        options = [*self.experiment.presets, OWN]
        widget = pmui.Select(
            label="Preset",
            options=options,
            value=self._preset_now(),
            size="small",
            sizing_mode="stretch_width",
            margin=(0, 0, 10, 0),
            visible=bool(self.experiment.presets),
        )

        def choose(event: Any) -> None:
            preset = self.experiment.presets.get(event.new)
            if preset is not None and self._preset_now() != event.new:
                self.take(preset)
                self.run()

        widget.param.watch(choose, "value")
        return widget

    def _control_column(self) -> pn.Column:
        groups = grouped_widgets(self.controls, skip=self.own_controls)
        for name, widgets in self.extra_controls().items():
            groups[name] = [*widgets, *groups.get(name, [])]
        folded = [
            Group(title=name, objects=widgets, opened=name not in self.folded_groups)
            for name, widgets in groups.items()
        ]
        scroll = pn.Column(
            self._presets, *folded, css_classes=["nx-scroll"], sizing_mode="stretch_width", margin=0
        )
        foot = pn.Column(
            self.runner.bar, css_classes=["nx-foot"], sizing_mode="stretch_width", margin=0
        )
        return pn.Column(
            scroll,
            foot,
            css_classes=["nx-controls"],
            stylesheets=[_CONTROL_COLUMN],
            sizing_mode="stretch_both",
            margin=0,
        )

    def __panel__(self) -> pn.Column:
        """The whole view; its height is ``--nx-view-height``."""
        regions = [
            self._control_column(),
            _region(
                "nx-middle",
                [Folds(), self.heading, self.claims, self.runner.standing, *self.stage()],
            ),
            _region("nx-inspector", [*self.inspector(), self.came, self.sending.facts]),
        ]
        below = self.timeline()
        if below:
            regions.append(_region("nx-time", below))
        whole = pn.Column(
            *regions,
            self.notices,
            stylesheets=[stylesheet("views.kit", "layout.css")],
            sizing_mode="stretch_both",
            margin=0,
        )
        self._tell_origin()
        if "origin" in self.controls.param:
            self.controls.param.watch(self._tell_origin, "origin")
        self._saves = tuple(whole.select(Downloads))
        for saves in self._saves:
            saves.provenance = self.provenance
        return whole


_CONTROL_COLUMN = (
    ":host{display:grid !important;grid-template-rows:minmax(0,1fr) auto}"
    ".nx-scroll{overflow-y:auto;overflow-x:hidden;padding:16px 18px 0;box-sizing:border-box;"
    "height:100% !important}"
    ".nx-foot{padding:12px 18px 10px;box-sizing:border-box;border-top:1px solid var(--nx-line)}"
)


# Where there is more than fits, the region scrolls; what is in it keeps its height, which panel
# would limit to that of the region.
_SCROLLED = ":host > * { flex-shrink: 0; max-width: 100%; max-height: none !important; }"


def _region(css_class: str, objects: list[Any]) -> pn.Column:
    return pn.Column(
        *objects,
        css_classes=[css_class],
        stylesheets=[_SCROLLED],
        sizing_mode="stretch_width",
        margin=0,
        scroll=False,
    )
