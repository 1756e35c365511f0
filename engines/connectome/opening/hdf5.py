"""Recordings in HDF5, and in NWB, which is HDF5 with names that everybody agreed on.

Read with h5py alone; links to other files are never followed. Neurodata Without Borders: Rübel et
al. 2022, eLife 11:e78362. Its ``RoiResponseSeries`` is fluorescence [time, roi]; ``units`` holds
spike times, one unit after another, with the index where each unit's end.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator
from typing import Any

import numpy as np

from engines.boundary.labels import label
from engines.connectome.opening.arrays import part_from_index, source_of_arrays
from engines.connectome.opening.options import Entry, OpenOptions, Part, Source
from engines.contract import InputError

SERIES = ("RoiResponseSeries", "ElectricalSeries", "TimeSeries", "SpatialSeries")
_DEPTH_MAX = 12


def hdf5(data: bytes, *, nwb: bool) -> Source:
    """What a file holds: by the words of NWB where it has them, else its arrays.

    Raises:
        InputError: h5py is not here, or no series of NWB is where one was promised.
    """
    try:
        h5py: Any = importlib.import_module("h5py")
    except ImportError as error:
        raise InputError(
            "HDF5 needs the package h5py: pip install 'neural-explorer[arrays]'"
        ) from error
    file = h5py.File(io.BytesIO(data), "r")
    notes: list[str] = []
    items = dict(_walk(h5py, file, "", notes, 0))
    found = _nwb(h5py, items)
    if found is not None and found.entries:
        return Source(found.entries, found.take, notes=tuple(notes))
    if nwb:
        here = ", ".join(list(items)[:8]) or "nothing"
        raise InputError(
            f"it has no fluorescence (RoiResponseSeries) and no units with spike times; it holds "
            f"{here}"
        )
    arrays = {name: item for name, item in items.items() if isinstance(item, h5py.Dataset)}
    shapes = {name: tuple(item.shape or ()) for name, item in arrays.items()}
    types = {name: item.dtype for name, item in arrays.items()}
    return source_of_arrays(shapes, types, lambda name: np.asarray(arrays[name][()]), notes)


def _walk(
    h5py: Any, group: Any, path: str, notes: list[str], depth: int
) -> Iterator[tuple[str, Any]]:
    """Groups and arrays by path; what lies in another file is named and left alone."""
    if depth > _DEPTH_MAX:
        raise InputError(f"its groups are nested deeper than {_DEPTH_MAX} levels")
    for key in group:
        name = f"{path}/{key}" if path else str(key)
        link = group.get(key, getlink=True)
        if isinstance(link, h5py.ExternalLink):
            notes.append(
                f"{label(name, 60)!r} lies in another file ({label(link.filename, 40)!r}) and was "
                "left out: such links are never followed."
            )
            continue
        if not isinstance(link, h5py.HardLink):
            continue  # what a soft link names is met where it lies
        item = group[key]
        if isinstance(item, h5py.Group):
            yield name, item
            yield from _walk(h5py, item, name, notes, depth + 1)
        elif isinstance(item, h5py.Dataset):
            if item.is_virtual or item.external:
                notes.append(f"{label(name, 60)!r} was left out: its numbers lie in another file.")
                continue
            yield name, item


def _type(item: Any) -> str:
    said = item.attrs.get("neurodata_type", "")
    return said.decode() if isinstance(said, bytes) else str(said)


def _nwb(h5py: Any, items: dict[str, Any]) -> Source | None:
    groups = {n: i for n, i in items.items() if isinstance(i, h5py.Group)}
    kind = {name: _type(group) for name, group in groups.items()}
    entries: list[Entry] = []
    for wanted in SERIES:
        for name, group in groups.items():
            if kind[name] != wanted or f"{name}/data" not in items:
                continue
            shape = tuple(group["data"].shape)
            if len(shape) == 2:
                what = "fluorescence" if wanted == "RoiResponseSeries" else wanted
                entries.append(Entry(label(name), shape, what))
    units = next((n for n, k in kind.items() if k == "Units"), "")
    if units and f"{units}/spike_times" in items and f"{units}/spike_times_index" in items:
        n_spikes = int(items[f"{units}/spike_times"].shape[0])
        entries.append(Entry(label(units), (n_spikes,), "spike times of units"))
    if not entries:
        return None
    by_label = {label(name): name for name in groups}

    def take(entry: Entry, _options: OpenOptions) -> list[Part]:
        name = by_label[entry.name]
        return [_units(items, name) if name == units else _series(items, name)]

    return Source(tuple(entries), take)


def _units(items: dict[str, Any], name: str) -> Part:
    times, ends = (np.asarray(items[f"{name}/{n}"][()]) for n in ("spike_times",
                                                                 "spike_times_index"))  # fmt: skip
    ids = items.get(f"{name}/id")
    names = () if ids is None else tuple(f"unit {k}" for k in np.asarray(ids[()]).tolist())
    return part_from_index(times, ends, names)


def _series(items: dict[str, Any], name: str) -> Part:
    """Values in the series' own unit: data times conversion, plus offset."""
    data = items[f"{name}/data"]
    scale = float(data.attrs.get("conversion", 1.0))
    offset = float(data.attrs.get("offset", 0.0))
    part = Part(np.asarray(data[()], float) * scale + offset)
    n = part.values.shape[1]
    rois = items.get(f"{name}/rois")
    places = np.arange(n) if rois is None else np.asarray(rois[()])
    part.names = tuple(f"roi {k}" for k in places.tolist()) if len(places) == n else ()
    if f"{name}/timestamps" in items:
        part.times_s = np.asarray(items[f"{name}/timestamps"][()], float)
    elif f"{name}/starting_time" in items:
        start = items[f"{name}/starting_time"]
        rate = float(start.attrs.get("rate", 0.0))
        if not rate > 0:
            raise InputError(f"the rate of {label(name, 60)!r} is {rate:g}; it must be above zero")
        part.times_s = float(start[()]) + np.arange(len(part.values)) / rate
    return part
