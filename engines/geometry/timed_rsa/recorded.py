"""A recording as a course: parts of its units stand for subjects."""

from __future__ import annotations

import numpy as np

from engines.contract import InputError
from engines.geometry.activations.store import ActivationSet
from engines.geometry.timed_rsa.course import LABELS, Course, pairs_of
from engines.geometry.timed_rsa.spec import TimedSpec

_LAYERS_MOST, _MOMENTS_LEAST, _STIMULI_LEAST, _UNITS_LEAST = 3, 3, 6, 2
_TIMES = ("step", "time", "time_ms", "t")


def recorded(spec: TimedSpec) -> Course:
    """The first three layers of a set at every snapshot.

    Raises:
        InputError: too few snapshots, stimuli or units, or values that are no finite numbers.
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
    found = []
    for name in layers:
        stack = np.asarray(held.layer(name)[:, chosen], np.float64)
        if not np.isfinite(stack).all():
            raise InputError(
                f"{name!r} holds values that are no finite numbers; open the file again under Your "
                "activations and leave those stimuli out"
            )
        found.append(_by_part(stack, name, spec, rng))
    models = {}
    if kinds is not None:
        sorted_kinds = np.sort(kinds, kind="stable")
        models[LABELS] = pairs_of(np.eye(kinds.max() + 1)[sorted_kinds], "squared euclidean")
    named = next((name for name in _TIMES if name in held.snapshots), None)
    at = held.snapshots[named] if named else np.arange(held.n_snapshots, dtype=float)
    title = str(held.manifest["provenance"].get("title", spec.source))
    return Course(layers, np.asarray(at, float), named or "snapshot", np.array(found)[None], models,
                  "parts of the units", title)  # fmt: skip


def _labels(held: ActivationSet, chosen: np.ndarray) -> np.ndarray | None:
    """int64[stimulus] of the first column in which stimuli share labels; None without one."""
    for column in held.labels.values():
        kinds = np.unique(np.array(column)[chosen], return_inverse=True)[1]
        if 1 < kinds.max() + 1 < len(kinds):
            return kinds
    return None


def _by_part(stack: np.ndarray, name: str, spec: TimedSpec, rng: np.random.Generator) -> np.ndarray:
    """float64[moment, part, pair] of [moment, stimulus, unit], units dealt at random."""
    n_units = stack.shape[2]
    if n_units < _UNITS_LEAST * spec.n_networks:
        raise InputError(
            f"{name!r} has {n_units} units, too few for {spec.n_networks} parts of "
            f"{_UNITS_LEAST}; take fewer parts"
        )
    parts = np.array_split(rng.permutation(n_units), spec.n_networks)
    found = np.array([[pairs_of(x[:, part], spec.dissimilarity) for part in parts] for x in stack])
    if not (np.isfinite(found).all() and np.ptp(found, axis=-1).all()):
        raise InputError(
            f"in {name!r} a part of the units tells no stimuli apart at some moment (or has no "
            f"{spec.dissimilarity} distance); take fewer parts or squared euclidean distances"
        )
    return found
