"""The paper page: tables of verdicts first, every row to be run again; the figures below."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from typing import Any

from engines.contract import Frame, Result, Spec
from engines.running.compute import Compute, Job
from engines.sorting.paper.figures import by_id
from engines.sorting.paper.page import PaperFrame, PaperPage, PaperSpec
from engines.sorting.paper.targets import SECTIONS, Target
from engines.sorting.paper.verdicts import CORRECTED, DIFFERS, IMPOSSIBLE, REPRODUCED, Row, judged
from views.kit.components import Facts
from views.kit.generic import GenericView
from views.kit.runner import Asker

_TONES = {REPRODUCED: "good", CORRECTED: "good", DIFFERS: "bad", IMPOSSIBLE: "warning"}
_SAID = {DIFFERS: "differ"}
_COLUMNS = ["condition", "paper", "ours, 95 % interval", "other scheduler", "verdict", "why", ""]
_NULL = "labels permuted"


class PaperView(GenericView):
    """Every published number beside ours; a row runs again with new seeds when it is asked."""

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        self.tables = Facts(self._again, sections=[], sizing_mode="stretch_width")
        self._one = Asker(compute, self.owner, f"{name}#row", self._hear_row)
        self._targets = by_id()
        self._times: Counter[str] = Counter()

    def timeline(self) -> list[Any]:
        """None: rows come in the order of the paper, which is no time."""
        return []

    def stage(self) -> list[Any]:
        """The verdicts, and the figures under them."""
        return [self.tables, self.pictures]

    def show_result(self, result: Result, job: Job) -> None:
        """The whole page has come; rows that were run again start anew."""
        self._times.clear()
        super().show_result(result, job)

    def _draw(self, moment: Frame | Result) -> None:
        if moment is self._shown:
            return
        super()._draw(moment)
        if isinstance(moment, PaperFrame | PaperPage):
            self.tables.sections = sections(moment.rows, self._targets)

    def _again(self, target: str) -> None:
        """Run one row with seeds that no earlier run of it has used."""
        if not isinstance(self.result, PaperPage):
            self._complain("This row can be run again when the page is complete.")
            return
        self._times[target] += 1
        spec = self.result.spec
        step = self._times[target] * spec.n_runs
        self._one.ask(spec.replace(only=target, seed=(spec.seed + step) % 2**64))

    def _hear_row(self, job: Job) -> None:
        page, fresh = self.result, job.result
        if not job.state.status.final or not isinstance(page, PaperPage):
            return
        if not isinstance(fresh, PaperPage) or not isinstance(job.spec, PaperSpec):
            self._complain(job.state.sentence)
            return
        rows = tuple(fresh.row(r.target) if r.target == job.spec.only else r for r in page.rows)
        newer = dataclasses.replace(page, rows=judged(rows, self._targets))
        self.result = self.moments[-1] = newer
        self._draw(newer)
        target = self._targets[job.spec.only]
        self.notices.post(f"{target.what}: run again with seed {job.spec.seed}.")


def sections(rows: tuple[Row, ...], targets: dict[str, Target]) -> list[dict[str, Any]]:
    """The verdicts in one sentence, then a table per section of the paper."""
    found = [_summary(rows)]
    for section, title in SECTIONS.items():
        here = [row for row in rows if targets[row.target].section == section]
        if here:
            found.append(_section(title, here, targets))
    return found


def _section(title: str, rows: list[Row], targets: dict[str, Target]) -> dict[str, Any]:
    """One table; the column of nulls only where a number has one."""
    columns, cells = [*_COLUMNS], [_cells(row, targets[row.target]) for row in rows]
    if not all(math.isnan(row.ours.null) for row in rows):
        columns.insert(3, _NULL)
        for line, row in zip(cells, rows, strict=True):
            line.insert(3, shown(row.ours.null))
    return {"title": title, "columns": columns, "rows": cells}


def _summary(rows: tuple[Row, ...]) -> dict[str, Any]:
    counts = Counter(row.verdict for row in rows)
    said = ", ".join(
        f"{counts[verdict]} {_SAID.get(verdict, verdict)}" for verdict in _TONES if counts[verdict]
    )
    hidden = sum(row.hidden for row in rows)
    return {
        "title": f"{len(rows)} printed numbers",
        "sentence": f"{said}. {hidden} of them depend on the scheduler, which the paper does not "
        "name: their intervals under this one and under the other have nothing in common.",
        "note": "A number is reproduced within its tolerance, or when two samples of this size "
        "from one population would differ as much by chance (all rows tested together, Holm, 5 %).",
    }


def _cells(row: Row, target: Target) -> list[Any]:
    ours = f"{shown(row.ours.value)}  [{shown(row.ours.low)}, {shown(row.ours.high)}]"
    other = "" if row.other is None else shown(row.other.value)
    unlike = {"text": other, "tone": "warning", "title": "depends on the scheduler"}
    return [
        target.what,
        {"text": shown(target.printed), "title": target.place},
        ours,
        unlike if row.hidden else other,
        {"text": row.verdict, "tone": _TONES[row.verdict]},
        {"text": row.why, "tone": "text"},
        {"text": "run again", "action": row.target, "title": f"Run again: {target.what}"},
    ]


def shown(value: float) -> str:
    """A number with as many digits as the paper prints; nothing for nan."""
    if math.isnan(value):
        return ""
    digits = 2 if abs(value) < 100 else 1
    return f"{value:,.{digits}f}"


VIEW = PaperView
