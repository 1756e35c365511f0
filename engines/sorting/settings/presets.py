"""Named starting points."""

from __future__ import annotations

from engines.sorting.settings.shares import AlgotypeShare
from engines.sorting.settings.spec import SortSpec

_HALF_AND_HALF = (AlgotypeShare(algotype="bubble"), AlgotypeShare(algotype="selection"))

PRESETS: dict[str, SortSpec] = {
    "Paper (2024)": SortSpec(algotypes=_HALF_AND_HALF),
    "Uniform": SortSpec(algotypes=_HALF_AND_HALF, scheduler="uniform"),
    "Code-faithful": SortSpec(
        algotypes=_HALF_AND_HALF,
        frozen_kind="movable",
        frozen_with_replacement=True,
        selection_frozen_quirk=True,
        dg_early_return=True,
        sortedness_no_plus1=True,
    ),
}
"""Named starting points; the first is what the page opens with."""
