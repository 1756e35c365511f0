"""Edge lists: which columns hold what, which rows count, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from engines.boundary.labels import label
from engines.connectome.importing import extras
from engines.connectome.importing.options import REFUSED_SHOWN, ColumnsError, ImportOptions
from engines.connectome.importing.text import number
from engines.connectome.wiring.celegans import canonical, cell_types
from engines.connectome.wiring.connectome import LAYERS, Layer, layer_from_edges
from engines.contract import InputError

_PRE = ("pre", "pre_root_id", "pre_pt_root_id", "pre_id", "source", "from", "sender", "src",
        "presynaptic", "n1", "neuron 1", "origin", "bodyid_pre", "head", "u")  # fmt: skip
_POST = ("post", "post_root_id", "post_pt_root_id", "post_id", "target", "to", "receiver", "tar",
         "postsynaptic", "n2", "neuron 2", "dst", "dest", "bodyid_post", "tail", "v")  # fmt: skip
_WEIGHT = ("weight", "weights", "syn_count", "synapses", "n_synapses", "count", "nbr", "number",
           "n_syn", "w", "strength", "value")  # fmt: skip
_LAYER = ("layer", "type", "synapse_type", "kind", "connection", "edge_type")
_LAYER_WORDS = {
    "chemical": "chemical", "chem": "chemical", "s": "chemical", "sp": "chemical",
    "send": "chemical", "synapse": "chemical",
    "electrical": "electrical", "gap": "electrical", "gap junction": "electrical",
    "gapjunction": "electrical", "ej": "electrical", "gj": "electrical", "elec": "electrical",
    "monoamine": "monoamine", "neuropeptide": "neuropeptide", "peptide": "neuropeptide",
}  # fmt: skip


def guessed_columns(frame: pd.DataFrame, options: ImportOptions) -> dict[str, str]:
    """Names of the pre, post, weight and layer columns; the last two may be "".

    Raises:
        ColumnsError: the two ends cannot be told; it shows columns and first rows.
    """
    columns = [str(c) for c in frame.columns]
    folded = {c.strip().lower(): c for c in reversed(columns)}

    def pick(asked: str, words: tuple[str, ...]) -> str:
        if asked:
            if asked not in columns:
                raise ColumnsError(columns, frame.head().astype(str).to_numpy().tolist())
            return asked
        return next((folded[word] for word in words if word in folded), "")

    found = {
        "pre": pick(options.pre, _PRE),
        "post": pick(options.post, _POST),
        "weight": pick(options.weight, _WEIGHT),
        "layer": pick(options.layer, _LAYER),
    }
    if not found["pre"] or not found["post"] or found["pre"] == found["post"]:
        raise ColumnsError(columns, frame.head().astype(str).to_numpy().tolist())
    return found


def forget_ids() -> None:
    """Let go of the names that a long file repeated."""
    _id.cache_clear()


@dataclass
class Rows:
    """Edges as they were listed, one per row that counts; ends are places in ``names``.

    ``names`` object[name] may hold some that no row needs.
    """

    names: np.ndarray
    pre: np.ndarray
    post: np.ndarray
    weight: np.ndarray
    kinds: np.ndarray
    columns: dict[str, str]
    told: dict[str, int] = field(default_factory=dict)
    """How often what was done to rows, by a sentence that takes the number."""
    refused: list[str] = field(default_factory=list)
    n_refused: int = 0
    other: list[str] = field(default_factory=list)
    """Other readings, and the options that ask for them."""
    sent: dict[tuple[str, str], int] = field(default_factory=dict)
    """How many rows name which sender and transmitter."""


def layers_from_frame(
    frame: pd.DataFrame, options: ImportOptions, first_line: int = 2
) -> tuple[tuple[str, ...], tuple[Layer, ...], list[str], list[str], int]:
    """Names, layers, notes, the first refused rows and how many were refused."""
    return layers_from_rows(rows_from_frame(frame, options, first_line), options)


def rows_from_frame(frame: pd.DataFrame, options: ImportOptions, first_line: int = 2) -> Rows:
    """The rows of a table that count as edges, and why others do not."""
    columns = guessed_columns(frame, options)
    told: dict[str, int] = {}
    frame, other = extras.chosen_rows(frame, options, told)
    names, pre, post = _ends(frame[columns["pre"]], frame[columns["post"]])
    weight, bad = _weights(frame, columns["weight"], options)
    unnamed = names == ""
    nameless = (unnamed[pre] | unnamed[post]) & ~bad
    refused = _refusals(frame, columns["weight"], bad, nameless, first_line)
    zero = (weight == 0) & ~bad & ~nameless
    told["{:,} edges of weight zero were dropped."] = int(zero.sum())
    kept = ~(bad | nameless | zero)
    kinds = _kinds(frame, columns["layer"], options)
    kept &= _ends_that_count(kinds, told)
    sent = extras.sent(frame, columns["pre"], _id)
    n_refused = int((bad | nameless).sum())
    other += extras.grouped(frame, columns["weight"], bad)
    back = extras.undirected(frame)[kept]
    pre, post, weight, kinds = pre[kept], post[kept], weight[kept], kinds[kept]
    back &= pre != post
    told["{:,} rows are undirected; their edges run both ways."] = int(back.sum())
    ends = np.concatenate([pre, post[back]]), np.concatenate([post, pre[back]])
    weight, kinds = (np.concatenate([a, a[back]]) for a in (weight, kinds))
    return Rows(
        names, *ends, weight, kinds, columns, told, refused, n_refused, other, sent
    )  # fmt: skip


def transmitters(rows: Rows, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The column of what each neuron sends with, by most of its rows; nothing where none says."""
    if not rows.sent:
        return {}
    most: dict[str, tuple[int, str]] = {}
    for (name, kind), n in rows.sent.items():
        if n > most.get(name, (0, ""))[0]:
            most[name] = n, kind
    return {"transmitter": tuple(most.get(name, (0, ""))[1] for name in names)}


