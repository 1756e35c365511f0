"""Columns of edge lists beside ends and weight: direction, transmitter, neuropil."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from engines.boundary.labels import label
from engines.connectome.importing.options import ImportOptions
from engines.connectome.importing.text import GROUPED
from engines.contract import InputError

_NEUROPIL = ("neuropil", "region", "brain_region", "roi")
_TRANSMITTER = ("nt_type", "transmitter", "neurotransmitter", "nt", "predicted_nt", "top_nt")
_TRANSMITTERS_MAX = 50
"""A column of more different words names something else."""
_NAMES = {
    "ach": "Acetylcholine", "acetylcholine": "Acetylcholine", "gaba": "GABA",
    "glut": "Glutamate", "glutamate": "Glutamate", "da": "Dopamine", "dopamine": "Dopamine",
    "ser": "Serotonin", "serotonin": "Serotonin", "oct": "Octopamine", "octopamine": "Octopamine",
    "his": "Histamine", "histamine": "Histamine",
}  # fmt: skip


def _column(frame: pd.DataFrame, words: tuple[str, ...]) -> str:
    folded = {str(c).strip().lower(): str(c) for c in reversed(list(frame.columns))}
    return next((folded[word] for word in words if word in folded), "")


def _texts(frame: pd.DataFrame, column: str) -> Any:
    return frame[column].astype(str).str.strip()


def undirected(frame: pd.DataFrame) -> np.ndarray:
    """bool[row]: whether the row says that its edge has no direction (Gephi's column Type)."""
    column = _column(frame, ("type", "edge_type", "kind"))
    if not column:
        return np.zeros(len(frame), bool)
    return (_texts(frame, column).str.lower() == "undirected").to_numpy(bool)


def chosen_rows(
    frame: pd.DataFrame, options: ImportOptions, told: dict[str, int]
) -> tuple[pd.DataFrame, list[str]]:
    """The rows of the neuropil that is asked for, or all; and what else could be asked for.

    Raises:
        InputError: no row is of that neuropil.
    """
    column = _column(frame, _NEUROPIL)
    if not column:
        if options.only:
            raise InputError(
                f"there is no neuropil column to keep only {options.only!r} of; leave only empty"
            )
        return frame, []
    texts = _texts(frame, column)
    if options.only:
        wanted = (texts.str.lower() == options.only.strip().lower()).to_numpy(bool)
        kept = frame.loc[wanted]
        if not len(kept):
            shown = ", ".join(sorted(texts.unique())[:8])
            raise InputError(f"no row has {column} {options.only!r}; there are: {shown}")
        told[f"Rows whose {column} is {label(options.only)} alone were read, all but {{:,}}."] = (
            len(frame) - len(kept)
        )
        return kept, []
    if column == options.layer:
        return frame, []
    shown = ", ".join(map(label, sorted(texts.unique())[:5]))
    return frame, [
        f"rows of all values of '{label(column)}' ({shown}) are added up; set layer to "
        f"'{label(column)}' for a layer of each, or only to the one to keep"
    ]


def sent(
    frame: pd.DataFrame, pre: str, named: Callable[[object], str]
) -> dict[tuple[str, str], int]:
    """How many rows name which sender and transmitter."""
    column = _column(frame, _TRANSMITTER)
    if not column or column == pre:
        return {}
    senders, cells = pd.factorize(frame[pre].astype(object), use_na_sentinel=False)
    kinds, texts = pd.factorize(_texts(frame, column), use_na_sentinel=False)
    names = [named(cell) for cell in cells.tolist()]
    if len(texts) > _TRANSMITTERS_MAX:
        return {}
    known = [_transmitter(str(text)) for text in texts.tolist()]
    n_rows = np.bincount(senders * len(known) + kinds, minlength=len(names) * len(known))
    found: dict[tuple[str, str], int] = {}
    for k, kind in enumerate(known):
        if kind:
            for name, n in zip(names, n_rows[k :: len(known)].tolist(), strict=True):
                if n:
                    found[name, kind] = found.get((name, kind), 0) + n
    return found


def _transmitter(text: str) -> str:
    folded = text.lower()
    return _NAMES.get(folded, "" if folded in ("nan", "none", "<na>") else label(text))


def grouped(frame: pd.DataFrame, column: str, bad: np.ndarray) -> list[str]:
    """A hint where refused weights look like 1,234."""
    if not column or not bad.any():
        return []
    cells = [str(cell).strip() for cell in frame[column].iloc[np.flatnonzero(bad)[:50]]]
    marks = {mark for cell in cells if GROUPED.match(cell) for mark in ",. " if mark in cell}
    return [
        f"refused weights such as {cells[0]!r} look grouped in thousands; set thousands to {mark!r}"
        for mark in sorted(marks)
    ]
