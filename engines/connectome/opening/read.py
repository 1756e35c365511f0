"""A file to a recording: looked into by its ending, one entry taken, checked, and reported."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np

from engines.boundary.labels import label
from engines.connectome.opening import arrays, worms
from engines.connectome.opening.hdf5 import hdf5
from engines.connectome.opening.options import (
    DEFAULT_BIN_S,
    DEFAULT_DT_S,
    Animal,
    Entry,
    Opened,
    OpenOptions,
    Part,
    Source,
)
from engines.connectome.opening.spikes import are_counts, check_counts, counts_from_times
from engines.contract import InputError

KINDS = (".nwb", ".h5", ".hdf5", ".npz", ".npy", ".csv", ".tsv", ".parquet", ".json")
VALUES_MAX = 30_000_000
"""Numbers of all animals together."""
_PICKLES = (".pkl", ".pickle", ".pt", ".pth", ".joblib")


def read_recording(path: str | Path, options: OpenOptions | None = None) -> Opened:
    """A recording from a file of one's own, of any size.

    Raises:
        InputError: what is wrong, where, and how to mend it.
    """
    place = Path(path)
    try:
        data = place.read_bytes()
    except OSError as error:
        raise InputError(f"{place.name!r} cannot be read: {error.strerror}") from error
    return recording_from_bytes(place.name, data, options)


def recording_from_bytes(name: str, data: bytes, options: OpenOptions | None = None) -> Opened:
    """As `read_recording`, from a file's content; its name tells the kind."""
    chosen = options or OpenOptions()
    source = _looked_into(name, data)
    entry = _entry(source, chosen.series)
    notes = list(source.notes)
    if len(source.entries) > 1 and not chosen.series:
        others = ", ".join(map(str, source.entries[1:5]))
        notes.append(f"{entry} was taken; there are also: {others}.")
    parts = source.take(entry, chosen)
    kinds, animals = [], []
    for k, part in enumerate(parts):
        animal, kind = _animal(part, chosen, f"animal {k + 1}")
        animals.append(animal)
        kinds.append(kind)
        notes += [note for note in part.notes if note not in notes]
    if sum(a.values.size for a in animals) > VALUES_MAX:
        raise InputError(f"more than {VALUES_MAX:,} numbers are not opened; give a part")
    title = label(PurePosixPath(name).name, 80)
    return Opened(
        title, kinds[0], tuple(animals), tuple(label(n, 300) for n in notes), entry.name,
        source.entries, source.columns,
    )  # fmt: skip


def _looked_into(name: str, data: bytes) -> Source:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _PICKLES or data[:2] in (b"\x80\x04", b"\x80\x05", b"\x80\x03"):
        raise InputError("it is a pickle, which can run code and is never read; save NPZ or CSV")
    if suffix not in KINDS:
        raise InputError(f"recordings are read from {', '.join(KINDS)}, not from {suffix or 'it'}")
    if not data:
        raise InputError("the file is empty, 0 bytes; was it written to the end?")
    try:
        found = _reader(suffix)(data)
    except (InputError, MemoryError, RecursionError):
        raise
    except Exception as error:
        raise InputError(f"it is not a readable {suffix[1:]} file: {label(error, 200)}") from error
    if not found.entries:
        why = " ".join(found.notes)
        raise InputError(
            "it holds no table or array of two axes, time and neuron, and no spike times" +
            (f": {why}" if why else "")
        )  # fmt: skip
    return found


def _reader(suffix: str) -> Callable[[bytes], Source]:
    if suffix in (".nwb", ".h5", ".hdf5"):
        return partial(hdf5, nwb=suffix == ".nwb")
    if suffix in (".npz", ".npy"):
        return arrays.npz if suffix == ".npz" else arrays.npy
    if suffix == ".parquet":
        return _parquet
    # Tables alone need pandas, which takes longer to load than most files to read.
    from engines.connectome.opening import tables

    return tables.json_lists if suffix == ".json" else partial(tables.text_table, suffix=suffix)


def _parquet(data: bytes) -> Source:
    from engines.connectome.opening import tables

    parquet = worms._pyarrow()
    file = parquet.ParquetFile(io.BytesIO(data))
    worms.check_values(file.metadata)
    if worms.is_schema(file.schema_arrow.names):
        return worms.source_of_worms(data)
    return tables.source_of_table(file.read().to_pandas())


def _entry(source: Source, wanted: str) -> Entry:
    if not wanted:
        return source.entries[0]
    found = next((entry for entry in source.entries if entry.name == wanted), None)
    if found is None:
        here = ", ".join(map(str, source.entries[:8]))
        raise InputError(f"there is no series {label(wanted, 60)!r}; there are: {here}")
    return found


