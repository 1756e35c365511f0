"""The inspector's sections, as pure functions of results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engines.sorting.model import Cycle, Ensemble, Trajectory
from engines.sorting.paper.published import published
from engines.sorting.paper.targets import PAPER
from engines.sorting.trajectory.measures import measure

Section = dict[str, Any]

KIND_SERIES = (0, 2, 1)
"""Series colour of every algotype, as the stage draws it."""


def ledger_section(trajectory: Trajectory, ensemble: Ensemble | None) -> Section:
    """What the run cost under each way of counting, beside the mean of many runs."""
    names = {
        "swaps": "two cells change places",
        "paper steps": "swaps and comparisons as the paper's code counts them",
        "reads": "every value a cell looked at",
        "activations": "every time a cell was given its turn",
    }
    rows = []
    for name, count in trajectory.ledger.items():
        head = {"text": "values read" if name == "reads" else name, "title": names.get(name, "")}
        row: list[Any] = [head, f"{count:,}"]
        if ensemble:
            summary = "n_" + name.replace(" ", "_")
            low, high = ensemble.interval(summary)
            row.append(f"{ensemble.mean(summary):,.0f} ± {(high - low) / 2:,.0f}")
        rows.append(row)
    columns = ["", "this run"] + ([f"mean of {ensemble.n_runs}"] if ensemble else [])
    section: Section = {"title": "Ledgers", "columns": columns, "rows": rows}
    if ensemble:
        section["note"] = f"± half the bootstrap 95 % interval, n = {ensemble.n_runs} runs"
    else:
        section["actions"] = [
            {"id": "ensemble", "label": "Mean of 100 runs", "title": "Run 100 seeds like this"}
        ]
    return section


def paper_sections(ensemble: Ensemble | None) -> list[Section]:
    """The paper's numbers for this setting beside ours, with intervals and a verdict."""
    paper = published(ensemble.spec.run) if ensemble else None
    if ensemble is None or paper is None:
        return []
    rows = [
        _paper_row("swaps", paper.swaps, ensemble, "n_swaps", 0),
        _paper_row("peak aggregation", paper.run_peak, ensemble, "peak_aggregation", 3),
    ]
    rows = [row for row in rows if row]
    if paper.run_peak is not None:
        # The paper compares with one half; the greatest value of a run is above that by chance.
        rows.append(_paper_row("its null", 0.5, ensemble, "null_peak", 3))
    note = f"{PAPER}. ✓ the paper's value lies within 3 % of ours; ≠ it does not."
    return [
        {
            "title": "Against the paper",
            "columns": ["", "paper", "ours, 95 % CI", ""],
            "rows": rows,
            "note": note,
        }
    ]


def _paper_row(
    title: str, paper: float | None, ensemble: Ensemble, name: str, places: int
) -> list[Any]:
    if paper is None:
        return []
    low, high = ensemble.interval(name)
    mean = ensemble.mean(name)
    near = abs(mean - paper) <= 0.03 * abs(paper)
    verdict = {"text": "✓" if near else "≠", "tone": "good" if near else "warning"}
    return [title, f"{paper:g}", f"{mean:,.{places}f} ± {(high - low) / 2:.{places}f}", verdict]


def gratification_section(trajectory: Trajectory) -> Section:
    """How often the array got worse before it got better."""
    dg = measure(trajectory, "dg_net")
    shown = f"{dg:.2f}" if dg == dg else "undefined"
    return {
        "title": "Delayed gratification",
        "rows": [
            ["detours", f"{len(trajectory.detours):,}"],
            [{"text": "mean net gain", "title": "(gain after a drop - drop) / drop, mean"}, shown],
        ],
    }


def provenance_section(trajectory: Trajectory | None) -> Section:
    """Why the run stopped and where its numbers come from."""
    if trajectory is None:
        return {"sentence": "Nothing has run yet; press Run."}
    spec = trajectory.spec
    undo = [{"id": "undo", "label": "Undo last edit", "title": "Back to the history before it"}]
    return {
        "sentence": trajectory.sentence,
        "actions": undo if spec.edits else [],
        "note": f"Zhang, Goldstein & Levin 2024 · one run · seed {spec.seed} · "
        f"{spec.scheduler} scheduler",
    }


def comparison_section(trajectories: Mapping[str, Trajectory]) -> Section:
    """The ledgers of arrays side by side."""
    counters = ("swaps", "paper steps", "reads", "activations")
    rows: list[list[Any]] = [
        [key, *(f"{t.ledger[key]:,}" for t in trajectories.values())] for key in counters
    ]
    rows.append(["errors left", *(int(t.errors[-1]) for t in trajectories.values())])
    rows.append(["ended", *(t.stop for t in trajectories.values())])
    return {
        "title": "Same permutation, side by side",
        "columns": ["", *(str(k + 1) for k in range(len(trajectories)))],
        "rows": rows,
        "note": " · ".join(f"{k + 1} {name}" for k, name in enumerate(trajectories)),
    }


def cycle_section(cycle: Cycle, *, is_shown: bool) -> Section:
    """The cycle of a livelock, and the way to watch it."""
    cells = ", ".join(map(str, cycle.cells[:6].tolist()))
    more = f" and {len(cycle.cells) - 6:,} more" if len(cycle.cells) > 6 else ""
    return {
        "title": "Livelock",
        "rows": [
            ["period", f"{cycle.period:,} swaps"],
            ["cells that move", f"{len(cycle.cells):,}"],
            ["going round since", f"swap {cycle.since:,}"],
            ["came back", f"{cycle.n_rounds:,} times"],
        ],
        "sentence": f"After {cycle.period:,} swaps the array is as it was, and nothing is gained. "
        f"Cells that move: {cells}{more}.",
        "actions": [
            {
                "id": "cycle",
                "label": "Show the cycle",
                "title": "Play one period again and again",
                "on": is_shown,
            }
        ],
        "note": "Turns are drawn at random, so there are longer ways round too; this is the "
        "shortest that was seen.",
    }
