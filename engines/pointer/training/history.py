"""How a training run went: what frames and results show, one run or several over each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.contract import Frame, Result
from engines.contract.pictures import Axis, Curves, Picture, Table
from engines.pointer.model import TrainSpec

Unit = Literal["examples", "seconds"]
_GRID = 300


@dataclass(frozen=True, eq=False)
class History:
    """Losses of batches, and scores on a fixed set of fresh instances."""

    loss_at: np.ndarray
    """Examples seen at each loss: int64[k]."""
    loss: np.ndarray
    """Cross-entropy per choice in nats, means since the one before: float64[k]."""
    token_accuracy: np.ndarray
    """float64[k]."""
    score_at: np.ndarray
    """Examples seen at each score: int64[m]."""
    scores: np.ndarray
    """float64[m, 4]: accuracy, quality, valid, and accuracy at the fewest points."""
    quality: str
    """What the second column is called."""


@dataclass(frozen=True, eq=False)
class TrainFrame(Frame):
    """A run under way."""

    history: History
    seconds: np.ndarray
    """Processor seconds at each loss: float64[k]; a clock, so no part of the result."""
    n_examples: int
    examples_per_second: float
    learning_rate: float
    note: str = ""

    def pictures(self) -> tuple[Picture, ...]:
        """Loss and scores so far."""
        rate = f"{self.examples_per_second:,.0f}"
        told = {
            "seen": (f"{self.n_examples:,} examples",),
            "per processor second": (rate,),
            "learning rate": (f"{self.learning_rate:.2g}",),
            "note": (self.note or "–",),
        }
        return (*overlaid({"this run": (self.history, None)}), Table("Now", told))


@dataclass(frozen=True, eq=False)
class TrainResult(Result):
    """A finished run; its weights lie on this machine under ``weights``."""

    spec: TrainSpec
    history: History
    weights: str
    """What to choose under Weights."""
    tested: tuple[tuple[int, float, float, float], ...]
    """n, accuracy, its standard error, quality on instances never seen."""
    n_tested: int
    sha256: str
    """Of the weights."""

    def pictures(self) -> tuple[Picture, ...]:
        """Loss, scores, and the final test."""
        n, accuracy, error, quality = zip(*self.tested, strict=True)
        columns = {
            "points": np.array(n),
            f"exactly right, % of {self.n_tested}": 100 * np.array(accuracy),
            "standard error, %": 100 * np.array(error),
            f"{self.history.quality}, %": 100 * np.array(quality),
        }
        return (*overlaid({"this run": (self.history, None)}), Table("Final test", columns))


def overlaid(
    runs: Mapping[str, tuple[History, np.ndarray | None]], unit: Unit = "examples"
) -> tuple[Curves, ...]:
    """Loss, accuracy and quality of several runs over examples, or over processor seconds.

    Runs without seconds are left out where seconds are wanted.
    """
    shown = {k: v for k, v in runs.items() if unit == "examples" or v[1] is not None}
    x_axis = Axis("examples") if unit == "examples" else Axis("processor time", "s")
    loss = {name: _xy(run, seconds, unit, "loss") for name, (run, seconds) in shown.items()}
    right = {name: _xy(run, seconds, unit, 0) for name, (run, seconds) in shown.items()}
    token = {f"{k}, by choice": _xy(r, s, unit, "token") for k, (r, s) in shown.items()}
    valid = {f"{k}, valid": _xy(r, s, unit, 2) for k, (r, s) in shown.items()}
    found = [
        _curves("Loss", loss, x_axis, Axis("loss per choice", "nats")),
        _curves("Right answers", {**right, **token}, x_axis, Axis("share", "%"), scale=100),
        _curves("Valid without the mask", valid, x_axis, Axis("share", "%"), scale=100),
    ]
    for quality in sorted({run.quality for run, _ in shown.values()}):
        good = {n: _xy(r, s, unit, 1) for n, (r, s) in shown.items() if r.quality == quality}
        found.append(_curves(quality.capitalize(), good, x_axis, Axis(quality, "%"), scale=100))
    return tuple(found)


def _xy(
    run: History, seconds: np.ndarray | None, unit: Unit, what: str | int
) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(what, str):
        x, y = run.loss_at, run.loss if what == "loss" else run.token_accuracy
    else:
        x, y = run.score_at, run.scores[:, what]
    if unit == "seconds" and seconds is not None and len(run.loss_at):
        return np.interp(x, run.loss_at, seconds), y
    return x.astype(np.float64), y


def _curves(
    title: str,
    lines: Mapping[str, tuple[np.ndarray, np.ndarray]],
    x_axis: Axis,
    y_axis: Axis,
    scale: float = 1.0,
) -> Curves:
    """Lines over one common x; nan where a line does not reach."""
    ends = [x[-1] for x, _ in lines.values() if len(x)]
    starts = [x[0] for x, _ in lines.values() if len(x)]
    if not ends:
        empty = np.zeros(0)
        return Curves(title, empty, dict.fromkeys(lines, empty), x_axis, y_axis)
    alone = len(lines) == 1
    first = next(iter(lines.values()))[0]
    grid = first if alone else np.linspace(min(starts), max(ends), _GRID)
    drawn = {
        name: scale * np.interp(grid, x, y, left=np.nan, right=np.nan)
        if len(x)
        else np.full(len(grid), np.nan)
        for name, (x, y) in lines.items()
    }
    return Curves(title, grid, drawn, x_axis, y_axis)
