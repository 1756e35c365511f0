"""Connectomes: real wiring diagrams, measured against nulls, lesioned and stimulated.

>>> from engines.connectome import load, measure
>>> worm = load("varshney2011")
>>> worm.n_neurons, worm.layer("chemical").n_edges
(279, 2194)
>>> measure("varshney2011", n_nulls=0).value("directed edges")
2990.0
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engines.connectome.api import (
        activity_motifs,
        almost_linear,
        communities,
        compare,
        completion,
        development,
        emulated_chain,
        graph,
        groups_and_regimes,
        hidden_states,
        hopfield,
        known_places,
        lateral_memory,
        learnt_delays,
        lesion_scan,
        liquids,
        long_timescales,
        look_alikes,
        masked_networks,
        measure,
        next_step,
        paths,
        race_of_circuits,
        recorded_communities,
        remembering,
        reservoir,
        rich_lazy,
        spectrum,
        stimulate,
        swimmer,
        told_types,
        wave,
        wired_start,
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
    from engines.connectome.opening.kept import keep as keep_recording
    from engines.connectome.opening.options import Opened, OpenOptions
    from engines.connectome.opening.read import read_recording
    from engines.connectome.opening.worms import read_worms, write_worms
    from engines.connectome.recordings.recording import Recording, recording
    from engines.connectome.wiring.catalogue import NAMES, catalogue, load
    from engines.connectome.wiring.connectome import Connectome, Layer, Provenance
    from engines.connectome.wiring.kept import keep
    from engines.connectome.wiring.spec import WiringSpec

_FROM = {
    "api": "activity_motifs almost_linear communities compare completion development "
    "emulated_chain graph groups_and_regimes hidden_states hopfield known_places "
    "lateral_memory learnt_delays lesion_scan liquids long_timescales look_alikes "
    "masked_networks measure next_step paths race_of_circuits recorded_communities "
    "remembering reservoir rich_lazy spectrum stimulate swimmer told_types wave "
    "wired_start",
    "dynamics.stimulus": "StimulusSpec",
    "exporting": "write_connectome",
    "importing": "ImportOptions ImportReport connectome_from_bytes from_matrix from_networkx "
    "from_state_dict read_connectome",
    "measures.spec": "MeasuresSpec",
    "opening.kept": "keep_recording=keep",
    "opening.options": "OpenOptions Opened",
    "opening.read": "read_recording",
    "opening.worms": "read_worms write_worms",
    "recordings.recording": "Recording recording",
    "wiring.catalogue": "NAMES catalogue load",
    "wiring.connectome": "Connectome Layer Provenance",
    "wiring.kept": "keep",
    "wiring.spec": "WiringSpec",
}
"""Names by the module they come from: a reader of one file does not pay for all of them."""
_MODULES = {
    name.partition("=")[0]: (module, name.rpartition("=")[2])
    for module, names in _FROM.items()
    for name in names.split()
}

__all__ = [
    "NAMES",
    "Connectome",
    "ImportOptions",
    "ImportReport",
    "Layer",
    "MeasuresSpec",
    "OpenOptions",
    "Opened",
    "Provenance",
    "Recording",
    "StimulusSpec",
    "WiringSpec",
    "activity_motifs",
    "almost_linear",
    "catalogue",
    "communities",
    "compare",
    "completion",
    "connectome_from_bytes",
    "development",
    "emulated_chain",
    "from_matrix",
    "from_networkx",
    "from_state_dict",
    "graph",
    "groups_and_regimes",
    "hidden_states",
    "hopfield",
    "keep",
    "keep_recording",
    "known_places",
    "lateral_memory",
    "learnt_delays",
    "lesion_scan",
    "liquids",
    "load",
    "long_timescales",
    "look_alikes",
    "masked_networks",
    "measure",
    "next_step",
    "paths",
    "race_of_circuits",
    "read_connectome",
    "read_recording",
    "read_worms",
    "recorded_communities",
    "recording",
    "remembering",
    "reservoir",
    "rich_lazy",
    "spectrum",
    "stimulate",
    "swimmer",
    "told_types",
    "wave",
    "wired_start",
    "write_connectome",
    "write_worms",
]


def __getattr__(name: str) -> Any:
    """What is asked for, loaded when it is asked for."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, there = _MODULES[name]
    found = getattr(import_module(f"{__name__}.{module}"), there)
    globals()[name] = found
    return found
