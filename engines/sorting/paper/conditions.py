"""The runs behind the paper's numbers: every condition as a spec."""

from __future__ import annotations

from dataclasses import dataclass

from engines.sorting.settings.shares import AlgotypeShare, shares_from
from engines.sorting.settings.spec import SortSpec


@dataclass(frozen=True)
class Condition:
    """One experimental condition of the paper; equal conditions are run once."""

    algotypes: tuple[str, ...]
    traditional: bool = False
    n_frozen: int = 0
    movable: bool = False
    duplicates: bool = False
    down: str = ""
    """The algotype that sorts descending, for the conflict runs."""
    mean_burst: float | None = None
    """A scheduler of its own, for the figure over schedulers; None takes the page's."""

    def spec(self, scheduler: str, mean_burst: float, seed: int) -> SortSpec:
        """The first run of this condition under a scheduler."""
        shares = tuple(
            share.replace(descending=share.algotype == self.down)
            for share in shares_from(self.algotypes)
        )
        burst = mean_burst if self.mean_burst is None else self.mean_burst
        return SortSpec(
            n_cells=_cells(shares),
            algotypes=shares,
            control="traditional" if self.traditional else "cell view",
            n_frozen=self.n_frozen,
            frozen_kind="movable" if self.movable else "immovable",
            selection_frozen_quirk=self.movable and not self.traditional,
            value_mode="duplicates" if self.duplicates else "permutation",
            max_swaps=15_000 if self.down else 5_000_000,
            scheduler="burst",
            mean_burst=burst,
            seed=seed,
        ).replace(scheduler=scheduler if self.mean_burst is None else "burst")

    @property
    def text(self) -> str:
        """The condition in a phrase."""
        names = [
            f"{name} {'down' if name == self.down else 'up'}" if self.down else name
            for name in self.algotypes
        ]
        words = [" + ".join(names)]
        if len(names) == 1:
            words.insert(0, "traditional" if self.traditional else "cell-view")
        if self.n_frozen:
            kind = "movable" if self.movable else "immovable"
            words.append(f"with {self.n_frozen} {kind} frozen")
        return " ".join(words)


def _cells(shares: tuple[AlgotypeShare, ...]) -> int:
    """A hundred cells, and fifty of each where the paper mixes all three."""
    return 150 if len(shares) == 3 else 100
