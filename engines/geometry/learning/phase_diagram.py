"""The phase diagram: every alignment and nonlinearity at once, each cell a few networks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from engines.contract import Frame, InputError, Result, Seed, Spec, knob
from engines.contract.pictures import Axis, Curves, Heatmap, Picture
from engines.geometry.learning.spec import StudioSpec
from engines.geometry.measures.dichotomies import ccgp, parallelism, shattering

PhaseMeasure = Literal[
    "target CKA", "input CKA", "participation ratio", "accuracy", "parallelism", "CCGP",
    "shattering",
]  # fmt: skip
LIVE = ("target CKA", "input CKA", "participation ratio", "accuracy")
NONLINEARITIES = ("tanh", "relu", "softplus", "linear")
FRAME_S = 0.1


class PhaseSpec(Spec):
    """A grid of nonlinearities and alignments, a few seeds in each cell."""

    n_points: Literal[4, 8, 16, 32] = knob(
        4, label="Points", help="Corners of a hypercube, each a stimulus.", group="Task"
    )
    targets: Literal["parity", "every bit"] = knob(
        "parity", label="Targets", help="What is learnt.", group="Task"
    )
    n_alignments: int = knob(
        5,
        label="Alignments",
        help="Columns, evenly spaced from c = 0 to c_max.",
        group="Grid",
        ge=2,
        le=21,
    )
    rows: Literal["tanh and ReLU", "all four"] = knob(
        "tanh and ReLU", label="Nonlinearities", help="Rows of the diagram.", group="Grid"
    )
    n_seeds: int = knob(4, label="Seeds", help="Networks per cell.", group="Grid", ge=1, le=32)
    measure: PhaseMeasure = knob(
        "target CKA",
        label="Shown",
        help="What colours mean. Parallelism, CCGP and shattering are computed at the end.",
        group="Grid",
    )
    width: int = knob(128, label="Width", help="Hidden units.", group="Training", ge=4, le=512)
    n_steps: int = knob(
        1500, label="Steps", help="How many batches are learnt.", group="Training", ge=10,
        le=50_000, soft=(100, 5_000),
    )  # fmt: skip
    learning_rate: float = knob(
        0.1, label="Learning rate", help="Of plain gradient descent.", group="Training", gt=0.0,
        le=10.0, soft=(0.001, 1.0), log=True,
    )  # fmt: skip
    noise: float = knob(
        1.0, label="Input noise", help="Standard deviation per input dimension.",
        group="Training", ge=0.0, le=10.0, soft=(0.0, 3.0),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws everything that is random.", group="Training")

    @property
    def nonlinearities(self) -> tuple[str, ...]:
        """Rows of the diagram."""
        return NONLINEARITIES if self.rows == "all four" else NONLINEARITIES[:2]

    @property
    def shares(self) -> np.ndarray:
        """Alignments of the columns, as shares of c_max."""
        return np.linspace(0.0, 1.0, self.n_alignments)

    def studio(self, row: int, column: int) -> StudioSpec:
        """The networks of one cell, in the studio."""
        name: Any = self.nonlinearities[row]
        return StudioSpec(
            n_points=self.n_points,
            targets=self.targets,
            alignment=float(self.shares[column]),
            noise=self.noise,
            nonlinearity=name,
            width=self.width,
            n_seeds=self.n_seeds,
            learning_rate=self.learning_rate,
            n_steps=self.n_steps,
            seed=self.seed,
        )

    def whole(self) -> StudioSpec:
        """What all networks share; alignment and nonlinearity differ."""
        return self.studio(0, 0)


@dataclass(frozen=True, eq=False)
class PhaseFrame(Frame):
    """The diagram at one step; values are float64[row, column, seed] by measure."""

    spec: PhaseSpec
    step: int
    values: dict[str, np.ndarray]

    def pictures(self) -> tuple[Picture, ...]:
        """The diagram of what is shown."""
        return (diagram(self.spec, self.values, self.step),)


@dataclass(frozen=True, eq=False)
class Phase(Result):
    """The diagram at the end, and every moment on the way."""

    spec: PhaseSpec
    values: dict[str, np.ndarray]
    """float64[row, column, seed] by measure."""
    start: dict[str, np.ndarray]
    """The same before any training: the control."""
    steps: np.ndarray
    course: dict[str, np.ndarray]
    """float64[moment, row, column, seed] of the measures that are followed."""

    def moments(self) -> tuple[Frame, ...]:
        """The diagram through training."""
        last = float(self.steps[-1])
        return tuple(
            PhaseFrame(
                self.spec,
                int(step),
                {name: values[k] for name, values in self.course.items()},
                fraction=float(step) / last,
            )
            for k, step in enumerate(self.steps[:-1])
        )

    def pictures(self) -> tuple[Picture, ...]:
        """The diagram, and its rows as curves with the random start as control."""
        shown = self.spec.measure
        mean, deviation = self.values[shown].mean(-1), self.values[shown].std(-1)
        names = [_shown(n) for n in self.spec.nonlinearities]
        lines = {name: mean[k] for k, name in enumerate(names)}
        bands = {n: (mean[k] - deviation[k], mean[k] + deviation[k]) for k, n in enumerate(names)}
        begun = {f"{n}, random start": self.start[shown][k].mean(-1) for k, n in enumerate(names)}
        title = f"{shown}, mean and SD of {self.spec.n_seeds} seeds"
        axes = Axis("alignment c / c_max"), Axis(shown)
        curves = Curves(title, self.spec.shares, {**lines, **begun}, *axes, bands)
        return (diagram(self.spec, self.values, int(self.steps[-1])), curves)


def _shown(name: str) -> str:
    return "ReLU" if name == "relu" else name


def diagram(spec: PhaseSpec, values: dict[str, np.ndarray], step: int) -> Heatmap:
    """Means over seeds; rows are nonlinearities, columns alignments."""
    shown = spec.measure if spec.measure in values else LIVE[0]
    columns = tuple((k + 0.5, f"{share:.2f}") for k, share in enumerate(spec.shares))
    rows = tuple((k + 0.5, _shown(n)) for k, n in enumerate(spec.nonlinearities))
    return Heatmap(
        f"{shown} at step {step:,}: click a cell to open its networks",
        values[shown].mean(axis=-1),
        Axis("alignment c / c_max", ticks=columns),
        Axis("nonlinearity", ticks=rows),
        Axis(shown),
    )


def frames_of(spec: PhaseSpec) -> Iterator[PhaseFrame | Phase]:
    """The diagram up to ten times a second while all its networks learn together."""
    from engines.geometry.learning.training import (
        choose_threads,
        snapshot_steps,
        training_from_spec,
    )

    if spec.n_points > 8 and spec.measure in ("CCGP", "shattering"):
        raise InputError(f"{spec.measure} needs every dichotomy; choose 4 or 8 points")
    n_rows, n_columns = len(spec.nonlinearities), spec.n_alignments
    shape = (n_rows, n_columns, spec.n_seeds)
    shares = np.tile(np.repeat(spec.shares, spec.n_seeds), n_rows)
    names = tuple(n for n in spec.nonlinearities for _ in range(n_columns * spec.n_seeds))
    training = training_from_spec(spec.whole(), shares, names)
    choose_threads(training, 0)
    steps = snapshot_steps(spec.n_steps, 60)
    course: dict[str, list[np.ndarray]] = {name: [] for name in LIVE}
    told, first = 0.0, training.record()[-1]
    for step in steps:
        while training.step < step:
            training.advance(min(int(step), training.step + 10))
            if time.monotonic() - told >= FRAME_S and course[LIVE[0]]:
                told = time.monotonic()
                now = {name: values[-1] for name, values in course.items()}
                yield PhaseFrame(spec, training.step, now, fraction=training.step / spec.n_steps)
        measured = training.measure(training.record()[-1])
        for name in LIVE:
            course[name].append(measured[name].reshape(shape))
    last = training.record()[-1]
    values = {name: moments[-1] for name, moments in course.items()}
    start = {name: moments[0] for name, moments in course.items()}
    if spec.measure not in LIVE:
        score = _SCORES[spec.measure]
        halves = training.problem.wanted.cpu().numpy()[:, 0] > 0.5
        for found, hidden in ((values, last), (start, first)):
            scores = []
            for x in hidden:
                scores.append(score(x, halves))
                yield PhaseFrame(spec, spec.n_steps, {k: v for k, v in values.items() if k in LIVE},
                                 fraction=1.0)  # fmt: skip
            found[spec.measure] = np.array(scores).reshape(shape)
    yield Phase(spec, values, start, steps, {name: np.stack(v) for name, v in course.items()})


def _share_shattered(x: np.ndarray, _halves: np.ndarray) -> float:
    done, every = shattering(x)
    return done / every


_SCORES = {"parallelism": parallelism, "CCGP": ccgp, "shattering": _share_shattered}
