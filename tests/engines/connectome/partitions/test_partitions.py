"""Communities: modularity against networkx, planted groups, textbook agreements; comparisons."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from connectome_graphs import matrices, of, undirected
from hypothesis import given, settings

from engines.connectome import communities, compare
from engines.connectome.experiments.communities.communities import (
    known_answers as community_answers,
)
from engines.connectome.experiments.comparison.compare import CompareSpec, compared
from engines.connectome.experiments.comparison.development import (
    known_answers as development_answers,
)
from engines.connectome.partitions.agreement import ari, nmi
from engines.connectome.partitions.consensus import coassignment, consensus
from engines.connectome.partitions.leiden import leiden, louvain
from engines.connectome.partitions.modularity import modularity, symmetric_weights
from engines.connectome.partitions.spectral import spectral
from engines.connectome.wiring.synthetic import block_model
from engines.contract import InputError


@settings(deadline=None, max_examples=40)
@given(matrices(3, 12))
def test_modularity_is_networkxs(matrix):
    graph = of(matrix)
    weights = symmetric_weights(graph.binary, binary=True)
    for label in (louvain(weights), leiden(weights)):
        if not graph.n_edges:
            continue
        groups = [set(np.flatnonzero(label == k).tolist()) for k in set(label.tolist())]
        theirs = nx.community.modularity(undirected(graph), groups)
        assert modularity(weights, label) == pytest.approx(theirs)
        assert modularity(weights, label) >= -1e-12


@settings(deadline=None, max_examples=40)
@given(matrices(3, 12))
def test_communities_of_leiden_are_connected(matrix):
    graph = of(matrix)
    label = leiden(symmetric_weights(graph.binary, binary=True))
    whole = undirected(graph)
    for k in set(label.tolist()):
        assert nx.is_connected(whole.subgraph(np.flatnonzero(label == k).tolist()))


@pytest.mark.parametrize("find", [louvain, leiden, lambda w: spectral(w, 4)])
def test_planted_blocks_are_found(find):
    made = block_model(200, 6_000, 4, 0.95, 3)
    truth = np.array(made.column("class"))
    label = find(symmetric_weights(made.layers[0].matrix(200), binary=True))
    assert nmi(label, truth) > 0.9


def test_consensus_of_equal_runs_is_the_run():
    label = np.array([0, 0, 1, 1, 2], np.int32)
    runs = np.stack([label, (label + 1) % 3, label])
    assert nmi(consensus(runs), label) == pytest.approx(1.0)
    assert set(np.unique(coassignment(runs))) == {0.0, 1.0}


def test_agreements_of_the_textbooks():
    # Examples of scikit-learn's documentation.
    assert ari(np.array([0, 0, 1, 2]), np.array([0, 0, 1, 1])) == pytest.approx(0.571428, abs=1e-5)
    assert nmi(np.array([0, 0, 0, 0]), np.array([0, 1, 2, 3])) == pytest.approx(0.0)
    assert nmi(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0])) == pytest.approx(1.0)


@pytest.mark.parametrize("answer", [*community_answers(), *development_answers()])
def test_published_numbers(answer):
    assert answer.verdict().reproduced


def test_communities_of_the_worm_fit_its_classes():
    found = communities("varshney2011", n_runs=10)
    shared, _ = found.agreement["class"]
    assert 0.4 < shared < 0.6  # pairs of one class stay together
    assert len(found.names) == len(found.label) == 279


def test_a_dataset_agrees_with_itself():
    found = compare("varshney2011", "varshney2011").counts()
    assert found["Jaccard overlap"] == 1.0
    assert found["edges only in the first"] == found["edges only in the second"] == 0.0
    assert found["in-degrees, Spearman"] == pytest.approx(1.0)


def test_shared_and_unique_edges_add_up():
    found = compare("varshney2011", "cook2019")
    counts = found.counts()
    assert counts["edges in both"] + counts["edges only in the first"] == 2_194
    assert counts["neurons only in the second"] == 21


def test_datasets_without_a_shared_neuron_are_refused():
    with pytest.raises(InputError, match="share no neuron"):
        compared(CompareSpec(first="varshney2011", second="human_1"))
