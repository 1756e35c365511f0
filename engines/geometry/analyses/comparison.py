"""How alike layers, networks and moments are: one matrix of a chosen similarity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engines.contract import Frame, InputError, Result, Seed, Spec, knob
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.geometry.activations.store import ActivationSet
from engines.geometry.analyses.source import NO_START, at_start, ensured, source_of
from engines.geometry.chance.resampling import (
    Resampled,
    chance,
    estimator_in_words,
    kind_of_interval,
    n_draws_within,
    resampled_axis,
)
from engines.geometry.chance.rows import (
    BLOCKS_LEAST,
    Rows,
    RowsAre,
    block_length,
    dependence_warning,
)
from engines.geometry.measures.similarity import similarity

Measure = Literal[
    "CKA, debiased", "CKA, biased", "Procrustes angle", "CCA", "SVCCA", "PWCCA",
    "RSA, Spearman", "RSA, Kendall", "RSA, cosine",
]  # fmt: skip
ENTRIES_MAX = 40


class CompareSpec(Spec):
    """What is compared with what."""

    source: str = knob(
        "", label="Activations", max_length=80, group="Activations",
        help="Name of a set on this machine; empty trains eight points with every bit as target.",
    )  # fmt: skip
    other: str = knob(
        "", label="Against", max_length=80, group="Activations",
        help="Another set with the same stimuli, whose layers are the columns; empty is the same.",
    )  # fmt: skip
    over: Literal["layers and networks", "moments of one layer"] = knob(
        "layers and networks", label="Compare", help="What rows and columns are.",
        group="Comparison", widget="choice",
    )  # fmt: skip
    layer: str = knob(
        "", label="Layer", help="For moments; empty is the first.", group="Comparison",
        max_length=120, when={"over": ("moments of one layer",)},
    )  # fmt: skip
    snapshot: int = knob(
        -1, label="Snapshot", help="For layers; -1 is the last.", group="Comparison", ge=-1,
        le=9_999, when={"over": ("layers and networks",)},
    )  # fmt: skip
    measure: Measure = knob(
        "CKA, debiased", label="Similarity",
        help="The Procrustes angle is a distance: 0 is alike.", group="Comparison",
    )  # fmt: skip
    row: int = knob(
        0, label="Row drawn", group="Comparison", ge=0, le=ENTRIES_MAX - 1,
        help="Which row is drawn with its intervals; a click on the matrix picks it.",
    )  # fmt: skip
    resample: Resampled = knob(
        "auto", label="Interval over", group="Comparison", widget="choice",
        help="What is drawn anew; auto is stimuli from 16 on, and units below.",
    )  # fmt: skip
    rows_are: RowsAre = knob(
        "stimuli of their own", label="Rows are", group="Comparison",
        help="Repeats of an item are exchanged together, rows in time order are shifted.",
    )  # fmt: skip
    item: str = knob(
        "", label="Repeats of", group="Comparison", max_length=80,
        help="The label that says what a row repeats.", when={"rows_are": ("repeats",)},
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of draws and permutations.", group="Comparison")


@dataclass(frozen=True)
class Comparing(Frame):
    """How far it is."""


@dataclass(frozen=True, eq=False)
class SimilarityMatrix(Result):
    """The matrix, the biased one beside it, and what chance says; arrays are [row, column]."""

    spec: CompareSpec
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: np.ndarray
    beside: np.ndarray
    """Biased CKA, whatever the measure."""
    low: np.ndarray
    high: np.ndarray
    """Interval of ``values``; ``interval`` says what it is."""
    control: np.ndarray
    """Mean over permutations of the columns' stimuli."""
    control_low: np.ndarray
    control_high: np.ndarray
    p: np.ndarray
    start: np.ndarray
    """The same pairs before their networks learnt anything; nan where that is not known."""
    n_stimuli: int
    estimator: str
    interval: str
    """A confidence interval that covers at its rate, or stability."""
    warning: str = ""
    """Rows that were counted as independent and visibly are not."""

    def pictures(self) -> tuple[Picture, ...]:
        """The chosen similarity, biased CKA and controls; a row with intervals; every pair."""
        found: list[Picture] = [self._map(self.spec.measure, self.values)]
        if self.spec.measure != "CKA, biased":
            found.append(self._map("CKA, biased (towards 1 with many units)", self.beside))
        if np.isfinite(self.start).any() and self.spec.over == "layers and networks":
            found.append(self._map("control: before any learning", self.start))
        found.append(self._map("control: stimuli permuted", self.control))
        return (*found, self.profile(), self.table())

    def profile(self) -> Bars | Curves:
        """The picked row with intervals, beside its control."""
        k = min(self.spec.row, len(self.rows) - 1)
        title = f"{self.rows[k]} with each: {self.spec.measure} ({self.interval})"
        lines = {"similarity": self.values[k], "stimuli permuted": self.control[k]}
        bands = {
            "similarity": (self.low[k], self.high[k]),
            "stimuli permuted": (self.control_low[k], self.control_high[k]),
        }
        if self.spec.over == "moments of one layer":
            at = np.array([float(name.replace(",", "")) for name in self.columns])
            x, y = Axis("training step"), Axis(self.spec.measure)
            return Curves(title, at, lines, x, y, bands=bands)
        n = len(self.columns)
        ends = [np.column_stack([bands[name][e] for name in lines]).ravel() for e in (0, 1)]
        return Bars(
            title,
            np.column_stack(list(lines.values())).ravel(),
            Axis("column", ticks=tuple((float(c), str(c)) for c in range(n))),
            Axis(self.spec.measure),
            tuple(lines) * n,
            np.add.outer(np.arange(n), [-0.22, 0.22]).ravel(),
            whiskers=(ends[0], ends[1]),
        )

    def table(self) -> Table:
        """Every pair once: value, interval, control and how they were made."""
        same = self.rows == self.columns
        pairs = [(i, j) for i in range(len(self.rows)) for j in range(len(self.columns))
                 if not same or i < j]  # fmt: skip
        i, j = np.array(pairs, int).reshape(-1, 2).T
        n = len(pairs)
        return Table(
            f"Every pair: {self.estimator}" + (f". {self.warning}" if self.warning else ""),
            {
                "row": tuple(self.rows[k] for k in i),
                "column": tuple(self.columns[k] for k in j),
                self.spec.measure: self.values[i, j],
                "low": self.low[i, j],
                "high": self.high[i, j],
                "control": self.control[i, j],
                "control low": self.control_low[i, j],
                "control high": self.control_high[i, j],
                "p": self.p[i, j],
                "before any learning": self.start[i, j],
                "biased CKA": self.beside[i, j],
                "n stimuli": np.full(n, self.n_stimuli),
                "seed": np.full(n, self.spec.seed),
            },
        )

    def _map(self, title: str, values: np.ndarray) -> Heatmap:
        x = tuple((k + 0.5, str(k)) for k in range(len(self.columns)))
        y = tuple((k + 0.5, f"{k} {name}") for k, name in enumerate(self.rows))
        return Heatmap(title, values, Axis("column", ticks=x), Axis("", ticks=y),
                       Axis("similarity"), square=True)  # fmt: skip


