"""One-liners for notebooks and scripts; each takes a dataset's name or a `Connectome`."""

from __future__ import annotations

from typing import Any

from engines.connectome.dynamics.activity import Activity
from engines.connectome.dynamics.stimulus import StimulusSpec
from engines.connectome.measures.paths import Paths, paths_of
from engines.connectome.measures.spec import MeasuresSpec, PathSpec
from engines.connectome.nulls.measured import Measured
from engines.connectome.nulls.measuring import frames_of
from engines.connectome.wiring import kept, selection
from engines.connectome.wiring.connectome import Connectome
from engines.connectome.wiring.graph import Graph, connectome_of, graph_of
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import ExplorerError


def named(connectome: str | Connectome) -> dict[str, Any]:
    """The fields of a spec that name this connectome; an own one is kept on disk first."""
    if isinstance(connectome, Connectome):
        return {"own": kept.keep(connectome)}
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


def paths(
    connectome: str | Connectome,
    source: str,
    target: str,
    *,
    k: int = 12,
    weighted: bool = False,
    **fields: Any,
) -> Paths:
    """Ways from one neuron to another: ``paths("varshney2011", "PLML", "DA6").names``."""
    wiring = WiringSpec(**named(connectome), **fields)
    ends = [selection.neuron(connectome_of(wiring), name) for name in (source, target)]
    return paths_of(PathSpec(wiring=wiring, source=ends[0], target=ends[1], k=k, weighted=weighted))


def stimulate(connectome: str | Connectome, targets: str, **fields: Any) -> Activity:
    """Activity after a stimulus: ``stimulate("varshney2011", "PLM", lesion="AVA").ranked()``."""
    from engines.connectome.dynamics import simulation

    *_, last = simulation.frames_of(StimulusSpec(**named(connectome), targets=targets, **fields))
    if not isinstance(last, Activity):
        raise ExplorerError("the simulation ended without a result")
    return last


def lesion_scan(connectome: str | Connectome, **fields: Any) -> Any:
    """Damage by the loss of each neuron: ``lesion_scan("varshney2011", measure="efficiency")``."""
    from engines.connectome.experiments.lesions import scan

    return scan.EXPERIMENT.result(scan.ScanSpec(**named(connectome), **fields))


def communities(connectome: str | Connectome, **fields: Any) -> Any:
    """Consensus of many partitions: ``communities("varshney2011", method="Leiden").label``."""
    from engines.connectome.experiments.communities import communities as found

    return found.EXPERIMENT.result(found.CommunitySpec(**named(connectome), **fields))


def compare(first: str, second: str, **fields: Any) -> Any:
    """Two datasets on the neurons they share: ``compare("varshney2011", "cook2019").counts()``."""
    from engines.connectome.experiments.comparison import compare as both

    return both.compared(both.CompareSpec(first=first, second=second, **fields))  # type: ignore[arg-type]
