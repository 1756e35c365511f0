"""Recordings in NPY and NPZ, and what arrays of any file mean together."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from engines.boundary.counts import npy_bytes
from engines.boundary.labels import label
from engines.connectome.opening.options import Entry, OpenOptions, Part, Source
from engines.contract import InputError

TIMES = ("time", "times", "t", "time_s", "times_s", "seconds", "timestamps", "time_in_seconds",
         "time (s)", "time_ms", "time (ms)")  # fmt: skip
NAMES = ("names", "neurons", "neuron_names", "labels", "ids", "neuron", "units", "cells", "rois")
SPIKES = ("spike_times", "spiketimes", "times", "time", "time_s", "t", "spikes")
OWNERS = ("spike_clusters", "clusters", "unit", "units", "unit_id", "neuron", "neurons", "cell",
          "cluster", "id", "senders")  # fmt: skip
NO_TIMES = "none"
_MS = re.compile(r"(^|[\s_(])ms\)?$", re.IGNORECASE)


def leaf(name: str) -> str:
    """The last part of a path in a file, folded."""
    return name.rsplit("/", 1)[-1].strip().lower()


def in_seconds(name: str, times: np.ndarray) -> np.ndarray:
    """Times whose name says milliseconds, in seconds.

    >>> in_seconds("time_ms", np.array([500.0]))
    array([0.5])
    """
    return times / 1_000.0 if _MS.search(name.strip()) else times


def npy(data: bytes) -> Source:
    """The one array of a NPY file."""
    stream = io.BytesIO(data)
    npy_bytes(stream, len(data))
    stream.seek(0)
    array = np.load(stream, allow_pickle=False)
    return source_of_arrays({"array": array.shape}, {"array": array.dtype}, lambda _name: array)


def npz(data: bytes) -> Source:
    """The arrays of a NPZ file; headers are read now, numbers when they are wanted."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    shapes, types = {}, {}
    for member in archive.infolist():
        with archive.open(member) as file:
            version = np.lib.format.read_magic(file)
            read = (np.lib.format.read_array_header_1_0 if version == (1, 0)
                    else np.lib.format.read_array_header_2_0)  # fmt: skip
            shape, _, kind = read(file)
        name = label(member.filename.removesuffix(".npy"))
        shapes[name], types[name] = shape, kind
    members = {label(m.filename.removesuffix(".npy")): m for m in archive.infolist()}

    def load(name: str) -> np.ndarray:
        with archive.open(members[name]) as file:
            return np.lib.format.read_array(io.BytesIO(file.read()), allow_pickle=False)

    return source_of_arrays(shapes, types, load)


def source_of_arrays(
    shapes: Mapping[str, tuple[int, ...]],
    types: Mapping[str, np.dtype],
    load: Callable[[str], np.ndarray],
    notes: Sequence[str] = (),
) -> Source:
    """Two-dimensional arrays are traces; one-dimensional ones are times, names or spikes."""
    numbers = {n: s for n, s in shapes.items() if types[n].kind in "biuf"}
    flat = {n: s[0] for n, s in numbers.items() if len(s) == 1}
    plane = [Entry(n, s, "traces or counts") for n, s in numbers.items()
             if len(s) == 2 and min(s) > 0]  # fmt: skip
    pairs = _spike_pairs(flat)
    spikes = [Entry(t, (flat[t],), "spike times") for t in pairs]

    def take(entry: Entry, options: OpenOptions) -> list[Part]:
        if entry.name in pairs:
            return [_spikes(entry.name, pairs[entry.name], load)]
        return [_plane(entry, options, load, flat, shapes, types)]

    return Source((*plane, *spikes), take, tuple(flat), tuple(notes))


def _spike_pairs(flat: Mapping[str, int]) -> dict[str, str]:
    """Arrays of spike times, each with the array that says whose they are."""
    found: dict[str, str] = {}
    by_leaf = {leaf(n): n for n in flat}
    for name in SPIKES:
        time = by_leaf.get(name)
        if time is None or found:
            continue
        ends = by_leaf.get(f"{name}_index")
        owner = next((by_leaf[o] for o in OWNERS if flat.get(by_leaf.get(o, "")) == flat[time]
                      and by_leaf[o] != time), None)  # fmt: skip
        if ends or owner:
            found[time] = ends or owner or ""
    return found


def _spikes(times: str, other: str, load: Callable[[str], np.ndarray]) -> Part:
    at, who = in_seconds(leaf(times), np.asarray(load(times), float)), np.asarray(load(other))
    if leaf(other).endswith("_index"):
        return part_from_index(at, who)
    names, owner = np.unique(who, return_inverse=True)
    said = tuple(f"unit {label(n, 40)}" for n in names.tolist())
    return Part(at, said, owner=owner.astype(np.int64))


def part_from_index(times_s: np.ndarray, ends: np.ndarray, names: Sequence[str] = ()) -> Part:
    """Spikes of one neuron after another; ``ends`` says where each neuron's end, as in NWB.

    Raises:
        InputError: ends that fall or go beyond the times.
    """
    ends = np.asarray(ends, np.int64)
    if np.any(np.diff(ends, prepend=0) < 0) or (len(ends) and ends[-1] != len(times_s)):
        raise InputError(
            f"the index of the spike times must rise to {len(times_s):,}, their number; the file "
            "is damaged or cut"
        )
    owner = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
    said = tuple(names) or tuple(f"unit {k + 1}" for k in range(len(ends)))
    return Part(np.asarray(times_s, float), said, owner=owner)


def _plane(
    entry: Entry,
    options: OpenOptions,
    load: Callable[[str], np.ndarray],
    flat: Mapping[str, int],
    shapes: Mapping[str, tuple[int, ...]],
    types: Mapping[str, np.dtype],
) -> Part:
    part = Part(np.asarray(load(entry.name), float))
    times = options.times or next(
        (n for n, size in flat.items() if leaf(n) in TIMES and size in entry.shape), ""
    )
    if times and times != NO_TIMES:
        if times not in flat:
            raise InputError(f"there is no array of times {label(times, 60)!r}; choose another")
        part.times_s = in_seconds(leaf(times), np.asarray(load(times), float))
        part.notes.append(f"Times are those of {label(times, 60)!r}.")
    named = next((n for n, s in shapes.items() if leaf(n) in NAMES and len(s) == 1
                  and s[0] in entry.shape and types[n].kind in "USO"), "")  # fmt: skip
    if named:
        part.names = tuple(label(_text(v), 60) for v in np.asarray(load(named)).tolist())
    return part


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