def frames_of(spec: CompareSpec) -> Iterator[Frame | SimilarityMatrix]:
    """A frame per row, and the matrix last."""
    one: ActivationSet | None = None
    for item in ensured(spec.source):
        if isinstance(item, ActivationSet):
            one = item
        else:
            yield item
    assert one is not None
    other = one
    if spec.other and spec.other != source_of(spec.source):
        (other,) = (s for s in ensured(spec.other) if isinstance(s, ActivationSet))
        check_same_stimuli(one, other)
    rows, columns = _entries(spec, one), _entries(spec, other)
    symmetric = other is one and spec.measure != "PWCCA"
    x, y = list(rows.values()), list(columns.values())
    axis = resampled_axis(spec.resample, one.n_stimuli)
    n_pairs = len(x) * len(y) // (2 if symmetric else 1)
    rows_of = _rows(spec, one, (*x, *y))
    n_draws = n_draws_within(one.n_stimuli, max(a.shape[1] for a in (*x, *y)), n_pairs)
    found = np.full((9, len(x), len(y)), np.nan)
    fresh = [_starts(spec, rows, one, other), _starts(spec, columns, other, one)]
    for i, a in enumerate(x):
        yield Comparing(fraction=0.5 + 0.5 * i / len(x))
        for j, b in enumerate(y):
            if symmetric and j < i:
                found[:, i, j] = found[:, j, i]
                continue
            try:
                value = similarity(a, b, spec.measure)
                told = chance(a, b, spec.measure, value, axis=axis, n_draws=n_draws,
                              seed=spec.seed, rows=rows_of)  # fmt: skip
            except InputError as error:
                pair = f"{tuple(rows)[i]} with {tuple(columns)[j]}"
                raise InputError(f"{pair}: {error}") from error
            own = (value, value) if symmetric and i == j else (told.low, told.high)
            biased = value if spec.measure == "CKA, biased" else similarity(a, b, "CKA, biased")
            start = _before(fresh[0][i], fresh[1][j], spec.measure)
            found[:, i, j] = (value, biased, *own, told.control, told.control_low,
                              told.control_high, told.p, start)  # fmt: skip
    warning = next((w for a in x if (w := dependence_warning(a, one.labels, rows_of))), "")
    if not warning and at_start(one, one.layers[0]) is None:
        warning = NO_START
    if not rows_of.has_p(one.n_stimuli):
        warning = (
            f"{one.n_stimuli} rows in time order hold fewer than {BLOCKS_LEAST} blocks of "
            f"{rows_of.block}, within which they depend on each other: no p can be given"
        )
    yield SimilarityMatrix(
        spec, tuple(rows), tuple(columns), *found, n_stimuli=one.n_stimuli,
        estimator=estimator_in_words(axis, n_draws, spec.measure, rows_of),
        interval=kind_of_interval(spec.measure, axis), warning=warning,
    )  # fmt: skip