def _refusals(
    frame: pd.DataFrame, column: str, bad: np.ndarray, nameless: np.ndarray, first_line: int
) -> list[str]:
    """The first refused rows with their lines and reasons."""
    odd = np.flatnonzero(bad)[:REFUSED_SHOWN]
    cells = frame[column].iloc[odd] if column else []
    refused = [
        f"line {k + first_line:,}: weight {str(cell)[:30]!r} is no number"
        for k, cell in zip(odd, cells, strict=False)
    ]
    left = np.flatnonzero(nameless)[: REFUSED_SHOWN - len(refused)]
    return refused + [f"line {k + first_line:,}: an end has no name" for k in left]


def layers_from_rows(
    rows: Rows, options: ImportOptions
) -> tuple[tuple[str, ...], tuple[Layer, ...], list[str], list[str], int]:
    """Names made canonical, rows made layers; notes on all that was decided."""
    notes = _column_notes(rows, options)
    notes += [sentence.format(n) for sentence, n in rows.told.items() if n]
    final, more = _named(rows, options)
    place, names = pd.factorize(final, sort=True)
    pre, post = place[rows.pre], place[rows.post]
    there = (final != "")[rows.pre] & (final != "")[rows.post]
    notes += more
    if options.self_loops == "drop":
        loops = there & (pre == post)
        there &= ~loops
        if loops.any():
            notes.append(f"{int(loops.sum()):,} self-loops were dropped.")
    needed, ends = _needed(len(names), pre[there], post[there])
    layers = _layers(*ends, rows.weight[there], rows.kinds[there], options, notes)
    return tuple(map(str, names[needed])), layers, notes, rows.refused, rows.n_refused


