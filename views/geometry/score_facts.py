"""Scores as sections of the inspector: each with its interval and its control beside it."""

from __future__ import annotations

from typing import Any

import numpy as np

from engines.geometry.model import LayerMoment, Moment, Score
from views.kit.text import label


def score_sections(moment: Moment) -> list[dict[str, Any]]:
    """One section per layer, one for the pair; notes say n, estimator and seed."""
    sections = [_layer(layer) for layer in moment.layers]
    if moment.pair:
        sections.append(_section("Left against right", moment.pair, ()))
    return sections


def _layer(layer: LayerMoment) -> dict[str, Any]:
    rows = ()
    if np.isfinite(layer.two_nn_dimension):
        rows = (["TwoNN dimension", f"{layer.two_nn_dimension:.2f}", ""],)
    made = _section(layer.name, layer.scores, rows)
    made["note"] = " · ".join([made["note"], *(label(n, 200) for n in layer.notes)])
    return made


def _section(title: str, scores: tuple[Score, ...], more: tuple[list[str], ...]) -> dict[str, Any]:
    rows: list[Any] = [[_named(s), _number(s.value), _number(s.control)] for s in scores]
    kinds = dict.fromkeys(s.control_kind for s in scores)
    first = scores[0] if scores else None
    note = ""
    if first:
        made = "; ".join(dict.fromkeys(f"{s.interval}: {s.estimator}" for s in scores))
        note = f"n = {first.n} stimuli, intervals are {made}, seed {first.seed}"
    columns = ["score (interval)", "value", ", ".join(kinds)]
    if any(np.isfinite(s.start) for s in scores):
        columns.append("random start")
        rows = [[*row, _number(s.start)] for row, s in zip(rows, scores, strict=True)]
    return {
        "title": label(title),
        "columns": columns,
        "rows": [*rows, *more],
        "note": note,
    }


def _named(score: Score) -> dict[str, str]:
    interval = f"{score.low:.2f} to {score.high:.2f}" if np.isfinite(score.low) else score.note
    return {"text": f"{score.name} ({label(interval, 90)})", "title": score.estimator}


def _number(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "undefined"
