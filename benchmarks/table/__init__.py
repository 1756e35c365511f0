"""What every benchmark prints: a line for each figure with its target, and JSON at the end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from math import isnan, nan


@dataclass(frozen=True)
class Figure:
    """One line of the table; nan means that there is no target, only a measurement."""

    name: str
    unit: str
    measured: float
    at_most: float = nan
    at_least: float = nan

    @property
    def verdict(self) -> str:
        """Whether the target is reached; empty when there is none."""
        if self.measured > self.at_most or self.measured < self.at_least:
            return "MISSED"
        return "" if isnan(self.at_most) and isnan(self.at_least) else "reached"

    def __str__(self) -> str:
        """One line of the table."""
        goal = "" if isnan(self.at_most) else f"<= {self.at_most:g}"
        goal = goal if isnan(self.at_least) else f">= {self.at_least:g}"
        return f"{self.name:<62} {self.measured:>12,.4g} {self.unit:<12} {goal:<9} {self.verdict}"


def as_json(figures: Iterable[Figure]) -> str:
    """All figures on one line; null where there is no number."""
    rows = [{**asdict(figure), "verdict": figure.verdict} for figure in figures]
    return json.dumps(
        [{k: None if v != v else v for k, v in row.items()} for row in rows], default=float
    )


def cpu_seconds(work: Callable[[], object], repeats: int, *, warm: bool = True) -> float:
    """Least CPU time of this process over the repeats, after one run to compile if ``warm``."""
    if warm:
        work()
    times = []
    for _ in range(repeats):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)
