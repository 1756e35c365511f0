"""Arrays as a set of activations: which axis is what, what is missing, what precision is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from engines.contract import InputError
from engines.geometry.activations.store import ActivationSet, ActivationWriter

Missing = Literal["refuse", "drop stimuli", "drop units"]
Axes = Literal[
    "", "snapshot, stimulus, unit", "stimulus, snapshot, unit",
    "stimulus, token, unit (mean over tokens)", "stimulus, token, unit (flatten)",
    "stimulus, channel, space (mean over space)", "stimulus, channel, space (flatten)",
    "leave such layers out",
]  # fmt: skip
AXES: tuple[str, ...] = tuple(each for each in get_args(Axes) if each)


def set_from_arrays(
    arrays: Mapping[str, np.ndarray],
    folder: str | Path,
    *,
    labels: Mapping[str, Sequence[str]] | None = None,
    stimuli: Sequence[str] = (),
    missing: Missing = "refuse",
    provenance: Mapping[str, object] | None = None,
    axes: Axes = "",
) -> ActivationSet:
    """Arrays as a set, one layer each; float64 is kept where float32 would lose digits.

    Args:
        arrays: by layer; [stimulus, unit] needs no more words.
        folder: where the set is written.
        labels: columns about the stimuli.
        stimuli: ids; the first column of labels that has no value twice when empty.
        missing: what to do about nan and infinity.
        provenance: small JSON values that say where this comes from; its "notes" are added to.
        axes: what the axes of arrays with three or four are.

    Raises:
        InputError: arrays that do not fit each other, nan and infinity unless they are dropped, or
            axes that must be told.
    """
    n_told = len(stimuli) or len(next(iter((labels or {}).values()), ()))
    notes = list(dict(provenance or {}).get("notes") or [])  # type: ignore[call-overload]
    arrays = _without_deep(arrays, axes, notes)
    stacks = {name: _as_stack(name, array, axes, n_told) for name, array in arrays.items()}
    notes += [_in_words(n, a, stacks[n]) for n, a in arrays.items() if a.ndim > 2]
    shapes = {name: stack.shape[:2] for name, stack in stacks.items()}
    if len(set(shapes.values())) != 1:
        told = "; ".join(f"{n}: {s[0]} snapshots of {s[1]} stimuli" for n, s in shapes.items())
        raise InputError(f"every layer must hold the same snapshots and stimuli, got {told}")
    n_snapshots, n_stimuli = next(iter(shapes.values()))
    if not n_stimuli or not n_snapshots:
        raise InputError("the array is empty: no stimulus, or no snapshot")
    names = list(stimuli) or _ids(labels or {}, n_stimuli)
    if len(names) != n_stimuli:
        raise InputError(f"{len(names)} stimulus ids for {n_stimuli} stimuli")
    stacks, kept = _without_missing(stacks, missing, notes)
    chosen = {name: [str(values[k]) for k in kept] for name, values in (labels or {}).items()
              if len(values) == n_stimuli}  # fmt: skip
    whole = chosen if len(kept) < n_stimuli else {n: list(v) for n, v in (labels or {}).items()}
    writer = ActivationWriter(
        folder,
        {name: stack.shape[2] for name, stack in stacks.items()},
        [names[k] for k in kept],
        labels=whole,
        provenance={**(provenance or {}), **({"notes": notes} if notes else {})},
        dtype="<f8" if any(_needs_float64(stack) for stack in stacks.values()) else "<f4",
    )
    for k in range(n_snapshots):
        writer.append({name: stack[k] for name, stack in stacks.items()})
    return writer.close()


def thinned(
    activations: ActivationSet, folder: str | Path, n_stimuli: int, seed: int
) -> ActivationSet:
    """A set of ``n_stimuli`` of another's, drawn without replacement and kept in their order.

    All layers, snapshots and labels stay; ``provenance["drawn"]`` says it in words.
    """
    rng = np.random.default_rng([seed % 2**32, 31])
    kept = np.sort(rng.choice(activations.n_stimuli, n_stimuli, replace=False))
    told = f"{n_stimuli:,} of {activations.n_stimuli:,} stimuli, drawn at random with seed {seed}"
    stacks = {name: activations.layer(name) for name in activations.layers}
    writer = ActivationWriter(
        folder,
        {name: stack.shape[2] for name, stack in stacks.items()},
        [activations.stimuli[k] for k in kept],
        labels={n: [values[k] for k in kept] for n, values in activations.labels.items()},
        provenance={**activations.manifest["provenance"], "drawn": told},
        dtype="<f8" if any(stack.dtype == np.float64 for stack in stacks.values()) else "<f4",
    )
    for k in range(activations.n_snapshots):
        columns = {name: float(values[k]) for name, values in activations.snapshots.items()}
        writer.append({name: stack[k][kept] for name, stack in stacks.items()}, **columns)
    return writer.close()


def _ids(labels: Mapping[str, Sequence[str]], n: int) -> list[str]:
    """The first label column whose values are all different, else numbers."""
    for values in labels.values():
        if len(values) == n == len(set(values)):
            return [str(v) for v in values]
    return [str(k) for k in range(n)]


def _needs_float64(stack: np.ndarray) -> bool:
    """Whether float32 would change a number."""
    if stack.dtype.itemsize <= 4 and stack.dtype.kind == "f":
        return False
    with np.errstate(over="ignore"):
        return not np.array_equal(stack.astype(np.float32), stack, equal_nan=True)


def _as_stack(name: str, array: np.ndarray, axes: Axes, n_told: int) -> np.ndarray:
    """[snapshot, stimulus, unit]."""
    if array.dtype.kind not in "biuf":
        raise InputError(f"{name!r} holds {array.dtype}, not real numbers")
    if array.ndim not in (2, 3, 4):
        raise InputError(
            f"{name!r} has {array.ndim} dimensions; [stimulus, unit], or with snapshots, tokens or "
            "space between"
        )
    array = array if array.dtype.kind == "f" else array.astype(np.float64)
    if array.ndim == 2:
        return array[None]
    chosen = axes or _told_by_length(array, n_told)
    spatial = chosen.startswith("stimulus, channel")
    if chosen not in AXES or (array.ndim == 4 and not spatial):
        raise InputError(_question(name, array))
    if chosen == "snapshot, stimulus, unit":
        return array
    if chosen == "stimulus, snapshot, unit":
        return np.moveaxis(array, 0, 1)
    if "flatten" in chosen:
        return array.reshape(1, len(array), -1)
    if spatial:
        space = tuple(range(2, array.ndim))
        return array.mean(axis=space, dtype=np.float64)[None].astype(array.dtype)
    return array.mean(axis=1, dtype=np.float64)[None].astype(array.dtype)


def _told_by_length(array: np.ndarray, n_told: int) -> str:
    """One snapshot is none; ids or labels tell when just one axis is as long."""
    if array.ndim == 3 and len(array) == 1:
        return "snapshot, stimulus, unit"
    fits = [k for k in (0, 1) if array.ndim == 3 and n_told and array.shape[k] == n_told]
    return "snapshot, stimulus, unit" if fits == [1] else ""


def _question(name: str, array: np.ndarray) -> str:
    if array.ndim == 4:
        return (
            f"{name!r} is {array.shape}: say how [stimulus, channel, ...space] becomes units, "
            "axes='stimulus, channel, space (flatten)', "
            "'stimulus, channel, space (mean over space)' or 'leave such layers out'"
        )
    first, second = array.shape[:2]
    return (
        f"{name!r} is {array.shape}: {first} snapshots of {second} stimuli, or {first} stimuli "
        f"with {second} tokens or snapshots each? Say which axis is which: axes="
        + " or ".join(repr(each) for each in AXES if "channel" not in each)
    )


def _without_deep(
    arrays: Mapping[str, np.ndarray], axes: Axes, notes: list[str]
) -> Mapping[str, np.ndarray]:
    """Without arrays of three or four axes where these are to be left out, which is told."""
    if axes != "leave such layers out":
        return arrays
    kept = {name: array for name, array in arrays.items() if array.ndim < 3}
    if not kept:
        raise InputError("every layer has three axes or more, so that leaving them out leaves none")
    notes += [f"{n!r} left out ({a.ndim} axes, {a.shape})" for n, a in arrays.items() if a.ndim > 2]
    return kept


def _in_words(name: str, array: np.ndarray, stack: np.ndarray) -> str:
    made = " x ".join(map(str, stack.shape))
    return f"{name!r} {' x '.join(map(str, array.shape))} became {made} (snapshot, stimulus, unit)"


def _without_missing(
    stacks: dict[str, np.ndarray], missing: Missing, notes: list[str]
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    bad = {name: ~np.isfinite(stack) for name, stack in stacks.items()}
    n_stimuli = next(iter(stacks.values())).shape[1]
    kept = np.arange(n_stimuli)
    if not any(b.any() for b in bad.values()):
        return stacks, kept
    if missing == "refuse":
        name = next(n for n, b in bad.items() if b.any())
        places = ", ".join(str(tuple(int(i) for i in p)) for p in np.argwhere(bad[name])[:5])
        raise InputError(
            f"{name!r} has {int(bad[name].sum()):,} values that are nan or infinite, the first at "
            f"(snapshot, stimulus, unit) {places}; choose to drop those stimuli or units"
        )
    n_units = {n: s.shape[2] for n, s in stacks.items()}
    if missing == "drop stimuli":
        kept = np.flatnonzero(~np.any([b.any(axis=(0, 2)) for b in bad.values()], axis=0))
        found = {name: stack[:, kept] for name, stack in stacks.items()}
    else:
        found = {n: s[:, :, ~bad[n].any(axis=(0, 1))] for n, s in stacks.items()}
    if not len(kept) or any(0 in s.shape for s in found.values()):
        raise InputError(f"to {missing} with nan or infinity leaves nothing; mend the file")
    gone = {n: n_units[n] - s.shape[2] for n, s in found.items() if n_units[n] > s.shape[2]}
    notes += [f"{k} units of {n!r} with nan or infinity left out" for n, k in gone.items()]
    if len(kept) < n_stimuli:
        n_gone = n_stimuli - len(kept)
        notes.append(f"{n_gone} of {n_stimuli} stimuli with nan or infinity left out")
    return found, kept
