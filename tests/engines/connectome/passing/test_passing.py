"""Messages along edges: blocks that are algorithms, what they cannot tell apart, ways and cuts."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.connectome.answers.networks.passing import passing_answers
from engines.connectome.experiments.learning.graph_network import EXPERIMENT, WaveSpec
from engines.connectome.passing import block, exact, planar, twins
from engines.connectome.passing.shipped import shipped
from engines.contract import InputError

FEW = WaveSpec(n_exam=10)


def rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def run(spec: WaveSpec) -> Any:
    return EXPERIMENT.result(spec)


def graph(problem: planar.Problem) -> nx.DiGraph:
    made = nx.DiGraph()
    made.add_nodes_from(range(problem.n))
    for (i, j), length in zip(problem.edges.tolist(), problem.length, strict=True):
        made.add_edge(i, j, weight=length)
    return made


@pytest.mark.parametrize("answer", passing_answers(), ids=lambda a: a.target)
def test_algorithms_symmetries_and_floors(answer):
    assert answer.verdict().reproduced, answer.verdict()


@given(st.integers(0, 10_000), st.integers(4, 25))
@settings(max_examples=15, deadline=None)
def test_ways_are_those_of_networkx(seed, n):
    problem = planar.drawn(rng(seed), n)
    start, goal = (int(np.flatnonzero(problem.ends[:, k])[0]) for k in (0, 1))
    way, length = planar.way(problem.edges, problem.length, n, start, goal)
    assert way == nx.shortest_path(graph(problem), start, goal, weight="weight")
    assert length == pytest.approx(
        exact.bellman_ford(problem.edges, problem.length, n, start, n)[-1, goal]
    )
    assert nx.is_connected(graph(problem).to_undirected())
    assert sorted(np.flatnonzero(problem.on_way)) == sorted(way)


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_after_k_steps_distances_are_those_of_ways_of_at_most_k_edges(seed):
    problem = planar.drawn(rng(seed), 9)
    made = exact.bellman_ford(problem.edges, problem.length, 9, 0, 3)
    for k in range(4):
        for goal in range(9):
            ways = nx.all_simple_paths(graph(problem), 0, goal, cutoff=k) if goal else [[0]]
            best = min((nx.path_weight(graph(problem), w, "weight") for w in ways), default=np.inf)
            assert made[k, goal] == pytest.approx(best)


def test_a_wave_keeps_to_the_direction_of_edges():
    one_way = np.array([[0, 1], [1, 2], [3, 0]])
    made = exact.bellman_ford(one_way, np.array([1.0, 2.0, 4.0]), 4, 0, 3)
    np.testing.assert_array_equal(made[-1], [0.0, 1.0, 3.0, np.inf])


def test_colours_are_those_of_networkx_hashes():
    """Refinement tells 4 ways in a path of seven, and none in regular graphs."""
    path = np.array([(k, k + 1) for k in range(6)] + [(k + 1, k) for k in range(6)])
    blank = np.zeros(7, np.int64)
    made = twins.colours(path, blank, 7)
    line = nx.path_graph(7)
    nx.set_node_attributes(line, dict.fromkeys(line, "same"), "kind")
    hashes = nx.weisfeiler_lehman_subgraph_hashes(line, iterations=7, node_attr="kind")
    last = [hashes[k][-1] for k in range(7)]
    assert [[a == b for b in made] for a in made] == [[a == b for b in last] for a in last]
    both = np.concatenate([twins.ring(3, 3), twins.ring(6) + 6])
    assert len(set(twins.colours(both, np.zeros(12, np.int64), 9).tolist())) == 1
    # With what their ego networks hold they part at once.
    assert len(set(twins.colours(both, twins.among_neighbours(both, 12), 0).tolist())) == 2


def test_a_graph_is_told_the_same_alone_and_beside_others():
    problems = [planar.drawn(rng(seed), 8 + seed) for seed in range(3)]
    net = shipped()
    with torch.no_grad():
        both = net(block.inputs(planar.together(problems)), 6)[-1]
        alone = torch.cat([net(block.inputs(p), 6)[-1] for p in problems])
    torch.testing.assert_close(both, alone, atol=1e-3, rtol=1e-3)


def test_the_largest_message_is_kept_and_silence_is_zero():
    message = torch.tensor([[-3.0], [-1.0], [2.0]])
    heard = block.largest(message, torch.tensor([1, 1, 2]), 4)
    assert heard[:, 0].tolist() == [0.0, -1.0, 2.0, 0.0]


@pytest.fixture(scope="module")
def found() -> Any:
    return run(FEW)


def test_a_cut_edge_is_gone_and_the_wave_goes_round(found):
    cut = run(FEW.replace(cut_middle=True))
    assert cut.gone.sum() == 2  # a street, both ways
    pairs = set(zip(cut.way[:-1].tolist(), cut.way[1:].tolist(), strict=True))
    lost = {tuple(edge) for edge in cut.edges[cut.gone].tolist()}
    assert not pairs & lost
    assert lost & set(zip(found.way[:-1].tolist(), found.way[1:].tolist(), strict=True))
    assert cut.lengths[0] > cut.lengths[1] == found.lengths[0]
    i, j = (found.names[k] for k in sorted(lost)[0])
    named = run(FEW.replace(lesion=f"{i}->{j}"))
    np.testing.assert_array_equal(named.gone, cut.gone)


def test_a_lesioned_neuron_is_no_part_of_the_way_over_the_worm():
    worm = FEW.replace(over="wiring", start="PLML", goal="DA6")
    whole = run(worm)
    names = [whole.names[k] for k in whole.way]
    assert names[0] == "PLML"
    assert names[-1] == "DA6"
    cut = run(worm.replace(lesion=names[1]))
    assert names[1] not in [cut.names[k] for k in cut.way]
    assert cut.lengths[0] >= whole.lengths[0]
    assert np.isinf(cut.distance[-1, whole.names.index(names[1])])


def test_where_no_way_is_left_it_says_so():
    none = run(FEW.replace(lesion="n1"))
    assert not len(none.way)
    assert np.isinf(none.lengths[0])
    table: Any = next(p for p in none.pictures() if getattr(p, "title", "") == "Ways")
    assert "no way" in table.columns["way"]


def test_bad_ends_are_refused():
    with pytest.raises(InputError, match="two different ends"):
        run(FEW.replace(start="n3", goal="n3"))
    with pytest.raises(InputError, match="n99"):
        run(FEW.replace(start="n99"))


def test_film_and_claims(found):
    assert len(found.moments()) == len(found.distance)
    assert found.moments()[2].pictures()
    assert {type(p).__name__ for p in found.pictures()} == {"Bars", "Curves", "Table"}
    raw = run(FEW.replace(network="untrained"))
    assert not EXPERIMENT.findings(raw)
    assert len(EXPERIMENT.findings(found)) == 4


def test_a_few_steps_of_learning_fall_and_repeat():
    spec = FEW.replace(network="learns here", n_training=30)
    made = run(spec)
    assert made.losses[-5:].mean() < made.losses[:3].mean()
    from engines.connectome.passing.learning import learn

    again = [step.loss for step in learn(3, 0)]
    assert again == made.losses[:3].tolist()
