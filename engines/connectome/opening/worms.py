"""The published schema of homogenised worm recordings, in and out: Parquet, a row per neuron.

Fields as written by the authors' ``neural_to_parquet.py`` (Simeon et al. 2024, arXiv 2411.12091;
repository qsimeon/worm-data-preprocess). What an older or smaller file lacks is made up where it
can be and told.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from engines.boundary.labels import label
from engines.boundary.whole import write_whole
from engines.connectome.opening.options import Animal, Entry, OpenOptions, Part, Source
from engines.contract import InputError

N_SLOTS = 302
WORDS = ("source_dataset", "raw_data_file", "worm", "neuron", "smooth_method",
         "interpolate_method", "normalization_method")  # fmt: skip
TRACES = ("original_calcium_data", "calcium_data")
TIMES = ("original_time_in_seconds", "time_in_seconds")
NEEDED = ("worm", "neuron", "calcium_data", "time_in_seconds")
VALUES_MAX = 60_000_000
SERIES = {"calcium_data": "time_in_seconds", "original_calcium_data": "original_time_in_seconds"}
INSTALL = "Parquet needs pyarrow: pip install 'neural-explorer[tables]'"


@dataclass(frozen=True, eq=False)
class WormTrace:
    """One neuron of one worm: float32[time] traces and times, resampled and original."""

    source_dataset: str
    raw_data_file: str
    worm: str
    neuron: str
    slot: int
    is_labeled_neuron: bool
    smooth_method: str
    interpolate_method: str
    normalization_method: str
    original_calcium_data: np.ndarray
    calcium_data: np.ndarray
    original_time_in_seconds: np.ndarray
    time_in_seconds: np.ndarray

    @property
    def max_timesteps(self) -> int:
        """Moments after resampling."""
        return len(self.time_in_seconds)

    @property
    def original_max_timesteps(self) -> int:
        """Moments as recorded."""
        return len(self.original_time_in_seconds)


@dataclass(frozen=True, eq=False)
class WormFile:
    """Rows of a file of the schema, and what was missing of it."""

    rows: tuple[WormTrace, ...]
    notes: tuple[str, ...] = field(default=())


FIELDS = (*WORDS[:4], "slot", "is_labeled_neuron", *WORDS[4:], *TRACES, *TIMES,
          "original_max_timesteps", "max_timesteps")  # fmt: skip


def is_schema(columns: Sequence[str]) -> bool:
    """Whether columns are those of the schema."""
    return set(NEEDED) <= set(columns)


def slot_names() -> tuple[str, ...]:
    """The 302 neurons in alphabetical order, which is the schema's canonical one."""
    return tuple(sorted(_cells()))


def _cells() -> set[str]:
    from engines.connectome.wiring.celegans import canonical, role, soma_table

    cells = {canonical(name) for name in soma_table().index}
    return {name for name in cells if role(name) != "muscle"}


def read_worms(source: str | Path | bytes) -> WormFile:
    """Rows of a Parquet file of the schema.

    Raises:
        InputError: no pyarrow, no Parquet, columns that are missing, or traces that do not fit
            their times.
    """
    parquet = _pyarrow()
    try:
        file = parquet.ParquetFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except OSError:
        raise
    except Exception as error:
        raise InputError(f"it is no Parquet file: {label(error, 200)}") from error
    check_values(file.metadata)
    missing = [name for name in NEEDED if name not in file.schema_arrow.names]
    if missing:
        raise InputError(f"a file of the worm schema has {', '.join(NEEDED)}; it lacks "
                         f"{', '.join(missing)}")  # fmt: skip
    if not file.metadata.num_rows:
        raise InputError("it has columns but no rows")
    table = file.read()
    columns = {n: table.column(n).to_pylist() for n in FIELDS
               if n in table.column_names and n not in (*TRACES, *TIMES)}  # fmt: skip
    lists = {n: _lists(table.column(n)) for n in (*TRACES, *TIMES) if n in table.column_names}
    return _rows(table.num_rows, columns, lists)


def check_values(metadata: Any) -> None:
    """Refuse a Parquet whose lists claim more numbers than are read, before they are."""
    groups = [metadata.row_group(k) for k in range(metadata.num_row_groups)]
    n_values = sum(g.column(k).num_values for g in groups for k in range(g.num_columns))
    if n_values > VALUES_MAX:
        raise InputError(f"it has {n_values:,} values; at most {VALUES_MAX:,} are read; give fewer "
                         "worms")  # fmt: skip


def _pyarrow() -> Any:
    try:
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise InputError(INSTALL) from error
    return parquet


def _lists(column: Any) -> list[np.ndarray]:
    """A column of lists as float32 arrays, without a Python object per number."""
    if "list" not in str(column.type):
        raise InputError(f"a column of lists is needed where {label(column.type, 40)} stands")
    found = []
    for chunk in column.chunks:
        flat = np.asarray(chunk.values.to_numpy(zero_copy_only=False), np.float32)
        ends = np.asarray(chunk.offsets)
        found += [flat[a:b] for a, b in itertools.pairwise(ends)]
    return found