def _needed(
    n_names: int, pre: np.ndarray, post: np.ndarray
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """bool[name]: whether any edge has it as an end; and int32 ends among those."""
    needed = np.zeros(n_names, bool)
    needed[pre] = needed[post] = True
    place = np.cumsum(needed, dtype=np.int32) - np.int32(1)
    return needed, (place[pre], place[post])


def _column_notes(rows: Rows, options: ImportOptions) -> list[str]:
    columns = rows.columns
    notes = [f"'{columns['pre']}' sends to '{columns['post']}'."] if not options.pre else []
    if not columns["weight"]:
        notes.append("There is no weight column; every row counts 1.")
    elif not options.weight:
        notes.append(f"Weights are in '{columns['weight']}'.")
    if columns["layer"] and set(rows.kinds.tolist()) - {options.layer_name}:
        notes.append(f"Layers are in '{columns['layer']}'.")
    return notes


def _coded(values: Any, clean: Callable[[object], Any]) -> tuple[np.ndarray, list[Any]]:
    """int[row] places in a list: ``clean`` of each different cell, called once for each."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        # A missing cell has place -1, the last.
        return values.cat.codes.to_numpy(), [clean(c) for c in [*values.cat.categories, np.nan]]
    plain = values.to_numpy(None if values.dtype.kind in "iu" else object)
    codes, uniques = pd.factorize(plain, use_na_sentinel=False)
    return codes, [clean(cell) for cell in uniques.tolist()] or [clean("")]


def _ends(pre: Any, post: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """object[name] names of both columns, and the places of each row's ends among them."""
    (first, senders), (second, receivers) = _coded(pre, _id), _coded(post, _id)
    place, names = pd.factorize(np.array([*senders, *receivers], object))
    return np.asarray(names, object), place[: len(senders)][first], place[len(senders) :][second]


@lru_cache(maxsize=300_000, typed=True)
def _id(cell: object) -> str:
    """A neuron's name; whole numbers of any size keep every digit."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    text = label(cell)
    return "" if text.lower() in ("", "nan", "none", "<na>") else text


def _weights(
    frame: pd.DataFrame, column: str, options: ImportOptions
) -> tuple[np.ndarray, np.ndarray]:
    if not column:
        return np.ones(len(frame)), np.zeros(len(frame), bool)
    values = frame[column]
    if pd.api.types.is_numeric_dtype(values):
        numbers = values.to_numpy(float, na_value=np.nan)
    else:
        mark = options.decimal or "."
        grouped = options.thousands
        codes, found = _coded(values, lambda cell: number(str(cell), mark, grouped))
        numbers = np.array([np.nan if value is None else value for value in found], float)[codes]
    bad = ~np.isfinite(numbers)
    return np.where(bad, 0.0, numbers), bad


def _kinds(frame: pd.DataFrame, column: str, options: ImportOptions) -> np.ndarray:
    if not column:
        return np.full(len(frame), options.layer_name, object)
    codes, texts = _coded(frame[column], lambda cell: label(cell).lower())
    if not options.layer and not set(texts) & (set(_LAYER_WORDS) | set(LAYERS)):
        # A type column that names no connections (a neuropil, a transmitter) is none of ours.
        return np.full(len(frame), options.layer_name, object)
    kinds = [_LAYER_WORDS.get(text, text or options.layer_name) for text in texts]
    return np.array(kinds, object)[codes]


def _ends_that_count(kinds: np.ndarray, told: dict[str, int]) -> np.ndarray:
    """Rows seen from the receiver, or onto muscles, are in the list already or have no partner."""
    received, muscle = np.isin(kinds, ["r", "rp", "receive"]), kinds == "nmj"
    told["{:,} rows list a synapse from its receiver and were left out."] = int(received.sum())
    told["{:,} neuromuscular rows were left out: no cell is partner."] = int(muscle.sum())
    return ~(received | muscle)


def _named(rows: Rows, options: ImportOptions) -> tuple[np.ndarray, list[str]]:
    """object[name]: what each name becomes, "" for one to drop; and what is to be told."""
    if options.names == "free":
        return rows.names, []
    notes, known = [], set(cell_types())
    needed = _needed(len(rows.names), rows.pre, rows.post)[0]
    listed = sorted(map(str, rows.names[needed]))
    changed = {name: clean for name in listed if (clean := canonical(name)) != name}
    unknown = sorted({changed.get(name, name) for name in listed} - known)
    if changed:
        shown = ", ".join(f"{a} -> {b}" for a, b in list(changed.items())[:8])
        notes.append(f"{len(changed):,} names were made canonical: {shown}.")
    fate: dict[str, str] = {}
    for name in unknown:
        near = get_close_matches(name, known, 1, 0.6)
        fate[name] = near[0] if near and options.unknown == "map" else name
        if options.unknown == "drop":
            fate[name] = ""
    if unknown:
        shown = ", ".join(_with_nearest(name, known) for name in unknown[:8])
        did = {"keep": "kept", "drop": "dropped with their edges", "map": "mapped where near"}
        notes.append(
            f"{len(unknown):,} names are no cells of the worm ({did[options.unknown]}): {shown}."
        )

    def final(name: str) -> str:
        clean = changed.get(name, name)
        return fate.get(clean, clean)

    return np.array([final(str(name)) for name in rows.names], object), notes


def _with_nearest(name: str, known: set[str]) -> str:
    near = get_close_matches(name, known, 1, 0.6)
    return f"{name} (near {near[0]})" if near else name


def _layers(
    pre: np.ndarray, post: np.ndarray, weight: np.ndarray, kinds: np.ndarray,
    options: ImportOptions, notes: list[str],
) -> tuple[Layer, ...]:  # fmt: skip
    made = []
    for kind in dict.fromkeys(kinds.tolist()):
        here = kinds == kind
        made.append(_layer(kind, pre[here], post[here], weight[here], options, notes))
    return tuple(made)


def _layer(
    kind: str,
    pre: np.ndarray,
    post: np.ndarray,
    weight: np.ndarray,
    options: ImportOptions,
    notes: list[str],
) -> Layer:
    pairs = pre.astype(np.int64) * (int(max(pre.max(initial=0), post.max(initial=0))) + 1) + post
    n_double = int(np.count_nonzero(np.diff(np.sort(pairs)) == 0))
    if n_double and options.duplicates == "refuse":
        raise InputError(
            f"{n_double:,} {kind} edges are listed more than once; sum them, take the largest, or "
            "mend the file"
        )
    if n_double:
        did = "added up" if options.duplicates == "sum" else "replaced by the largest"
        notes.append(f"{n_double:,} repeated {kind} edges were {did}.")
    loops = int(np.count_nonzero(pre == post))
    if loops:
        notes.append(f"{loops:,} {kind} self-loops are kept; measures say whether they count.")
    pre, post, weight = signed(kind, pre, post, weight, options, notes)
    layer = layer_from_edges(kind, pre, post, weight, combine=options.duplicates)
    return symmetrised(layer, options, notes) if kind == "electrical" else layer


def signed(
    kind: str, pre: np.ndarray, post: np.ndarray, weight: np.ndarray, options: ImportOptions,
    notes: list[str],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Edges after the policy for negative weights has seen them."""
    below = weight < 0
    if not below.any():
        return pre, post, weight
    said = f"{int(below.sum()):,} {kind} weights are negative"
    match options.negative:
        case "refuse":
            raise InputError(
                f"{said}; keep them as inhibition, take their size, drop them, or mend the file"
            )
        case "absolute":
            notes.append(f"{said}; their size was taken.")
            return pre, post, np.abs(weight)
        case "drop":
            notes.append(f"{said} and were dropped.")
            return pre[~below], post[~below], weight[~below]
        case _:
            notes.append(f"{said} and are kept as inhibitory.")
            return pre, post, weight


def symmetrised(layer: Layer, options: ImportOptions, notes: list[str]) -> Layer:
    """A gap junction layer with both directions; disagreements are reported and settled."""
    n = int(max(layer.pre.max(initial=-1), layer.post.max(initial=-1))) + 1
    matrix = layer.matrix(n)
    back = matrix.T.tocsr()
    listed_both = matrix.multiply(back != 0)
    gap = abs(listed_both - back.multiply(matrix != 0))
    worst = float(gap.max()) if gap.nnz else 0.0
    if worst > 0:
        notes.append(
            f"The electrical layer is not symmetric: |A - A'| is up to {worst:g}; the "
            f"{options.electrical} of both directions was taken."
        )
        if options.electrical == "refuse":
            raise InputError(
                f"the electrical layer is not symmetric (|A - A'| up to {worst:g}); take the max "
                "or mean of both directions, or mend the file"
            )
    mean = options.electrical == "mean"
    half = (matrix + back) * 0.5 if mean else matrix
    one_way = (matrix != 0).astype(float) - (listed_both != 0).astype(float)
    full = half + half.multiply(one_way + one_way.T) if mean else half
    coo = full.tocoo()
    return layer_from_edges(layer.name, coo.coords[0], coo.coords[1], coo.data, symmetric=True)
