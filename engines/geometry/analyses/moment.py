"""One moment of one or two layers, looked at closely: scores, topology, dimension, units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.contract import Frame, InputError, Result, Seed, Spec, knob
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Points, Table
from engines.geometry.activations.store import ActivationSet
from engines.geometry.analyses.source import at_start
from engines.geometry.chance.readouts import readout_scores
from engines.geometry.chance.scores import Score, layer_scores, pair_scores
from engines.geometry.measures.dimension import carried, two_nn
from engines.geometry.measures.rdm import rdm
from engines.geometry.measures.rdm_kinds import Dissimilarity
from engines.geometry.measures.topology import Barcode, barcode, no_bars
from engines.geometry.measures.units import Tuning, tuning

BARS_MAX = 60
COMPONENTS_SHOWN = 12
UNITS_SHOWN = 256


class MomentSpec(Spec):
    """Which moment of which layers."""

    source: str = knob("", label="Activations", help="Name of a set on this machine.")
    layers: tuple[str, ...] = knob((), label="Layers", help="One or two.", max_length=2)
    snapshot: int = knob(-1, label="Snapshot", help="Which; -1 is the last.", ge=-1)
    column: str = knob("", label="Classes", help="Label column that says what is alike.")
    dissimilarity: Dissimilarity = knob(
        "euclidean", label="Dissimilarity", help="Of the points whose topology is looked at."
    )
    seed: Seed = knob(0, label="Seed", help="Of bootstraps and shuffles.")


@dataclass(frozen=True, eq=False)
class LayerMoment:
    """One layer."""

    name: str
    scores: tuple[Score, ...]
    bars: Barcode
    """Nothing where topology is undefined, which `notes` says."""
    carried: np.ndarray
    """float64[component, stimulus]: whose variance the spectrum shows, `COMPONENTS_SHOWN`."""
    two_nn_dimension: float
    two_nn_points: np.ndarray
    """float64[point, 2]: log ratio and -log survival."""
    two_nn_stimuli: np.ndarray
    """int64[point]: whose point each is."""
    units: np.ndarray
    """float32[unit, stimulus], ordered by preferred stimulus, at most `UNITS_SHOWN`."""
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Moment(Result):
    """One or two layers at a moment, and how alike they are."""

    spec: MomentSpec
    layers: tuple[LayerMoment, ...]
    pair: tuple[Score, ...]
    stimuli: tuple[str, ...]

    def pictures(self) -> tuple[Picture, ...]:
        """Persistence diagram, TwoNN plot, tuning and the scores of each layer."""
        found: list[Picture] = []
        for layer in self.layers:
            both = layer.bars.bars0[:BARS_MAX], layer.bars.bars1[:BARS_MAX]
            bars = np.concatenate(both)
            kind = ("components",) * len(both[0]) + ("loops",) * len(both[1])
            known = np.asarray(np.isfinite(bars).all(axis=1))
            kinds = tuple(k for k, keep in zip(kind, known.tolist(), strict=True) if keep)
            title = f"Persistence, {layer.name}"
            found.append(Points(title, bars[known], Axis("birth"), Axis("death"), kinds))
            finite = layer.two_nn_points[np.isfinite(layer.two_nn_points).all(axis=1)]
            lines = {"points": finite[:, 1], "fit": layer.two_nn_dimension * finite[:, 0]}
            axes = Axis("log(r2 / r1)"), Axis("-log(1 - F)")
            found.append(Curves(f"TwoNN, {layer.name}", finite[:, 0], lines, *axes))
            axes = Axis("stimulus"), Axis("unit, by preferred stimulus")
            found.append(Heatmap(f"Tuning, {layer.name}", layer.units, *axes, Axis("activation")))
        return (*found, self.table())

    def table(self) -> Table:
        """Every score with n, estimator, seed, interval and control."""
        rows = [(layer.name, s) for layer in self.layers for s in layer.scores]
        rows += [("both", s) for s in self.pair]
        return Table(
            "Scores",
            {
                "layer": tuple(name for name, _ in rows),
                "score": tuple(s.name for _, s in rows),
                "value": np.array([s.value for _, s in rows]),
                "low": np.array([s.low for _, s in rows]),
                "high": np.array([s.high for _, s in rows]),
                "interval is": tuple(s.interval for _, s in rows),
                "control": np.array([s.control for _, s in rows]),
                "p": np.array([s.p for _, s in rows]),
                "control is": tuple(s.control_kind for _, s in rows),
                "before any learning": np.array(
                    [s.control if s.control_kind == "random start" else s.start for _, s in rows]
                ),
                "n stimuli": np.array([s.n for _, s in rows]),
                "estimator": tuple(s.estimator for _, s in rows),
                "seed": np.array([s.seed for _, s in rows]),
            },
        )


@dataclass(frozen=True)
class Looking(Frame):
    """Between two layers."""


def frames_of(spec: MomentSpec) -> Iterator[Looking | Moment]:
    """A frame per layer, and the moment last."""
    activations = ActivationSet.named(spec.source)
    names = spec.layers or activations.layers[:1]
    if spec.snapshot >= activations.n_snapshots:
        raise InputError(
            f"there are {activations.n_snapshots} snapshots, 0 to {activations.n_snapshots - 1}; "
            f"got {spec.snapshot}"
        )
    column = activations.labels.get(spec.column, ())
    layers, values, starts = [], [], []
    for k, name in enumerate(names):
        yield Looking(fraction=k / (len(names) + 1))
        x = activations.at(name, spec.snapshot)
        control = at_start(activations, name)
        layers.append(layer_moment(name, x, control, column, spec))
        values.append(x)
        starts.append(control)
    yield Looking(fraction=len(names) / (len(names) + 1))
    pair: tuple[Score, ...] = ()
    if len(values) == 2:
        one, other = starts
        both = None if one is None or other is None else (one, other)
        pair = pair_scores(values[0], values[1], spec.seed, both)
    yield Moment(spec, tuple(layers), pair, activations.stimuli)


def layer_moment(
    name: str,
    x: np.ndarray,
    control: np.ndarray | None,
    column: tuple[str, ...],
    spec: MomentSpec,
) -> LayerMoment:
    """Scores, bars, TwoNN and tuning of [stimulus, unit]; what is undefined becomes a note."""
    notes: list[str] = []
    found = no_bars()
    try:
        found = barcode(rdm(x, spec.dissimilarity))
        if len(found.landmarks) + found.n_duplicates < len(x):
            notes.append(
                f"topology of {len(found.landmarks)} landmarks; every stimulus is within "
                f"{found.cover:.3g} of one, so bars are right to twice that"
            )
        if found.n_duplicates:
            notes.append(f"{found.n_duplicates} stimuli lie on another and count once")
    except InputError as error:
        notes.append(str(error))
    dimension, line, whose = float("nan"), np.zeros((0, 2)), np.zeros(0, np.int64)
    try:
        near = two_nn(x)
        dimension = near.dimension
        line, whose = np.column_stack([near.log_ratio, near.minus_log_survival]), near.stimuli
        notes.append(f"TwoNN of {near.n_points} points {near.caveat}")
        if near.n_near_copies:
            notes.append(f"{near.n_near_copies} near copies of other stimuli left out of TwoNN")
    except InputError as error:
        notes.append(str(error))
    seen = tuning(x)
    notes.append(_about_units(seen))
    shown = seen.order[np.linspace(0, x.shape[1] - 1, min(UNITS_SHOWN, x.shape[1])).astype(int)]
    scores = layer_scores(x, control, column, spec.seed)
    scores += readout_scores(x, control, column, spec.seed)
    return LayerMoment(
        name, scores, found, carried(x, COMPONENTS_SHOWN), dimension, line, whose,
        x[:, shown].T.astype(np.float32), tuple(notes),
    )  # fmt: skip


def _about_units(seen: Tuning) -> str:
    constant = f"; {seen.n_constant} constant" if seen.n_constant else ""
    ratio = (
        f"largest ratio to the median {seen.largest_ratio:.3g}"
        if np.isfinite(seen.largest_ratio)
        else "half of a stimulus's entries are 0"
    )
    massive = (
        f"massive activations in units {', '.join(map(str, seen.massive[:5]))}"
        if seen.massive
        else f"no massive activation ({ratio})"
    )
    shares = f"{seen.positive_share:.0%} of entries above 0"
    return f"{shares}, {seen.active_share:.0%} above a tenth of the largest; {massive}{constant}"
