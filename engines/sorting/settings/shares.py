"""The rules cells follow, and how many cells follow each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from engines.contract import Spec, SpecError, knob

Algotype = Literal["bubble", "insertion", "selection"]

ALGOTYPES: tuple[Algotype, ...] = ("bubble", "insertion", "selection")
"""In the order of their codes 0, 1, 2 in every ``algotype`` array."""


class AlgotypeShare(Spec):
    """One kind of cell in a mixture: how many follow this algotype, and which way they sort."""

    algotype: Algotype = knob("bubble", label="Algotype", help="The rule these cells follow.")
    parts: int = knob(
        1, label="Parts", help="Share of the cells, in parts of the sum of all parts.", ge=0
    )
    n_cells: int | None = knob(
        None,
        label="Exact cells",
        help="Exact number of cells; when given for one algotype it is needed for all.",
        unit="cells",
        ge=0,
    )
    descending: bool = knob(
        False, label="Descending", help="Sort from large to small instead of small to large."
    )


def shares_from(given: Any) -> Any:
    """Algotype shares from what people write.

    A name, a list of names or shares, or a mapping from name to exact number of cells.
    Anything else is handed on, for the field to refuse.
    """
    if isinstance(given, str):
        return (AlgotypeShare(algotype=_known(given)),)
    if isinstance(given, AlgotypeShare):
        return (given,)
    if isinstance(given, Mapping):
        return tuple(
            AlgotypeShare(algotype=_known(name), n_cells=count) for name, count in given.items()
        )
    if isinstance(given, Iterable):
        return tuple(
            AlgotypeShare(algotype=_known(part)) if isinstance(part, str) else part
            for part in given
        )
    return given


def _known(name: Any) -> Algotype:
    if name not in ALGOTYPES:
        raise SpecError(f"there is no algotype {name!r}; there are {', '.join(ALGOTYPES)}")
    return name
