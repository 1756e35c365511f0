"""What a run of knapsacks shows: which items, how much is missing, and what rounding costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Frame, Result
from engines.contract.pictures import Axis, Curves, Picture, Points, Table
from engines.lab.statistics.intervals import half_widths
from engines.pointer.packing.asked import KnapsackSpec

GREEDY, SEARCH, PROGRAMME, ROUNDED = (
    "greedy by ratio", "branch and bound", "dynamic programme", "weights rounded up",
)  # fmt: skip
_SHORT = {GREEDY: "greedy", SEARCH: "search", PROGRAMME: "programme", ROUNDED: "rounded"}
STEPS_SHOWN = (100, 300, 1_000, 3_000, 10_000, 30_000)
_FLOOR = 1e-5
"""Per cent: the least gap that a logarithm shows; none is drawn there."""
_GAPS = tuple(
    (float(np.log10(v)), f"{v:g} %")
    for v in (1e-5, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 10.0, 100.0)
)


def method_names(spec: KnapsackSpec) -> tuple[str, ...]:
    """Who fills the knapsacks of a run; a programme is exact where weights are whole."""
    return (GREEDY, ROUNDED, SEARCH, PROGRAMME) if spec.is_whole else (GREEDY, ROUNDED, SEARCH)


@dataclass(frozen=True, eq=False)
class KnapsackFrame(Frame):
    """What is known so far; nan where nothing is."""

    spec: KnapsackSpec
    weight: np.ndarray
    """float64[item] of the first set."""
    value: np.ndarray
    """float64[item] of the first set."""
    capacity: float
    taken: np.ndarray
    """bool[method, item] of the first set."""
    bounds: np.ndarray
    """float64[set]: Dantzig's."""
    values: np.ndarray
    """float64[method, set]."""
    rounding: np.ndarray
    """float64[steps, set]: values with weights rounded up to so many steps."""

    def pictures(self) -> tuple[Picture, ...]:
        """The items, what is missing to the bound, and what rounding costs."""
        return _pictures(self)


@dataclass(frozen=True, eq=False)
class Knapsacks(Result):
    """Every method on every set of items."""

    spec: KnapsackSpec
    weight: np.ndarray
    """float64[item] of the first set."""
    value: np.ndarray
    """float64[item] of the first set."""
    capacity: float
    taken: np.ndarray
    """bool[method, item] of the first set."""
    bounds: np.ndarray
    """float64[set]: Dantzig's, above which no value lies."""
    values: np.ndarray
    """float64[method, set]."""
    rounding: np.ndarray
    """float64[steps, set]: values with weights rounded up to so many steps."""
    milliseconds: np.ndarray
    """float64[method, set], CPU time of one thread; measured, so it differs from run to run."""
    proven: np.ndarray
    """bool[set]: whether the best value is known to be the best."""
    notices: tuple[str, ...]

    def of(self, name: str) -> np.ndarray:
        """Values of a method: float64[set]."""
        return self.values[method_names(self.spec).index(name)]

    @property
    def best(self) -> np.ndarray:
        """The first set's best items that are known: bool[item]."""
        return self.taken[int(np.argmax(self.values[:, 0]))]

    @property
    def best_sums(self) -> tuple[float, float]:
        """Weight and value of them."""
        return float(self.weight[self.best].sum()), float(self.value[self.best].sum())

    @property
    def rows_taken(self) -> str:
        """The first set as CSV: item from 1, weight, value, and 1 where a method takes it."""
        rows = [",".join(("item", "weight", "value", *method_names(self.spec)))]
        for k, (weight, value) in enumerate(zip(self.weight, self.value, strict=True)):
            taken = (str(int(each)) for each in self.taken[:, k])
            rows.append(",".join((str(k + 1), repr(float(weight)), repr(float(value)), *taken)))
        return "\n".join((*rows, ""))

    def pictures(self) -> tuple[Picture, ...]:
        """Those of a frame, and the tables."""
        gap, n = gaps(self.bounds, self.values), len(self.bounds)
        table = Table(
            f"Mean over {n} set{'s' * (n != 1)} of items; the bound is {self.bounds.mean():.5g}",
            {
                "method": method_names(self.spec),
                "mean value": self.values.mean(axis=1),
                "missing to the bound, %": gap.mean(axis=1),
                "95 % interval, ± %": half_widths(gap),
                "CPU time, ms": self.milliseconds.mean(axis=1),
            },
        )
        told = (Table("Notes", {"note": self.notices}),) if self.notices else ()
        return (*_pictures(self), table, *told)


