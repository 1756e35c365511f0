"""What a reader of recordings is told, and what it hands over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

Axes = Literal["as found", "time first", "neuron first"]
Kind = Literal["as found", "traces", "counts", "spike times"]
DEFAULT_DT_S = 1.0
DEFAULT_BIN_S = 0.1


@dataclass(frozen=True)
class OpenOptions:
    """How to read a file; what is empty is found and told.

    ``series`` is one of the entries of the file, ``times`` a column or array of seconds ("none" for
    none), ``columns`` the neurons to take: names with commas between, or ``/pattern/``. ``dt_s`` is
    the time between two frames where the file does not say, and the width of a bin where it holds
    spike times.
    """

    series: str = ""
    times: str = ""
    columns: str = ""
    dt_s: float = 0.0
    axes: Axes = "as found"
    kind: Kind = "as found"


@dataclass(frozen=True)
class Entry:
    """One thing in a file that can be opened."""

    name: str
    shape: tuple[int, ...]
    what: str
    """For people: "traces", "spike times", "table"."""

    def __str__(self) -> str:
        """Name, size and kind."""
        return f"{self.name} ({' x '.join(map(str, self.shape))}, {self.what})"


@dataclass(eq=False)
class Part:
    """What one entry holds, before it is checked.

    ``values`` [time, neuron] or [neuron, time]; with ``owner`` they are the times of spikes in
    seconds, and ``owner`` int64[spike] says whose each is.
    """

    values: np.ndarray
    names: tuple[str, ...] = ()
    times_s: np.ndarray | None = None
    dt_s: float | None = None
    owner: np.ndarray | None = None
    animal: str = ""
    labelled: np.ndarray | None = None
    """bool[neuron]: whose name is known; None where every name is."""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Source:
    """A file that was looked into: its entries, and how one of them is taken."""

    entries: tuple[Entry, ...]
    take: Callable[[Entry, OpenOptions], list[Part]]
    columns: tuple[str, ...] = ()
    """Of a table, to choose times and neurons from; of arrays, those that may be times."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Animal:
    """One animal's activity: float64[time, neuron] at float64[time] seconds."""

    name: str
    neurons: tuple[str, ...]
    values: np.ndarray
    times_s: np.ndarray
    labelled: np.ndarray
    """bool[neuron]: whose name is known."""


@dataclass(frozen=True, eq=False)
class Opened:
    """A recording that was brought: animals, what was decided, and what else could be read."""

    title: str
    kind: str
    """"traces" or "counts"."""
    animals: tuple[Animal, ...]
    notes: tuple[str, ...] = ()
    series: str = ""
    entries: tuple[Entry, ...] = ()
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        """How much there is."""
        first = self.animals[0]
        n_times, n = first.values.shape
        many = f"{len(self.animals):,} animals, the first with " if len(self.animals) > 1 else ""
        return f"{many}{n:,} neurons at {n_times:,} moments ({self.kind})"
