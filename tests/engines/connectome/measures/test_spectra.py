"""Spectra: numpy's and networkx's, closed forms, and what no order of neurons changes."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from connectome_graphs import matrices, of, undirected
from hypothesis import given, settings
from scipy import sparse

from engines.connectome import spectrum
from engines.connectome.answers.spectra import spectrum_answers
from engines.connectome.experiments.structure.spectrum import CLAIMS, EXPERIMENT, SpectrumSpec
from engines.connectome.measures.spectra import eigenvalues, henrici, laplacian
from engines.contract import InputError


@pytest.mark.parametrize("answer", spectrum_answers(), ids=lambda one: one.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


@settings(deadline=None, max_examples=40)
@given(matrices(3, 12))
def test_the_laplacian_is_networkxs(matrix):
    graph = of(matrix)
    found = laplacian(graph.undirected)
    theirs = nx.normalized_laplacian_spectrum(undirected(graph))
    np.testing.assert_allclose(found.value, np.sort(theirs), atol=1e-9)
    assert found.n_components == nx.number_connected_components(undirected(graph))


@settings(deadline=None, max_examples=30)
@given(matrices(3, 12))
def test_two_is_an_eigenvalue_where_a_component_is_bipartite(matrix):
    """Chung 1997: 2 is an eigenvalue exactly where a component with edges is bipartite."""
    two = undirected(of(matrix))
    parts = [two.subgraph(c) for c in nx.connected_components(two) if len(c) > 1]
    fastest = laplacian(of(matrix).undirected).fastest
    assert (abs(fastest - 2.0) < 1e-9) == any(map(nx.is_bipartite, parts))


def test_henricis_departure_is_what_schurs_form_has_beside_the_diagonal():
    """Schur 1909: W = U (D + N) U*, and ||N|| is the departure."""
    from scipy.linalg import schur

    weight = np.random.default_rng(0).standard_normal((40, 40))
    triangle = schur(weight, output="complex")[0]
    beside = np.linalg.norm(triangle - np.diag(np.diag(triangle))) / np.linalg.norm(weight)
    assert henrici(weight, eigenvalues(weight)) == pytest.approx(beside)


def test_two_cliques_on_a_string_are_told_apart_by_the_slowest_mode():
    """Fiedler 1973: the sign of the slowest mode cuts where the fewest edges run."""
    made = nx.barbell_graph(8, 0)
    found = laplacian(sparse.csr_array(nx.to_numpy_array(made)))
    sides = np.sign(found.mode[:, 0])
    assert abs(sides[:8].sum()) == abs(sides[8:].sum()) == 8
    assert sides[0] != sides[-1]


def test_the_worm_beside_its_nulls():
    found = spectrum("varshney2011", n_nulls=20)
    assert [claim.finding(found).word for claim in CLAIMS] == ["holds", "differs"]
    assert found.null_laplacian.shape == (20, 279)
    head, tail = (found.ends().columns[f"slowest, {end} end"] for end in ("low", "high"))
    # Neurons of the head at one end, of the ventral cord at the other (White et al. 1986).
    cord = {"VD", "DD", "VA", "VB", "DA", "DB", "AS", "PD"}
    share = [np.mean([name[:2] in cord for name in those]) for those in (head, tail)]
    assert sorted(share) == [0.0, 1.0]


def test_who_tests_no_claim_and_who_is_too_many():
    found = EXPERIMENT.result(SpectrumSpec(node="class", n_nulls=2))
    assert all(claim.finding(found) is None for claim in CLAIMS)
    with pytest.raises(InputError, match="One node per to class"):
        spectrum("winding2023", n_nulls=2)
