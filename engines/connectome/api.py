"""One-liners for notebooks and scripts; each takes a dataset's name or a `Connectome`."""

from __future__ import annotations

from typing import Any

from engines.connectome import own
from engines.connectome.connectome import Connectome
from engines.connectome.graph import Graph, graph_of
from engines.connectome.measured import Measured, frames_of
from engines.connectome.spec import MeasuresSpec, WiringSpec
from engines.contract import ExplorerError


def named(connectome: str | Connectome) -> dict[str, str]:
    """The fields of a spec that name this connectome; an own one is kept on disk first."""
    if isinstance(connectome, Connectome):
        return {"own": own.keep(connectome)}
    return {"dataset": connectome}


def graph(connectome: str | Connectome, **fields: Any) -> Graph:
    """The joined graph: ``graph("cook2019", electrical=False, min_weight=3, lesion="AVA")``."""
    return graph_of(WiringSpec(**named(connectome), **fields))


def measure(connectome: str | Connectome, **fields: Any) -> Measured:
    """Every measure beside its nulls: ``measure("varshney2011", n_nulls=200, lesion="AVAL")``."""
    *_, last = frames_of(MeasuresSpec(**named(connectome), **fields))
    if not isinstance(last, Measured):
        raise ExplorerError("the measures ended without a result")
    return last
