"""Activity beside wiring: correlation, its communities through time, and how it fits structure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from engines.contract import Card, Claim, Estimate, Experiment, Frame, Result, Seed, Spec, knob
from engines.contract.claims import Exceeds
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Points, Table
from engines.contract.sending import Gift, Matrix


class RecordingSpec(Spec):
    """Which recording, and how its communities are followed."""

    source: Literal["human_1", "human_2", "human_3", "human_4", "human_5", "planted"] = knob(
        "human_1", label="Recording", help="Five people at rest, or groups that were planted: the "
        "only real recordings here are the human ones.", group="Recording",
    )  # fmt: skip
    window_s: float = knob(
        60.0, label="Window", help="Length of the moving window.", unit="s", group="Windows",
        gt=1, le=2_000, soft=(10, 200),
    )  # fmt: skip
    n_windows: int = knob(
        24, label="Windows", help="How many, evenly spread.", group="Windows", ge=2, le=400,
        soft=(5, 60),
    )  # fmt: skip
    resolution: float = knob(
        1.0, label="Resolution", help="Higher gives more, smaller communities.", group="Windows",
        gt=0, le=10, soft=(0.5, 2), step=0.1,
    )  # fmt: skip
    n_shifts: int = knob(
        200, label="Nulls", help="Recordings whose traces are shifted in time by random amounts.",
        group="Nulls", ge=0, le=10_000, soft=(0, 1_000),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of shifts and communities.", group="Nulls")


@dataclass(frozen=True, eq=False)
class RecordingFrame(Frame):
    """Communities of the windows so far: int32[window, neuron]."""

    label: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.int32))
    centre_s: np.ndarray = field(default_factory=lambda: np.zeros(0))
    """float64[window]: middle of each window so far."""

    def pictures(self) -> tuple[Picture, ...]:
        """The windows so far."""
        return (window_picture(self.label, self.centre_s),) if self.label.size else ()


@dataclass(frozen=True, eq=False)
class Recorded(Result):
    """Correlations float64[neuron, neuron], window communities, agreement with structure.

    ``structure`` float64[pair] and ``function`` float64[pair] are empty without a wiring;
    ``null_coupling`` float64[null] is their rank correlation under circular shifts.
    """

    spec: RecordingSpec
    title: str
    names: tuple[str, ...]
    correlation: np.ndarray
    centre_s: np.ndarray
    label: np.ndarray
    agreement: np.ndarray
    """float64[window]: NMI with the planted truth, or with the window before."""
    has_truth: bool
    structure: np.ndarray
    function: np.ndarray
    coupling: float
    null_coupling: np.ndarray
    notes: tuple[str, ...]

    @property
    def p(self) -> float:
        """Empirical, one-sided for coupling above the shifted recordings, (r + 1) / (K + 1)."""
        further = np.count_nonzero(self.null_coupling >= self.coupling)
        return (further + 1.0) / (len(self.null_coupling) + 1.0)

    def gives(self) -> tuple[Gift, ...]:
        """Who is active with whom, as a wiring."""
        return (Gift("Correlations as a wiring", Matrix, self.as_matrix),)

    def as_matrix(self) -> Matrix:
        """Correlations without those of a neuron with itself."""
        weights = np.nan_to_num(self.correlation)
        np.fill_diagonal(weights, 0.0)
        return Matrix(f"{self.title}, correlations", weights, self.names)

    def pictures(self) -> tuple[Picture, ...]:
        """Numbers, communities through time, correlation, structure against function."""
        rows: dict[str, Any] = {"neurons or regions": float(len(self.names))}
        rows["communities in a window, mean"] = float(
            np.mean([len(set(w)) for w in self.label.tolist()])
        )
        rows["neurons that change community between windows"] = self.flexibility
        if len(self.structure):
            rows["structure and function, Spearman"] = self.coupling
            rows["p against shifted recordings"] = self.p
        columns: dict[str, Any] = {"": tuple(rows), "value": np.array(list(rows.values()))}
        columns["notes"] = (" ".join(self.notes), *[""] * (len(rows) - 1))
        what = "NMI with what was planted" if self.has_truth else "NMI with the window before"
        axis = Axis("neuron or region")
        made: list[Picture] = [
            Table(self.title, columns),
            window_picture(self.label, self.centre_s),
            Curves(
                "Agreement", self.centre_s, {what: self.agreement}, Axis("time", "s"), Axis("NMI")
            ),
            Heatmap("Correlation", self.correlation, axis, axis, Axis("r"), diverging=True),
        ]
        if len(self.structure):
            xy = np.stack([np.log10(self.structure), self.function], axis=1)[:4_000]
            x, y = Axis("log10 of structural weight"), Axis("correlation")
            made.append(Points("Structure and function", xy, x, y))
        return tuple(made)

    @property
    def flexibility(self) -> float:
        """Mean share of neurons whose community differs from the window before (Bassett 2011)."""
        if len(self.label) < 2:
            return float("nan")
        return float(np.mean(self.label[1:] != self.label[:-1]))


def window_picture(label: np.ndarray, centre_s: np.ndarray) -> Heatmap:
    """Community of every neuron in every window; neurons ordered by the first window."""
    order = np.lexsort(label[::-1])
    n = len(label)
    marks = tuple((k + 0.5, f"{centre_s[k]:.0f}") for k in range(0, n, max(1, n // 6)))
    x, y = Axis("time", "s", marks), Axis("neuron or region")
    return Heatmap(
        "Communities through time", label[:, order].T.astype(float), x, y, Axis("community")
    )


def frames(spec: RecordingSpec) -> Iterator[RecordingFrame | Recorded]:
    """Window after window, then structure against function, everything last."""
    from engines.connectome.partitions.agreement import nmi
    from engines.connectome.partitions.leiden import leiden
    from engines.connectome.recordings.recording import bold, planted

    person = int(spec.source[-1]) if spec.source.startswith("human") else 0
    taken = bold(person) if person else planted(seed=spec.seed)
    n_times, n = taken.traces.shape
    width = int(min(max(8, round(spec.window_s / taken.dt_s)), n_times))
    starts = np.unique(np.linspace(0, n_times - width, spec.n_windows).astype(int))
    middle = starts + width // 2
    centre_s = middle * taken.dt_s
    label = np.zeros((len(starts), n), np.int32)
    for k, start in enumerate(starts):
        weights = positive_correlation(taken.traces[start : start + width])
        found = leiden(weights, resolution=spec.resolution, seed=spec.seed)
        label[k] = matched(found, label[k - 1]) if k else found
        done = 0.6 * (k + 1) / len(starts)
        yield RecordingFrame(label=label[: k + 1].copy(), centre_s=centre_s[: k + 1], fraction=done)
    if len(taken.truth):
        agreement = [nmi(label[k], taken.truth[t]) for k, t in enumerate(middle)]
    else:
        agreement = [
            np.nan,
            *(nmi(a, b) for a, b in zip(label[1:], label[:-1], strict=True)),
        ]
    structure, function, coupling, null = np.zeros(0), np.zeros(0), float("nan"), np.zeros(0)
    correlation = np.corrcoef(taken.traces.T)
    if person:
        structure, function, pairs = _with_structure(person, correlation)
        coupling = _spearman(structure, function)
        null = np.zeros(spec.n_shifts)
        rng = np.random.Generator(np.random.Philox(spec.seed))
        for k in range(spec.n_shifts):
            shifted = np.stack([np.roll(trace, rng.integers(n_times)) for trace in taken.traces.T])
            null[k] = _spearman(structure, np.corrcoef(shifted)[pairs])
            if k % 20 == 19:
                yield RecordingFrame(
                    label=label, centre_s=centre_s, fraction=0.6 + 0.4 * (k + 1) / spec.n_shifts
                )
    yield Recorded(
        spec=spec,
        title=taken.title,
        names=taken.names,
        correlation=correlation,
        centre_s=centre_s,
        label=label,
        agreement=np.array(agreement),
        has_truth=bool(len(taken.truth)),
        structure=structure,
        function=function,
        coupling=coupling,
        null_coupling=null,
        notes=taken.notes,
    )


def positive_correlation(traces: np.ndarray) -> Any:
    """Positive correlations [neuron, neuron] without the diagonal, as symmetric weights."""
    from scipy import sparse

    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.nan_to_num(np.corrcoef(traces.T))
    np.fill_diagonal(r, 0.0)
    return sparse.csr_array(np.maximum(r, 0.0))


def matched(fresh: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Labels renamed so that as many neurons as possible keep their number (Kuhn 1955)."""
    from scipy.optimize import linear_sum_assignment

    size = int(max(fresh.max(initial=0), before.max(initial=0))) + 1
    overlap = np.zeros((size, size))
    np.add.at(overlap, (fresh, before), 1.0)
    old, new = linear_sum_assignment(-overlap)
    names = np.empty(size, np.int32)
    names[old] = new
    return names[fresh]