def _starts(
    spec: CompareSpec, named: dict[str, np.ndarray], activations: ActivationSet,
    against: ActivationSet,
) -> list[np.ndarray | None]:  # fmt: skip
    """What each row or column is before its network learns: for moments always the same layer.

    Moments of one network have a single start, which is as good as itself and tells nothing.
    """
    if spec.over == "layers and networks":
        return [at_start(activations, name) for name in named]
    if against is activations:
        return [None] * len(named)
    return [at_start(activations, spec.layer or activations.layers[0])] * len(named)


def _before(a: np.ndarray | None, b: np.ndarray | None, measure: str) -> float:
    if a is None or b is None:
        return float("nan")
    try:
        return similarity(a, b, measure)
    except InputError:
        return float("nan")


def _rows(spec: CompareSpec, one: ActivationSet, series: tuple[np.ndarray, ...]) -> Rows:
    if spec.rows_are == "in time order":
        return Rows(spec.rows_are, block=block_length(*series))
    if spec.rows_are == "stimuli of their own":
        return Rows()
    if spec.item not in one.labels:
        there = ", ".join(one.labels) or "none"
        raise InputError(f"choose the label that says what rows repeat; there are: {there}")
    return Rows(spec.rows_are, np.array(one.labels[spec.item]))


def check_same_stimuli(one: ActivationSet, other: ActivationSet) -> None:
    """Two sets are compared by stimulus id, never by place.

    Raises:
        InputError: ids that only one of them has, or another order.
    """
    if one.stimuli == other.stimuli:
        return
    lacking = [s for s in one.stimuli if s not in set(other.stimuli)][:3]
    extra = [s for s in other.stimuli if s not in set(one.stimuli)][:3]
    raise InputError(
        f"the two sets hold different stimuli ({one.n_stimuli} and {other.n_stimuli}); "
        f"only the first has {', '.join(lacking) or 'none'}, only the second "
        f"{', '.join(extra) or 'none'}; compare sets of the same stimuli in the same order"
    )


def _entries(spec: CompareSpec, activations: ActivationSet) -> dict[str, np.ndarray]:
    if spec.over == "layers and networks":
        named = {n: activations.at(n, spec.snapshot) for n in activations.layers[:ENTRIES_MAX]}
    else:
        layer = spec.layer or activations.layers[0]
        n = activations.n_snapshots
        chosen = np.unique(np.linspace(0, n - 1, min(n, 20)).astype(int))
        steps = activations.snapshots.get("step", np.arange(n))
        named = {f"{steps[k]:,.0f}": activations.at(layer, int(k)) for k in chosen}
    if not named:
        raise InputError("there is nothing to compare")
    return named
