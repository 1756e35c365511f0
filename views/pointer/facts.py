"""What the inspector says of an answer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engines.contract import Card
from engines.pointer.answering.results import Answer

_UNITS = {"plane": "", "EUC_2D": "", "CEIL_2D": "", "ATT": "", "GEO": " km", "EXPLICIT": ""}


def sections(answer: Answer, card: Card, selected: int) -> list[dict[str, Any]]:
    """The scores, what is wrong, the selected point, and where it comes from."""
    found = [_scores(answer)]
    if answer.violations:
        found.append(_violations(answer))
    if answer.lengths:
        found.append(_lengths(answer))
    if answer.notices:
        found.append({"title": "To know", "rows": [[note] for note in answer.notices]})
    found += [_point(answer, selected), _source(answer, card)]
    return found


def _scores(answer: Answer) -> dict[str, Any]:
    scores = dict(answer.scores)
    right = scores.pop("accuracy", math.nan)
    trust = "exact" if answer.exact else "best known, not proven optimal"
    rows = [["answer", _right(right, answer.exact)]]
    rows += [[name, percent(value)] for name, value in scores.items()]
    if len(answer.choices):
        rows.append(["probability of the answer", f"{math.exp(answer.log_probability):.3g}"])
        rows.append(["mean entropy", f"{float(np.mean(answer.entropy)):.2f} bits a step"])
    if answer.n_variants > 1:
        rows.append(["best of", f"{answer.n_variants:,} answers"])
    rows.append(["reference", f"{answer.reference_name} ({trust})"])
    return {"title": "The network's answer", "rows": rows}


def _right(accuracy: float, exact: bool) -> str:
    if math.isnan(accuracy):
        return "–"
    if accuracy:
        return "right" if exact else "as good as the best known"
    return "not the reference"


def percent(share: float) -> str:
    """A share for people; a dash where it is undefined."""
    return "–" if math.isnan(share) else f"{100 * share:.2f} %"


def _violations(answer: Answer) -> dict[str, Any]:
    rows = [[sentence] for sentence, _ in answer.violations]
    return {"title": "Not a valid answer", "rows": rows, "tone": "bad"}


def _lengths(answer: Answer) -> dict[str, Any]:
    """Every tour beside the reference."""
    best = answer.lengths[0][1]
    unit = _UNITS[answer.spec.metric]
    rows = [
        [name, f"{length:,.4g}{unit}", percent(length / best - 1.0) if best else "–"]
        for name, length in answer.lengths
    ]
    return {"title": "Tour lengths", "columns": ["tour", "length", "gap"], "rows": rows}


def _point(answer: Answer, selected: int) -> dict[str, Any]:
    if not 0 <= selected < len(answer.points):
        note = "Click a point to select it; click elsewhere to add one, Delete to remove it."
        return {"title": "No point selected", "note": note}
    x, y = answer.points[selected]
    rows = [["place", f"{x:.3f}, {y:.3f}"]]
    (where,) = np.nonzero(answer.choices == selected)
    rows.append(["chosen at step", ", ".join(map(str, where)) or "never"])
    if len(answer.distributions):
        probability = answer.distributions[:, selected]
        rows.append(["most looked at", f"{probability.max():.3f} at step {probability.argmax()}"])
    note = "Drag moves it, Shift and an arrow key by a hundredth, Delete removes it."
    return {"title": f"Point {selected}", "rows": rows, "note": note}


def _source(answer: Answer, card: Card) -> dict[str, Any]:
    return {
        "title": "Source",
        "rows": [["network", answer.network], ["n", str(len(answer.points))]],
        "note": card.paper,
    }
