"""Connectomes: real wiring diagrams, measured against nulls, lesioned and stimulated.

>>> worm = load("varshney2011")
>>> worm.n_neurons, worm.layer("chemical").n_edges
(279, 2194)
>>> measure("varshney2011", n_nulls=0).value("directed edges")
2990.0
"""

from engines.connectome.api import (
    communities,
    compare,
    graph,
    lesion_scan,
    measure,
    paths,
    stimulate,
)
from engines.connectome.dynamics.stimulus import StimulusSpec
from engines.connectome.exporting import write_connectome
from engines.connectome.importing import (
    ImportOptions,
    ImportReport,
    connectome_from_bytes,
    from_matrix,
    from_networkx,
    from_state_dict,
    read_connectome,
)
from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.recordings.recording import Recording, recording
from engines.connectome.wiring.catalogue import NAMES, catalogue, load
from engines.connectome.wiring.connectome import Connectome, Layer, Provenance
from engines.connectome.wiring.kept import keep
from engines.connectome.wiring.spec import WiringSpec

__all__ = [
    "NAMES",
    "Connectome",
    "ImportOptions",
    "ImportReport",
    "Layer",
    "MeasuresSpec",
    "Provenance",
    "Recording",
    "StimulusSpec",
    "WiringSpec",
    "catalogue",
    "communities",
    "compare",
    "connectome_from_bytes",
    "from_matrix",
    "from_networkx",
    "from_state_dict",
    "graph",
    "keep",
    "lesion_scan",
    "load",
    "measure",
    "paths",
    "read_connectome",
    "recording",
    "stimulate",
    "write_connectome",
]
