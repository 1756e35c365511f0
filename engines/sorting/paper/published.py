"""The paper's numbers for one setting, to stand beside a run or an ensemble of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from engines.sorting.paper.targets import Target, targets
from engines.sorting.settings.spec import SortSpec, cells_per_share


@dataclass(frozen=True)
class Published:
    """What the paper prints for one mixture of 100 whole cells; None where it prints nothing."""

    swaps: float | None = None
    run_peak: float | None = None
    """"Peak aggregation": by its size the mean of every run's greatest value."""


def published(spec: SortSpec) -> Published | None:
    """The paper's numbers for this setting, None when it is not one of the paper's.

    Unique values, all cells ascending, none frozen.
    """
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
    return _printed(frozenset(mixture)) if plain else None


def _printed(mixture: frozenset[str]) -> Published | None:
    found = [target for target in targets() if _is_plain(target, mixture)]
    numbers = {target.measure: target.printed for target in found}
    if not numbers:
        return None
    return Published(numbers.get("n_swaps"), numbers.get("peak_aggregation"))


def _is_plain(target: Target, mixture: frozenset[str]) -> bool:
    where = target.condition
    damaged = where.traditional or where.n_frozen or where.duplicates or where.down
    return not damaged and len(mixture) < 3 and frozenset(where.algotypes) == mixture
