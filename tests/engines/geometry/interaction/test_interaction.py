"""Bases against numpy and torch's own Jacobians, edges by brute force, and the run."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.geometry.experiments.mechanisms.interaction import CLAIMS, EXPERIMENT
from engines.geometry.interaction.adders import (
    Adder,
    accuracy_with,
    edges,
    moment_of_hidden,
    on_together,
    strengths,
    strongest,
    sums,
    wirings,
)
from engines.geometry.interaction.answers import after_a_turn
from engines.geometry.interaction.bases import principal
from engines.geometry.interaction.found import dominant, fewest, looks
from engines.geometry.interaction.graph import graph, share_held, strongest_edges
from engines.geometry.interaction.result import InteractionRun
from engines.geometry.interaction.running import right
from engines.geometry.interaction.spec import BASES, LIB, NEURONS, PCA, TURNED, InteractionSpec

TINY = InteractionSpec(p=11, n_embedded=12, width=16, n_steps=400, n_seeds=3)


@pytest.fixture(scope="module")
def run() -> InteractionRun:
    found = EXPERIMENT.result(TINY)
    assert isinstance(found, InteractionRun)
    return found


@pytest.fixture(scope="module")
def drawn() -> tuple[Adder, torch.Tensor, torch.Tensor]:
    draw = torch.Generator().manual_seed(0)
    parts = [torch.randn(*shape, generator=draw, dtype=torch.float64)
             for shape in ((6, 5), (9, 6), (9,), (5, 9), (5,))]  # fmt: skip
    x, y = sums(5)
    return Adder(*parts), torch.from_numpy(x).double(), torch.from_numpy(y)


def test_sums_are_all_pairs_in_either_order_once():
    x, y = sums(7)
    assert x.shape == (28, 7)
    assert (x.sum(axis=1) == 2).all()
    np.testing.assert_array_equal((x @ np.arange(7)) % 7, y)
    assert len(np.unique(x, axis=0)) == 28


@settings(deadline=None)
@given(st.integers(2, 6), st.integers(0, 50))
def test_principal_components_are_numpys(n, seed):
    """numpy.linalg.svd of centred values, up to sign; whitened features have covariance 1."""
    values = torch.from_numpy(np.random.default_rng(seed).normal(size=(30, n)))
    plain, white = (principal(values, whitened=w) for w in (False, True))
    theirs = np.linalg.svd(values.numpy() - values.numpy().mean(axis=0), full_matrices=False)[2]
    np.testing.assert_allclose(np.abs(theirs @ plain.into.numpy()), np.eye(n), atol=1e-6)
    features = white.features(values)
    np.testing.assert_allclose(features.T @ features / 30, np.eye(n), atol=1e-9)
    np.testing.assert_allclose(features @ white.out + white.mean, values, atol=1e-9)


def test_directions_that_do_not_vary_are_dropped():
    values = torch.from_numpy(np.random.default_rng(1).normal(size=(40, 3)))
    wide = torch.cat([values, values @ torch.ones(3, 2, dtype=torch.float64)], dim=1)
    assert principal(wide, whitened=True).n == 3


def test_moments_and_edges_are_means_over_torchs_jacobians(drawn):
    """torch.func.jacrev of hidden features by embedding features, sum by sum."""
    adder, x, _ = drawn
    embedded = adder.embedded(x)
    on = on_together(adder, embedded)
    source, target = principal(embedded, whitened=True), principal(adder.hidden(embedded),
                                                                   whitened=False)  # fmt: skip

    def onward(features: torch.Tensor) -> torch.Tensor:
        return target.features(adder.hidden(features @ source.out + source.mean))

    every = torch.stack([torch.func.jacrev(onward)(one) for one in source.features(embedded)])
    wanted = (every**2).mean(0).T
    torch.testing.assert_close(edges(adder, source, target, on), wanted, atol=1e-8, rtol=1e-6)
    moment = source.out @ moment_of_hidden(adder, target, on) @ source.out.T
    torch.testing.assert_close(moment, torch.einsum("sji,sjk->ik", every, every) / len(every),
                               atol=1e-8, rtol=1e-6)  # fmt: skip


def test_edges_are_ranked_by_what_they_move_in_the_logits(drawn):
    """torch.func.jacrev of centred logits through one hidden feature after another.

    What features are measured in does not count, and features of the interaction basis are measured
    in that already.
    """
    adder, x, _ = drawn
    embedded = adder.embedded(x)
    hidden, on = adder.hidden(embedded), on_together(adder, embedded)
    source = principal(embedded, whitened=True)
    plain, white = (principal(hidden, whitened=w) for w in (False, True))
    found = strengths(adder, source, plain, on)
    torch.testing.assert_close(found, strengths(adder, source, white, on), atol=1e-8, rtol=1e-6)

    def onward(features: torch.Tensor) -> torch.Tensor:
        each = plain.features(adder.hidden(features @ source.out + source.mean))
        said = (each[:, None] * plain.out) @ adder.read.T
        return said - said.mean(-1, keepdim=True)

    every = torch.stack([torch.func.jacrev(onward)(one) for one in source.features(embedded)])
    torch.testing.assert_close(found, (every**2).sum(2).mean(0).T, atol=1e-8, rtol=1e-6)
    for k, wired in enumerate(wirings(adder, x, 0)):
        own = edges(adder, wired.source, wired.target, on)
        if k in (LIB, TURNED):
            torch.testing.assert_close(wired.edges, own, atol=1e-8, rtol=1e-6)


def test_in_the_interaction_basis_the_jacobians_moment_is_diagonal(drawn):
    adder, x, _ = drawn
    wired = wirings(adder, x, 0)[LIB]
    embedded = adder.embedded(x)
    moment = moment_of_hidden(adder, wired.target, on_together(adder, embedded))
    turned = wired.source.out @ moment @ wired.source.out.T
    np.testing.assert_allclose(turned, torch.diag(turned.diagonal()), atol=1e-8)
    assert (turned.diagonal().diff() <= 1e-9).all()


def test_all_edges_are_the_network_itself_and_some_are_heard_one_by_one(drawn):
    adder, x, y = drawn
    for k, wired in enumerate(wirings(adder, x, 0)):
        every = torch.ones_like(wired.edges, dtype=torch.bool)
        if k in (NEURONS, PCA):  # the others drop what no answer is made of
            assert accuracy_with(adder, wired, every, x, y) == right(adder, x, y)
    wired = wirings(adder, x, 0)[PCA]
    kept = strongest(wired.edges, 7)
    assert kept.sum() == 7
    assert wired.edges[kept].min() >= wired.edges[~kept].max()
    features = wired.source.features(adder.embedded(x))
    heard = []
    for j in range(wired.target.n):
        part = torch.where(kept[:, j], features, 0.0) @ wired.source.out + wired.source.mean
        heard.append(wired.target.features(adder.hidden(part))[:, j])
    said = adder.logits(torch.stack(heard, 1) @ wired.target.out + wired.target.mean).argmax(-1)
    assert accuracy_with(adder, wired, kept, x, y) == float((said == y).double().mean())


def test_a_turn_of_the_hidden_layer_changes_neurons_alone():
    assert after_a_turn(LIB) < 1e-6
    assert after_a_turn(PCA) < 1e-6
    assert after_a_turn(NEURONS) > 0.1


def test_fewest_is_the_last_number_below_which_accuracy_falls():
    looks = np.array([2, 8, 32])
    judged = [float(n >= 13) for n in looks]
    assert fewest(looks, np.array(judged), 0.5, lambda n: float(n >= 13)) == 13
    assert fewest(looks, np.ones(3), 0.5, lambda _: 1.0) == 2


def test_a_cosine_is_one_frequency():
    x = np.cos(2 * np.pi * 3 * np.arange(11) / 11 + 0.4)
    assert dominant(np.abs(np.fft.rfft(x)[1:])[None] ** 2)[0] == pytest.approx(1.0)
    assert dominant(np.ones((1, 5)))[0] == pytest.approx(0.2)


def test_a_run_judges_every_basis(run):
    found = run.found
    assert found.accuracy.shape == (len(BASES), len(found.n_edges), 3)
    assert found.n_features[LIB].max() <= 10  # the logits' differences have ten dimensions
    np.testing.assert_array_equal(found.n_features[LIB], found.n_features[TURNED])
    assert len(run.pictures()) == 9
    assert len(EXPERIMENT.findings(run)) == (len(CLAIMS) if found.learnt else 0)
    again = EXPERIMENT.result(TINY)
    assert isinstance(again, InteractionRun)
    assert again.found.least.tobytes() == found.least.tobytes()


@given(st.integers(0, 50), st.integers(0, 12))
def test_a_graph_keeps_the_edges_that_accuracy_is_measured_with(seed, n):
    """The same by torch's order, ties included, and what they hold by hand."""
    strength = np.random.default_rng(seed).integers(0, 4, (3, 4)).astype(float)
    kept = strongest(torch.from_numpy(strength), n).numpy()
    drawn = np.zeros_like(kept)
    drawn[tuple(strongest_edges(strength, n).T)] = True
    np.testing.assert_array_equal(drawn, kept)
    if strength.sum() > 0:
        assert share_held(strength, n) == pytest.approx(strength[kept].sum() / strength.sum())


