"""What the inspector says of one cell: what it is, sees and wants, and where it has been."""

from __future__ import annotations

from typing import Any

import numpy as np

from engines.sorting.model import ALGOTYPES, BY, CellReport, CellTrace
from views.kit.text import label
from views.sorting.facts import KIND_SERIES, Section

EMPTY_CELL: Section = {
    "title": "No cell selected",
    "note": "Click a bar to see what its cell wants and what stops it. With the tool set to freeze "
    "or swap, a click changes the array at this moment and the run goes on as a branch.",
}

N_BEFORE, N_AFTER = 3, 3
"""Moves listed on both sides of the cursor."""


def cell_section(report: CellReport, *, shown_value: object) -> Section:
    """One cell at one moment: what it is, what it wants, and what can be done to it."""
    frozen = report.frozen != "no"
    others = [name for name in ALGOTYPES if name != report.algotype]
    actions = [
        {"id": "unfreeze" if frozen else "freeze", "label": "Unfreeze" if frozen else "Freeze"},
        *({"id": f"become {name}", "label": f"Make {name}"} for name in others),
        {"id": "swap with", "label": "Swap with…", "title": "Then click the other cell"},
    ]
    return {
        "title": f"Cell {report.spec.cell}",
        "rows": [*_traits(report, shown_value), *_moment(report)],
        "sentence": report.sentence,
        "actions": actions,
    }


def _traits(report: CellReport, shown_value: object) -> list[list[Any]]:
    kind = ALGOTYPES.index(report.algotype)
    rows: list[list[Any]] = [
        ["position", report.position],
        ["value", label(shown_value)],
        ["algotype", {"text": report.algotype, "series": KIND_SERIES[kind]}],
        ["direction", "descending" if report.descending else "ascending"],
        ["moves made", f"{report.moves:,}"],
    ]
    if report.ideal_position >= 0:
        rows.insert(3, ["ideal position", report.ideal_position])
    if report.frozen != "no":
        rows.append(["frozen", {"text": report.frozen, "tone": "warning"}])
    return rows


def _moment(report: CellReport) -> list[list[Any]]:
    """What it reads, what it wants, what stops it: now."""
    wants = " or ".join(map(str, report.wants.tolist()))
    stopped = {"text": report.stopped_by, "tone": "warning"} if len(report.wants) else None
    return [
        ["sees", _seen(report)],
        ["wants", f"position {wants}" if wants else "to stay"],
        ["stopped by", (stopped or report.stopped_by) if report.stopped_by else "nothing"],
    ]


def _seen(report: CellReport) -> str:
    n_seen = len(report.sees)
    if n_seen == 0:
        return "nobody"
    if n_seen > 2:
        return f"{n_seen} cells, positions {report.sees[0]} to {report.sees[-1]}"
    values, places = report.sees_value.tolist(), report.sees.tolist()
    return ", ".join(f"{v:g} at {p}" for v, p in zip(values, places, strict=True))


def moves_section(trace: CellTrace, step: int) -> Section:
    """Its swaps around a step, and the way to the one before and the one after."""
    if trace.n_moves == 0:
        return {"title": "Its moves", "sentence": "It never changes places in this run."}
    n_made = int(np.searchsorted(trace.step, step, side="right"))
    shown = range(max(0, n_made - N_BEFORE), min(trace.n_moves, n_made + N_AFTER))
    return {
        "title": f"Its moves: {n_made:,} of {trace.n_moves:,} made",
        "columns": ["swap", "from → to", "with cell", "made by"],
        "rows": [_move(trace, move, is_last=move == n_made - 1) for move in shown],
        "actions": _jumps(trace, step),
        "note": "The marked move is the last one made at the cursor. Click a swap to go there.",
    }


def _move(trace: CellTrace, move: int, *, is_last: bool) -> list[Any]:
    step = int(trace.step[move])
    when = {"text": f"{step:,}", "action": f"at {step}", "title": f"Go to swap {step:,}"}
    way = f"{trace.source[move]} → {trace.target[move]}"
    return [when | {"current": is_last}, way, int(trace.other[move]), BY[trace.by[move]]]


def _jumps(trace: CellTrace, step: int) -> list[dict[str, str]]:
    before = trace.step[trace.step < step]
    after = trace.step[trace.step > step]
    jumps = []
    if len(before):
        jumps.append({"id": f"at {before[-1]}", "label": "‹ Previous move"})
    if len(after):
        jumps.append({"id": f"at {after[0]}", "label": "Next move ›"})
    return jumps
