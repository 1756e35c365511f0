"""Parts of a wiring: what a filter, a node per class and the largest component keep."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from connectome_graphs import directed, matrices
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.connectome import from_matrix, graph, keep, load, measure, stimulate
from engines.connectome.drawing.spec import LayoutSpec
from engines.connectome.drawing.wiring import drawing_of, wiring_of
from engines.connectome.wiring.graph import connectome_of, graph_of
from engines.connectome.wiring.parts import grouped, in_component, only
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import InputError

WORM = "varshney2011"


@settings(deadline=None, max_examples=30)
@given(matrices(3, 12), st.sampled_from([("largest", False), ("largest strong", True)]))
def test_the_largest_component_is_as_large_as_networkxs(matrix, kind):
    which, strong = kind
    made = nx.from_numpy_array(matrix, create_using=nx.DiGraph)
    parts = nx.strongly_connected_components if strong else nx.weakly_connected_components
    there = {frozenset(part) for part in parts(made)}
    found = frozenset(np.flatnonzero(in_component(graph(from_matrix(matrix)).binary, which)))
    assert found in there
    assert len(found) == max(map(len, there))


def test_the_worms_components_are_those_that_are_printed():
    """Varshney et al. 2011: 274 and 237 neurons strongly joined, 248 by gap junctions."""
    assert graph(WORM, component="largest strong").n == 274
    assert graph(WORM, component="largest strong", electrical=False).n == 237
    assert graph(WORM, component="largest", chemical=False).n == 248


def test_a_component_is_found_after_the_lesion():
    matrix = np.zeros((5, 5))
    matrix[[0, 1, 2, 3], [1, 2, 3, 4]] = 1.0
    chain = keep(from_matrix(matrix, names=list("abcde")))
    left = graph_of(WiringSpec(own=chain, component="largest", lesion="b"))
    assert left.members.tolist() == [2, 3, 4]
    shown = wiring_of(WiringSpec(own=chain, component="largest", lesion="b"))
    assert shown.outside.tolist() == [True, False, False, False, False]
    assert shown.lesioned.tolist() == [False, True, False, False, False]
    assert shown.n_left == 3
    assert shown.cut.tolist() == [True, True, False, False]


def test_only_some_are_the_subgraph_that_networkx_takes():
    worm = load(WORM)
    motor = [
        name for name, r in zip(worm.neurons, worm.column("role"), strict=True) if r == "motor"
    ]
    theirs = directed(graph(WORM)).subgraph([worm.index[name] for name in motor])
    ours = graph(WORM, only="role:motor")
    assert ours.n == len(motor)
    assert ours.n_edges == theirs.number_of_edges()
    assert ours.weight.sum() == sum(w for _, _, w in theirs.edges(data="weight"))


def test_one_node_per_class_keeps_every_synapse():
    """Quotient of a weighted graph: weights between classes and inside them sum to the whole."""
    worm, classes = load(WORM), grouped(load(WORM), "class")
    assert classes.n_neurons == len(set(worm.column("class"))) == 103
    chemical = classes.layer("chemical")
    assert chemical.weight.sum() == worm.layer("chemical").weight.sum() == 6394
    place = {name: k for k, name in enumerate(classes.neurons)}
    i, j = place["AVA"], place["VA"]
    ours = chemical.matrix(classes.n_neurons)[i, j]
    pairs = worm.layer("chemical").matrix(worm.n_neurons).toarray()
    of = np.array(worm.column("class"))
    assert ours == pairs[np.ix_(of == "AVA", of == "VA")].sum()


def test_a_gap_junction_inside_a_class_counts_once():
    worm, roles = load(WORM), grouped(load(WORM), "role")
    gaps, own = roles.layer("electrical"), worm.layer("electrical")
    whole = roles.layer("electrical").matrix(roles.n_neurons).toarray()
    np.testing.assert_allclose(whole, whole.T)
    apart = own.pre != own.post
    once = own.weight[apart].sum() / 2 + own.weight[~apart].sum()
    assert np.triu(whole).sum() == pytest.approx(once)
    assert gaps.symmetric


def test_what_neurons_of_a_class_share_stays_known():
    classes = connectome_of(WiringSpec(node="class"))
    k = classes.index["AVA"]
    assert classes.column("role")[k] == "interneuron"
    assert classes.column("neurons")[k] == "2"
    ends = [load(WORM).position_um[load(WORM).index[n]] for n in ("AVAL", "AVAR")]
    np.testing.assert_allclose(classes.position_um[k], np.mean(ends, axis=0))


def test_measures_lesions_and_stimuli_know_the_nodes():
    whole = measure(WORM, node="class", n_nulls=0)
    cut = measure(WORM, node="class", n_nulls=0, lesion="AVA")
    assert whole.value("directed edges") > cut.value("directed edges")
    felt = stimulate(WORM, "PLM", node="class", component="largest")
    assert felt.neurons[felt.ranked()[0]] in connectome_of(WiringSpec(node="class")).neurons


def test_drawings_do_not_change_with_the_component():
    spec = WiringSpec(dataset="flyvis", component="largest strong")
    n = load("flyvis").n_neurons
    assert all(len(xy) == n for xy in drawing_of(LayoutSpec(wiring=spec)).layouts.values())


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: only(load(WORM), "AVAL"), "leaves 1 neuron"),
        (lambda: only(load(WORM), "class:AVZ"), "no neuron has class"),
        (lambda: grouped(load("eichler2017_left"), "transmitter"), "names no transmitter"),
    ],
)
def test_what_leaves_nothing_is_told(make, said):
    with pytest.raises(InputError, match=said):
        make()
