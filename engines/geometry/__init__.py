"""Representations of networks: how they form, how alike they are, what shape they have.

>>> from engines.geometry.tasks.hypercube import hypercube
>>> round(participation_ratio(hypercube(8)), 6), shattering(hypercube(8))
(3.0, (7, 35))
"""

from engines.geometry.activations.store import ActivationSet, ActivationWriter, Recorder
from engines.geometry.api import (
    addition_stages,
    alignment_maps,
    attention_memory,
    attributions,
    closed_forms,
    compare,
    convergent_learning,
    deep_linear,
    dictionaries,
    double_descent,
    explain_rdms,
    frequency_winners,
    induction_heads,
    infinite_depth,
    information_plane,
    interaction_basis,
    layer_parts,
    lottery_tickets,
    match_neurons,
    merge_networks,
    modular_addition,
    moment,
    neighbour_maps,
    noncontrastive,
    opposing_signals,
    phase_diagram,
    sentences,
    studio,
    task_geometry,
    through_transformer,
    timed_rsa,
)
from engines.geometry.chance.dealt_splits import ccgp_beside
from engines.geometry.chance.readouts import readout_scores
from engines.geometry.chance.scores import layer_scores, pair_scores
from engines.geometry.explaining.ceilings import ceiling, likeness
from engines.geometry.film.film import film_of
from engines.geometry.importing.arrays import arrays_from_file
from engines.geometry.importing.sets import set_from_arrays
from engines.geometry.measures.capacity import manifold_capacity
from engines.geometry.measures.dichotomies import ccgp, dichotomies, parallelism, shattering
from engines.geometry.measures.dimension import participation_ratio, spectrum, two_nn
from engines.geometry.measures.participation import participation_ratio_corrected
from engines.geometry.measures.probes import probe
from engines.geometry.measures.rdm import crossnobis, rdm, rgdm, rgtm
from engines.geometry.measures.similarity import (
    cca,
    cka,
    cka_debiased,
    compare_rdms,
    procrustes_angle,
    pwcca,
    rsa,
    similarity,
    svcca,
)
from engines.geometry.measures.topology import barcode
from engines.geometry.measures.units import tuning

__all__ = [
    "ActivationSet",
    "ActivationWriter",
    "Recorder",
    "addition_stages",
    "alignment_maps",
    "arrays_from_file",
    "attention_memory",
    "attributions",
    "barcode",
    "cca",
    "ccgp",
    "ccgp_beside",
    "ceiling",
    "cka",
    "cka_debiased",
    "closed_forms",
    "compare",
    "compare_rdms",
    "convergent_learning",
    "crossnobis",
    "deep_linear",
    "dichotomies",
    "dictionaries",
    "double_descent",
    "explain_rdms",
    "film_of",
    "frequency_winners",
    "induction_heads",
    "infinite_depth",
    "information_plane",
    "interaction_basis",
    "layer_parts",
    "layer_scores",
    "likeness",
    "lottery_tickets",
    "manifold_capacity",
    "match_neurons",
    "merge_networks",
    "modular_addition",
    "moment",
    "neighbour_maps",
    "noncontrastive",
    "opposing_signals",
    "pair_scores",
    "parallelism",
    "participation_ratio",
    "participation_ratio_corrected",
    "phase_diagram",
    "probe",
    "procrustes_angle",
    "pwcca",
    "rdm",
    "readout_scores",
    "rgdm",
    "rgtm",
    "rsa",
    "sentences",
    "set_from_arrays",
    "shattering",
    "similarity",
    "spectrum",
    "studio",
    "svcca",
    "task_geometry",
    "through_transformer",
    "timed_rsa",
    "tuning",
    "two_nn",
]
