"""How long an experiment takes here: measured when its first preset has run on this machine."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from engines.boundary import reading
from engines.boundary.kept import Kind
from engines.boundary.whole import data_root
from engines.contract import InputError, Result, Spec
from engines.running import registry
from engines.running.compute import JobState

KIND = Kind("measured times", mend="they are measured again")


@dataclass(frozen=True)
class Seconds:
    """A run's length and where it comes from."""

    value: float
    """nan where nothing is known."""
    measured: bool
    """Measured here, or a guess that the experiment makes."""

    def __str__(self) -> str:
        """Say "2.3 s, measured here", "about 25 s" or "not timed yet"."""
        if math.isnan(self.value):
            return "not timed yet"
        shown = f"{self.value:.1f} s" if self.value < 9.95 else f"{self.value:,.0f} s"
        if self.measured:
            return f"{shown}, measured here" if self.value >= 0.05 else "under 0.1 s, measured here"
        return f"about {self.value:,.0f} s" if self.value >= 1.5 else "about a second or less"


def _place() -> Path:
    return data_root() / "seconds"


def _kept() -> dict[str, float]:
    try:
        kept = bytes(KIND.read(_place(), "what was measured here"))
        found = reading.strict_json(kept.decode())
    except (OSError, InputError, UnicodeDecodeError, reading.ReadingError):
        return {}  # a file that cannot be read is as good as none: it is measured again
    if not isinstance(found, dict):
        return {}
    return {k: float(v) for k, v in found.items() if isinstance(v, int | float) and v >= 0}


def remember(name: str, spec: Spec, state: JobState, result: Result | None) -> bool:
    """Keep how long the first preset took; other settings and cached results say nothing."""
    fresh = result is not None and not state.from_cache
    if not fresh or spec != registry.experiment(name).default():
        return False
    kept = _kept() | {name: round(state.elapsed_s, 2)}
    try:
        KIND.write(_place(), json.dumps(kept, sort_keys=True).encode())
    except OSError:
        return False  # a full disk spoils no run: the guess stays
    return True


def seconds(name: str) -> Seconds:
    """What the first preset takes here, or what the experiment expects of it."""
    return all_seconds((name,))[name]


def all_seconds(names: tuple[str, ...]) -> dict[str, Seconds]:
    """`seconds` of several; the file is read once."""
    kept = _kept()
    found = {}
    for name in names:
        experiment = registry.experiment(name)
        guess = experiment.seconds(experiment.default())
        known = kept.get(name)
        if known is not None:
            found[name] = Seconds(known, True)
        else:
            found[name] = Seconds(guess if guess > 0 else math.nan, False)
    return found
