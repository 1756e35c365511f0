"""Networks trained at one number of points, tested at others: what carries over."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from pydantic import model_validator

from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    Result,
    Seed,
    Spec,
    SpecError,
    knob,
)
from engines.contract.claims import FallsBelow
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Table
from engines.lab.statistics import rate
from engines.pointer.answers.published import markers
from engines.pointer.model import N_POINTS_MAX, Network, Recipe, TaskName

PUBLISHED = "Ptr-Net, published 2015"
_BATCH, _LEARNING_RATE = 64, 2e-3
"""Of the networks trained here: short runs learn more from many small batches."""


class SweepSpec(Spec):
    """Which networks, and how many points they are asked about."""

    task: TaskName = knob(
        "hull", label="Task", help="What is asked.", group="Task", widget="choice"
    )
    trained_at: tuple[int, ...] = knob(
        (5, 10),
        label="Trained at",
        help="A network is trained now at each of these numbers of points, say [5, 10].",
        group="Networks",
        max_length=6,
    )
    n_examples: int = knob(
        20_000,
        label="Examples each",
        help="How long each is trained.",
        group="Networks",
        ge=1_000,
        le=1_000_000,
        log=True,
    )
    bundled: bool = knob(
        True, label="Bundled weights", help="Also those that come with the app.", group="Networks"
    )
    tested_at: tuple[int, ...] = knob(
        (5, 10, 20, 50, 100, 200),
        label="Tested at",
        help="Numbers of points of the test instances, say [5, 50].",
        group="Test",
        min_length=1,
        max_length=12,
    )
    n_instances: int = knob(
        100, label="Instances", help="Behind each number.", group="Test", ge=10, le=5_000
    )
    seed: Seed = knob(0, label="Seed", help="Draws weights and instances.", group="Test")

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        low = 3 if self.task in ("hull", "tour", "delaunay") else 2
        limit = 100 if self.task == "delaunay" else N_POINTS_MAX
        for name, sizes, high in (
            ("Trained at", self.trained_at, 100),
            ("Tested at", self.tested_at, limit),
        ):
            wrong = [n for n in sizes if not low <= n <= high]
            if wrong:
                raise SpecError(f"{name}: must be from {low} to {high}, got {wrong[0]}")
        return self


@dataclass(frozen=True, eq=False)
class SweepFrame(Frame):
    """The table so far; nan where nothing has been tested yet."""

    spec: SweepSpec
    networks: tuple[str, ...]
    accuracy: np.ndarray
    """float64[network, n]: share of answers exactly right."""
    quality: np.ndarray
    """float64[network, n]: mean area, coverage, gap or agreement."""
    error: np.ndarray
    """float64[network, n]: standard error of accuracy."""
    quality_name: str

    def pictures(self) -> tuple[Picture, ...]:
        """Accuracy and quality side by side, then as curves, then all numbers."""
        return _pictures(self)


@dataclass(frozen=True, eq=False)
class Sweep(Result):
    """The whole table."""

    spec: SweepSpec
    networks: tuple[str, ...]
    accuracy: np.ndarray
    """float64[network, n]: share of answers exactly right."""
    quality: np.ndarray
    """float64[network, n]: mean area, coverage, gap or agreement."""
    error: np.ndarray
    """float64[network, n]: standard error of accuracy."""
    quality_name: str

    def pictures(self) -> tuple[Picture, ...]:
        """Accuracy and quality side by side, then as curves, then all numbers."""
        return _pictures(self)


def _pictures(sweep: SweepFrame | Sweep) -> tuple[Picture, ...]:
    n = np.array(sweep.spec.tested_at, float)
    quality = sweep.quality_name
    printed = markers(sweep.spec.task)
    line = [np.array([printed.get(int(k), (np.nan, np.nan))[i] for k in n]) for i in (0, 1)]
    pictures: list[Picture] = []
    if len(sweep.networks) > 1:
        pictures = [
            _heat("Exactly right", sweep, sweep.accuracy, Axis("accuracy", "%")),
            _heat(quality.capitalize(), sweep, sweep.quality, Axis(quality, "%")),
        ]
    for title, values, known in (
        ("Exactly right", sweep.accuracy, line[0]),
        (quality.capitalize(), sweep.quality, line[1]),
    ):
        lines = {name: 100 * row for name, row in zip(sweep.networks, values, strict=True)}
        if np.isfinite(known).any():
            lines[PUBLISHED] = 100 * known
        label = "accuracy" if title == "Exactly right" else quality
        bands = {
            name: (row - 196 * e, row + 196 * e)
            for (name, row), e in zip(lines.items(), sweep.error, strict=False)
            if label == "accuracy"
        }
        pictures.append(
            Curves(f"{title} against the number of points", n, lines, Axis("points"),
                   Axis(label, "%"), bands)
        )  # fmt: skip
    return (*pictures, _table(sweep, line))


def _heat(title: str, sweep: SweepFrame | Sweep, values: np.ndarray, axis: Axis) -> Heatmap:
    columns = tuple((k + 0.5, str(n)) for k, n in enumerate(sweep.spec.tested_at))
    rows = tuple((k + 0.5, name) for k, name in enumerate(sweep.networks))
    n = sweep.spec.n_instances
    return Heatmap(
        f"{title}, mean of {n}", 100 * values, Axis("tested at", ticks=columns),
        Axis("network", ticks=rows), axis, square=True,
    )  # fmt: skip


def _table(sweep: SweepFrame | Sweep, printed: list[np.ndarray]) -> Table:
    names = [*sweep.networks, PUBLISHED]
    rows = [
        (name, str(n), a, e, q)
        for name, accuracy, error, quality in zip(
            names,
            [*sweep.accuracy, printed[0]],
            [*sweep.error, np.full(len(printed[0]), np.nan)],
            [*sweep.quality, printed[1]],
            strict=True,
        )
        for n, a, e, q in zip(sweep.spec.tested_at, accuracy, error, quality, strict=True)
        if np.isfinite(a) or np.isfinite(q)
    ]
    columns = list(zip(*rows, strict=True)) or [()] * 5
    return Table(
        "Every number",
        {
            "network": columns[0],
            "points": columns[1],
            "exactly right, %": 100 * np.array(columns[2], float),
            "standard error, %": 100 * np.array(columns[3], float),
            f"{sweep.quality_name}, %": 100 * np.array(columns[4], float),
        },
    )


def frames(spec: SweepSpec) -> Iterator[Frame | Result]:
    """Networks are trained first, then every cell is tested."""
    from engines.pointer.tasks import task_named

    task = task_named(spec.task)
    nets = yield from _networks(spec)
    shape = len(nets), len(spec.tested_at)
    now = SweepFrame(
        spec, tuple(nets), np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape),
        task.quality, fraction=0.5,
    )  # fmt: skip
    for row, net in enumerate(nets.values()):
        for column, n in enumerate(spec.tested_at):
            yield from _tested(spec, net, n, now, (row, column))
            done = (row * shape[1] + column + 1) / (shape[0] * shape[1])
            now = dataclasses.replace(now, fraction=0.5 + 0.5 * done)
            yield now
    yield Sweep(spec, now.networks, now.accuracy, now.quality, now.error, now.quality_name)


def _networks(spec: SweepSpec) -> Iterator[Any]:
    """Train what is asked for, a frame per batch; returns networks by name."""
    from engines.pointer.networks import weights
    from engines.pointer.tasks import task_named
    from engines.pointer.training.teacher_forcing import Training

    nets: dict[str, Any] = {}
    for k, n in enumerate(spec.trained_at):
        recipe = Recipe(
            task=spec.task, n_min=n, n_max=n, n_examples=spec.n_examples, network=Network(),
            batch=_BATCH, learning_rate=_LEARNING_RATE, seed=spec.seed,
        )  # fmt: skip
        training = Training(task_named(spec.task), recipe)
        while training.n_steps_done < training.n_steps:
            training.step()
            share = (k + training.n_steps_done / training.n_steps) / len(spec.trained_at)
            yield Frame(fraction=0.5 * share)
        nets[f"trained at {n}"] = training.net
    if spec.bundled:
        sizes: set[tuple[int, int]] = set()
        for name, header in weights.headers().items():
            taught = header.recipe.n_min, header.recipe.n_max
            # One for each range of sizes: a longer training of the same carries over alike.
            if header.recipe.task == spec.task and taught not in sizes:
                nets[name] = weights.load(name).net
                sizes.add(taught)
    if not nets:
        raise SpecError("there is no network to test: name numbers of points under Trained at")
    return nets


def _tested(
    spec: SweepSpec, net: Any, n: int, now: SweepFrame, cell: tuple[int, int]
) -> Iterator[Frame]:
    """Fill one cell, a frame per chunk of instances."""
    from engines.pointer.errors import OutputSizeError
    from engines.pointer.tasks import task_named
    from engines.pointer.training.evaluation import instances, means, scores

    task = task_named(spec.task)
    points = instances(task, n, spec.n_instances, spec.seed + 1)
    parts = []
    try:
        for chunk in np.array_split(points, max(1, len(points) * n // 2_000)):
            parts.append(scores(net, task, chunk))
            yield now
    except OutputSizeError:
        return
    found = means({k: np.concatenate([part[k] for part in parts]) for k in parts[0]})
    now.accuracy[cell], now.error[cell] = found["accuracy"], found["accuracy error"]
    now.quality[cell] = found[task.quality]


_HULL_NETWORK = "hull-5-50"
"""The bundled network that learnt hulls of 5 to 50 points, as the published one did."""


def _right_at(sweep: Sweep, n: int) -> Estimate | None:
    spec = sweep.spec
    if _HULL_NETWORK not in sweep.networks or n not in spec.tested_at:
        return None
    share = sweep.accuracy[sweep.networks.index(_HULL_NETWORK), spec.tested_at.index(n)]
    hits = round(float(share) * spec.n_instances)
    return rate(hits, spec.n_instances, of=f"exactly right at {n} points", unit="instances")


CLAIM = Claim(
    "Beyond the sizes a network was trained at, exact answers become rare.",
    figure=lambda sweep: _right_at(sweep, 200),
    control=lambda sweep: _right_at(sweep, 50),
    holds_when=FallsBelow(),
    source="Vinyals, Fortunato & Jaitly 2015, Pointer networks, Table 1: trained at 5 to 50",
    published=0.221,
    preset="Accuracy lies, area smiles",
)

EXPERIMENT = Experiment(
    spec=SweepSpec,
    frames=frames,
    card=Card(
        title="What carries over",
        claim="Trained at one number of points, tested at others: exact answers vanish while the "
        "area still looks perfect.",
        paper="Vinyals, Fortunato & Jaitly 2015, Pointer networks, Tables 1 and 2",
        link="https://arxiv.org/abs/1506.03134",
    ),
    presets={
        "Hulls": SweepSpec(),
        "Accuracy lies, area smiles": SweepSpec(
            trained_at=(), tested_at=(5, 10, 50, 100, 200, 500), n_instances=50
        ),
        "Tours": SweepSpec(task="tour", trained_at=(5,), tested_at=(5, 10, 20, 50)),
        "Sorting": SweepSpec(task="sorting", trained_at=(5,), tested_at=(5, 10, 20, 50)),
    },
    claims=(CLAIM,),
    seconds=lambda spec: 30.0 + spec.n_examples * len(spec.trained_at) / 500,
    order=20,
)
