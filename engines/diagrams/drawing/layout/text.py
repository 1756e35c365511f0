"""Words as drawn: widths from a table, so that layout needs no browser; subscripts from names."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

Run = tuple[str, str]
"""A stretch of text and how it stands: "", "sub" or "sup"."""

_NARROW = set("iljtf.,:;'′|![]()I1 ")
_WIDE = set("mwMW@%")


@lru_cache(maxsize=4096)
def width(text: str, size: float) -> float:
    """Pixels of a text in a serif italic of this size, never less than drawn."""
    units = 0.0
    for c in text:
        if unicodedata.combining(c):
            continue
        units += 0.36 if c in _NARROW else 0.84 if c in _WIDE else 0.7 if c.isupper() else 0.53
    return units * size


def sans_width(text: str, size: float) -> float:
    """Pixels of a text in an upright face without serifs, never less than drawn."""
    return 1.13 * width(text, size)


_SPLIT = re.compile(r"^(.*?[^\d_'′])_?(\d+|(?<=_)[^\W_]+)?(['′]*)$")


@lru_cache(maxsize=4096)
def runs(name: str) -> tuple[Run, ...]:
    """A name as it is written in mathematics.

    >>> runs("c1"), runs("n_b"), runs("x''")
    ((('c', ''), ('1', 'sub')), (('n', ''), ('b', 'sub')), (('x', ''), ('″', '')))
    """
    found = _SPLIT.match(name)
    if not found or len(name) > 24:
        return ((name[:23] + "…" if len(name) > 24 else name, ""),)
    base, low, primes = found.groups()
    marks = {0: "", 1: "′", 2: "″", 3: "‴"}.get(len(primes), primes)
    parts: list[Run] = [(base.rstrip("_") or base, "")]
    if low:
        parts.append((low, "sub"))
    if marks:
        parts.append((marks, ""))
    return tuple(parts)


_NAMES = re.compile(r"([^\W\d]\w*['′]*)")


def equation_runs(text: str) -> tuple[Run, ...]:
    """An equation whose names are written as in mathematics.

    >>> equation_runs("c7 = c4 + 1")
    (('c', ''), ('7', 'sub'), (' = ', ''), ('c', ''), ('4', 'sub'), (' + 1', ''))
    """
    pieces = [(piece, k % 2) for k, piece in enumerate(_NAMES.split(text)) if piece]
    return tuple(r for piece, named in pieces for r in (runs(piece) if named else ((piece, ""),)))


def runs_width(parts: tuple[Run, ...], size: float) -> float:
    """Pixels of a name with its subscripts."""
    return sum(width(text, size if not where else size * 0.68) for text, where in parts)
