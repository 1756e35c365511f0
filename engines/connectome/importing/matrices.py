"""Matrices with or without labels: class headers, blank and total rows are seen and left out."""

from __future__ import annotations

import numpy as np

from engines.boundary.labels import label
from engines.connectome.importing.edges import signed, symmetrised
from engines.connectome.importing.options import REFUSED_SHOWN, ImportOptions
from engines.connectome.importing.text import number
from engines.connectome.wiring.connectome import Layer, layer_from_edges
from engines.contract import InputError

_NO_NUMBERS = frozenset({"nan", "na", "inf", "-inf", "n/a", "null", "#n/a"})
"""What stands in a matrix where a number should."""
_NO_EDGE = frozenset({"", "0", "0.0"})
"""Nearly all cells of a large matrix; they are passed over before anything is kept of them."""
_TOTALS = frozenset({"total", "totals", "sum", "sums", "nan", "none"})


def looks_like_matrix(rows: list[list[str]], decimal: str) -> bool:
    """Whether right of and below the labels nearly all cells are numbers or empty."""
    sample = rows[:80]
    if len(sample) < 3 or max(map(len, sample)) < 4:
        return _is_bare_square(rows, decimal)
    top, left = _label_places(sample, decimal)
    flat = [cell for row in sample[top + 1 :] for cell in row[left + 1 :]]
    empty = sum(cell == "" for cell in flat)
    numbers = sum(
        number(cell, decimal) is not None or cell.lower() in _NO_NUMBERS for cell in flat if cell
    )
    return numbers > 0 and numbers + empty > 0.9 * len(flat)


def _is_bare_square(rows: list[list[str]], decimal: str) -> bool:
    n = len(rows)
    square = all(len(row) == n for row in rows)
    return square and n > 0 and _all_numbers(rows, decimal)


def other_reading(rows: list[list[str]]) -> list[str]:
    """A table of two or three columns without labels may be an edge list as well."""
    widths = {len(row) for row in rows}
    if widths <= {2, 3} and len(rows) in widths:
        return [
            "two or three columns of numbers may also be sender, receiver and weight; for that set "
            "kind (Read as) to edges"
        ]
    return []


def layers_from_rows(
    rows: list[list[str]], options: ImportOptions
) -> tuple[tuple[str, ...], tuple[Layer, ...], list[str], list[str], int]:
    """Names, one layer, notes, the first refused cells and how many were refused.

    Raises:
        InputError: rows and columns name different neurons, or there are no labels and the
            matrix is not square.
    """
    decimal = options.decimal or "."
    notes: list[str] = []
    if _all_numbers(rows, decimal):
        return _bare(rows, options, notes)
    top, left = _label_places(rows, decimal)
    columns = [(k, label(cell)) for k, cell in enumerate(rows[top]) if k > left]
    body = [(n, row) for n, row in enumerate(rows) if n > top]
    named_rows = [(n, label(row[left]) if left < len(row) else "") for n, row in body]
    dropped = [n for n, name in named_rows if _is_no_neuron(name)]
    columns_kept = [(k, name) for k, name in columns if not _is_no_neuron(name)]
    rows_kept = [(n, name) for n, name in named_rows if not _is_no_neuron(name)]
    n_dropped = len(dropped) + len(columns) - len(columns_kept)
    if n_dropped:
        notes.append(f"{n_dropped:,} blank, class or total rows and columns were left out.")
    if top or left:
        notes.append(f"Labels were found in row {top + 1} and column {left + 1}.")
    row_names, column_names = [n for _, n in rows_kept], [n for _, n in columns_kept]
    _check_labels(row_names, column_names)
    notes += _one_sided(row_names, column_names)
    names = tuple(dict.fromkeys([*row_names, *column_names]))
    index = {name: k for k, name in enumerate(names)}
    filled = [
        (n, k, rows[n][k], index[row_name], index[column_name])
        for n, row_name in rows_kept
        for k, column_name in columns_kept
        if k < len(rows[n]) and rows[n][k] not in _NO_EDGE
    ]
    values = [number(cell, decimal, options.thousands) for _, _, cell, _, _ in filled]
    odd = [place for place, value in zip(filled, values, strict=True) if value is None]
    refused = [
        f"row {n + 1}, column {k + 1}: {cell[:30]!r} is no number"
        for n, k, cell, _, _ in odd[:REFUSED_SHOWN]
    ]
    edges = [(i, j, v) for (_, _, _, i, j), v in zip(filled, values, strict=True) if v]
    pre, post, weight = np.array(edges, float).reshape(-1, 3).T
    layer = _layer(pre, post, weight, options, notes)
    return names, (layer,), notes, refused, len(odd)


