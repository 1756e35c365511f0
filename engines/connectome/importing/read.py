"""Files to connectomes: CSV, TSV, XLSX, Parquet, GraphML, NPZ and node-link JSON."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from engines.boundary.labels import label
from engines.connectome.importing import chunks, edges, matrices, objects
from engines.connectome.importing.chunks import Reading
from engines.connectome.importing.options import ImportOptions, ImportReport
from engines.connectome.importing.text import cells, decoded, frame_from_cells, number, sniffed
from engines.connectome.wiring.connectome import Connectome, Layer, Provenance, layer_from_edges
from engines.contract import InputError

CHUNKED_BYTES = 32 * 1024**2
UNPACKED_MAX = 2 * 1024**3
_RATIO_MAX = 200
_REFUSED_KINDS = {
    ".pkl": "a pickle", ".pickle": "a pickle", ".pt": "a torch pickle", ".pth": "a torch pickle",
    ".joblib": "a pickle", ".npy_obj": "a pickle",
}  # fmt: skip
_MAGIC = {b"\x80\x02": "a pickle", b"\x80\x03": "a pickle", b"\x80\x04": "a pickle",
          b"\x80\x05": "a pickle"}  # fmt: skip
Parts = tuple[tuple[str, ...], tuple[Layer, ...], list[str], list[str], int]


def read_connectome(
    path: str | Path, options: ImportOptions | None = None
) -> tuple[Connectome, ImportReport]:
    """A connectome from a file, and what was decided on the way.

    Raises:
        InputError: what is wrong, where, and how to mend it.
    """
    *_, last = reading(path, options)
    assert isinstance(last, tuple)
    return last


def reading(
    path: str | Path, options: ImportOptions | None = None
) -> Iterator[Reading | tuple[Connectome, ImportReport]]:
    """As `read_connectome`, telling how far it is; the caller may stop between any two.

    Edge lists of more than ``CHUNKED_BYTES``, or of more than ``n_rows_max`` rows, are read in
    chunks, so that memory depends on their edges and not on their length.
    """
    place, chosen = Path(path), options or ImportOptions()
    try:
        if not _in_chunks(place, chosen):
            yield connectome_from_bytes(place.name, place.read_bytes(), chosen)
            return
        n_rows = 0
        for part in chunks.merged_rows(place, chosen):
            if isinstance(part, Reading):
                yield part
                n_rows = part.n_rows
            else:
                notes = ["The file was read in chunks."]
                parts = edges.layers_from_rows(part, chosen)
                title = label(place.name, 80) or "the file"
                yield _finished(title, "an edge list", n_rows, parts, [], notes)
    except OSError as error:
        raise InputError(f"{place} cannot be read: {error.strerror}") from error


def _in_chunks(place: Path, options: ImportOptions) -> bool:
    """Whether a file is an edge list with a header, and too long to be held at once."""
    suffix = place.suffix.lower()
    if options.kind == "matrix" or suffix not in (".csv", ".tsv", ".txt", ".edgelist", ".parquet"):
        return False
    try:
        long = chunks.expected_rows(place) > options.n_rows_max
    except (ImportError, ValueError):  # connectome_from_bytes says what is wrong
        return False
    if not long and place.stat().st_size <= CHUNKED_BYTES:
        return False
    if suffix == ".parquet":
        return True
    chosen = chunks.chosen_for(place, options)
    text, _ = decoded(chunks.head_of(place), chosen)
    first = cells(text.split("\n", 1)[0], chosen)
    named = {options.pre, options.post} <= set(first[0] if first else ()) and options.pre != ""
    return named or _has_edge_header(first)


def connectome_from_bytes(
    name: str, data: bytes, options: ImportOptions | None = None
) -> tuple[Connectome, ImportReport]:
    """A connectome from a file's content; ``name`` is a label whose ending tells the kind."""
    chosen = options or ImportOptions()
    suffix = PurePosixPath(name).suffix.lower()
    title = label(PurePosixPath(name).name, 80) or "the file"
    refused = _REFUSED_KINDS.get(suffix) or next(
        (what for magic, what in _MAGIC.items() if data.startswith(magic)), ""
    )
    if refused:
        raise InputError(
            f"'{title}' is {refused}, which could run a stranger's code; save CSV, NPZ or GraphML"
        )
    readers: dict[str, Callable[..., Any]] = {
        ".csv": _text, ".tsv": _text, ".txt": _text, ".edgelist": _text, ".xlsx": _xlsx,
        ".parquet": _parquet, ".graphml": _graphml, ".npz": _npz, ".npy": _npy, ".json": _json,
    }  # fmt: skip
    if suffix not in readers:
        raise InputError(f"'{title}' is of no kind we read; give one of {', '.join(readers)}")
    if not data:
        raise InputError(f"'{title}' is empty")
    return readers[suffix](title, data, chosen)


