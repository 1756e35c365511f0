"""Activations on disk: named axes [snapshot, stimulus, unit], one memory-mapped file per layer.

A folder with ``manifest.json``, ``stimuli.csv``, ``snapshots.csv`` and ``acts/<layer>.npy``. The
writer appends whole snapshots and replaces the manifest last, so a folder whose writer was killed
opens with the snapshots that were complete. Nothing here reads a pickle.

>>> import torch
>>> from engines.geometry.activations.store import Recorder
>>> net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
>>> recorder = Recorder(net, torch.randn(6, 4), layers=["1"], folder=None)
>>> recorder.snapshot(step=0)
>>> recorder.close().layer("1").shape
(1, 6, 8)
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engines.boundary.labels import label
from engines.boundary.whole import write_whole
from engines.contract import InputError
from engines.geometry.activations import library
from engines.geometry.activations.manifest import (
    KIND,
    SCHEMA,
    VERSION,
    check_labels,
    damaged_layers,
    file_name,
    inside,
    is_intact,
    manifest_of,
    npy_header,
    sealed_manifest,
    write_csv,
)
from engines.geometry.recording.axes import Reading, Space, Tokens
from engines.geometry.recording.taps import Tapped, layer_outputs

if TYPE_CHECKING:
    from torch.nn import Module


class ActivationSet:
    """A folder of activations, read only; no more is loaded than is asked for.

    Raises:
        InputError: a folder that is not one, or whose files do not fit its manifest.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        """Open a folder; loads the manifest and nothing else."""
        self.folder = Path(folder)
        self.manifest = manifest_of(self.folder)
        self.layers: tuple[str, ...] = tuple(self.manifest["layers"])
        self.stimuli: tuple[str, ...] = tuple(self.manifest["stimuli"])
        self.labels: dict[str, tuple[str, ...]] = {
            name: tuple(values) for name, values in self.manifest["labels"].items()
        }
        self.n_snapshots: int = self.manifest["n_snapshots"]
        self.snapshots: dict[str, np.ndarray] = {
            name: np.asarray(values, np.float64)
            for name, values in self.manifest["snapshots"].items()
        }

    @classmethod
    def named(cls, name: str) -> ActivationSet:
        """The set of this name in the library of this machine.

        Raises:
            InputError: there is none; the message lists those there are.
        """
        return cls(library.there(name))

    @staticmethod
    def record(
        module: Module, inputs: Any, layers: Sequence[str] = (), **options: Any
    ) -> ActivationSet:
        """One snapshot of any torch module's layers; options as of `Recorder`."""
        recorder = Recorder(module, inputs, layers, **options)
        recorder.snapshot()
        return recorder.close()

    @property
    def n_stimuli(self) -> int:
        """How many stimuli every layer holds."""
        return len(self.stimuli)

    @property
    def notes(self) -> tuple[str, ...]:
        """How the file was read that this came from, and what was left out of it."""
        return tuple(map(str, self.manifest["provenance"].get("notes") or ()))

    def layer(self, name: str) -> np.ndarray:
        """[snapshot, stimulus, unit] as a read-only memory map.

        Raises:
            InputError: no such layer, or its file is not what was written.
        """
        if name not in self.layers:
            raise InputError(f"no layer {name!r} here; there are: {', '.join(self.layers)}")
        entry = self.manifest["layers"][name]
        shape = (self.n_snapshots, self.n_stimuli, entry["n_units"])
        path = inside(self.folder, entry["file"])
        offset, dtype = entry["offset"], np.dtype(entry["dtype"])
        needed = offset + int(np.prod(shape, dtype=object)) * dtype.itemsize
        there = path.stat().st_size if path.exists() else 0
        if there < needed:
            raise InputError(
                f"layer {name!r} says {shape} of {dtype}, {needed:,} bytes, but its file has "
                f"{there:,}: it is cut short; record it again"
            )
        if not is_intact(self.folder, self.manifest, name):
            raise KIND.damaged(f"layer {label(name)!r} of {label(self.folder.name)!r}")
        if 0 in shape:
            return np.zeros(shape, dtype)
        return np.memmap(path, dtype, "r", offset, shape)

    def at(self, layer: str, snapshot: int = -1) -> np.ndarray:
        """float64[stimulus, unit] at one snapshot."""
        return np.asarray(self.layer(layer)[snapshot], np.float64)

    def damaged(self) -> tuple[str, ...]:
        """Layers whose bytes are no longer those that were written; reads every file."""
        return damaged_layers(self.folder, self.manifest)