def _spearman(a: np.ndarray, b: np.ndarray) -> float:
    from scipy.stats import rankdata

    return float(np.corrcoef(rankdata(a), rankdata(b))[0, 1])


def _with_structure(
    person: int, correlation: np.ndarray
) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]]:
    from engines.connectome.wiring.catalogue import load

    wiring = load(f"human_{person}")
    matrix = wiring.layers[0].matrix(wiring.n_neurons).toarray()
    i, j = np.triu_indices(len(matrix), 1)
    there = matrix[i, j] > 0
    pairs = i[there], j[there]
    return matrix[pairs], correlation[pairs], pairs


def _coupling(found: Recorded) -> Estimate | None:
    if not len(found.structure) or not np.isfinite(found.coupling):
        return None
    return Estimate.exact(
        "structure and function, Spearman", float(found.coupling), "all pairs of regions"
    )


def _shifted(found: Recorded) -> Estimate | None:
    drawn = found.null_coupling
    if not len(drawn):
        return None
    low, high = np.quantile(drawn, [0.025, 0.975])
    how = "mean and 95 % over recordings shifted in a circle"
    return Estimate("the same, recording shifted", float(drawn.mean()), float(low), float(high),
                    len(drawn), "shifts", how, found.spec.seed)  # fmt: skip


CLAIM = Claim(
    "Regions that are wired more strongly move together more.",
    figure=lambda found: _coupling(found) if len(found.null_coupling) else None,
    control=_shifted,
    holds_when=Exceeds(),
    source="Honey et al. 2009, Predicting human resting-state functional connectivity from "
    "structural connectivity",
)


EXPERIMENT = Experiment(
    spec=RecordingSpec,
    frames=frames,
    card=Card(
        title="Recordings",
        claim="Who moves together, how that changes from minute to minute, and whether the wiring "
        "foretells it.",
        paper="Bassett et al. 2011, Dynamic reconfiguration of human brain networks",
        link="https://doi.org/10.1073/pnas.1018985108",
    ),
    presets={
        "A person at rest": RecordingSpec(),
        "Groups that were planted": RecordingSpec(source="planted", window_s=30.0),
    },
    claims=(CLAIM,),
    seconds=lambda spec: 1.0 + 0.01 * spec.n_shifts,
    order=65,
)