def _finished(
    title: str, kind: str, n_rows: int, parts: Parts, preview: list[list[str]], more: list[str]
) -> tuple[Connectome, ImportReport]:
    names, layers, notes, refused, n_refused = parts
    n_edges = sum(layer.n_edges for layer in layers)
    said = Provenance(
        f"Imported: {title}", title, "the user's own",
        f"{len(names):,} neurons, {n_edges:,} directed edges", tuple([*more, *notes][:8]),
        unit="weight",
    )  # fmt: skip
    columns = _worm_columns(names)
    connectome = Connectome(label(title, 60), names, layers, said, columns)
    report = ImportReport(
        title, kind, n_rows, len(names), n_edges, (*more, *notes), tuple(refused), n_refused,
        tuple(tuple(row[:8]) for row in preview[:6]),
    )  # fmt: skip
    return connectome, report


def _worm_columns(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """What is known of the worm's cells, when most names are cells of the worm."""
    from engines.connectome.wiring import celegans

    known = celegans.soma_roles()
    if not names or sum(name in known for name in names) < 0.7 * len(names):
        return {}
    return {
        "class": tuple(map(celegans.neuron_class, names)),
        "role": tuple(map(celegans.role, names)),
        "transmitter": tuple(celegans.transmitters().get(n, "") for n in names),
    }


def _text(title: str, data: bytes, options: ImportOptions) -> tuple[Connectome, ImportReport]:
    text, notes = decoded(data, options)
    chosen, more = sniffed(text, PurePosixPath(title).suffix.lower(), options)
    return _from_rows(title, cells(text, chosen), chosen, [*notes, *more])


def _from_rows(
    title: str, rows: list[list[str]], options: ImportOptions, notes: list[str]
) -> tuple[Connectome, ImportReport]:
    decimal = options.decimal or "."
    is_matrix = options.kind == "matrix" or (
        not options.kind
        and not _has_edge_header(rows)
        and matrices.looks_like_matrix(rows, decimal)
    )
    if is_matrix:
        parts = matrices.layers_from_rows(rows, options)
        return _finished(title, "a matrix", len(rows), parts, rows, notes)
    header = _has_header(rows, decimal)
    frame = frame_from_cells(rows, header=header)
    if not header and frame.shape[1] >= 2:
        names = ["pre", "post", *(["weight"] if frame.shape[1] > 2 else [])]
        frame.columns = [*names, *(f"column {k}" for k in range(4, frame.shape[1] + 2))][
            : frame.shape[1]
        ]
        notes.append("There is no header; the columns are taken for pre, post and weight.")
    parts = edges.layers_from_frame(frame, options, first_line=2 if header else 1)
    return _finished(title, "an edge list", len(frame), parts, rows, notes)


def _has_edge_header(rows: list[list[str]]) -> bool:
    folded = {cell.lower() for cell in rows[0]} if rows else set()
    return bool(folded & set(edges._PRE)) and bool(folded & set(edges._POST))


def _has_header(rows: list[list[str]], decimal: str) -> bool:
    if _has_edge_header(rows):
        return True
    # Without a header, the third cell is the first edge's weight.
    return len(rows) > 0 and len(rows[0]) > 2 and number(rows[0][2], decimal) is None


def _xlsx(title: str, data: bytes, options: ImportOptions) -> tuple[Connectome, ImportReport]:
    _check_archive(title, data)
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except Exception as error:
        raise InputError(f"'{title}' is no XLSX workbook: {error}") from error
    sheet = book.worksheets[0]
    rows = []
    for row in sheet.iter_rows(values_only=True):
        texts = ["" if cell is None else _cell(cell) for cell in row]
        if any(texts):
            rows.append(texts)
        if len(rows) > options.n_rows_max:
            raise InputError(f"there are more than {options.n_rows_max:,} rows; give a part")
    notes = [f"The first of {len(book.worksheets)} sheets was read."] * (len(book.worksheets) > 1)
    return _from_rows(title, rows, options, notes)


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _check_archive(title: str, data: bytes) -> None:
    """Refuse archives that unpack to far more than they weigh."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
    except zipfile.BadZipFile as error:
        raise InputError(f"'{title}' is damaged: {error}") from error
    if unpacked > UNPACKED_MAX or unpacked > _RATIO_MAX * max(len(data), 100_000):
        raise InputError(
            f"'{title}' would unpack to {unpacked:,} bytes from {len(data):,}; save the part that "
            "is needed as CSV"
        )


def _parquet(title: str, data: bytes, options: ImportOptions) -> tuple[Connectome, ImportReport]:
    try:
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise InputError("Parquet needs pyarrow: pip install 'neural-explorer[tables]'") from error
    try:
        file = parquet.ParquetFile(io.BytesIO(data))
    except Exception as error:
        raise InputError(f"'{title}' is no Parquet file: {error}") from error
    if file.metadata.num_rows > options.n_rows_max:
        raise InputError(f"there are {file.metadata.num_rows:,} rows; give a part")
    frame = file.read().to_pandas(integer_object_nulls=True)
    parts = edges.layers_from_frame(frame, options, first_line=1)
    preview = [list(map(str, frame.columns)), *frame.head().astype(str).to_numpy().tolist()]
    return _finished(title, "an edge list", len(frame), parts, preview, [])


def _graphml(title: str, data: bytes, options: ImportOptions) -> tuple[Connectome, ImportReport]:
    import networkx as nx

    if b"<!ENTITY" in data or b"<!DOCTYPE" in data:
        raise InputError(
            f"'{title}' declares entities, which could grow without bound; remove them"
        )
    try:
        graph = nx.read_graphml(io.BytesIO(data), force_multigraph=True)
    except Exception as error:
        raise InputError(f"'{title}' is no GraphML: {error}") from error
    return _from_graph(title, graph, options)


def _json(title: str, data: bytes, options: ImportOptions) -> tuple[Connectome, ImportReport]:
    import networkx as nx

    try:
        document = json.loads(data)
        links = "links" if "links" in document else "edges"
        graph = nx.node_link_graph(document, edges=links)
    except Exception as error:
        raise InputError(f"'{title}' is no node-link JSON (nodes and links): {error}") from error
    return _from_graph(title, graph, options)


def _from_graph(title: str, graph: Any, options: ImportOptions) -> tuple[Connectome, ImportReport]:
    rows = [
        (str(u), str(v), str(d.get("weight", 1)), str(d.get("layer", options.layer_name)))
        for u, v, d in graph.edges(data=True)
    ]
    frame: Any = pd.DataFrame(rows, columns=["pre", "post", "weight", "layer"], dtype=object)
    notes = []
    if not graph.is_directed():
        swapped = frame.rename(columns={"pre": "post", "post": "pre"})
        frame = pd.concat([frame, swapped[frame["pre"] != frame["post"]]], ignore_index=True)
        notes.append("The graph is undirected; every edge runs both ways.")
    parts = edges.layers_from_frame(frame, options)
    names, layers, said, refused, n_refused = parts
    lonely = [label(n) for n in graph.nodes if label(n) not in set(names)]
    if lonely:
        notes.append(f"{len(lonely):,} nodes have no edge and are kept.")
    whole = (*names, *lonely), layers, said, refused, n_refused
    found, report = _finished(title, "a graph", len(rows), whole, [], notes)
    texts = _node_texts(graph, found)
    return Connectome(found.name, found.neurons, found.layers, found.provenance, texts), report


def _node_texts(graph: Any, found: Connectome) -> dict[str, tuple[str, ...]]:
    named = {label(node): data for node, data in graph.nodes(data=True)}
    keys = {k for data in named.values() for k, v in data.items() if isinstance(v, str)}
    told = {
        label(key): tuple(label(named.get(n, {}).get(key, "")) for n in found.neurons)
        for key in sorted(keys)
    }
    return {**found.columns, **told}


def _npz(title: str, data: bytes, options: ImportOptions) -> tuple[Connectome, ImportReport]:
    _check_archive(title, data)
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except Exception as error:
        raise InputError(f"'{title}' holds objects or is damaged: {error}") from error
    if {"pre", "post"} <= set(arrays):
        return _from_arrays(title, arrays, options)
    square = [a for a in arrays.values() if a.ndim == 2 and a.shape[0] == a.shape[1]]
    if not square:
        raise InputError(f"'{title}' has neither pre and post arrays nor a square matrix")
    return _from_square(title, square[0], options)


def _npy(title: str, data: bytes, options: ImportOptions) -> tuple[Connectome, ImportReport]:
    try:
        array = np.load(io.BytesIO(data), allow_pickle=False)
    except Exception as error:
        raise InputError(f"'{title}' holds objects or is damaged: {error}") from error
    return _from_square(title, array, options)


def _from_square(
    title: str, array: np.ndarray, options: ImportOptions
) -> tuple[Connectome, ImportReport]:
    made = objects.from_matrix(array, layer=options.layer_name, title=title)
    parts = made.neurons, made.layers, ["Neurons are numbered from 1."], [], 0
    return _finished(title, "a matrix", len(array), parts, [], [])


def _from_arrays(
    title: str, arrays: dict[str, np.ndarray], options: ImportOptions
) -> tuple[Connectome, ImportReport]:
    """Our own NPZ, or any with pre, post and perhaps weight, neurons and layer."""
    pre, post = arrays["pre"], arrays["post"]
    names = arrays.get("neurons")
    if names is None:
        ends = {"pre": pre.astype(str), "post": post.astype(str)}
        weight = arrays.get("weight", np.ones(len(pre))).astype(str)
        frame = pd.DataFrame({**ends, "weight": weight}, dtype=object)
        parts = edges.layers_from_frame(frame, options)
        return _finished(title, "an edge list", len(pre), parts, [], [])
    layer = arrays.get("layer", np.zeros(len(pre), int))
    kinds = arrays.get("layer_names", np.array([options.layer_name]))
    weight = arrays.get("weight", np.ones(len(pre)))
    top = max(int(pre.max(initial=-1)), int(post.max(initial=-1)))
    if top >= len(names) or not np.isfinite(weight).all():
        raise InputError(f"'{title}' has edges to neurons that are not there, or weights of nan")
    layers = tuple(
        layer_from_edges(
            str(kind), pre[layer == k], post[layer == k], weight[layer == k],
            symmetric=str(kind) == "electrical",
        )
        for k, kind in enumerate(kinds)
        if np.any(layer == k)
    )  # fmt: skip
    parts = tuple(map(str, names)), layers, [], [], 0
    found, report = _finished(title, "arrays", len(pre), parts, [], [])
    texts = {
        name.removeprefix("column "): tuple(map(str, values))
        for name, values in arrays.items()
        if name.startswith("column ") and len(values) == len(names)
    }
    places = arrays.get("position_um", np.zeros((0, 3)))
    return (
        Connectome(found.name, found.neurons, layers, found.provenance, texts, places),
        report,
    )
