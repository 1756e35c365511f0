"""Activations from files: npy, npz, safetensors, csv, zarr and MATLAB 5; never a pickle."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from engines.boundary.labels import label
from engines.contract import InputError
from engines.geometry.activations.store import ActivationSet, ActivationWriter
from engines.geometry.importing.zarr_stores import arrays_from_zarr

KINDS = (".npy", ".npz", ".safetensors", ".csv", ".mat", ".zip")
"""A zip is a zarr store that was zipped."""
BYTES_MAX = 2_000_000_000
Missing = Literal["refuse", "drop stimuli", "drop units"]
_CONVERT = (
    "it holds Python objects (a pickle), which can run code and are never read; save the numbers "
    "as numpy.save(path, array.astype('float32')) or as safetensors and open that"
)


def arrays_from_file(path: str | Path) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]]]:
    """Arrays by name, and label columns where the file has them (csv).

    Raises:
        InputError: what is wrong with the file, and how to mend it.
    """
    path = Path(path)
    if path.is_dir() and path.suffix == ".zarr":
        return arrays_from_zarr(path, BYTES_MAX), {}
    kind, name = path.suffix.lower(), label(path.name, 60)
    if kind in (".pt", ".pth", ".pkl", ".pickle", ".joblib"):
        raise InputError(f"{name!r} is not opened: {_CONVERT}")
    if kind not in KINDS:
        raise InputError(f"{name!r}: only {', '.join(KINDS)} and .zarr folders can be opened")
    if path.is_symlink():
        raise InputError(f"{name!r} is a link; open the file itself")
    if path.stat().st_size > BYTES_MAX:
        raise InputError(f"{name!r} has {path.stat().st_size:,} bytes; at most {BYTES_MAX:,}")
    reader = {
        ".npy": _npy, ".npz": _npz, ".safetensors": _safetensors, ".mat": _mat,
        ".zip": lambda path: arrays_from_zarr(path, BYTES_MAX),
    }.get(kind)  # fmt: skip
    if reader is None:
        return _csv(path, name)
    try:
        found = reader(path)
    except (InputError, MemoryError):
        raise
    except Exception as error:
        raise InputError(f"{name!r} is not a readable {kind[1:]} file: {error}") from error
    if not found:
        raise InputError(f"{name!r} holds no numeric array of 2 or 3 dimensions")
    return found, {}


def _npy(path: Path) -> dict[str, np.ndarray]:
    with path.open("rb") as file:
        _check_header(file, path.stat().st_size)
    return {"activations": np.load(path, mmap_mode="r", allow_pickle=False)}


def _check_header(file: object, size: int) -> None:
    """Refuse objects, and a shape that the file is too small for, before anything is allocated."""
    version = np.lib.format.read_magic(file)  # type: ignore[arg-type]
    read = (
        np.lib.format.read_array_header_1_0 if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )  # fmt: skip
    shape, _, dtype = read(file)  # type: ignore[arg-type]
    if dtype.hasobject:
        raise InputError(_CONVERT)
    needed = int(np.prod(shape, dtype=object)) * dtype.itemsize
    if needed > size:
        raise InputError(
            f"its header says {shape} of {dtype}, {needed:,} bytes, but it has {size:,}"
        )


def _npz(path: Path) -> dict[str, np.ndarray]:
    found = {}
    with zipfile.ZipFile(path) as archive:
        total = sum(entry.file_size for entry in archive.infolist())
        if total > BYTES_MAX:
            raise InputError(f"it unpacks to {total:,} bytes; at most {BYTES_MAX:,}")
        for entry in archive.infolist():
            with archive.open(entry) as file:
                content = io.BytesIO(file.read())
            _check_header(content, entry.file_size)
            content.seek(0)
            array = np.load(content, allow_pickle=False)
            if array.ndim in (2, 3):
                found[label(entry.filename.removesuffix(".npy"))] = array
    return found


def _safetensors(path: Path) -> dict[str, np.ndarray]:
    from safetensors.numpy import load_file

    return {label(name): a for name, a in load_file(path).items() if a.ndim in (2, 3)}


def _mat(path: Path) -> dict[str, np.ndarray]:
    from scipy.io import loadmat

    with path.open("rb") as file:
        if file.read(8) == b"\x89HDF\r\n\x1a\n":
            raise InputError("it is MATLAB 7.3; save it with the option -v7 and open that")
    found = loadmat(path, chars_as_strings=False)
    arrays = {n: v for n, v in found.items() if isinstance(v, np.ndarray)}
    return {label(n): a for n, a in arrays.items() if a.dtype.kind in "biuf" and a.ndim in (2, 3)}


def _csv(path: Path, name: str) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]]]:
    """One stimulus per row; columns that are not all numbers are labels."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name!r} is not UTF-8 text; save it as UTF-8 CSV") from error
    head, *rows = [row for row in csv.reader(io.StringIO(text)) if row]
    ragged = next((k for k, row in enumerate(rows) if len(row) != len(head)), None)
    if ragged is not None:
        raise InputError(
            f"{name!r}: row {ragged + 2} has {len(rows[ragged])} cells, the header {len(head)}"
        )
    if not rows:
        raise InputError(f"{name!r} has a header but no rows")
    numbers, labels = [], {}
    for title, values in zip(head, zip(*rows, strict=True), strict=True):
        try:
            numbers.append([float(v) if v.strip() else np.nan for v in values])
        except ValueError:
            labels[label(title)] = tuple(values)
    if not numbers:
        raise InputError(f"{name!r} has no column of numbers")
    return {"activations": np.array(numbers).T}, labels


