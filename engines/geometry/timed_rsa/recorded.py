"""A recording as a course: parts of its units stand for subjects."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import InputError
from engines.geometry.activations.store import ActivationSet
from engines.geometry.timed_rsa.course import LABELS, Course, pairs_of
from engines.geometry.timed_rsa.spec import VALUES_MOST, TimedSpec

_LAYERS_MOST, _MOMENTS_LEAST, _STIMULI_LEAST, _UNITS_LEAST = 3, 3, 6, 2
_MOMENTS_MOST = 60
"""Of more snapshots these are looked at, evenly."""
_TIMES = ("step", "time", "time_ms", "t")


def recorded(spec: TimedSpec) -> Iterator[tuple[float, Course | None]]:
    """Share that is read; with the last, the first three layers of a set at its snapshots.

    Raises:
        InputError: too few snapshots, stimuli or units, too many of all together, or values that
            are no finite numbers.
    """
    held = ActivationSet.named(spec.source)
    layers = held.layers[:_LAYERS_MOST]
    if held.n_snapshots < _MOMENTS_LEAST or held.n_stimuli < _STIMULI_LEAST:
        raise InputError(
            f"{spec.source!r} has {held.n_snapshots} snapshots of {held.n_stimuli} stimuli; a "
            f"course needs at least {_MOMENTS_LEAST} and {_STIMULI_LEAST}. Record with a snapshot "
            "per moment"
        )
    rng = np.random.default_rng([spec.seed % 2**32, 2])
    chosen = np.sort(rng.permutation(held.n_stimuli)[: spec.n_stimuli])
    kinds = _labels(held, chosen)
    chosen = chosen[np.argsort(kinds, kind="stable")] if kinds is not None else chosen
    moments = _moments(spec, held, len(chosen))
    found = []
    for k, name in enumerate(layers):
        stack = np.asarray(held.layer(name)[moments][:, chosen], np.float64)
        if not np.isfinite(stack).all():
            raise InputError(
                f"{name!r} holds values that are no finite numbers; open the file again under Your "
                "activations and leave those stimuli out"
            )
        pairs = []
        for one in _by_part(stack, name, spec, rng):
            pairs.append(one)
            yield (k + len(pairs) / len(stack)) / len(layers), None
        found.append(pairs)
    models = {}
    if kinds is not None:
        sorted_kinds = np.sort(kinds, kind="stable")
        models[LABELS] = pairs_of(np.eye(kinds.max() + 1)[sorted_kinds], "squared euclidean")
    named = next((name for name in _TIMES if name in held.snapshots), None)
    at = held.snapshots[named] if named else np.arange(held.n_snapshots, dtype=float)
    title = str(held.manifest["provenance"].get("title", spec.source))
    yield 1.0, Course(
        layers, np.asarray(at, float)[moments], named or "snapshot", np.array(found)[None], models,
        "parts of the units", title,
    )  # fmt: skip


def _moments(spec: TimedSpec, held: ActivationSet, n_stimuli: int) -> np.ndarray:
    """int64[moment]: which snapshots are looked at, first and last among them."""
    n = min(held.n_snapshots, _MOMENTS_MOST)
    n_layers = min(len(held.layers), _LAYERS_MOST)
    size = n_layers * n * spec.n_networks * n_stimuli * (n_stimuli - 1) // 2
    if size > VALUES_MOST:
        raise InputError(
            f"{n_layers} layers at {n} moments, {spec.n_networks} parts of each and {n_stimuli} "
            f"stimuli are {size:,} distances, more than {VALUES_MOST:,}; take fewer stimuli or "
            "fewer parts"
        )
    return np.unique(np.linspace(0, held.n_snapshots - 1, n).round().astype(np.int64))


def _labels(held: ActivationSet, chosen: np.ndarray) -> np.ndarray | None:
    """int64[stimulus] of the first column in which stimuli share labels; None without one."""
    for column in held.labels.values():
        kinds = np.unique(np.array(column)[chosen], return_inverse=True)[1]
        if 1 < kinds.max() + 1 < len(kinds):
            return kinds
    return None


def _by_part(
    stack: np.ndarray, name: str, spec: TimedSpec, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """float64[part, pair] of every moment of [moment, stimulus, unit], units dealt at random."""
    n_units = stack.shape[2]
    if n_units < _UNITS_LEAST * spec.n_networks:
        raise InputError(
            f"{name!r} has {n_units} units, too few for {spec.n_networks} parts of "
            f"{_UNITS_LEAST}; take fewer parts"
        )
    parts = np.array_split(rng.permutation(n_units), spec.n_networks)
    for x in stack:
        found = np.array([pairs_of(x[:, part], spec.dissimilarity) for part in parts])
        if not (np.isfinite(found).all() and np.ptp(found, axis=-1).all()):
            raise InputError(
                f"in {name!r} a part of the units tells no stimuli apart at some moment (or has no "
                f"{spec.dissimilarity} distance); take fewer parts or squared euclidean distances"
            )
        yield found
