"""Help: the keys, the tours, the sources, and the known answers checked on this machine."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Any

import panel_material_ui as pmui

from engines.answers.experiments.known.verify import Verification, VerifyFrame, VerifySpec
from engines.contract import ExplorerError, Verdict
from engines.running import registry
from engines.running.compute import Compute, Job
from explorer.manual.contents import manual_address, manual_links
from explorer.sessions import app_version
from explorer.tours import tours
from explorer.verify import COLUMNS, row
from views.kit.components import Facts
from views.kit.runner import Asker

KEYS = [
    ["play or pause", "space"],
    ["one swap back, forward", "← →"],
    ["find anything by name", "Ctrl K, ⌘ K"],
    ["this help", "?"],
    ["close a menu or this help", "Esc"],
]
_STACK = ("panel", "bokeh", "numpy", "numba", "torch")


class Help:
    """A dialog; the table of known answers is computed only when somebody asks."""

    def __init__(self, compute: Compute, owner: str, workbench: str = "") -> None:
        """For one session; ``workbench`` empty means all."""
        self.workbench = workbench
        self.facts = Facts(self._act, sizing_mode="stretch_width")
        self.dialog = pmui.Dialog(
            self.facts,
            title="Help",
            open=False,
            close_on_click=True,
            show_close_button=True,
            width_option="md",
        )
        self._asker = Asker(compute, owner, "help", self._hear)

    def toggle(self) -> None:
        """Open, or close when it is open; what it says is made when it is first asked for."""
        if not self.facts.sections:
            self._describe([], "")
        self.dialog.open = not self.dialog.open

    def _act(self, _action: str) -> None:
        try:
            self._asker.ask(VerifySpec(workbench=self.workbench), recompute=True)
        except ExplorerError as error:
            self._describe([], str(error))

    def _hear(self, job: Job) -> None:
        moment = job.result or job.frame
        verdicts = moment.verdicts if isinstance(moment, Verification | VerifyFrame) else ()
        state = job.state
        ended = state.status.final
        said = state.sentence if ended else "computing…"
        self._describe([_answer_row(verdict) for verdict in verdicts], said)

    def _describe(self, answers: list[list[Any]], said: str) -> None:
        sections: list[dict[str, Any]] = [{"title": "Keys", "rows": KEYS}]
        mine = [t for t in tours().values() if t.experiment.startswith(self.workbench)]
        if mine:
            rows = [
                [tour.title, f"./{tour.experiment.partition('/')[0]}?tour={tour.name}"]
                for tour in mine
            ]
            sections.append({"title": "Tours", "links": rows})
        if manual_address():
            sections.append({"title": "Manual", "links": manual_links(self.workbench)})
        known: dict[str, Any] = {
            "title": "Known answers",
            "note": said
            or "Published and closed-form numbers, recomputed on this machine. "
            "From a terminal: python -m explorer verify",
            "actions": [{"id": "verify", "label": "Check them now"}],
        }
        if answers:
            known |= {"columns": list(COLUMNS), "rows": answers}
        sections.append(known)
        sections.append({"title": "Sources", "rows": self._sources()})
        sections.append({"note": _about()})
        self.facts.sections = sections

    def _sources(self) -> list[list[str]]:
        chosen = [self.workbench] if self.workbench else list(registry.workbenches())
        names = [name for workbench in chosen for name in registry.listed(workbench)]
        papers = {registry.experiment(name).card.paper for name in names}
        return [[paper] for paper in sorted(papers)]


def _answer_row(verdict: Verdict) -> list[Any]:
    target, source, expected, ours, said = row(verdict)
    tone = "good" if verdict.reproduced else "warning"
    return [{"text": target, "title": source}, source, expected, ours, {"text": said, "tone": tone}]


def _about() -> str:
    stack = ", ".join(f"{name} {version(name)}" for name in _STACK)
    return f"Neural Explorer {app_version()}, Python {platform.python_version()}, {stack}"
