"""The task studio: train, stream moments, keep the activations, and make the film."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from engines.contract import Frame, Result
from engines.contract.pictures import Axis, Curves, Picture
from engines.contract.sending import Gift, Model
from engines.geometry.activations import library
from engines.geometry.activations.store import ActivationWriter
from engines.geometry.film.film import Film, FilmFrame, LiveFilm, film_of
from engines.geometry.film.spec import FilmSpec
from engines.geometry.learning.spec import N_DIMENSIONS, StudioSpec

if TYPE_CHECKING:
    from engines.geometry.learning.training import Training

FRAME_S = 0.1
"""At most ten moments a second are sent."""
MEASURES = ("target CKA", "input CKA", "participation ratio", "accuracy", "loss")


@dataclass(frozen=True, eq=False)
class StudioRun(Result):
    """Trained networks: the film of the first of each kind, and every network's curves."""

    spec: StudioSpec
    film: Film
    nets: tuple[str, ...]
    measures: dict[str, np.ndarray]
    """float64[net, snapshot] by name; of the last hidden layer."""
    n_threads: int

    def pictures(self) -> tuple[Picture, ...]:
        """Mean and range over seeds of every measure, then the last moment of the film."""
        x = np.maximum(self.film.moments_at, 0.5)
        found = [self.curves(name, x) for name in self.measures]
        return (*found, *self.film.pictures())

    def gives(self) -> tuple[Gift, ...]:
        """One network of each nonlinearity, as an architecture."""
        kinds = dict.fromkeys(self.spec.nonlinearities)
        return tuple(
            Gift(f"The {_SHOWN.get(kind, kind)} network", Model, partial(model_of, self.spec, kind))
            for kind in kinds
        )

    def curves(self, name: str, x: np.ndarray) -> Curves:
        """One measure by nonlinearity: mean over seeds, and each seed."""
        kinds = self.spec.nonlinearities
        clouds = {k: self.measures[name][[n == k for n in kinds]] for k in dict.fromkeys(kinds)}
        lines = {kind: runs.mean(axis=0) for kind, runs in clouds.items()}
        title = f"{name}, mean of {self.spec.n_seeds} seeds"
        return Curves(title, x, lines, Axis("training step"), Axis(name), clouds=clouds)


_SHOWN = {"relu": "ReLU"}
_MODULES = {"relu": "nn.ReLU()", "tanh": "nn.Tanh()", "softplus": "nn.Softplus()", "linear": ""}


def model_of(spec: StudioSpec, kind: str) -> Model:
    """The networks of one nonlinearity as modules of torch, with the stimuli's shape."""
    digits = spec.task == "digits"
    n_in, n_out = (64, 10) if digits else (N_DIMENSIONS, spec.n_targets)
    sizes = [n_in, *[spec.width] * spec.depth]
    parts = [f"nn.Linear({a}, {b}), {_MODULES[kind]}" for a, b in pairwise(sizes)]
    parts = [part.rstrip(", ") for part in [*parts, f"nn.Linear({sizes[-1]}, {n_out})"]]
    n_stimuli = 60 if digits else spec.n_points
    title = f"{_SHOWN.get(kind, kind)} network, {spec.depth} x {spec.width} units"
    return Model(title, f"nn.Sequential({', '.join(parts)})", f"{n_stimuli} {n_in}")


def layer_names(spec: StudioSpec) -> dict[tuple[int, int], str]:
    """Names by (network, hidden layer)."""
    named = {}
    for net, kind in enumerate(spec.nonlinearities):
        shown = _SHOWN.get(kind, kind)
        for depth in range(spec.depth):
            which = f", layer {depth + 1}" if spec.depth > 1 else ""
            named[net, depth] = f"{shown}, seed {net % spec.n_seeds}{which}"
    return named


def shown_tracks(spec: StudioSpec) -> tuple[str, ...]:
    """The last hidden layer of each kind's first network first, then what else fits in twelve."""
    names = layer_names(spec)
    last = spec.depth - 1
    firsts = [names[n, last] for n in range(0, spec.n_nets, spec.n_seeds)]
    layers = [names[n, d] for n in range(0, spec.n_nets, spec.n_seeds) for d in range(spec.depth)]
    seeds = [names[n, last] for n in range(spec.n_nets)]
    most = 6 if spec.n_points > 8 or spec.task == "digits" else 8
    return tuple(dict.fromkeys([*firsts, *layers, *seeds]))[:most]


def set_name(spec: StudioSpec) -> str:
    """Name of the run's activations in the library."""
    return f"studio-{spec.digest()[:12]}"


def frames_of(spec: StudioSpec) -> Iterator[Frame | Result]:
    """Moments at up to ten a second while the networks learn, and the run last."""
    from engines.geometry.learning.training import (
        choose_threads,
        snapshot_steps,
        training_from_spec,
    )

    training = training_from_spec(spec)
    problem, names, tracks = training.problem, layer_names(spec), shown_tracks(spec)
    n_threads = choose_threads(training, spec.n_threads)
    steps = snapshot_steps(spec.n_steps, spec.n_snapshots)
    nets = tuple(names[n, spec.depth - 1] for n in range(spec.n_nets))
    live = LiveFilm(tracks[:2], problem.stimuli, problem.labels)
    writing = library.fresh_folder(set_name(spec))
    writer = ActivationWriter(
        writing,
        dict.fromkeys(names.values(), spec.width),
        problem.stimuli,
        labels=problem.labels,
        provenance={"title": "Task studio", "spec": spec.model_dump(mode="json")},
    )
    kept: dict[str, list[np.ndarray]] = {track: [] for track in tracks}
    measured: dict[str, list[np.ndarray]] = {name: [] for name in MEASURES}
    told = 0.0
    for step in steps:
        yield from _learn(training, int(step), float(steps[-1]))
        recorded = training.record()
        moment = {name: recorded[d][n] for (n, d), name in names.items()}
        writer.append(moment, step=float(step))
        for track in tracks:
            kept[track].append(moment[track])
        now = training.measure(recorded[-1])
        for name in MEASURES:
            measured[name].append(now[name])
        if time.monotonic() - told >= FRAME_S:
            told = time.monotonic()
            done = float(step / steps[-1])
            yield live.frame(moment, float(step), fraction=done, measures=now, nets=nets)
    writer.close()
    library.publish(writing, set_name(spec))
    film = film_of(
        {track: np.stack(stack) for track, stack in kept.items()},
        source=set_name(spec),
        moments_at=steps.astype(float),
        unit="step",
        stimuli=problem.stimuli,
        labels=problem.labels,
        spec=FilmSpec(source=set_name(spec)),
    )
    curves = {name: np.stack(values, axis=1) for name, values in measured.items()}
    yield StudioRun(spec, film, nets, curves, n_threads)


@dataclass(frozen=True)
class Learning(Frame):
    """Between two snapshots that lie far apart: only how far it is."""


def _learn(training: Training, to_step: int, last: float) -> Iterator[Learning]:
    """Advance in stretches of a tenth of a second, so that a run can be stopped between."""
    stride = 8
    while training.step < to_step:
        started = time.monotonic()
        training.advance(min(to_step, training.step + stride))
        stride = stride * 2 if time.monotonic() - started < FRAME_S / 4 else stride
        yield Learning(fraction=training.step / last)


__all__ = ["FilmFrame", "StudioRun", "frames_of", "layer_names", "set_name", "shown_tracks"]
