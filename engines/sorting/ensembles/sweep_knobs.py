"""The knobs that a map of settings can have as its axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from engines.contract import SpecError
from engines.sorting.settings.shares import AlgotypeShare
from engines.sorting.settings.spec import SortSpec

KnobName = Literal[
    "mean burst",
    "frozen cells",
    "cells",
    "share of the second algotype",
    "copies",
    "nudges to unfreeze",
    "action failure",
    "sensing noise",
    "swaps before the switch",
    "share that switches",
]


@dataclass(frozen=True)
class SweepKnob:
    """How a knob is set on a run, and what its values are."""

    unit: str
    least: float
    most: float
    set: Callable[[SortSpec, float], SortSpec]
    whole: bool = False
    log: bool = False


def _with_burst(run: SortSpec, mean_burst: float) -> SortSpec:
    return run.replace(scheduler="burst", mean_burst=mean_burst)


def _with_cells(run: SortSpec, n_cells: float) -> SortSpec:
    parts = tuple(share.replace(n_cells=None) for share in run.algotypes)
    return run.replace(algotypes=parts, n_cells=int(n_cells))


def _with_share(run: SortSpec, share: float) -> SortSpec:
    if len(run.algotypes) != 2:
        raise SpecError(
            f"the share of the second algotype needs a mixture of two; this run has "
            f"{len(run.algotypes)}"
        )
    second = round(share / 100.0 * run.n_cells)
    counts = (run.n_cells - second, second)
    return run.replace(
        algotypes=tuple(
            AlgotypeShare(algotype=a.algotype, descending=a.descending, n_cells=count)
            for a, count in zip(run.algotypes, counts, strict=True)
        )
    )


def _with_copies(run: SortSpec, n_copies: float) -> SortSpec:
    return run.replace(value_mode="duplicates", n_copies=int(n_copies))


def _whole(name: str) -> Callable[[SortSpec, float], SortSpec]:
    return lambda run, value: run.replace(**{name: int(value)})


def _percent(name: str) -> Callable[[SortSpec, float], SortSpec]:
    return lambda run, value: run.replace(**{name: value / 100.0})


KNOBS: Mapping[str, SweepKnob] = {
    "mean burst": SweepKnob("activations", 1.0, 1000.0, _with_burst, log=True),
    "frozen cells": SweepKnob("cells", 0, 1000, _whole("n_frozen"), whole=True),
    "cells": SweepKnob("cells", 2, 2000, _with_cells, whole=True, log=True),
    "share of the second algotype": SweepKnob("%", 0, 100, _with_share),
    "copies": SweepKnob("cells", 1, 1000, _with_copies, whole=True),
    "nudges to unfreeze": SweepKnob("nudges", 0, 1000, _whole("nudges_to_unfreeze"), whole=True),
    "action failure": SweepKnob("%", 0, 99, _percent("action_failure")),
    "sensing noise": SweepKnob("%", 0, 50, _percent("sensing_noise")),
    "swaps before the switch": SweepKnob("swaps", 0, 1e6, _whole("switch_at"), whole=True),
    "share that switches": SweepKnob("%", 0, 100, _percent("switch_fraction")),
}
