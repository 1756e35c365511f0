"""What people look for by its name: a neuron, a data set, an architecture.

An engine that has such things says so in ``engines/<workbench>/findable.py``, which is found by
where it lies and loads neither torch nor numba: a function ``findable()`` yields them, and ``DATA``
holds the words by which specs name bundled data, so that experiments on the same data know of each
other. Either may be missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engines.contract.spec import Spec


@dataclass(frozen=True)
class Findable:
    """Something with a name that a page can open."""

    kind: str
    """What it is, in one word: "neuron", "connectome", "architecture"."""
    title: str
    """The name people type."""
    about: str
    """What tells it from others of its name."""
    experiment: str
    """The experiment that shows it, say ``"connectome/explore"``."""
    spec: Spec
    """What that experiment shows then."""
    selection: Mapping[str, Any] = field(default_factory=dict)
    """What is selected there, as small JSON values."""