def _animal(part: Part, options: OpenOptions, name: str) -> tuple[Animal, str]:
    """One animal, time first, with neurons chosen and times said."""
    if part.owner is not None:
        bin_s = options.dt_s or DEFAULT_BIN_S
        part.notes.append(f"Spikes were counted in bins of {bin_s:g} s.")
        values, times = counts_from_times(part.values, part.owner, part.names, bin_s)
        kind, names = "counts", part.names
    else:
        values = _time_first(part, options)
        names = part.names or _numbered(values.shape[1])
        if len(names) != values.shape[1]:
            names = _numbered(values.shape[1])
            part.notes.append("There are not as many names as traces; they are numbered.")
        times = _times(part, values, options)
        kind = _kind(values, names, options, part)
    labelled = np.ones(len(names), bool) if part.labelled is None else part.labelled
    kept = _chosen(names, options.columns)
    known = tuple(np.array(names, object)[kept].tolist())
    return Animal(part.animal or name, known, values[:, kept], times, labelled[kept]), kind


def _numbered(n: int) -> tuple[str, ...]:
    width = len(str(n))
    return tuple(f"neuron {k + 1:0{width}d}" for k in range(n))


def _time_first(part: Part, options: OpenOptions) -> np.ndarray:
    """The array as [time, neuron]; what was guessed is told."""
    values, (rows, columns) = part.values, part.values.shape
    if options.axes != "as found":
        return values.T if options.axes == "neuron first" else values
    n_times = None if part.times_s is None else len(part.times_s)
    n_names = len(part.names)
    said = n_times if n_times in (rows, columns) else None
    if rows != columns and (said == columns or (said is None and n_names == rows > 0)):
        part.notes.append("The array has neurons first, by its times or names, and was turned.")
        return values.T
    if said is None and not n_names and columns > rows:
        part.notes.append(
            f"The longer axis ({columns:,}) was taken as time, so the array was turned; say which "
            "comes first if that is wrong."
        )
        return values.T
    return values


def _times(part: Part, values: np.ndarray, options: OpenOptions) -> np.ndarray:
    n_times = len(values)
    if part.times_s is not None and not options.dt_s:
        if len(part.times_s) != n_times:
            raise InputError(
                f"there are {n_times:,} moments and {len(part.times_s):,} times; choose other "
                "times, or which axis comes first"
            )
        wrong = np.flatnonzero(~(np.diff(part.times_s) > 0))
        if len(wrong) or not np.isfinite(part.times_s).all():
            at = int(wrong[0]) + 2 if len(wrong) else 1
            raise InputError(f"time {at:,} does not come after the one before it; times must rise")
        return part.times_s
    dt_s = options.dt_s or part.dt_s or DEFAULT_DT_S
    if not options.dt_s and part.dt_s is None:
        part.notes.append(f"The file does not say how far frames are apart; {dt_s:g} s is assumed.")
    return np.arange(n_times) * dt_s


def _kind(values: np.ndarray, names: tuple[str, ...], options: OpenOptions, part: Part) -> str:
    if options.kind == "spike times":
        raise InputError(
            "these are no spike times: they need a row or list per spike and whose it is"
        )
    if options.kind == "counts":
        check_counts(values, names)
        return "counts"
    if options.kind == "as found" and are_counts(values):
        part.notes.append("Whole numbers from zero on were taken for counts of spikes.")
        return "counts"
    return "traces"


def _chosen(names: tuple[str, ...], wanted: str) -> np.ndarray:
    """Places of the neurons that a text of names and /patterns/ takes; all where it is empty."""
    words = [word.strip() for word in wanted.split(",") if word.strip()]
    if not words:
        return np.arange(len(names))
    taken: list[int] = []
    for word in words:
        here = [k for k, name in enumerate(names) if _fits(name, word)]
        if not here:
            shown = ", ".join(names[:8])
            raise InputError(f"no neuron is called {label(word, 40)!r}; there are: {shown}")
        taken += here
    return np.array(sorted(set(taken)))


def _fits(name: str, word: str) -> bool:
    if len(word) > 2 and word.startswith("/") and word.endswith("/"):
        try:
            return re.search(word[1:-1], name) is not None
        except re.error as error:
            raise InputError(f"{label(word, 40)!r} is no pattern: {error}") from error
    return name == word


def checked(opened: object) -> Opened:
    """A recording that somebody else kept, if it is one.

    Raises:
        InputError: anything else, or parts that do not fit together.
    """
    if not isinstance(opened, Opened) or not opened.animals:
        raise InputError("it is no recording; open its file again")
    for animal in opened.animals:
        n_times, n = np.shape(animal.values) if np.ndim(animal.values) == 2 else (-1, -1)
        fits = isinstance(animal, Animal) and len(animal.neurons) == n
        if not fits or np.shape(animal.times_s) != (n_times,) or np.shape(animal.labelled) != (n,):
            raise InputError("its traces, names and times do not fit together; open its file again")
    return opened
