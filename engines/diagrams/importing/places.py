"""Where a call of a model was written, from torch's notes of it."""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE_LINE = re.compile(r'File "([^"]+)", line (\d+)')


def written_at(trace: str) -> tuple[str, str] | None:
    """File and line of the innermost call in a stack trace that is not torch's own."""
    found = _FILE_LINE.findall(trace)
    own = [p for p in found if "/torch/" not in p[0] and not p[0].startswith("<")]
    return (own or found)[-1] if found else None


def origin(node: Any) -> str:
    """``file:line`` of a call; the file of an installed package by its import path."""
    found = written_at(node.meta.get("stack_trace") or "")
    return f"{imported_path(found[0])}:{found[1]}" if found else ""


def place(node: Any) -> str:
    """Where a call was written, as ``(at file:line)``, or what is known of it."""
    found = written_at(node.meta.get("stack_trace") or "")
    if found is None:
        return "(torch does not say where)"
    return f"(at {found[0].rsplit('/', 1)[-1]}:{found[1]})"


@lru_cache(maxsize=4096)
def imported_path(file: str) -> str:
    """A file below an entry of ``sys.path`` as seen from there: the same on any machine."""
    path = Path(file)
    entries = {Path(entry or ".").absolute() for entry in sys.path}
    for entry in sorted(entries, key=lambda p: -len(p.parts)):
        if len(entry.parts) > 1 and path.is_relative_to(entry):
            return path.relative_to(entry).as_posix()
    return file
