"""What comes with a circuit that was imported: a report, and where its numbers are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Report:
    """What an import understood."""

    n_calls: int
    n_covered: int
    opaque: tuple[str, ...]
    """Calls that are run but not known, with where the model makes them."""
    conflicts: tuple[str, ...]
    names: Mapping[str, str]
    """Every axis: "hinted" by a person or "inferred"."""
    notes: tuple[str, ...]
    seconds_export: float
    seconds_rest: float
    """Everything beyond torch.export."""
    unused: tuple[str, ...] = ()
    """Parameters on which no output depends."""
    idle: tuple[str, ...] = ()
    """Contractions of the model that nobody reads or that are of constants: in no diagram."""

    uncounted: tuple[str, ...] = ()
    """Contractions of complex numbers: torch counts each as one of real numbers."""

    @property
    def share(self) -> float:
        """The share of calls that are known."""
        return self.n_covered / self.n_calls if self.n_calls else 1.0

    def __str__(self) -> str:
        lines = [
            f"{self.n_covered} of {self.n_calls} calls known",
            f"{len(self.names)} axes, "
            f"{sum(v == 'hinted' for v in self.names.values())} named by you, the rest inferred",
        ]
        if self.opaque:
            lines.append("opaque: " + ", ".join(self.opaque))
        if self.unused:
            lines.append("never used: " + ", ".join(self.unused))
        if self.uncounted:
            places = ", ".join(dict.fromkeys(self.uncounted))
            lines.append(
                f"contractions of complex numbers ({places}) are several of real ones, and torch "
                "counts each as one: FLOPs are not compared"
            )
        return "; ".join([*lines, *self.notes])


PARTS = ("real", "imag")
"""Ends of paths, after ``#``, to the parts of a complex tensor."""
ARRAY = object()
"""The place of an array in a call."""
Asked = tuple[tuple[Any, ...], dict[str, Any]]
"""Arguments in order, and by name."""


def replaced(value: Any, change: Callable[[Any], Any]) -> Any:
    """Everything in nested lists, tuples and dictionaries by what ``change`` makes of it."""
    if isinstance(value, dict):
        return {key: replaced(v, change) for key, v in value.items()}
    if isinstance(value, list | tuple):
        made = [replaced(v, change) for v in value]
        return made if isinstance(value, list) else tuple(made)
    return change(value)


@dataclass(frozen=True, eq=False)
class Imported:
    """What comes with an imported diagram; ``tensors`` are those of torch, by their paths."""

    report: Report
    weights: Mapping[str, str]
    """The model's tensor for each parameter and buffer of `to_torch()`, by name."""
    tensors: Mapping[str, Any] = field(repr=False)
    functions: Mapping[str, Callable[..., Any]] = field(repr=False)
    precision: str = ""
    """The precision of the example inputs, where the model names one itself, else empty."""
    asked: Asked = ((), {})
    """The example call, `ARRAY` for every array in it: lists, names and settings as they were."""
