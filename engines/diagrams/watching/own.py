"""Arrays of one's own as the inputs of a diagram: which goes where, and whether it fits."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engines.boundary.arrays import KINDS, arrays_from_upload
from engines.boundary.brought import keep_brought, place_of
from engines.boundary.labels import label
from engines.contract import InputError
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.nodes import Value
from engines.diagrams.graph.sizes import numbers
from engines.diagrams.watching.axes import example_axis
from engines.diagrams.watching.budget import NUMBERS_MAX
from engines.diagrams.watching.spec import UPLOAD_MAX_BYTES, WatchSpec

Arrays = Mapping[str, np.ndarray]
AGREE = "give arrays with as many axes, of one size where they share an axis"
RESIZE = "give a file of that shape, or feed with random numbers, where sizes follow the file"


def own_arrays(spec: WatchSpec) -> dict[str, np.ndarray]:
    """What the file of a spec holds; nothing where the input is drawn.

    Raises:
        InputError: what is wrong with the file, and how to mend it.
    """
    if not spec.upload:
        return {}
    path, shown = place_of(spec.upload, spec.title)
    named = shown if shown.lower().endswith(path.suffix) else f"{shown}{path.suffix}"
    return arrays_from_upload(named, path.read_bytes(), NUMBERS_MAX)


def keep_arrays(own: Any) -> str:
    """Keep an array, or a dict of arrays by name, as a file that was brought."""
    stream = io.BytesIO()
    named = isinstance(own, Mapping)
    if named:
        np.savez(stream, allow_pickle=False, **{str(k): np.asarray(a) for k, a in own.items()})
    else:
        np.save(stream, np.asarray(own), allow_pickle=False)
    return keep_brought(f"array.{'npz' if named else 'npy'}", stream.getvalue(), KINDS,
                        UPLOAD_MAX_BYTES)  # fmt: skip


def own_inputs(
    circuit: Circuit, arrays: Arrays, given: Mapping[str, int], *, mend: str = ""
) -> tuple[tuple[Tensor, ...], dict[str, int]]:
    """Arrays in the order of the inputs, and the sizes of axes at which they run.

    One example may come without the axis of examples, and examples with several axes each as a
    row of all their numbers.

    Args:
        circuit: what they flow through.
        arrays: by the inputs' names; one array for one input under any name.
        given: sizes of free axes, where the arrays do not say.
        mend: what to do about a wrong shape; with it sizes stay as they are, but for examples.

    Raises:
        InputError: an array that is missing, or does not fit the axes or the type of its input.
    """
    inputs = circuit.graph.inputs
    found = _named(inputs, arrays)
    example, sizes = example_axis(circuit), numbers(circuit, given)
    if mend and not example and inputs:  # a network that learns has its examples there
        example = "".join(inputs[0].axes[:1])
    laid = [_laid(found[value.name], value, sizes, example) for value in inputs]
    told = _told(inputs, laid, example if mend else "")
    sizes = numbers(circuit, {**given, **told})
    for value, array in zip(inputs, laid, strict=True):
        wanted = tuple(sizes[axis] for axis in value.axes)
        if array.shape != wanted:
            pairs = zip(value.axes, array.shape, wanted, strict=False)
            shown = {axis for axis, came, size in pairs if came != size}
            shown |= set(sizes) - {example} if mend else set()
            raise InputError(_unfit(value, found[value.name].shape, sizes, shown, mend or AGREE))
    tensors = (_tensor(array, v, sizes) for v, array in zip(inputs, laid, strict=True))
    return tuple(tensors), {**given, **told}


def _told(inputs: tuple[Value, ...], laid: list[np.ndarray], only: str) -> dict[str, int]:
    """Sizes of axes that arrays have; the first of two that disagree, and ``only`` one if named."""
    told: dict[str, int] = {}
    for value, array in zip(inputs, laid, strict=True):
        if array.ndim == len(value.axes):
            for axis, size in zip(value.axes, array.shape, strict=True):
                told.setdefault(axis, size)
    return {axis: size for axis, size in told.items() if only in ("", axis)}


def _named(inputs: tuple[Value, ...], arrays: Arrays) -> Arrays:
    """Arrays by the names of inputs."""
    if len(inputs) == 1 and inputs[0].name not in arrays and len(arrays) == 1:
        return {inputs[0].name: next(iter(arrays.values()))}
    missing = [value.name for value in inputs if value.name not in arrays]
    if missing:
        there = ", ".join(label(name, 40) or "one without a name" for name in list(arrays)[:8])
        wanted = ", ".join(f"{value.name}=..." for value in inputs)
        raise InputError(
            f"the diagram wants an array called {' and '.join(missing[:8])} and the file holds "
            f"{there}; save it as numpy.savez(path, {wanted})"
        )
    return arrays


def _laid(array: np.ndarray, value: Value, sizes: Mapping[str, int], example: str) -> np.ndarray:
    """One example with its axis, rows in the shape of an example; all else as it came."""
    axes = value.axes
    if array.ndim == len(axes) or axes[:1] != (example,):
        return array
    rest = tuple(sizes[axis] for axis in axes[1:])
    if array.ndim == 2 and len(axes) > 2 and array.shape[1] == math.prod(rest):
        return array.reshape(len(array), *rest)
    return array[None] if array.ndim == len(rest) else array


def _unfit(
    value: Value, came: tuple[int, ...], sizes: Mapping[str, int], shown: set[str], mend: str
) -> str:
    wanted = " x ".join(f"{axis}={sizes[axis]}" if axis in shown else axis for axis in value.axes)
    return (
        f"the input {value.name} wants {wanted or 'one number'}, and the file has "
        f"{' x '.join(map(str, came)) or 'one number'}; {mend}"
    )


def _tensor(array: np.ndarray, value: Value, sizes: Mapping[str, int]) -> Tensor:
    """In the type of its input; refused where a number would be another one there."""
    if not value.dtype:
        with np.errstate(over="ignore"):
            real = array.astype(np.float32)
        _refuse(~np.isfinite(real), value, real, "is not finite; leave it out or fill it in")
        return torch.from_numpy(real)
    high = 2 if value.dtype == "bool" else sizes.get(value.dtype, 2**62)
    whole = f"is no whole number from 0 to {high - 1:,}; {_sorted(value.dtype)}"
    with np.errstate(invalid="ignore"):
        _refuse((array != np.floor(array)) | (array < 0) | (array >= high), value, array, whole)
    return torch.from_numpy(array.astype(bool if value.dtype == "bool" else np.int64))


def _sorted(dtype: str) -> str:
    return "0 hides and 1 shows" if dtype == "bool" else f"it counts the axis {dtype}"


def _refuse(wrong: np.ndarray, value: Value, array: np.ndarray, why: str) -> None:
    """Say which number is the first that cannot be taken."""
    if wrong.any():
        place = tuple(int(k) + 1 for k in np.unravel_index(int(np.argmax(wrong)), wrong.shape))
        shown = ", ".join(map(str, place)) or "1"
        raise InputError(f"{value.name}: number {shown} of the file ({array[wrong][0]:g}) {why}")