def set_from_arrays(
    arrays: Mapping[str, np.ndarray],
    folder: str | Path,
    *,
    labels: Mapping[str, Sequence[str]] | None = None,
    stimuli: Sequence[str] = (),
    missing: Missing = "refuse",
    provenance: Mapping[str, object] | None = None,
) -> ActivationSet:
    """Arrays [stimulus, unit] or [snapshot, stimulus, unit] as a set, one layer each.

    Raises:
        InputError: arrays that do not fit each other, nan and infinity unless they are dropped.
    """
    stacks = {name: _as_stack(name, array) for name, array in arrays.items()}
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
    stacks, kept = _without_missing(stacks, missing)
    chosen = {name: [str(values[k]) for k in kept] for name, values in (labels or {}).items()
              if len(values) == n_stimuli}  # fmt: skip
    whole = chosen if len(kept) < n_stimuli else {n: list(v) for n, v in (labels or {}).items()}
    writer = ActivationWriter(
        folder,
        {name: stack.shape[2] for name, stack in stacks.items()},
        [names[k] for k in kept],
        labels=whole,
        provenance=provenance,
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


def _as_stack(name: str, array: np.ndarray) -> np.ndarray:
    if array.dtype.kind not in "biuf":
        raise InputError(f"{name!r} holds {array.dtype}, not real numbers")
    if array.ndim not in (2, 3):
        raise InputError(
            f"{name!r} has {array.ndim} dimensions; [stimulus, unit] or [snapshot, stimulus, unit]"
        )
    stack = array[None] if array.ndim == 2 else array
    return stack if stack.dtype.kind == "f" else stack.astype(np.float32)


def _without_missing(
    stacks: dict[str, np.ndarray], missing: Missing
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
    if missing == "drop stimuli":
        kept = np.flatnonzero(~np.any([b.any(axis=(0, 2)) for b in bad.values()], axis=0))
        found = {name: stack[:, kept] for name, stack in stacks.items()}
    else:
        found = {n: s[:, :, ~bad[n].any(axis=(0, 1))] for n, s in stacks.items()}
    if not len(kept) or any(0 in s.shape for s in found.values()):
        raise InputError(f"to {missing} with nan or infinity leaves nothing; mend the file")
    return found, kept
