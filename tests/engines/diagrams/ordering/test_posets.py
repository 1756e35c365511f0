"""Partial orders against published counts, networkx, brute force and closed forms."""

from __future__ import annotations

from itertools import permutations, product
from math import comb, factorial

import networkx as nx
import numpy as np
import pytest

from engines.contract.pictures import Curves, Table
from engines.diagrams import posets
from engines.diagrams.experiments.architectures.posets import CLAIMS, EXPERIMENT
from engines.diagrams.ordering.answers import answers
from engines.diagrams.ordering.results import PosetResult
from engines.lab.data.posets import (
    covers,
    extensions,
    heights,
    ideals,
    kinds,
    labelled,
    winners,
)

FOUR = kinds(labelled(4))[0]
CHAIN = np.triu(np.ones((4, 4), bool), 1)
NOTHING = np.zeros((4, 4), bool)


@pytest.mark.parametrize("answer", answers(), ids=lambda one: one.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


@pytest.mark.parametrize(("n", "named", "kind"), [(1, 1, 1), (2, 3, 2), (3, 19, 5), (4, 219, 16)])
def test_orders_are_as_many_as_published(n, named, kind):
    """OEIS A001035 and A000112."""
    every = labelled(n)
    assert len(every) == named
    assert len(np.unique(every.reshape(len(every), -1), axis=0)) == named
    found, n_named = kinds(every)
    assert (len(found), n_named.sum()) == (kind, named)


def test_all_relations_of_three_points_that_are_orders_are_found():
    """Brute force over 2^9 relations."""
    wanted = set()
    for bits in product((False, True), repeat=9):
        less = np.array(bits).reshape(3, 3)
        far = less.astype(int) @ less.astype(int) > 0
        if not less.diagonal().any() and not (less & less.T).any() and (less | ~far).all():
            wanted.add(bits)
    assert {tuple(bool(v) for v in one.ravel()) for one in labelled(3)} == wanted


@pytest.mark.parametrize("less", FOUR)
def test_ideals_and_antichains_are_as_many(less):
    """Every ideal is told by its largest points (networkx counts the antichains)."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(4))
    graph.add_edges_from(zip(*np.nonzero(less), strict=True))
    assert len(ideals(less)) == len(list(nx.antichains(graph)))


@pytest.mark.parametrize("less", FOUR)
def test_extensions_by_brute_force(less):
    ways = sum(
        all(order[i] < order[j] for i, j in zip(*np.nonzero(less), strict=True))
        for order in permutations(range(4))
    )
    assert extensions(less) == ways


@pytest.mark.parametrize("less", FOUR)
def test_a_hasse_diagram_is_the_transitive_reduction(less):
    graph = nx.DiGraph(list(zip(*np.nonzero(less), strict=True)))
    wanted = set(nx.transitive_reduction(graph).edges) if graph else set()
    assert {(int(a), int(b)) for a, b in zip(*np.nonzero(covers(less)), strict=True)} == {
        (int(a), int(b)) for a, b in wanted
    }


def test_a_chain_and_no_order_at_all_in_closed_form():
    assert (len(ideals(CHAIN)), extensions(CHAIN)) == (5, 1)
    assert (len(ideals(NOTHING)), extensions(NOTHING)) == (16, factorial(4))
    np.testing.assert_array_equal(heights(CHAIN), [0, 1, 2, 3])
    sizes = np.bincount(ideals(NOTHING).sum(axis=1))
    assert list(sizes) == [comb(4, k) for k in range(5)]


def test_without_an_order_the_filter_is_a_sum_of_relus():
    """The largest sum over all sets takes every number above 0: closed form."""
    x = np.random.default_rng(0).standard_normal((200, 4))
    best = (x * ideals(NOTHING)[winners(NOTHING, x)]).sum(axis=1)
    np.testing.assert_allclose(best, np.maximum(x, 0.0).sum(axis=1))


def test_the_page_shows_every_kind_and_its_claims_hold():
    *frames, found = EXPERIMENT.frames(EXPERIMENT.spec(n_points=3, n_inputs=5_000))
    assert isinstance(found, PosetResult)
    assert len(frames) == 6
    findings = [claim.finding(found) for claim in CLAIMS]
    assert [finding.word for finding in findings if finding] == ["holds", "holds"]
    drawn, counts, table = found.pictures()
    assert isinstance(drawn, Curves)
    assert isinstance(counts, Curves)
    assert isinstance(table, Table)
    (dots,) = drawn.dots.values()
    assert np.isfinite(dots).sum() == 5 * 3
    assert list(table.columns["named"]) == list(found.n_named)
    assert counts.lines["ideals"].max() == 8


def test_equal_seeds_give_equal_filters():
    one, other = posets(n_points=3, n_inputs=500), posets(n_points=3, n_inputs=500)
    np.testing.assert_array_equal(one.within, other.within)
    assert not np.array_equal(posets(n_points=3, n_inputs=500, seed=1).within, one.within)


def test_every_ideal_wins_somewhere_however_few_inputs_there_are():
    found = posets(n_points=4, n_inputs=100)
    np.testing.assert_array_equal(found.n_pieces, found.n_ideals)
