"""The whole paper on one page: every printed number beside ours, and its figures redrawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.contract import Frame, Result, Seed, Spec, SpecError, knob
from engines.contract.pictures import Picture
from engines.sorting.ensembles.runs import Runs
from engines.sorting.paper import figures
from engines.sorting.paper.conditions import Condition
from engines.sorting.paper.samples import Estimate, estimate, runs_of
from engines.sorting.paper.targets import Target, targets
from engines.sorting.paper.verdicts import Row, judged
from engines.sorting.settings.spec import SortSpec

BURSTS = (1.0, 2.0, 5.0, 7.0, 10.0, 20.0)
"""Mean bursts of the figure over schedulers."""


class PaperSpec(Spec):
    """Which scheduler the paper's cells are run under, and how often."""

    scheduler: Literal["burst", "uniform", "sweep", "round robin"] = knob(
        "burst",
        label="Scheduler",
        help="Who acts next. The paper names none; its threads act in bursts.",
        group="Scheduler",
    )
    mean_burst: float = knob(
        7.0,
        label="Mean burst",
        help="How many times in a row a cell acts, on average, with scheduler 'burst'.",
        when={"scheduler": ("burst",)},
        unit="activations",
        group="Scheduler",
        ge=1.0,
        le=1000.0,
        marks={7: "paper"},
        soft=(1.0, 50.0),
        log=True,
        step=0.5,
    )
    n_runs: int = knob(
        100,
        label="Runs",
        help="Repeats of every condition; the paper made 100.",
        unit="runs",
        group="Runs",
        ge=10,
        le=2_000,
        soft=(10, 400),
        marks={100: "paper"},
    )
    seed: Seed = knob(0, label="Seed", help="Run r of a condition has this seed + r.", group="Runs")
    only: str = knob(
        "",
        label="Only",
        help="The id of one target to run; empty runs the whole page.",
        group="Runs",
        widget="hidden",
    )

    def condition(self, condition: Condition, *, other: bool = False) -> SortSpec:
        """The first run of a condition, under the page's scheduler or under the other one."""
        if other:
            scheduler = "burst" if self.scheduler == "uniform" else "uniform"
            return condition.spec(scheduler, 7.0, self.seed)
        return condition.spec(self.scheduler, self.mean_burst, self.seed)


@dataclass(frozen=True, eq=False)
class PaperFrame(Frame):
    """The rows that are ready."""

    rows: tuple[Row, ...]

    def pictures(self) -> tuple[Picture, ...]:
        """The tables so far."""
        return figures.tables(self.rows)


@dataclass(frozen=True, eq=False)
class PaperPage(Result):
    """Every row, and the mean curves behind the figures."""

    spec: PaperSpec
    rows: tuple[Row, ...]
    curves: tuple[figures.MeanCurves, ...]
    bursts: tuple[figures.BurstLine, ...]

    def row(self, target: str) -> Row:
        """The row of a target's id; KeyError when there is none."""
        return {row.target: row for row in self.rows}[target]

    def pictures(self) -> tuple[Picture, ...]:
        """The figures redrawn, then the tables."""
        return (*figures.drawn(self.rows, self.curves, self.bursts), *figures.tables(self.rows))


def paper_page(spec: PaperSpec | None = None) -> PaperPage:
    """Every number of the paper beside ours.

    >>> page = paper_page(PaperSpec(only="error, cell-view bubble with 1 immovable frozen"))
    >>> page.rows[0].verdict
    'reproduced'
    """
    *_, last = frames_of(PaperSpec() if spec is None else spec)
    assert isinstance(last, PaperPage)
    return last


def frames_of(spec: PaperSpec) -> Iterator[PaperFrame | PaperPage]:
    """Condition after condition, the rows growing; the page last.

    Raises:
        SpecError: ``only`` names no target.
    """
    wanted = tuple(target for target in targets() if spec.only in ("", target.id))
    if not wanted:
        raise SpecError(f"the paper page has no row {spec.only!r}")
    bench = _Bench(spec)
    named = {target.id: target for target in wanted}
    rows: tuple[Row, ...] = ()
    curves: list[figures.MeanCurves] = []
    for k, target in enumerate(wanted):
        rows = judged((*rows, bench.row(target)), named)
        if k + 1 < len(wanted):
            yield PaperFrame(rows, fraction=0.9 * (k + 1) / len(wanted))
    bursts = [] if spec.only else list(_burst_lines(spec))
    if not spec.only:
        curves = [bench.curves(c) for c in figures.conditions_with_curves()]
    yield PaperPage(spec, rows, tuple(curves), tuple(bursts))


class _Bench:
    """Runs every condition once, when its first number is asked for."""

    def __init__(self, spec: PaperSpec) -> None:
        self.spec = spec
        self._done: dict[Spec, Runs] = {}

    def _runs(self, condition: Condition, *, other: bool = False) -> Runs:
        run = self.spec.condition(condition, other=other)
        if run not in self._done:
            self._done[run] = runs_of(run, self.spec.n_runs)
        return self._done[run]

    def row(self, target: Target) -> Row:
        """A target's row, without its verdict."""
        other = None if target.condition.traditional else self._estimate(target, other=True)
        return Row(target.id, self._estimate(target), other)

    def _estimate(self, target: Target, *, other: bool = False) -> Estimate:
        against = self._runs(target.against, other=other) if target.against else None
        return estimate(target, self._runs(target.condition, other=other), against)

    def curves(self, condition: Condition) -> figures.MeanCurves:
        """What figures 8 and 9 draw of a condition."""
        runs = self._runs(condition)
        return figures.MeanCurves(
            condition.text,
            sortedness=runs.sortedness().mean(axis=0),
            aggregation=runs.aggregation().mean(axis=0),
            null=runs.null_aggregation().mean(axis=0),
            low=np.quantile(runs.aggregation(), 0.05, axis=0),
            high=np.quantile(runs.aggregation(), 0.95, axis=0),
        )


def _burst_lines(spec: PaperSpec) -> Iterator[figures.BurstLine]:
    """Four of the paper's numbers over the mean burst, as shares of what is printed."""
    done: dict[Spec, Runs] = {}
    for target in figures.targets_over_bursts():
        ratios = np.empty((len(BURSTS), 3))
        for k, burst in enumerate(BURSTS):
            run = target.condition.spec("burst", burst, spec.seed)
            if run not in done:
                done[run] = runs_of(run, spec.n_runs)
            found = estimate(target, done[run])
            ratios[k] = np.array([found.value, found.low, found.high]) / target.printed
        yield figures.BurstLine(target.what, np.array(BURSTS), ratios)