def _layer(
    pre: np.ndarray, post: np.ndarray, weight: np.ndarray, options: ImportOptions, notes: list[str]
) -> Layer:
    """The matrix's edges as one layer, by the same policies as those of a list."""
    apart = (pre != post) | (options.self_loops == "keep")
    if not apart.all():
        notes.append(f"{int((~apart).sum()):,} self-loops were dropped.")
    ends = pre[apart].astype(np.int64), post[apart].astype(np.int64)
    kept = signed(options.layer_name, *ends, weight[apart], options, notes)
    layer = layer_from_edges(options.layer_name, *kept)
    return symmetrised(layer, options, notes) if options.layer_name == "electrical" else layer


def _all_numbers(rows: list[list[str]], decimal: str) -> bool:
    """Whether no cell is a label: most are numbers, the rest blank or words for none."""
    cells = [cell for row in rows for cell in row]
    odd = sum(cell == "" or cell.lower() in _NO_NUMBERS for cell in cells)
    numbers = sum(number(cell, decimal) is not None for cell in cells)
    return numbers > odd and numbers + odd == len(cells)


def _bare(
    rows: list[list[str]], options: ImportOptions, notes: list[str]
) -> tuple[tuple[str, ...], tuple[Layer, ...], list[str], list[str], int]:
    n, widths = len(rows), {len(row) for row in rows}
    if widths != {n}:
        shape = f"{n} x {max(widths, default=0)}"
        raise InputError(
            f"the matrix is {shape} and has no labels; give a square one, or label rows and columns"
        )
    decimal = options.decimal or "."
    odd = [
        f"row {i + 1}, column {j + 1}: {cell or 'blank'!r}"
        for i, row in enumerate(rows)
        for j, cell in enumerate(row)
        if number(cell, decimal, options.thousands) is None
    ]
    if odd:
        raise InputError(
            f"{len(odd):,} cells of the matrix are no numbers: {'; '.join(odd[:REFUSED_SHOWN])}. "
            "Write 0 where there is no edge, or leave those neurons out"
        )
    values = np.array([[number(c, decimal, options.thousands) for c in row] for row in rows], float)
    pre, post = np.nonzero(values)
    notes.append("The matrix has no labels; neurons are numbered from 1.")
    layer = _layer(pre, post, values[pre, post], options, notes)
    return tuple(str(k + 1) for k in range(n)), (layer,), notes, [], 0


def _label_places(rows: list[list[str]], decimal: str) -> tuple[int, int]:
    """The header row with most labels and the first column of labels below it."""

    def n_labels(cells: list[str]) -> int:
        return sum(bool(cell) and number(cell, decimal) is None for cell in cells)

    top = max(range(min(6, len(rows))), key=lambda n: (n_labels(rows[n]), -n))
    width = max(len(row) for row in rows)

    def column(k: int) -> list[str]:
        return [row[k] if k < len(row) else "" for row in rows[top + 1 :]]

    left = max(range(min(4, width)), key=lambda k: (n_labels(column(k)), -k))
    return top, left


def _is_no_neuron(name: str) -> bool:
    folded = name.strip().lower()
    # Class headers of the published sheets are words in capitals with a blank between them.
    return folded in _TOTALS or not folded or folded.endswith(("neurons", "organs", "muscles"))


def _one_sided(rows: list[str], columns: list[str]) -> list[str]:
    """Neurons that have a row and no column, or the other way round."""
    said = []
    for here, there, what in (
        (columns, set(rows), "have a column and no row, so they only receive"),
        (rows, set(columns), "have a row and no column, so they only send"),
    ):
        alone = [name for name in here if name not in there]
        if alone:
            shown = ", ".join(alone[:8])
            said.append(f"{len(alone):,} neurons {what}: {shown}.")
    return said


def _check_labels(rows: list[str], columns: list[str]) -> None:
    if set(rows) == set(columns):
        return
    shared = set(rows) & set(columns)
    if not shared:
        raise InputError(
            "rows and columns of the matrix name different neurons "
            f"(rows {', '.join(rows[:3])} ...; columns {', '.join(columns[:3])} ...); give an edge "
            "list, or one set of names"
        )
