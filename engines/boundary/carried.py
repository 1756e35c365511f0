"""Files that a spec names and that go with it when it is given to somebody else.

A workbench whose specs name kept files says so in ``engines/<workbench>/carried.py``, by a function
``carried(spec)``. The name of a carried file is made from the spec alone and never read from an
archive, and its content is checked against that name before it is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Carried:
    """One file that a spec names."""

    name: str
    """Folder and file within ``data/`` of a bundle."""
    read: Callable[[], bytes]
    """Its content; InputError when it is not on this machine any more."""
    is_here: Callable[[], bool]
    """Whether this machine has it already."""
    keep: Callable[[bytes], None]
    """Keep the content; InputError when it is not what the name says."""
