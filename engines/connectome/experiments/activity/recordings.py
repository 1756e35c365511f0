"""Activity beside wiring: correlation, its communities through time, and how it fits structure.

The recording may be one's own: see `engines.connectome.opening`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from engines.connectome.experiments.activity._recording_pictures import (
    drawn_traces,
    trace_picture,
    window_picture,
)
from engines.connectome.foretelling.structure import Structure, structure_by_name, structure_of
from engines.connectome.opening.options import Animal
from engines.connectome.recordings.preparing import Smoothing, Trace, one_of, prepared
from engines.connectome.recordings.recording import Recording, bold, planted
from engines.connectome.recordings.shifting import shifted
from engines.connectome.recordings.windows import matched, positive_correlation
from engines.connectome.wiring.catalogue import load
from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    InputError,
    Result,
    Seed,
    Spec,
    knob,
)
from engines.contract.claims import Exceeds
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Points, Table
from engines.contract.sending import Gift, Matrix


class RecordingSpec(Spec):
    """Which recording, and how its communities are followed."""

    source: Literal["human_1", "human_2", "human_3", "human_4", "human_5", "planted", "own"] = knob(
        "human_1", label="Recording", help="Five people at rest, groups that were planted, or one "
        "of your own: the only real recordings that come with the app are the human ones.",
        group="Recording",
    )  # fmt: skip
    own_recording: str = knob(
        "", label="Own recording", help="The digest of a recording that was brought.",
        group="Recording", widget="hidden", pattern="^([0-9a-f]{16})?$",
    )  # fmt: skip
    animal: int = knob(
        1, label="Animal", help="Which one, where a file has several.", group="Recording", ge=1,
        le=10_000, soft=(1, 20), when={"source": ("own",)},
    )  # fmt: skip
    wiring: Literal["none", "varshney2011", "cook2019"] = knob(
        "none", label="Wiring", help="Whose structure stands beside an own recording; neurons are "
        "matched by name.", group="Recording", when={"source": ("own",)},
    )  # fmt: skip
    trace: Trace = knob(
        "activity", label="Trace", help="As recorded, or its change per second.",
        group="Recording",
    )  # fmt: skip
    smoothing: Smoothing = knob(
        "none", label="Smoothing", help="In frames as recorded: SD of a Gaussian, width of a "
        "moving average, weight of the newest frame.", group="Recording",
    )  # fmt: skip
    dt_s: float = knob(
        0.0, label="Resample to", help="Time between two frames, by straight lines; 0 keeps the "
        "recording's own.", unit="s", group="Recording", ge=0, le=100, soft=(0, 5),
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
    """Communities of the windows so far: int32[window, neuron]; the traces as they are drawn."""

    label: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.int32))
    centre_s: np.ndarray = field(default_factory=lambda: np.zeros(0))
    """float64[window]: middle of each window so far."""
    drawn: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float16))
    """float16[neuron, time]: see `drawn_traces`."""
    end_s: float = 0.0

    def pictures(self) -> tuple[Picture, ...]:
        """The traces at once, and the windows so far."""
        made = [trace_picture(self.drawn, self.end_s)] if self.drawn.size else []
        if self.label.size:
            made.append(window_picture(self.label, self.centre_s))
        return tuple(made)


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
    shifted_agreement: np.ndarray
    """float64[window]: the same of the recording, shifted in a circle."""
    has_truth: bool
    drawn: np.ndarray
    """float16[neuron, time]: see `drawn_traces`."""
    end_s: float
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
            trace_picture(self.drawn, self.end_s),
            window_picture(self.label, self.centre_s),
            Curves(
                f"Agreement: {what}",
                self.centre_s,
                {"found": self.agreement, "recording shifted": self.shifted_agreement},
                Axis("time", "s"),
                Axis("NMI"),
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


def frames(spec: RecordingSpec) -> Iterator[RecordingFrame | Recorded]:
    """The traces, window after window, then structure against function, everything last."""
    taken = _taken(spec)
    first = RecordingFrame(
        drawn=drawn_traces(taken.traces), end_s=len(taken.traces) * taken.dt_s, fraction=0.02
    )
    yield first
    structure = _structure(spec, taken)
    rng = np.random.Generator(np.random.Philox(key=[spec.seed, 1]))
    twin = shifted(taken.traces, rng)
    pair, middle = np.zeros((2, 0, 0), np.int32), np.zeros(0, int)
    for pair, middle, done in _windows(spec, taken, twin):
        centre_s = middle[: pair.shape[1]] * taken.dt_s
        yield replace(first, label=pair[0], centre_s=centre_s, fraction=0.6 * done)
    label, shifted_label = pair
    last = replace(first, label=label, centre_s=middle * taken.dt_s)
    null, coupling = np.zeros(0), float("nan")
    if structure is not None:
        coupling = structure.coupling(taken.traces)
        for null in _null_couplings(spec, taken.traces, structure):
            yield replace(last, fraction=0.6 + 0.4 * len(null) / max(spec.n_shifts, 1))
    yield Recorded(
        spec=spec,
        title=taken.title,
        names=taken.names,
        correlation=np.corrcoef(taken.traces.T),
        centre_s=middle * taken.dt_s,
        label=label,
        agreement=_agreement(label, taken.truth, middle),
        shifted_agreement=_agreement(shifted_label, taken.truth, middle),
        has_truth=bool(len(taken.truth)),
        drawn=first.drawn,
        end_s=first.end_s,
        structure=np.zeros(0) if structure is None else structure.weight,
        function=np.zeros(0) if structure is None else structure.function(taken.traces),
        coupling=coupling,
        null_coupling=null,
        notes=(*taken.notes, *(() if structure is None else structure.notes)),
    )


def _taken(spec: RecordingSpec) -> Recording:
    """The recording that the spec names, prepared as it says."""
    from engines.connectome.opening.kept import load_recording

    notes: tuple[str, ...] = ()
    truth = np.zeros((0, 0), np.int32)
    if spec.source == "own":
        if not spec.own_recording:
            raise InputError("open a file of your own first, under Own recording")
        opened = load_recording(spec.own_recording)
        animal, title, notes = one_of(opened, spec.animal), opened.title, opened.notes
        title = f"{title}, {animal.name}" if len(opened.animals) > 1 else title
    else:
        made = bold(int(spec.source[-1])) if spec.source != "planted" else planted(seed=spec.seed)
        if spec.trace == "activity" and spec.smoothing == "none" and not spec.dt_s:
            return made
        times_s = np.arange(len(made.traces)) * made.dt_s
        every = np.ones(len(made.names), bool)
        animal, title = Animal("one", made.names, made.traces, times_s, every), made.title
        notes, truth = made.notes, made.truth
    found = prepared(
        animal, title=title, dt_s=spec.dt_s, trace=spec.trace, smoothing=spec.smoothing
    )
    if len(truth):
        moments = np.arange(len(found.traces)) * found.dt_s / animal.times_s[1]
        truth = truth[np.minimum(moments.round().astype(int), len(truth) - 1)]
    return replace(found, notes=(*notes, *found.notes), truth=truth)


def _windows(
    spec: RecordingSpec, taken: Recording, twin: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray, float]]:
    """Communities int32[(found, shifted), window, neuron] so far, middles of all, share done."""
    from engines.connectome.partitions.leiden import leiden

    n_times, n = taken.traces.shape
    width = int(min(max(8, round(spec.window_s / taken.dt_s)), n_times))
    starts = np.unique(np.linspace(0, n_times - width, spec.n_windows).astype(int))
    label = np.zeros((2, len(starts), n), np.int32)
    for k, start in enumerate(starts):
        for which, traces in enumerate((taken.traces, twin)):
            weights = positive_correlation(traces[start : start + width])
            found = leiden(weights, resolution=spec.resolution, seed=spec.seed)
            label[which, k] = matched(found, label[which, k - 1]) if k else found
        done = (k + 1) / len(starts)
        yield label[:, : k + 1].copy(), starts + width // 2, done


def _agreement(label: np.ndarray, truth: np.ndarray, middle: np.ndarray) -> np.ndarray:
    from engines.connectome.partitions.agreement import nmi

    if len(truth):
        return np.array([nmi(label[k], truth[t]) for k, t in enumerate(middle)])
    both = zip(label[1:], label[:-1], strict=True)
    return np.array([np.nan, *(nmi(a, b) for a, b in both)])


def _null_couplings(
    spec: RecordingSpec, traces: np.ndarray, structure: Structure
) -> Iterator[np.ndarray]:
    """Rank correlations float64[shift] with shifted recordings, so far."""
    null = np.zeros(spec.n_shifts)
    rng = np.random.Generator(np.random.Philox(spec.seed))
    every = max(1, min(20, 2_000_000 // traces.size))
    for k in range(spec.n_shifts):
        turned = np.stack([np.roll(trace, rng.integers(len(traces))) for trace in traces.T], axis=1)
        null[k] = structure.coupling(turned)
        if k % every == every - 1 or k == spec.n_shifts - 1:
            yield null[: k + 1].copy()


def _structure(spec: RecordingSpec, taken: Recording) -> Structure | None:
    """The person's tracts, or the worm's wiring matched by name; None without either."""
    if spec.source == "own":
        named = spec.wiring != "none"
        return structure_by_name(load(spec.wiring), taken.names) if named else None
    return None if spec.source == "planted" else structure_of(load(spec.source))


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
