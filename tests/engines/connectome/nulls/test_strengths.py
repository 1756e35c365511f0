"""Strengths and their nulls: closed forms, published rules and networkx."""

from __future__ import annotations

import numpy as np
import pytest
from connectome_graphs import directed, matrices, of
from hypothesis import assume, given, settings
from scipy import stats

from engines.connectome import measure
from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.nulls.run import seeds_of
from engines.connectome.nulls.strengths import StrengthNulls, gini, share_above, strengths
from engines.connectome.wiring.graph import Graph, graph_of
from engines.connectome.wiring.spec import WiringSpec


@settings(deadline=None, max_examples=40)
@given(matrices(2, 12))
def test_strengths_agree_with_networkx(matrix):
    graph = of(matrix)
    one = directed(graph)
    found = strengths(graph, graph.weight)
    for row, theirs in zip(found, (one.in_degree, one.out_degree, one.degree), strict=True):
        assert row.tolist() == [dict(theirs(weight="weight")).get(k, 0) for k in range(graph.n)]


@settings(deadline=None, max_examples=40)
@given(matrices(2, 12))
def test_gini_is_half_the_relative_mean_difference(matrix):
    values = matrix.sum(axis=0)
    assume(values.sum() > 0)
    apart = np.abs(values[:, None] - values[None]).mean()
    assert gini(values) == pytest.approx(apart / (2.0 * values.mean()))


def test_the_share_above_a_level_is_the_survival_function_of_scipy():
    values = np.random.default_rng(0).exponential(size=200)
    level = np.array([0.0, 0.1, 1.0, 3.0, values.max()])
    theirs = stats.ecdf(values).sf.evaluate(level)
    np.testing.assert_allclose(share_above(values, level), theirs, atol=1e-12)


def drawn(graph: Graph, **fields) -> StrengthNulls:
    spec = MeasuresSpec(**fields)
    made = StrengthNulls(graph, graph.weight, spec)
    made.until(spec.n_nulls, seeds_of(spec.seed, spec.n_nulls))
    return made


def test_dealt_weights_have_the_mean_and_variance_of_draws_without_replacement():
    # A neuron of in-degree k gets k of m weights: mean k w, variance k s^2 (m - k) / (m - 1).
    graph = graph_of(WiringSpec())
    made = drawn(graph, n_nulls=1_500, null="permuted weights")
    m, k = graph.n_edges, int(graph.in_degree.max())
    mine = int(np.argmax(graph.in_degree))
    rng = (np.random.Generator(np.random.Philox(int(s))) for s in seeds_of(0, 1_500))
    dealt = np.array([r.permutation(graph.weight)[graph.post == mine].sum() for r in rng])
    sd = np.sqrt(k * graph.weight.var() * (m - k) / (m - 1))
    assert dealt.mean() == pytest.approx(k * graph.weight.mean(), abs=4 * sd / np.sqrt(1_500))
    assert dealt.std() == pytest.approx(sd, rel=0.08)
    # Degrees decide most of the largest strength, and no null is weaker than that neuron's.
    assert (made.columns["largest in-strength"] >= dealt).all()


def test_nulls_of_equal_weights_are_the_wiring_itself():
    graph = of(np.random.default_rng(1).integers(0, 2, (20, 20)) * (1 - np.eye(20)) * 3.0)
    made = drawn(graph, n_nulls=9)
    found = made.found()
    np.testing.assert_array_equal(found.null_low, found.share)
    np.testing.assert_array_equal(found.null_high, found.share)


def test_random_graphs_have_poisson_like_strengths_whatever_the_degrees():
    # In-degrees of G(n, m) are hypergeometric: mean m/n, variance about m/n (1 - 1/n).
    graph = graph_of(WiringSpec())
    made = drawn(graph, n_nulls=40, null="random graph")
    spread = made.columns["strength Gini"].mean()
    assert spread < 0.6 * made.values()["strength Gini"]
    assert all(np.isfinite(made.columns["largest strength"]))


def test_the_worm_hears_more_unequally_than_its_degrees_explain():
    found = measure("varshney2011", n_nulls=200).measures
    z = dict(zip(found.names, found.z, strict=True))
    assert z["in-strength Gini"] > 5 > abs(z["out-strength Gini"])
    assert len(found.strength.pictures()) == 3
    assert found.strength.null_mean.shape == (3, len(found.strength.level))


def test_an_undirected_null_knows_strength_without_directions_alone():
    graph = graph_of(WiringSpec())
    made = drawn(graph, n_nulls=1, null="undirected degree")
    np.testing.assert_allclose(made.real[2], strengths(graph, graph.weight)[2])
