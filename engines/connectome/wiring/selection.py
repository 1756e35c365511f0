"""Neurons and edges by what people type: names, patterns, class, role or transmitter."""

from __future__ import annotations

import re
from difflib import get_close_matches

import numpy as np

from engines.connectome.wiring.connectome import Connectome
from engines.contract import InputError

_ARROW = re.compile(r"\s*->\s*")
_PADDED = re.compile(r"^([A-Za-z]+)0+(\d+)$")


def neuron(connectome: Connectome, name: str) -> int:
    """The place of one neuron, case and zero-padding forgiven.

    Raises:
        InputError: no such neuron; the sentence names the nearest.
    """
    trimmed = name.strip()
    for guess in (trimmed, trimmed.upper(), _PADDED.sub(r"\1\2", trimmed).upper()):
        if guess in connectome.index:
            return connectome.index[guess]
    folded = {known.lower(): k for known, k in connectome.index.items()}
    if trimmed.lower() in folded:
        return folded[trimmed.lower()]
    near = get_close_matches(trimmed.lower(), list(folded), 3, 0.6)
    hint = (
        f"; did you mean {', '.join(connectome.neurons[folded[n]] for n in near)}?" if near else ""
    )
    raise InputError(f"{connectome.name} has no neuron named {trimmed!r}{hint}")


def neurons(connectome: Connectome, query: str) -> np.ndarray:
    """int64 places of the neurons a query names, in order.

    Parts are separated by commas; each is a name, ``/pattern/`` (any part of a name), or
    ``column:value`` such as ``class:AVA``, ``role:motor``, ``transmitter:GABA``. ``all`` is all.

    Raises:
        InputError: a part fits nothing, or is no pattern.
    """
    found: set[int] = set()
    for part in filter(None, (p.strip() for p in query.split(","))):
        found |= _part(connectome, part)
    return np.array(sorted(found), np.int64)


def _part(connectome: Connectome, part: str) -> set[int]:
    if part.lower() == "all":
        return set(range(connectome.n_neurons))
    if len(part) > 2 and part[0] == part[-1] == "/":
        return _pattern(connectome, part[1:-1])
    column, colon, value = part.partition(":")
    if colon and column.strip() in connectome.columns:
        return _column(connectome, column.strip(), value.strip())
    try:
        return {neuron(connectome, part)}
    except InputError:
        # A bare class name is what people type first: AVA for AVAL and AVAR.
        same = [k for k, c in enumerate(connectome.column("class")) if c.lower() == part.lower()]
        if not same:
            raise
        return set(same)


def _pattern(connectome: Connectome, pattern: str) -> set[int]:
    if len(pattern) > 80 or re.search(r"[+*}]\)?[+*{]", pattern):
        raise InputError(f"the pattern /{pattern[:40]}/ is too deep; use a simpler one")
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise InputError(f"/{pattern}/ is no regular expression: {error}") from error
    found = {k for k, name in enumerate(connectome.neurons) if compiled.search(name[:64])}
    if not found:
        raise InputError(f"no neuron of {connectome.name} fits /{pattern}/")
    return found


def _column(connectome: Connectome, column: str, value: str) -> set[int]:
    values = connectome.column(column)
    folded = value.lower()
    parts = [{one.strip().lower() for one in v.split("+")} | {v.lower()} for v in values]
    found = {k for k, have in enumerate(parts) if folded in have}
    if not found:
        there = sorted({v for v in values if v})
        near = get_close_matches(value, there, 3, 0.4) or there[:5]
        raise InputError(f"no neuron has {column} {value!r}; there are: {', '.join(near)}")
    return found


def lesion(connectome: Connectome, text: str) -> tuple[np.ndarray, np.ndarray]:
    """What a lesion names: int64 places of neurons, int64[edge, 2] of directed edges ``A->B``.

    Both ends of an edge may be any query, so ``class:AVA -> role:motor`` cuts all those edges.
    """
    cells: list[str] = []
    edges: list[np.ndarray] = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        ends = _ARROW.split(part)
        if len(ends) == 2:
            pre, post = neurons(connectome, ends[0]), neurons(connectome, ends[1])
            edges.append(np.stack(np.meshgrid(pre, post, indexing="ij"), -1).reshape(-1, 2))
        else:
            cells.append(part)
    cut = np.unique(np.concatenate(edges), axis=0) if edges else np.zeros((0, 2), np.int64)
    return neurons(connectome, ", ".join(cells)), cut