def _rows(n: int, columns: dict[str, list[Any]], lists: dict[str, list[np.ndarray]]) -> WormFile:
    notes, none = [], [np.zeros(0, np.float32)] * n
    if "is_labeled_neuron" not in columns:
        known = _cells()
        columns["is_labeled_neuron"] = [name in known for name in columns["neuron"]]
        notes.append("Which neurons are named was not said and was told by their names.")
    if "slot" not in columns:
        columns["slot"] = _slots(columns["worm"], columns["neuron"])
        notes.append("Slots were not said and were dealt by name, unknown cells by seed 0.")
    words = {name: columns.get(name) or [""] * n for name in WORDS}
    rows = []
    for k in range(n):
        said: dict[str, Any] = {name: str(values[k] or "") for name, values in words.items()}
        traces: dict[str, Any] = {n: lists.get(n, none)[k] for n in (*TRACES, *TIMES)}
        row = WormTrace(
            **said,
            slot=int(columns["slot"][k]), is_labeled_neuron=bool(columns["is_labeled_neuron"][k]),
            **traces,
        )  # fmt: skip
        if len(row.calcium_data) != len(row.time_in_seconds):
            raise InputError(
                f"row {k + 1:,}, {label(row.worm, 20)} {label(row.neuron, 20)}: there are "
                f"{len(row.calcium_data):,} values and {len(row.time_in_seconds):,} times"
            )
        rows.append(row)
    return WormFile(tuple(rows), tuple(notes))


def _slots(worms: list[str], neurons: list[str], seed: int = 0) -> list[int]:
    """Each neuron's place among 302; unknown cells get free ones, drawn with the seed."""
    place = {name: k for k, name in enumerate(slot_names())}
    rng = np.random.Generator(np.random.Philox(seed))
    found = [place.get(name, -1) for name in neurons]
    for worm in dict.fromkeys(worms):
        rows = [k for k, w in enumerate(worms) if w == worm]
        unknown = [k for k in rows if found[k] < 0]
        free = sorted(set(range(N_SLOTS)) - {found[k] for k in rows})
        if len(unknown) > len(free):
            raise InputError(f"{label(worm, 30)} has more than {N_SLOTS} neurons; no worm has")
        for k, slot in zip(unknown, rng.permutation(free), strict=False):
            found[k] = int(slot)
    return found


def worms_bytes(rows: Sequence[WormTrace]) -> bytes:
    """A Parquet file of the schema; `read_worms` gives the same rows again, bit for bit.

    Raises:
        InputError: no pyarrow.
    """
    parquet = _pyarrow()
    import pyarrow as arrow

    kinds = {"slot": arrow.int32(), "is_labeled_neuron": arrow.bool_(),
             "original_max_timesteps": arrow.int32(), "max_timesteps": arrow.int32()}  # fmt: skip
    listed = arrow.list_(arrow.float32())
    columns = {
        name: arrow.array(
            [getattr(row, name) for row in rows],
            listed if name in (*TRACES, *TIMES) else kinds.get(name, arrow.string()),
        )
        for name in FIELDS
    }
    stream = io.BytesIO()
    parquet.write_table(arrow.table(columns), stream)
    return stream.getvalue()


def write_worms(rows: Sequence[WormTrace], path: str | Path) -> Path:
    """Write a Parquet file of the schema, whole or not at all."""
    place = Path(path)
    write_whole(place, worms_bytes(rows))
    return place


def worms_from_animals(animals: Sequence[Animal], source_dataset: str) -> tuple[WormTrace, ...]:
    """Rows of the schema from animals; unknown cells are dealt to free slots with seed 0."""
    rows = []
    for animal in animals:
        named = [str(n) for n in animal.neurons]
        slots = _slots([animal.name] * len(named), named)
        times = animal.times_s.astype(np.float32)
        for k, neuron in enumerate(named):
            trace = animal.values[:, k].astype(np.float32)
            rows.append(WormTrace(
                source_dataset, "", animal.name, neuron, slots[k], bool(animal.labelled[k]), "none",
                "none", "none", trace, trace, times, times,
            ))  # fmt: skip
    return tuple(rows)


def source_of_worms(data: bytes) -> Source:
    """A file of the schema as entries to choose from: resampled, or as recorded."""
    found = read_worms(data)
    by_worm: dict[str, list[WormTrace]] = {}
    for row in found.rows:
        by_worm.setdefault(f"{row.source_dataset} {row.worm}".strip(), []).append(row)
    entries = tuple(
        Entry(name, (len(found.rows), max(len(getattr(row, name)) for row in found.rows)),
              f"{len(by_worm)} worms")
        for name in SERIES
        if all(len(getattr(row, name)) for row in found.rows)
    )  # fmt: skip

    def take(entry: Entry, _options: OpenOptions) -> list[Part]:
        return [_part(worm, rows, entry.name) for worm, rows in by_worm.items()]

    return Source(entries, take, notes=found.notes)


def _part(worm: str, rows: list[WormTrace], series: str) -> Part:
    traces = [getattr(row, series) for row in rows]
    if len({len(trace) for trace in traces}) > 1:
        raise InputError(f"the neurons of {label(worm, 30)} have traces of different lengths")
    return Part(
        np.stack(traces, axis=1).astype(float),
        tuple(label(row.neuron, 40) for row in rows),
        times_s=getattr(rows[0], SERIES[series]).astype(float),
        animal=label(worm, 60),
        labelled=np.array([row.is_labeled_neuron for row in rows]),
    )
