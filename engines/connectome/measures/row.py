"""One measured number with its convention, and why there is none where it is undefined."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measured number."""

    name: str
    value: float
    convention: str
    column: int = -1
    """Its column among the nulls' numbers; -1 for one that no null is drawn for."""
    why: str = ""
    """Why there is no value."""
