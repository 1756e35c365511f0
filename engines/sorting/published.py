"""Numbers printed in Zhang, Goldstein & Levin 2024 that a single setting can be held against."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from engines.sorting.spec import SortSpec, cells_per_share

PAPER = "Zhang, Goldstein & Levin 2024, arXiv 2401.05375"


@dataclass(frozen=True)
class Published:
    """What the paper prints for one mixture of 100 whole cells; None where it prints nothing."""

    swaps: float | None = None
    run_peak: float | None = None
    """"Peak aggregation": by its size the mean of every run's greatest value."""


MIXTURES: dict[frozenset[str], Published] = {
    frozenset({"bubble"}): Published(swaps=2448.8),
    frozenset({"insertion"}): Published(swaps=2482.8),
    frozenset({"selection"}): Published(swaps=1095.5),
    frozenset({"bubble", "selection"}): Published(swaps=1740.9, run_peak=0.72),
    frozenset({"bubble", "insertion"}): Published(swaps=2476.02, run_peak=0.65),
    frozenset({"selection", "insertion"}): Published(swaps=1534.77, run_peak=0.69),
}
"""Section "chimeric arrays" and figure 4; unique values, all cells ascending, none frozen."""


def published(spec: SortSpec) -> Published | None:
    """The paper's numbers for this setting, None when it is not one of the paper's."""
    cells: Counter[str] = Counter()
    for share, count in zip(spec.algotypes, cells_per_share(spec), strict=True):
        cells[share.algotype] += count
    mixture = {name: count for name, count in cells.items() if count}
    plain = (
        spec.n_cells == 100
        and spec.value_mode == "permutation"
        and spec.control == "cell view"
        and not (spec.n_frozen or spec.frozen_at or spec.edits)
        and not (spec.is_faulty or spec.switch_at)
        and not any(share.descending for share in spec.algotypes)
        and len(set(mixture.values())) == 1
    )
    return MIXTURES.get(frozenset(mixture)) if plain else None
