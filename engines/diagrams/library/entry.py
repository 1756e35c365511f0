"""What an entry of the library is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Entry:
    """An architecture or figure: its text, where it is from, sizes to try it at."""

    title: str
    text: str
    source: str
    sizes: Mapping[str, int] = field(default_factory=dict)
