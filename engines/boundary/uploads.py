"""Values from a file or from pasted text; a stranger's file is read in a limited process."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from math import isnan
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from engines.boundary import reading
from engines.boundary.apart import STRANGERS, output_of_child, said_of
from engines.boundary.labels import label
from engines.contract import InputError

UPLOAD_MAX_BYTES = 64 * 1024 * 1024
PASTE_MAX_BYTES = 64 * 1024
_MAGIC = {
    b"PK\x03\x04": "a ZIP archive or spreadsheet",
    b"\x1f\x8b": "a gzip archive",
    b"\x80\x04": "a pickle",
    b"\x80\x05": "a pickle",
    b"\x93NUMPY": "a numpy file",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\xd0\xcf\x11\xe0": "an old Office file",
}


@dataclass(frozen=True)
class UploadedColumn:
    """One column of an upload: all numbers or all text, never a nan."""

    name: str
    values: tuple[float, ...] | tuple[str, ...]
    """Whole numbers are exact ints of any size; infinity is allowed."""
    columns: tuple[str, ...]
    """Names of all columns there are, to offer another choice."""
    notes: tuple[str, ...] = ()
    """What was decided for the user, as sentences."""

    @property
    def is_text(self) -> bool:
        """Whether the values are labels."""
        return isinstance(self.values[0], str)


def numbers_from_upload(name: str, data: bytes, *, column: str | None = None) -> UploadedColumn:
    """The values in a CSV, TSV, TXT or JSON file; blocks for up to twenty seconds.

    ``name`` is only a label whose ending tells the kind; nothing is stored under it. ``column``
    is one of the result's ``columns``; without it the first column of numbers is taken.

    Raises:
        InputError: what is wrong, where, and how to mend it.
    """
    title = label(_leaf(name), 80) or "the file"
    kind = PurePosixPath(_leaf(name)).suffix.lower()
    if kind not in reading.KINDS:
        raise InputError(f"'{title}' is not a CSV, TSV, TXT or JSON file; save the values as one")
    if len(data) > UPLOAD_MAX_BYTES:
        raise InputError(
            f"'{title}' has {len(data):,} bytes; at most {UPLOAD_MAX_BYTES:,} are read"
        )
    if not data.strip():
        raise InputError(f"'{title}' is empty: there are no values in it")
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise InputError(f"'{title}' is {what} by its first bytes; save the values as CSV")
    answer = _answer_of_child({"kind": kind, "column": column}, data, title)
    if "error" in answer:
        raise InputError(said_of(title, answer["error"]))
    return _checked(answer)


async def numbers_from_upload_async(
    name: str, data: bytes, *, column: str | None = None
) -> UploadedColumn:
    """`numbers_from_upload` without holding up the event loop."""
    return await asyncio.to_thread(numbers_from_upload, name, data, column=column)


def values_from_text(text: str, *, column: str | None = None) -> UploadedColumn:
    """The values in pasted text: a list, a column or table with a header, or a JSON list.

    >>> values_from_text("3, 1, 2").values
    (3, 1, 2)

    Raises:
        InputError: what is wrong, where, and how to mend it.
    """
    data = text.encode("utf-8", "replace")
    if len(data) > PASTE_MAX_BYTES:
        raise InputError(
            f"the text has {len(data):,} bytes; paste at most {PASTE_MAX_BYTES:,} or upload a file"
        )
    kind = ".json" if text.lstrip()[:1] in ("[", "{") else ".txt"
    try:
        found = reading.column_from_text(reading.text_from_bytes(data), kind, column)
    except reading.ReadingError as error:
        raise InputError(f"the text: {error}") from error
    return _checked(found)


def _leaf(name: str) -> str:
    return PureWindowsPath(name).name  # knows both kinds of slash


def _answer_of_child(request: dict[str, Any], data: bytes, title: str) -> dict[str, Any]:
    # -I -S: neither the working folder nor site-packages can be imported from.
    command = [sys.executable, "-I", "-S", "-X", "utf8", reading.__file__]
    kept = {k: os.environ[k] for k in ("SYSTEMROOT", "LD_LIBRARY_PATH") if k in os.environ}
    limits = STRANGERS
    bounded = {**request, "memory": limits.memory, "seconds": limits.seconds}
    given = json.dumps(bounded).encode() + b"\n" + data
    return json.loads(
        output_of_child(command, given, title, limits, mend="give a smaller part", environment=kept)
    )


def _checked(answer: dict[str, Any]) -> UploadedColumn:
    """The answer as a column, its texts cleaned and its types looked at once more."""
    values = answer["values"]
    if all(isinstance(value, str) for value in values):
        values = [label(value, reading.NAME_MAX) for value in values]
    elif not all(type(value) in (int, float) and not isnan(value) for value in values):
        raise InputError("the values are neither all numbers nor all text")
    columns = tuple(label(name, reading.NAME_MAX) for name in answer["columns"])
    notes = tuple(label(note, 500) for note in answer["notes"])
    return UploadedColumn(label(answer["name"], reading.NAME_MAX), tuple(values), columns, notes)
