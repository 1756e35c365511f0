"""Connectomes: real wiring diagrams, measured against nulls, lesioned and stimulated.

>>> from engines.connectome import load, measure
>>> worm = load("varshney2011")
>>> worm.n_neurons, worm.layer("chemical").n_edges
(279, 2194)
>>> measure("varshney2011", n_nulls=0).value("directed edges")
2990.0
"""

from typing import TYPE_CHECKING

from engines.contract.offering import offered

if TYPE_CHECKING:
    from engines.connectome.api import (
        activity_motifs,
        almost_linear,
        communities,
        compare,
        completion,
        development,
        emulated_chain,
        expected_events,
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
        predictive,
        race_of_circuits,
        recorded_communities,
        remembering,
        reservoir,
        rich_lazy,
        spectrum,
        spike_attention,
        spike_phrases,
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

__getattr__, __dir__, __all__ = offered(__name__)
