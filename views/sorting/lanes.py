"""A trajectory as the bytes its browser lane needs, thinned when it is very long."""

from __future__ import annotations

from typing import Any

import numpy as np

from engines.sorting.chance.label_null import aggregation_null
from engines.sorting.model import (
    ALGOTYPES,
    IMMOVABLE,
    MOVABLE,
    NOT_FROZEN,
    Edit,
    SortFrame,
    Trajectory,
    cycle_of,
)
from views.kit.payload import payload
from views.kit.text import label

_LOG_SWAPS_MAX = 1_000_000
_THIN_CELLS = 4_000_000
_TRACE_POINTS = 2_000


def lane_payload(trajectory: Trajectory, title: str) -> bytes:
    """Everything one lane draws: cells, swap log (or thinned orders), traces, detours, edits."""
    t = trajectory
    home = np.empty(t.n_cells, np.int32)
    home[np.argsort(t.rank, kind="stable")] = np.arange(t.n_cells, dtype=np.int32)
    if t.measured_descending:
        home = (t.n_cells - 1 - home).astype(np.int32)
    arrays = {
        "height": bar_heights(t),
        "rank": t.rank,
        "home": home,
        "value": t.value,
        "algotype": t.algotype,
        "frozen": t.frozen,
        "detours": t.detours,
        **(_log(t) if t.n_steps <= _LOG_SWAPS_MAX else _thinned(t)),
    }
    return payload(_meta(t, title), arrays)


def live_lane_payload(frame: SortFrame) -> bytes:
    """A lane that can show live moments of a run whose trajectory has not come yet."""
    rank = frame.rank.astype(np.int32)
    n = len(rank)
    top = max(1, int(rank.max()) if n else 1)
    empty = np.zeros(0, np.int16)
    meta = {
        "title": "Live",
        "n": n,
        "n_swaps": 0,
        "n_activations": 0,
        "n_ranks": top + 1,
        "stop": "running",
        "algotypes": list(ALGOTYPES),
        "labels": [],
        "edits": [],
        "cycle": None,
        "null_band": None,
    }
    arrays = {
        "height": (0.02 + 0.98 * rank / top).astype(np.float32),
        "rank": rank,
        "home": np.argsort(np.argsort(rank, kind="stable")).astype(np.int32),
        "value": rank.astype(np.float64),
        "algotype": frame.algotype,
        "frozen": frame.frozen,
        "detours": empty,
        "left": empty,
        "right": empty,
        "activation": np.zeros(0),
        "errors": np.array([frame.error], np.int32),
        "same_type": np.array([frame.aggregation * n if n > 1 else 0.0]),
    }
    return payload(meta, arrays)


def _meta(t: Trajectory, title: str) -> dict[str, Any]:
    mean, sd = aggregation_null(t.algotype)
    cycle = cycle_of(t)
    return {
        "title": title,
        "n": t.n_cells,
        "n_swaps": t.n_steps,
        "n_activations": t.n_activations,
        "n_ranks": int(t.rank.max()) + 1 if t.n_cells else 0,
        "stop": t.stop,
        "algotypes": list(ALGOTYPES),
        "labels": [label(text) for text in t.label],
        "edits": [_change(t, change) for change in t.trait_changes.tolist()],
        "cycle": [cycle.since, cycle.start, cycle.end] if cycle else None,
        "null_band": [mean - 2 * sd, mean + 2 * sd] if np.isfinite(mean) else None,
    }


def _change(t: Trajectory, change: list[int]) -> dict[str, Any]:
    step, cell, algotype, _, frozen, cause = change
    if cause >= 0:
        return _edit(t.spec.edits[cause], step)
    return {"at_swap": step, "cell": cell, "algotype": algotype, "frozen": frozen}


def _edit(edit: Edit, step: int) -> dict[str, Any]:
    made: dict[str, Any] = {"at_swap": step, "cell": edit.cell}
    if edit.kind == "freeze":
        made["frozen"] = MOVABLE if edit.frozen_kind == "movable" else IMMOVABLE
    elif edit.kind == "unfreeze":
        made["frozen"] = NOT_FROZEN
    elif edit.algotype is not None:
        made["algotype"] = ALGOTYPES.index(edit.algotype)
    return made


def bar_heights(t: Trajectory) -> np.ndarray:
    """float32[cell] in 0..1: by value where all are finite, by rank otherwise."""
    if t.n_cells == 0:
        return np.zeros(0, np.float32)
    finite = bool(np.isfinite(t.value).all()) and not t.label
    drawn = t.value if finite else t.rank.astype(np.float64)
    # Within -1 to 1, where the difference of any two is finite.
    drawn = drawn / (float(np.abs(drawn).max()) or 1.0)
    low, high = float(drawn.min()), float(drawn.max())
    # Bars stand on zero when the values do, so that heights can be compared by eye.
    floor = 0.0 if low >= 0.0 else low
    shares = (drawn - floor) / (high - floor) if high > floor else np.ones(t.n_cells)
    return (0.02 + 0.98 * shares).astype(np.float32)


def _log(t: Trajectory) -> dict[str, np.ndarray]:
    return {
        "left": t.left,
        "right": t.right,
        "activation": t.activation.astype(np.float64),
        "errors": t.errors,
        "same_type": t.same_type,
    }


def _thinned(t: Trajectory) -> dict[str, np.ndarray]:
    n_frames = max(2, min(400, _THIN_CELLS // max(1, t.n_cells)))
    steps = np.unique(np.linspace(0, t.n_steps, n_frames).astype(np.int64))
    traced = np.unique(np.linspace(0, t.n_steps, _TRACE_POINTS).astype(np.int64))
    before = np.maximum(steps - 1, 0)
    return {
        "left": np.zeros(0, np.int16),
        "right": np.zeros(0, np.int16),
        "frame_swaps": steps.astype(np.float64),
        "frames": np.stack([t.at(int(step)).order for step in steps]).astype(np.int32),
        "frame_activations": np.where(steps > 0, t.activation[before], 0).astype(np.float64),
        "trace_swaps": traced.astype(np.float64),
        "errors": t.errors[traced],
        "same_type": t.same_type[traced],
    }
