"""Architectures and figures as texts; every one is drawn, run and held against torch."""

from engines.diagrams.library.attention import ATTENTION
from engines.diagrams.library.attention import ENTRIES as _ATTENTION
from engines.diagrams.library.basics import ENTRIES as _BASICS
from engines.diagrams.library.convolution import ENTRIES as _CONVOLUTION
from engines.diagrams.library.entry import Entry
from engines.diagrams.library.transformer import ENTRIES as _TRANSFORMER

LIBRARY: dict[str, Entry] = {**_ATTENTION, **_TRANSFORMER, **_CONVOLUTION, **_BASICS}
"""Every entry by its short name; the first is what the workbench opens with."""
PRESETS = {entry.title: entry.text for entry in LIBRARY.values()}
"""What the page offers to start from."""

__all__ = ["ATTENTION", "LIBRARY", "PRESETS", "Entry"]