def test_every_kept_edge_is_drawn_once_from_its_feature_to_its_hidden_feature(run):
    found = run.found
    for basis in (LIB, NEURONS):
        strength = found.strengths[basis]
        for look in (0, 3, len(found.n_edges) - 1):
            drawn = graph(found, basis, look)
            ends = []
            for y in (*drawn.lines.values(), *(one[0] for one in drawn.clouds.values())):
                at = np.flatnonzero(np.isfinite(y))
                ends += [(y[k], y[k + 1]) for k in at[::2]]
                assert (drawn.x[at[::2]] == 0).all()
                assert (drawn.x[at[1::2]] == 1).all()
            n_source, n_target = strength.shape
            found_edges = {(round((1 - a) * n_source - 0.5), round((1 - b) * n_target - 0.5))
                           for a, b in ends}  # fmt: skip
            kept = strongest_edges(strength, found.shown(basis, look))
            assert len(ends) == len(kept)
            assert found_edges == set(map(tuple, kept.tolist()))
            with_edge, without = drawn.dots.values()
            n_heard = sum(len(np.unique(kept[:, side])) for side in (0, 1))
            assert np.isfinite(with_edge).sum() == n_heard
            assert np.isfinite(without).sum() == n_source + n_target - n_heard


def test_the_page_opens_where_the_interaction_basis_is_right(run):
    found, look = run.found, run.found.enough(LIB)
    assert (found.accuracy[LIB, look:, 0] >= 0.99 * found.whole[0]).all()
    assert look == 0 or found.accuracy[LIB, look - 1, 0] < 0.99 * found.whole[0]
    np.testing.assert_array_equal(found.n_edges, looks(found.spec))


def test_networks_that_did_not_learn_test_nothing():
    found = EXPERIMENT.result(TINY.replace(n_steps=10))
    assert isinstance(found, InteractionRun)
    assert not found.found.learnt
    assert EXPERIMENT.findings(found) == ()


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_known_answers_are_reproduced(answer):
    assert answer.verdict().reproduced
