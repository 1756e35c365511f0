"""What one workbench can hand to another: three kinds of things, and where they came from.

A result says what it gives (`Result.gives`), an experiment what it takes (`Experiment.takes`);
neither knows the other. What was taken lies in the taker's own store, and the taker's spec has a
field made by `came_from`, which says which run gave it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from engines.contract.spec import Spec, knob

ORIGIN_MAX = 20_000
"""Letters that say where a thing came from; of a longer spec only its digest is told."""


@dataclass(frozen=True, eq=False)
class Activations:
    """What units said of stimuli: float[stimulus, unit] by layer."""

    title: str
    layers: Mapping[str, np.ndarray]
    stimuli: tuple[str, ...]
    """One text per stimulus, each its own."""
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Columns about the stimuli."""


@dataclass(frozen=True, eq=False)
class Matrix:
    """Weights float64[from, to] between named things; rectangular from inputs to outputs."""

    title: str
    weights: np.ndarray
    names: tuple[str, ...]
    """Of the rows, and of the columns behind them where the matrix is not square."""
    least: float = 0.0
    """What is smaller says nothing, say attention below that of chance; left out when shown."""


@dataclass(frozen=True)
class Model:
    """A network as an expression of ``torch.nn`` with the shapes of its inputs, without weights."""

    title: str
    module: str
    inputs: str


Thing = Activations | Matrix | Model


@dataclass(frozen=True)
class Gift:
    """One thing that a result gives, made from it within milliseconds, without torch or numba."""

    title: str
    kind: type[Thing]
    make: Callable[[], Thing]


def came_from(group: str = "") -> str:
    """The field of a spec that says where what it names came from; written by `origin`."""
    return knob(
        "",
        label="Came from",
        help="The run that gave this, as JSON; empty for what was brought or comes with the app.",
        widget="hidden",
        group=group,
        max_length=ORIGIN_MAX,
    )


def origin(experiment: str, spec: Spec, title: str) -> str:
    """Where a thing came from: experiment, its spec, what the thing is called there."""
    told = {"experiment": experiment, "thing": title, "spec": spec.portable().to_json()}
    text = json.dumps(told, sort_keys=True)
    if len(text) <= ORIGIN_MAX:
        return text
    return json.dumps({**told, "spec": "", "digest": spec.digest()[:16]}, sort_keys=True)
