"""Recordings in tables: a column per neuron, or a row per spike; and spikes as lists in JSON."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd

from engines.boundary.labels import label
from engines.boundary.reading import ReadingError, strict_json, text_from_bytes
from engines.connectome.opening.arrays import NO_TIMES, OWNERS, SPIKES, TIMES, in_seconds
from engines.connectome.opening.options import Entry, OpenOptions, Part, Source
from engines.contract import InputError

COUNTERS = ("", "index", "frame", "frames", "row", "step", "unnamed: 0", "id")
"""Columns of these names that count up are no neuron."""
_MARKS = (",", "\t", ";", "|")


def text_table(data: bytes, suffix: str) -> Source:
    """A CSV or TSV with a header, or of numbers alone."""
    try:
        text = text_from_bytes(data)
    except ReadingError as error:
        raise InputError(str(error)) from error
    head = text[:20_000].splitlines()[:5]
    if not head or not text.strip():
        raise InputError("it is empty: no header and no rows")
    mark = "\t" if suffix == ".tsv" else max(_MARKS, key=head[0].count)
    decimal = "," if mark == ";" and "," in "".join(head[1:]) else "."
    named = any(_number(cell, decimal) is None for cell in head[0].split(mark) if cell.strip())
    try:
        frame = pd.read_csv(
            io.BytesIO(data), sep=mark, header=0 if named else None, decimal=decimal,
            low_memory=False, encoding="utf-8-sig",
        )  # fmt: skip
    except MemoryError:
        raise
    except (ValueError, pd.errors.ParserError) as error:
        raise InputError(f"it is no table: {label(error, 200)}") from error
    if not named:
        frame.columns = [f"column {k + 1}" for k in range(frame.shape[1])]
    return source_of_table(frame)


def _number(cell: str, decimal: str) -> float | None:
    try:
        return float(cell.strip().strip('"').replace(decimal, "."))
    except ValueError:
        return None


def source_of_table(frame: pd.DataFrame) -> Source:
    """A table is one entry; what its columns are is found, or told by the options."""
    frame = frame.rename(columns={c: label(c, 60) for c in frame.columns})
    if not len(frame):
        raise InputError("it has a header but no rows")
    columns = tuple(map(str, frame.columns))
    owner, time = _spike_columns(frame)
    spikes = bool(owner) and frame.shape[1] <= 4
    entries = [Entry("table", frame.shape, "a column per neuron")]
    if owner:
        entries.insert(0 if spikes else 1, Entry("spikes", (len(frame),), "a row per spike"))

    def take(entry: Entry, options: OpenOptions) -> list[Part]:
        if entry.name == "spikes":
            return [_spikes(frame, owner, options.times or time)]
        return [_wide(frame, options)]

    return Source(tuple(entries), take, columns)


def _spike_columns(frame: pd.DataFrame) -> tuple[str, str]:
    folded = {str(c).strip().lower(): str(c) for c in frame.columns}
    owner = next((folded[o] for o in OWNERS if o in folded), "")
    time = next((folded[t] for t in (*SPIKES, *TIMES) if t in folded), "")
    return (owner, time) if owner and time and owner != time else ("", "")


def _spikes(frame: pd.DataFrame, owner: str, time: str) -> Part:
    if time not in frame.columns:
        raise InputError(f"there is no column {label(time, 40)!r}; there are: {_shown(frame)}")
    at = _as_numbers(frame[time])
    wrong = np.flatnonzero(~np.isfinite(at))
    if len(wrong):
        raise InputError(f"row {wrong[0] + 2:,}, column {time!r} is no time; mend or remove it")
    codes, names = pd.factorize(frame[owner].astype(str), sort=True)
    return Part(in_seconds(time, at), tuple(label(n, 60) for n in names), owner=codes.astype(int))


def _wide(frame: pd.DataFrame, options: OpenOptions) -> Part:
    numbers, notes = _numeric(frame)
    part = Part(np.zeros((0, 0)), notes=notes)
    time = options.times or next((c for c in numbers if c.strip().lower() in TIMES), "")
    if time and time != NO_TIMES:
        if time not in numbers:
            raise InputError(f"there is no column of numbers {label(time, 40)!r}; there are: "
                             f"{_shown(numbers)}")  # fmt: skip
        part.times_s = in_seconds(time, numbers[time].to_numpy(float))
        notes.append(f"Times are those of column {time!r}.")
        numbers = numbers.drop(columns=time)
    counting = [c for c in numbers if c.strip().lower() in COUNTERS and _counts_up(numbers[c])]
    if counting:
        notes.append(f"Column {counting[0]!r} counts the rows and was left out.")
        numbers = numbers.drop(columns=counting)
    if not numbers.shape[1]:
        raise InputError(f"no column of numbers is left; there are: {_shown(frame)}")
    part.values = numbers.to_numpy(float)
    part.names = tuple(map(str, numbers.columns))
    return part


def _numeric(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Columns of numbers; the first cell that is none is told of a column that nearly is one."""
    words = [c for c in frame if not pd.api.types.is_numeric_dtype(frame[c])]
    for name in words:
        there = frame[name].notna().to_numpy()
        wrong = np.flatnonzero(there & np.isnan(_as_numbers(frame[name])))
        if 0 < len(wrong) < 0.5 * np.count_nonzero(there):
            raise InputError(
                f"line {wrong[0] + 2:,}, column {str(name)!r} holds "
                f"{label(frame[name].iloc[wrong[0]], 30)!r}, which is no number; mend it or leave "
                "it empty"
            )
    notes = []
    if words:
        shown = ", ".join(map(str, words[:4]))
        notes.append(f"{len(words):,} columns of words were left out: {shown}.")
    return frame.drop(columns=words), notes


def _as_numbers(column: Any) -> np.ndarray:
    """float64[row], nan for what is none."""
    return np.asarray(pd.to_numeric(column, errors="coerce"), float)


def _counts_up(column: Any) -> bool:
    return bool((column.diff().dropna() == 1).all())


def _shown(frame: pd.DataFrame) -> str:
    return ", ".join(repr(str(c)) for c in frame.columns[:10])


def json_lists(data: bytes) -> Source:
    """Spikes as lists: an object with one list of times, in seconds, for each neuron.

    Raises:
        InputError: no strict JSON, or no object of lists of numbers.
    """
    try:
        content: Any = strict_json(text_from_bytes(data))
    except ReadingError as error:
        raise InputError(str(error)) from error
    is_lists = isinstance(content, dict) and all(isinstance(v, list) for v in content.values())
    if not is_lists or not content:
        raise InputError(
            'the JSON must be an object of lists of spike times, as {"AVAL": [0.1, 0.5]}'
        )
    for name, times in content.items():
        bad = next((k for k, t in enumerate(times) if isinstance(t, bool)
                    or not isinstance(t, int | float)), None)  # fmt: skip
        if bad is not None:
            raise InputError(f"spike {bad + 1:,} of {label(name, 40)} is no number; mend it")
    names = tuple(label(n, 60) for n in content)
    sizes = [len(t) for t in content.values()]
    part = Part(
        np.array([t for times in content.values() for t in times], float),
        names,
        owner=np.repeat(np.arange(len(names)), sizes),
    )
    entry = Entry("spikes", (len(part.values),), "a list of times per neuron")
    return Source((entry,), lambda _entry, _options: [part])
