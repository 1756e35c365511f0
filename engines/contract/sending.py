"""What one workbench can hand to another: a few kinds of things, and where they came from.

A result says what it gives (`Result.gives`), an experiment what it takes (`Experiment.takes`);
neither knows the other. What was taken lies in the taker's own store, and the taker's spec has a
field made by `came_from`, which says which run gave it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

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


@dataclass(frozen=True, eq=False)
class Places:
    """Things in a plane: float64[thing, 2], in whatever unit they came."""

    title: str
    points: np.ndarray
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Numbers:
    """A number for each of several things, in their own order: float64[thing]."""

    title: str
    values: np.ndarray


Thing = Activations | Matrix | Model | Places | Numbers


@dataclass(frozen=True)
class Gift:
    """One thing that a result gives, made from it within milliseconds, without torch or numba."""

    title: str
    kind: type[Thing]
    make: Callable[[], Thing]


def came_from(group: str = "") -> str:
    """The field of a spec that says where what it names came from; written by `origin`.

    Empty, it is no part of what is written of a spec, so a spec asks the same with and without it.
    """
    return knob(
        "",
        label="Came from",
        help="The run that gave this, as JSON; empty for what was brought or comes with the app.",
        widget="hidden",
        group=group,
        max_length=ORIGIN_MAX,
        exclude_if=_is_empty,
    )


def _is_empty(text: str) -> bool:
    return not text


def origin(experiment: str, spec: Spec, title: str) -> str:
    """Where a thing came from: experiment, its spec, what the thing is called there.

    What the giver was given itself follows, newest first, each spec without its own origin; of
    the oldest that are too long for `ORIGIN_MAX` letters only a digest is told.
    """
    before = getattr(spec, "origin", "")
    bare = spec.replace(origin="") if before else spec
    ways = [{"experiment": experiment, "thing": title, "spec": bare.portable().to_json()}]
    ways += [way.model_dump(exclude_defaults=True) for way in ways_from(before)]
    for way in reversed(ways):
        text = json.dumps(ways, sort_keys=True)
        if len(text) <= ORIGIN_MAX:
            return text
        if told := way.pop("spec", ""):
            way["digest"] = hashlib.sha256(told.encode()).hexdigest()[:16]
    return json.dumps(ways[:_WAYS_MAX], sort_keys=True)


class Way(BaseModel):
    """One run that gave, and what it gave."""

    model_config = ConfigDict(frozen=True)

    experiment: str = Field(max_length=100)
    thing: str
    spec: str = ""
    digest: str = ""


_WAYS = TypeAdapter(tuple[Way, ...])
_WAYS_MAX = 20


def ways_from(origin: str) -> tuple[Way, ...]:
    """What an origin tells, newest first; nothing of a text that no `origin` wrote."""
    try:
        return _WAYS.validate_json(f"[{origin}]" if origin.startswith("{") else origin or "[]")
    except ValidationError:
        return ()


def origin_from(ways: Sequence[Way]) -> str:
    """The origin that tells these, newest first; empty for none."""
    told = [way.model_dump(exclude_defaults=True) for way in ways]
    return json.dumps(told, sort_keys=True) if told else ""
