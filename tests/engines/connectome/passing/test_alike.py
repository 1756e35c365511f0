"""Graphs that look alike: networkx's colours and ego graphs, symmetries, what is learnt by heart."""

from __future__ import annotations

import dataclasses
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.connectome.answers.networks.passing import alike_answers
from engines.connectome.experiments.learning.look_alikes import (
    CLAIMS,
    EXPERIMENT,
    LookAlikes,
    LookAlikesSpec,
)
from engines.connectome.passing import alike, telling


def run(spec: LookAlikesSpec) -> Any:
    return EXPERIMENT.result(spec)


def colours(graph: nx.Graph) -> str:
    """networkx's colours after seven rounds, all nodes alike at first."""
    nx.set_node_attributes(graph, dict.fromkeys(graph, "one"), "kind")
    return nx.weisfeiler_lehman_graph_hash(graph, node_attr="kind", iterations=7)


@pytest.mark.parametrize("answer", alike_answers(), ids=lambda one: one.target)
def test_known_answers(answer):
    assert answer.verdict().reproduced, answer.verdict()


@pytest.mark.parametrize("name", alike.PAIRS)
def test_pairs_are_two_graphs_and_messages_do_not_tell_them_apart(name: Any):
    one, other = (nx.from_numpy_array(g) for g in alike.pair(name).joined)
    assert not nx.is_isomorphic(one, other)
    assert colours(one) == colours(other)
    assert not alike.tells(alike.pair(name).joined, "messages alone", 7)


def test_the_boards_are_strongly_regular():
    for graph in alike.pair("boards").joined:
        made = nx.from_numpy_array(graph)
        assert nx.is_strongly_regular(made)
        assert set(dict(made.degree).values()) == {6}


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(0, 3))
def test_what_is_around_a_node_is_networkxs(seed, n_steps):
    made = nx.gnp_random_graph(9, 0.3, seed=seed)
    joined = nx.to_numpy_array(made).astype(bool)
    near = alike.around(joined, n_steps)
    inside = alike.counts(joined)
    for node in made:
        assert set(np.flatnonzero(near[node])) == set(nx.ego_graph(made, node, radius=n_steps))
        among = made.subgraph(made[node])
        triangles: Any = nx.triangles(among)
        assert inside[node].tolist() == [among.size(), sum(triangles.values()) // 3]


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from(["messages alone", "ego networks, one step"]))
def test_colours_tell_no_graph_from_itself_under_other_names(seed, told):
    joined = nx.to_numpy_array(nx.gnp_random_graph(8, 0.4, seed=seed)).astype(bool)
    order = np.random.default_rng(seed).permutation(8)
    assert not alike.tells(np.stack([joined, joined[np.ix_(order, order)]]), told, 4)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_colours_agree_with_networkx_on_random_graphs(seed):
    made = [nx.gnm_random_graph(7, 8, seed=seed + k) for k in range(2)]
    both = np.stack([nx.to_numpy_array(g).astype(bool) for g in made])
    told = alike.tells(both, "messages alone", 7)
    assert told == (colours(made[0]) != colours(made[1]))


@pytest.mark.parametrize("told", alike.TOLD)
def test_answers_move_with_names_only_where_names_are_told(told):
    pair, rng = alike.pair("molecules"), np.random.default_rng(0)
    x, _ = telling.examples(telling.renamed(rng, pair.joined, 4), told)
    torch.manual_seed(0)
    net = telling.Telling(10, x.shape[-1] - 10, 3).double()
    said = net(x.double()).detach().numpy().reshape(4, 2, 2)
    assert (np.ptp(said, axis=0).max() > 1e-6) == (told == "node numbers")


def test_names_in_the_exam_are_new_where_any_are_left():
    """Of two triangles there are 6! / 72 = 10 namings, of a ring of six 6! / 12 = 60."""
    both, rng = alike.pair("rings").joined, np.random.default_rng(0)
    every = np.unique(telling.renamed(rng, both, 600), axis=0)
    assert len(every) == 70
    for n_copies in (3, 8):
        learnt = telling.renamed(rng, both, n_copies)
        exam = telling.renamed(rng, both, telling.N_EXAM, learnt)
        assert telling.share_known(exam, learnt) == 0.0
        assert telling.share_known(telling.renamed(rng, both, 24), learnt) > 0.1
    exam = telling.renamed(rng, both, telling.N_EXAM, every)
    assert telling.share_known(exam, every) == 1.0


def test_kinds_are_independent_and_numbers_by_heart_are_paired():
    right = np.random.default_rng(0).random((5, 4, 3))
    found = LookAlikes(spec=LookAlikesSpec(), right=right, learnt=np.ones((5, 4, 3)),
                       known=np.zeros(4), moved=np.zeros((5, 4)), can=np.ones((5, 4), bool),
                       names=(), drawn=np.zeros((2, 6, 6)), xy=np.zeros((2, 6, 2)))  # fmt: skip
    assert [claim.difference is None for claim in CLAIMS] == [True, True, False]
    every = dataclasses.replace(found, known=np.array([0.5, 0.0, 0.0, 0.0]))
    figure = CLAIMS[2].figure(every)
    assert figure is not None
    assert figure.value == pytest.approx(found.right[1, 1:].mean())
    bare = alike.pair("rings", n_cut=6)  # without an edge there is one naming
    *_, none = telling.learn(
        bare, "node numbers", n_rounds=1, n_steps=1, n_copies=1, n_nets=1, seed=0
    )
    assert isinstance(none, telling.Learnt)
    assert none.known == 1.0
    assert CLAIMS[2].finding(dataclasses.replace(found, known=np.ones(4))) is None


def test_no_answer_counts_a_half():
    said = torch.tensor([[[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1e-6]]])
    assert telling.share_right(said, torch.tensor([0, 1, 1, 0])).tolist() == [
        (0.5 + 1 + 0 + 0.5) / 4
    ]


def test_cut_edges_leave_as_many_fewer_and_the_rest_as_it_was():
    whole, cut = alike.pair("boards"), alike.pair("boards", 2, seed=3)
    assert (whole.joined.sum(axis=(1, 2)) - cut.joined.sum(axis=(1, 2))).tolist() == [4, 4]
    assert not (cut.joined & ~whole.joined).any()
    assert (cut.joined == cut.joined.transpose(0, 2, 1)).all()


def test_a_run_tells_apart_what_it_can():
    found = run(LookAlikesSpec(n_training=50, n_seeds=5, n_copies=2))
    assert (found.known == 0.0).all()
    symmetric = np.array([told != "node numbers" for told in alike.TOLD])[:, None]
    assert (found.right[~found.can & symmetric] == 0.5).all()  # a theorem
    assert (found.right[found.can & symmetric] == 1.0).mean() > 0.9
    assert found.learnt[1].mean() > 0.8 > found.right[1].mean()
    findings = [claim.finding(found) for claim in CLAIMS]
    assert [one.word for one in findings if one] == ["holds"] * 3
    assert len(found.pictures()) == 3


def test_a_run_repeats_and_cut_graphs_test_no_claim_about_whole_ones():
    spec = LookAlikesSpec(n_training=10, n_seeds=3, n_copies=1, n_cut=1)
    cut, again = run(spec), run(spec)
    np.testing.assert_array_equal(cut.right, again.right)
    assert cut.can[0].all()
    assert CLAIMS[0].finding(cut) is None