def gaps(bounds: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Per cent of the bound that is missing: float64[..., set]; none where nothing fits."""
    share = np.divide(values, bounds, out=np.ones_like(values), where=bounds != 0.0)
    return np.maximum(100 * (1.0 - share), 0.0)


def _logarithm(gap: np.ndarray) -> np.ndarray:
    return np.log10(np.maximum(gap, _FLOOR))


def _pictures(run: KnapsackFrame | Knapsacks) -> tuple[Picture, ...]:
    return (_items(run), _missing(run), _rounding(run))


def _items(run: KnapsackFrame | Knapsacks) -> Points:
    """Weight and value of the first set; the two differ only near one ratio."""
    names = method_names(run.spec)
    greed, best = run.taken[names.index(GREEDY)], run.taken[names.index(SEARCH)]
    kind = np.full(len(run.weight), "left by both", dtype="<U24")
    kind[greed & best] = "taken by both"
    kind[greed & ~best] = "greedy only"
    kind[best & ~greed] = "branch and bound only"
    n_apart = int((greed != best).sum())
    title = f"Items of the first set; the two differ in {n_apart} of {len(kind)}"
    xy = np.stack([run.weight, run.value], axis=1)
    return Points(title, xy, Axis("weight"), Axis("value"), tuple(map(str, kind)))


def _missing(run: KnapsackFrame | Knapsacks) -> Points:
    """What is missing to the bound, a mark for every set, in powers of ten."""
    names, gap = method_names(run.spec), gaps(run.bounds, run.values)
    n = gap.shape[1]
    apart = (np.arange(n) - (n - 1) / 2) * 0.6 / max(n, 2)
    x = np.concatenate([k + apart for k in range(len(names))])
    kind = tuple(name for name in names for _ in range(n))
    ticks = tuple((float(k), _SHORT[name]) for k, name in enumerate(names))
    return Points(
        f"Missing to the bound, {n} set{'s' * (n != 1)} of items",
        np.stack([x, _logarithm(gap).ravel()], axis=1), Axis("", ticks=ticks),
        Axis("missing", ticks=_GAPS), kind,
    )  # fmt: skip


def _rounding(run: KnapsackFrame | Knapsacks) -> Curves:
    """Mean of what is missing against the steps that weights are rounded up to."""
    n = run.rounding.shape[1]
    bounds, names = run.bounds[:n], method_names(run.spec)
    lost = gaps(bounds, run.rounding)
    mean, half = lost.mean(axis=1), half_widths(lost)
    flat = {
        name: gaps(bounds, run.values[names.index(name)][:n]).mean() for name in (GREEDY, SEARCH)
    }
    lines = {ROUNDED: _logarithm(mean)}
    lines |= {name: np.full(len(mean), _logarithm(gap)) for name, gap in flat.items()}
    band = (_logarithm(mean - half), _logarithm(mean + half))
    ticks = tuple((float(np.log10(v)), f"{v:,}") for v in STEPS_SHOWN)
    return Curves(
        f"Rounding weights up costs value, {n} set{'s' * (n != 1)}", np.log10(STEPS_SHOWN), lines,
        Axis("steps of the capacity", ticks=ticks), Axis("missing to the bound", ticks=_GAPS),
        bands={ROUNDED: band}, dots={ROUNDED: lines[ROUNDED]},
    )  # fmt: skip
