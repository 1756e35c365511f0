"""Inside a network: heads, states, axes and fields against torch, scikit-learn and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import Delaunay

from engines.contract import InputError, SpecError
from engines.contract.sending import Activations, Matrix
from engines.pointer.answers import inside as answers
from engines.pointer.experiments.solving.inside import EXPERIMENT
from engines.pointer.model import Network
from engines.pointer.networks.build import network
from engines.pointer.probing.asked import InsideSpec
from engines.pointer.probing.edges import changed_share, edges, line_length
from engines.pointer.probing.projection import principal_axes
from engines.pointer.probing.sensitivity import grid_places, probabilities, with_moved
from engines.pointer.probing.taps import features_of, held, previous_of
from engines.pointer.tasks import task_named

HULL = task_named("hull")


@pytest.fixture(scope="module")
def run():
    return EXPERIMENT.result(InsideSpec(grid=12, n_sets=40))


@pytest.mark.parametrize("answer", answers.inside_answers(), ids=lambda a: a.target[:40])
def test_known_answers_hold(answer):
    assert abs(answer.ours() - answer.expected) <= answer.tolerance


def test_what_is_seen_inside_is_what_answers():
    net = network(Network(d_model=32), d_features=2, n_max=12, seed=3)
    points = np.random.default_rng(0).random((2, 7, 2))
    choices = np.array([[3, 1, 2, 7, 7], [0, 6, 5, 4, 7]])
    with torch.no_grad():
        features, previous = features_of(HULL, points), previous_of(choices, 7)
        inside = net.inside(features, previous)
        logits = net.pointed(net.encode(features), inside.steps[-1])
        torch.testing.assert_close(logits, net.teach(net.encode(features), previous))
    found = held(net, HULL, points, choices)
    assert found.at.shape == (2, 2, 8, 5, 7)
    np.testing.assert_allclose(found.at.sum(axis=-1), 1.0, atol=1e-6)
    np.testing.assert_allclose(found.between.sum(axis=-1), 1.0, atol=1e-6)


def test_taught_probabilities_are_those_that_decoding_shows_where_nothing_is_forbidden():
    from engines.pointer.decoding.greedy import decoded

    net = network(Network(d_model=32), d_features=2, n_max=12, seed=5)
    points = np.random.default_rng(1).random((1, 6, 2))
    free = decoded(net, HULL, points, mask=False, trace=True)
    told = probabilities(net, HULL, points, free.choices)
    np.testing.assert_allclose(told, free.distributions, atol=1e-5)


@given(st.integers(3, 12), st.integers(2, 9), st.integers(0, 2**32 - 1))
def test_axes_are_orthonormal_and_their_shares_fall(n_states, n_units, seed):
    states = np.random.default_rng(seed).normal(size=(n_states, n_units))
    found = principal_axes(states)
    np.testing.assert_allclose(found.axes @ found.axes.T, np.eye(len(found.axes)), atol=1e-9)
    assert (np.diff(found.shares) <= 1e-12).all()
    spread = found(states).var(axis=0).sum() / states.var(axis=0).sum()
    assert spread == pytest.approx(found.shares.sum())


def test_states_that_are_one_have_no_variance_to_share():
    assert principal_axes(np.ones((4, 3))).shares.tolist() == [0.0, 0.0]


def test_edges_of_a_square_and_of_a_path():
    answer = np.array([[0, 1, 2, 3], [0, 1, 2, -1]])
    closed, opened = edges("polygon", answer, 4), edges("path", answer, 4)
    assert (closed.sum(axis=(1, 2)) // 2).tolist() == [4, 3]
    assert (opened.sum(axis=(1, 2)) // 2).tolist() == [3, 2]
    corners = np.array([[[0, 0], [1, 0], [1, 1], [0, 1.0]]] * 2)
    np.testing.assert_allclose(line_length(closed, corners), [4, 2 + np.sqrt(2)])
    # {01, 12, 23, 30} and {01, 12, 20}: two of five are shared.
    assert changed_share(closed[:1], closed[1:]).tolist() == [pytest.approx(0.6)]


@given(st.permutations(list(range(7))), st.integers(0, 6))
def test_where_an_answer_starts_and_which_way_it_runs_change_no_edge(order, turn):
    one = np.array([order])
    other = np.roll(one[:, ::-1], turn, axis=1)
    assert changed_share(edges("polygon", one, 7), edges("polygon", other, 7)).tolist() == [0.0]


def test_places_begin_at_the_top_left_and_only_one_point_moves():
    places = grid_places(4)
    assert places[0].tolist() == [0.125, 0.875]
    assert places[-1].tolist() == [0.875, 0.125]
    points = np.random.default_rng(2).random((5, 2))
    moved = with_moved(points, 3, places)
    assert (moved[:, 3] == places).all()
    assert (np.delete(moved, 3, axis=1) == np.delete(points, 3, axis=0)).all()


def test_a_point_inside_the_hull_changes_the_right_answer_nowhere_inside(run):
    assert 1 not in run.right
    inside = Delaunay(run.points[run.right]).find_simplex(grid_places(12)) >= 0
    assert run.right_edges[inside].max() == 0.0
    assert run.right_edges[~inside].min() > 0.0


def test_claims_are_judged_with_both_figures(run):
    words = [finding.word for finding in EXPERIMENT.findings(run)]
    assert words == ["holds", "holds", "holds"]
    assert run.parted.shape == (4, 20)


def test_every_step_is_a_moment_with_the_same_pictures(run):
    moments = run.moments()
    assert len(moments) == len(run.choices)
    titles = [picture.title for picture in moments[0].pictures()]
    assert len(titles) == len(run.pictures())
    assert titles[0] == "Network: choices change, step 1"
    mean = np.mean([m.pictures()[0].values for m in moments], axis=0)
    np.testing.assert_allclose(run.pictures()[0].values, mean, atol=1e-6)


def test_states_and_attention_are_given_to_others(run):
    made = {gift.title: gift.make() for gift in run.gives()}
    encoder = made["Encoder states"]
    assert isinstance(encoder, Activations)
    assert list(encoder.layers) == ["encoder input", "encoder 1", "encoder 2", "encoder 3"]
    assert {len(v) for v in encoder.layers.values()} == {len(encoder.stimuli)} == {240}
    assert len(set(encoder.stimuli)) == 240
    chosen = sum(role == "in the answer" for role in encoder.labels["role"][:12])
    assert chosen == len(run.answer)
    decoder = made["Decoder states"]
    assert decoder.stimuli[0] == "set 0, step 0"
    assert decoder.labels["chosen"][: len(run.choices)] == tuple(map(str, run.choices))
    matrix = made["Attention of layer 1, mean over heads"]
    assert isinstance(matrix, Matrix)
    np.testing.assert_allclose(matrix.weights.sum(axis=1), 1.0, atol=1e-5)


def test_geometry_takes_the_states(run, tmp_path, monkeypatch):
    from engines.geometry.activations import library
    from engines.running import sending

    monkeypatch.setattr(library, "root", lambda: tmp_path / "sets")
    gift = run.gives()[0]
    assert "geometry/files" in sending.takers(gift.kind)
    spec = sending.taken(gift.make(), "geometry/files", came="{}")
    assert spec.title == "Convex hull, encoder"


def test_heights_mean_nothing_to_sorting():
    found = EXPERIMENT.result(InsideSpec(task="sorting", n_points=6, grid=6, n_sets=10))
    field = found.pictures()[0].values
    assert np.abs(field - field[:1]).max() < 1e-5
    assert not len(found.parted)


def test_a_given_start_does_not_change_with_any_point():
    found = EXPERIMENT.result(InsideSpec(task="tour", n_points=6, grid=5, n_sets=10))
    assert found.shift[:, 0].max() == 0.0
    assert found.shift[:, 1:].max() > 0.0


def test_an_lstm_has_states_and_no_heads():
    spec = InsideSpec(weights="lstm-hull-5", n_points=5, grid=5, n_sets=10)
    found = EXPERIMENT.result(spec)
    assert "an LSTM has no heads: only its states are shown" in found.notices
    assert not any("heads" in picture.title for picture in found.pictures())
    assert len(EXPERIMENT.findings(found)) == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"moved": 12}, "there are 12 points, 0 to 11, got 12"),
        ({"points": ((0.0, 0.0), (1.0, 1.0))}, "4 to 50 here, got 2"),
        ({"n_points": 51}, "Points"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_sentence(fields, told):
    with pytest.raises(SpecError, match=told):
        InsideSpec(**fields)


def test_points_on_one_line_have_no_hull_to_look_into():
    rows = tuple((0.1 * k, 0.1 * k) for k in range(5))
    with pytest.raises(InputError, match="move a point"):
        EXPERIMENT.result(InsideSpec(points=rows))