class ActivationWriter:
    """Appends snapshots to a new folder.

    Args of the constructor:
        folder: made if it is not there; must not hold a set already.
        layers: units of each layer.
        stimuli: one unique id per stimulus.
        labels: columns about the stimuli, each as long as ``stimuli``.
        provenance: small JSON values that say where this comes from.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        layers: Mapping[str, int],
        stimuli: Sequence[str],
        *,
        labels: Mapping[str, Sequence[str]] | None = None,
        provenance: Mapping[str, Any] | None = None,
        dtype: str = "<f4",
    ) -> None:
        """Writes an empty set, which opens."""
        self.folder = Path(folder)
        if (self.folder / "manifest.json").exists():
            raise InputError(f"{self.folder.name!r} holds activations already; choose another name")
        checked_labels = check_labels(stimuli, labels or {})
        (self.folder / "acts").mkdir(parents=True, exist_ok=True)
        self._paths = {name: file_name(k, name) for k, name in enumerate(layers)}
        self._dtype = np.dtype(dtype)
        self._columns: dict[str, list[float]] = {}
        self.n_snapshots = 0
        self._body: dict[str, Any] = {
            "schema": SCHEMA,
            "version": VERSION,
            "dims": ["snapshot", "stimulus", "unit"],
            "stimuli": [label(s) for s in stimuli],
            "labels": checked_labels,
            "provenance": dict(provenance or {}),
            "layers": {name: self._entry(name, n) for name, n in layers.items()},
        }
        self._hashed = {name: hashlib.sha256() for name in layers}
        for name in layers:
            self._write_header(name)
        self._commit()

    def _entry(self, name: str, n_units: int) -> dict[str, Any]:
        return {
            "file": self._paths[name],
            "n_units": int(n_units),
            "dtype": self._dtype.str,
            "offset": len(self._header(0, n_units)),
        }

    def append(self, activations: Mapping[str, np.ndarray], **columns: float) -> None:
        """One more snapshot of every layer, [stimulus, unit] each; ``columns`` say when and how.

        Raises:
            InputError: a layer that is missing, or of another shape.
        """
        for name, entry in self._body["layers"].items():
            wanted = (len(self._body["stimuli"]), entry["n_units"])
            came = np.shape(activations.get(name, ()))
            if came != wanted:
                raise InputError(f"layer {name!r} must be {wanted} [stimulus, unit], got {came}")
        for name, entry in self._body["layers"].items():
            block = np.ascontiguousarray(activations[name], self._dtype)
            with (self.folder / entry["file"]).open("r+b") as file:
                file.seek(entry["offset"] + self.n_snapshots * block.nbytes)
                file.write(block.tobytes())
            self._hashed[name].update(block.tobytes())
        self.n_snapshots += 1
        for name in self._body["layers"]:
            self._write_header(name)
        for name, value in columns.items():
            self._columns.setdefault(name, []).append(float(value))
        self._commit()

    def close(self) -> ActivationSet:
        """Bring it to the disk, write the tables that people read, and open the set."""
        for entry in self._body["layers"].values():
            with (self.folder / entry["file"]).open("rb") as file:
                os.fsync(file.fileno())
        self._commit(sync=True)
        rows = zip(self._body["stimuli"], *self._body["labels"].values(), strict=True)
        write_csv(self.folder / "stimuli.csv", ["stimulus", *self._body["labels"]], rows)
        columns = zip(*self._columns.values(), strict=True)
        write_csv(self.folder / "snapshots.csv", list(self._columns), columns)
        return ActivationSet(self.folder)

    def _header(self, n_snapshots: int, n_units: int, n_stimuli: int | None = None) -> bytes:
        return npy_header(self._dtype.str, (n_snapshots, n_stimuli or 0, n_units))

    def _write_header(self, name: str) -> None:
        entry = self._body["layers"][name]
        n_stimuli = len(self._body["stimuli"])
        header = self._header(self.n_snapshots, entry["n_units"], n_stimuli)
        if len(header) != entry["offset"]:
            raise InputError(f"layer {name!r} has more stimuli than one file can hold")
        path = self.folder / entry["file"]
        with path.open("r+b" if path.exists() else "w+b") as file:
            file.write(header)

    def _commit(self, *, sync: bool = False) -> None:
        for name, entry in self._body["layers"].items():
            entry["data_sha256"] = self._hashed[name].hexdigest()
        told = {"n_snapshots": self.n_snapshots, "snapshots": self._columns}
        write_whole(
            self.folder / "manifest.json", sealed_manifest({**self._body, **told}), sync=sync
        )


@lru_cache(maxsize=1)
def _unkept() -> tempfile.TemporaryDirectory[str]:
    """Where recordings without a place lie until Python ends."""
    return tempfile.TemporaryDirectory(prefix="activations-", ignore_cleanup_errors=True)


class Recorder:
    """Takes snapshots of a module's layers on the same inputs.

    Args of the constructor:
        module: any module; it is not changed, and its modes (train, eval) are kept.
        inputs: what is passed to it; a tuple for several arguments, a mapping for named ones
            (``{"input_ids": ...}`` or what a tokenizer gives).
        layers: names as ``module.named_modules()`` gives them, ``"output"`` for what the module
            itself gives; when empty, every leaf that ran with a row per stimulus, and ``left_out``
            names the others. Each call of a layer is kept.
        name: keep the set in the library under this name, so that the page can open it.
        folder: or write here; None for a folder that goes when Python ends.
        stimuli: ids; numbers when empty.
        labels: columns about the stimuli.
        tokens: of outputs [stimulus, token, unit]: "mean", "first", "last", "flatten" or a number.
        space: of outputs [stimulus, channel, ...]: "flatten" or "mean" over places.
        stimulus_axis: of the inputs, where it is not the first.

    Raises:
        InputError: a layer that is not there, that did not run or has no row per stimulus; an axis
            that must be told.
    """

    def __init__(
        self,
        module: Module,
        inputs: Any,
        layers: Sequence[str] = (),
        *,
        name: str = "",
        folder: str | Path | None = None,
        stimuli: Sequence[str] = (),
        labels: Mapping[str, Sequence[str]] | None = None,
        tokens: Tokens | int = "",
        space: Space = "flatten",
        stimulus_axis: int | None = None,
    ) -> None:
        """Runs the module once to see the shapes."""
        self.module, self.inputs = module, inputs
        self._asked, self._reading = tuple(layers), Reading(tokens, space, stimulus_axis)
        first = self._tapped()
        self.layers = tuple(first.values)
        self.left_out = dict(first.left_out)
        self._name = name
        self._writing = (
            library.fresh_folder(name)
            if name
            else Path(folder or tempfile.mkdtemp(prefix="activations-", dir=_unkept().name))
        )
        n = len(next(iter(first.values.values())))
        told = {"title": name or type(module).__name__, "recorded": "torch module"}
        exact = any(value.dtype == np.float64 for value in first.values.values())
        self._writer = ActivationWriter(
            self._writing,
            {layer: value.shape[1] for layer, value in first.values.items()},
            list(stimuli) or [str(k) for k in range(n)],
            labels=labels,
            provenance={**told, "left_out": self.left_out},
            dtype="<f8" if exact else "<f4",
        )

    def snapshot(self, **columns: float) -> None:
        """Record the layers now; ``columns`` (step=, loss=) say when.

        Raises:
            InputError: other layers or calls ran than the first time.
        """
        found = self._tapped().values
        if tuple(found) != self.layers:
            other = sorted(set(found) ^ set(self.layers))[:3]
            raise InputError(f"other layers ran than the first time: {', '.join(other)}")
        self._writer.append(found, **columns)

    def close(self) -> ActivationSet:
        """Finish, and open what was recorded."""
        opened = self._writer.close()
        return ActivationSet(library.publish(self._writing, self._name)) if self._name else opened

    def _tapped(self) -> Tapped:
        return layer_outputs(self.module, self.inputs, self._asked, self._reading)
