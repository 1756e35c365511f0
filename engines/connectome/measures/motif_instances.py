"""Where a motif's instances are, as neurons of the connectome."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.connectome.measures import motifs
from engines.connectome.measures.spec import InstancesSpec
from engines.connectome.wiring.graph import connectome_of, graph_of
from engines.contract import Result
from engines.contract.pictures import Picture, Table


@dataclass(frozen=True, eq=False)
class Instances(Result):
    """int32[instance, 3] of places in the connectome, and their names."""

    spec: InstancesSpec
    places: np.ndarray
    names: tuple[tuple[str, ...], ...]

    def pictures(self) -> tuple[Picture, ...]:
        """The instances as a table."""
        columns = {f"neuron {k + 1}": tuple(name[k] for name in self.names) for k in range(3)}
        return (Table(f"{self.spec.motif}: {motifs.WORDS[self.spec.motif]}", columns),)


def instances_of(spec: InstancesSpec) -> Instances:
    """The first instances of a motif, lowest neurons first."""
    graph = graph_of(spec.wiring)
    names = connectome_of(spec.wiring).neurons
    places = graph.members[motifs.instances(graph, spec.motif, spec.most)].astype(np.int32)
    return Instances(spec, places, tuple(tuple(names[k] for k in row) for row in places.tolist()))
