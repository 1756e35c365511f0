"""What a stimulation yields: activity of every neuron through time, before and after a lesion."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engines.connectome.dynamics.stimulus import StimulusSpec
from engines.contract import Frame, Result
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Table
from engines.contract.sending import Activations, Gift

_TOP = 25


@dataclass(frozen=True, eq=False)
class ActivityFrame(Frame):
    """How far the simulation is: float64[bin] times and population means so far."""

    times_ms: np.ndarray = field(default_factory=lambda: np.zeros(0))
    population: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def pictures(self) -> tuple[Picture, ...]:
        """The population so far."""
        lines = {"mean over neurons": self.population}
        return (Curves("Population", self.times_ms, lines, Axis("time", "ms"), Axis("activity")),)


@dataclass(frozen=True, eq=False)
class Activity(Result):
    """Activity, mean over trials: float32[bin, neuron], and its spread over trials.

    Units are those of the model, or spikes per second and neuron for the spiking one.
    ``population`` and ``population_sd`` float64[bin]: mean over neurons that are left, and its
    standard deviation over trials. ``before`` is the population without the lesion (empty when
    there is none), ``peak_before`` likewise per neuron.
    """

    spec: StimulusSpec
    neurons: tuple[str, ...]
    times_ms: np.ndarray
    mean: np.ndarray
    population: np.ndarray
    population_sd: np.ndarray
    peak: np.ndarray
    peak_ms: np.ndarray
    alive: np.ndarray
    target: np.ndarray
    radius: float
    """Spectral radius of the weights before scaling."""
    n_spikes: int
    n_unknown: int
    stopped: str = ""
    """Why it ended early, as a sentence; empty when it did not."""
    before: np.ndarray = field(default_factory=lambda: np.zeros(0))
    peak_before: np.ndarray = field(default_factory=lambda: np.zeros(0))

    @property
    def unit(self) -> str:
        """Of activity."""
        return "spikes/s" if self.spec.model == "spiking" else ""

    def ranked(self) -> np.ndarray:
        """int64: responding neurons, strongest first, the stimulated ones left out."""
        strength = np.where(self.target | ~self.alive, -np.inf, np.abs(self.peak))
        order = np.argsort(-strength, kind="stable")
        return order[np.isfinite(strength[order])]

    def pictures(self) -> tuple[Picture, ...]:
        """Population, raster of the strongest, their table."""
        return (self.population_picture(), self.raster(), self.table())

    def gives(self) -> tuple[Gift, ...]:
        """Activity at every moment: moments are the stimuli, neurons the units."""
        return (Gift("Activity of the neurons", Activations, self.as_activations),)

    def as_activations(self) -> Activations:
        """[bin, neuron that is left], each moment named by its time."""
        rows = np.flatnonzero(np.isfinite(self.mean).all(axis=1))
        stimuli = tuple(f"{self.times_ms[k]:g} ms" for k in rows)
        title = f"{self.spec.model} activity, {self.spec.targets or 'no stimulus'}"
        return Activations(title, {"neurons": self.mean[rows][:, self.alive]}, stimuli)

    def population_picture(self) -> Curves:
        """Mean over neurons with its spread over trials, and without the lesion."""
        name = "with the lesion" if len(self.before) else "mean over neurons"
        lines = {name: self.population}
        if len(self.before):
            lines["without"] = self.before
        low, high = self.population - self.population_sd, self.population + self.population_sd
        bands = {name: (low, high)} if self.spec.n_trials > 1 else {}
        title = f"Population, {self.spec.n_trials:,} trials, seed {self.spec.seed}"
        y = Axis("activity", self.unit)
        return Curves(title, self.times_ms, lines, Axis("time", "ms"), y, bands)

    def raster(self) -> Heatmap:
        """The strongest responses as an image."""
        top = np.concatenate([np.flatnonzero(self.target), self.ranked()[:40]])[:48]
        ticks = tuple((k + 0.5, self.neurons[i]) for k, i in enumerate(top))
        n_bins = len(self.times_ms)
        marks = tuple(
            (float(k), f"{self.times_ms[k]:.0f}") for k in range(0, n_bins, max(1, n_bins // 6))
        )
        x, y = Axis("time", "ms", marks), Axis("neuron", ticks=ticks)
        value = Axis("activity", self.unit)
        return Heatmap("Strongest responses", self.mean[:, top].T.astype(float), x, y, value)

    def table(self) -> Table:
        """Who responds most, when, and how before the lesion."""
        top = self.ranked()[:_TOP]
        columns: dict[str, np.ndarray | tuple[str, ...]] = {
            "neuron": tuple(self.neurons[i] for i in top),
            "peak": self.peak[top],
            "at (ms)": self.peak_ms[top],
        }
        if len(self.peak_before):
            columns["peak without lesion"] = self.peak_before[top]
        return Table("Strongest responses", columns)
