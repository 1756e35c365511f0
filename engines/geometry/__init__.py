"""Representations of networks: how they form, how alike they are, what shape they have.

>>> from engines.geometry import participation_ratio, shattering
>>> from engines.geometry.tasks.hypercube import hypercube
>>> round(participation_ratio(hypercube(8)), 6), shattering(hypercube(8))
(3.0, (7, 35))
"""

from typing import TYPE_CHECKING

from engines.contract.offering import offered

if TYPE_CHECKING:
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
        merge_experts,
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

__getattr__, __dir__, __all__ = offered(__name__)
