"""Cleans names that came from outside, once, where they enter."""

from __future__ import annotations

import re
import unicodedata

LABEL_MAX = 120
_JOINERS = "\u200c\u200d"  # Persian, Indic scripts and emoji families need them
_SPACE = re.compile(r"\s+")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def label(x: object, max_length: int = LABEL_MAX) -> str:
    r"""Text from outside as one clean line: NFC, no control or direction characters, cut.

    >>> label("a\u202egpj.exe\x00\n b")
    'agpj.exe b'
    >>> label("x" * 200, 5)
    'xxxx…'
    """
    text = x if isinstance(x, str) else str(x)
    if len(text) <= max_length and text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()  # most names, and millions of them in a long file
    # A name of ten megabytes is cut before it is looked at.
    text = "".join(map(_shown, text[: 4 * max_length + 64]))
    text = _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()
    return text if len(text) <= max_length else text[: max_length - 1].rstrip() + "…"


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    is_hidden = unicodedata.category(character) in _HIDDEN and character not in _JOINERS
    return "" if is_hidden else character
