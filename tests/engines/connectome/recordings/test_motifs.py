"""Motifs: tensors whose factors are known, affinities in closed form, planted groups and lesions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engines.connectome.answers import activity
from engines.connectome.experiments.activity import dynamic_communities
from engines.connectome.experiments.activity.dynamic_communities import MotifSpec
from engines.connectome.recordings.affinity import changes, differential_graph, moments, pairs
from engines.connectome.recordings.factors import best_of, decompositions, elbow, rounds
from engines.connectome.recordings.recovery import auc, factor_match, matching
from engines.connectome.recordings.shifting import shifted
from engines.connectome.recordings.sources import planted_motifs
from engines.contract import InputError
from engines.lab.data.motifs import motifs_in_time


def rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def test_a_product_of_three_vectors_is_found_whole():
    assert activity.rank_one_left() < 1e-6


def test_a_planted_tensor_and_its_rank_are_found():
    # The plan measured .999 on 200 x 10 x 1,770; the curve bends where the rank was made.
    assert activity.match_of_planted() > 0.98
    assert activity.rank_of_planted() == 6


def test_what_is_left_never_grows_and_is_what_is_left():
    tensor, _ = activity.planted_tensor(1, (20, 5, 40), 3)
    errors = []
    for found in rounds(tensor, [2, 3, 4], 0, n_rounds=40):
        errors.append([one.error for one in found])
        for one in found:
            again = np.einsum("tr,ar,pr->tap", one.time, one.animal, one.pair)
            left = np.linalg.norm(tensor - again) / np.linalg.norm(tensor)
            assert one.error == pytest.approx(left, abs=1e-7)
            assert min(f.min() for f in (one.time, one.animal, one.pair)) >= 0
    assert (np.diff(errors, axis=0) <= 1e-12).all()


def test_animals_in_another_order_change_only_their_factor():
    tensor, _ = activity.planted_tensor(2, (20, 5, 40), 3, noise=0.0)
    order = np.array([3, 0, 4, 1, 2])
    one, other = (best_of(t, 3, 3, 0, n_rounds=200) for t in (tensor, tensor[:, order]))
    turned = one.time, one.animal[order], one.pair
    whole = factor_match(turned, (other.time, other.animal, other.pair))
    assert whole == pytest.approx(1.0, abs=1e-3)


def test_a_component_that_died_is_left_out_and_never_divided_by():
    tensor = np.zeros((6, 4, 5))
    tensor[:3, :2, :2] = 1.0
    found = decompositions(tensor, [4], 0)[0]
    assert np.isfinite(found.pair).all()
    assert 1 <= found.rank <= 4
    assert found.error < 1e-4


@pytest.mark.parametrize(
    ("tensor", "rank", "said"),
    [
        (np.zeros((3, 3, 3)), 1, "not all zero"),
        (-np.ones((3, 3, 3)), 1, "without negative"),
        (np.ones((3, 3, 3)), 0, "ranks from 1 to 9, got 0"),
        (np.ones((3, 3, 3)), 10, "ranks from 1 to 9, got 10"),
    ],
)
def test_what_cannot_be_decomposed_says_why(tensor, rank, said):
    with pytest.raises(InputError, match=said):
        decompositions(tensor, [rank], 0)


def test_affinity_of_sines_is_the_positive_part_of_their_product():
    # Mean of max(sin 2x, 0).
    assert activity.affinity_of_sines() == pytest.approx(1 / np.pi, abs=2e-3)


def test_affinity_is_the_sum_over_both_signs_smoothed():
    traces = rng(0).standard_normal((2, 40, 4))
    found = differential_graph(traces, window=3.0)
    y = changes(traces)
    i, j = pairs(4)
    up, down = np.maximum(y, 0), np.maximum(-y, 0)
    raw = up[:, :, i] * up[:, :, j] + down[:, :, i] * down[:, :, j]
    for k, t in enumerate(moments(40, 3.0)):
        weight = np.exp(-0.5 * ((np.arange(40) - t) / 3.0) ** 2)
        np.testing.assert_allclose(found[k], (weight / weight.sum()) @ raw, rtol=1e-12)


def test_a_silent_neuron_has_no_affinity():
    traces = rng(1).standard_normal((1, 40, 4))
    traces[:, :, 2] = 7.3
    found = differential_graph(traces)
    i, j = pairs(4)
    touched = (i == 2) | (j == 2)
    assert not found[..., touched].any()
    assert (found[..., ~touched] > 0).all()


@pytest.mark.parametrize(
    ("traces", "said"),
    [
        (np.zeros((40, 4)), "animal, step, neuron"),
        (np.zeros((2, 10, 4)), "at least 16 steps"),
        (np.full((1, 40, 4), np.nan), "are no numbers"),
    ],
)
def test_traces_that_hold_no_motifs_say_why(traces, said):
    with pytest.raises(InputError, match=said):
        differential_graph(traces)


def test_a_shifted_recording_keeps_every_trace_and_loses_who_moves_with_whom():
    traces = np.repeat(rng(2).standard_normal((2, 50, 1)), 3, axis=2)
    found = shifted(traces, rng(3))
    np.testing.assert_allclose(np.sort(found, axis=1), np.sort(traces, axis=1))
    one, other = (np.abs(np.fft.rfft(t, axis=1)) for t in (found, traces))
    np.testing.assert_allclose(one, other)
    assert np.corrcoef(found[0].T)[0, 1] < 0.9


def test_the_area_under_the_curve_counts_ordered_pairs():
    score, positive = rng(4).integers(0, 5, 30), rng(5).random(30) < 0.4
    more = score[positive][:, None] - score[~positive]
    assert auc(score, positive) == pytest.approx(((more > 0) + 0.5 * (more == 0)).mean())
    assert np.isnan(auc(score, np.zeros(30, bool)))
    assert matching(np.array([[0.1], [0.9]])).tolist() == [-1, 0]


def test_a_rank_too_many_is_seen_in_the_curve():
    # The plan's own errors for ranks 2 to 9 of a tensor of rank 6.
    assert elbow([0.61, 0.51, 0.37, 0.21, 0.064, 0.054, 0.054, 0.054]) == 4


def test_planted_motifs_are_there_in_their_window_and_animals_only():
    made = motifs_in_time(3, noise=0.0)
    assert made.member.sum(axis=1).tolist() == [10] * 4
    assert (made.gain > 0).any(axis=0).all()
    assert made.window.max(axis=0) == pytest.approx(1.0, abs=1e-3)
    gone = made.gain[:, 0] == 0
    only_first = made.member[0] & ~made.member[1:].any(axis=0)
    assert not made.recorded[gone][:, :, only_first].any()
    with pytest.raises(InputError, match="need 34 neurons, got 30"):
        motifs_in_time(n_neurons=30)


@pytest.fixture(scope="module")
def silenced() -> Any:
    spec = MotifSpec(lesion="motif:1", n_recordings=3)
    return dynamic_communities.EXPERIMENT.result(spec)


def test_motifs_are_found_from_activity_and_not_in_the_shifted_recording(silenced):
    # Floors of the plan at noise .6: AUC .95 and .3 above shifted, match .4.
    found, apart = silenced.score[:, 0], silenced.score[:, 1]
    assert (found[:, dynamic_communities.AUC] >= 0.95).all()
    assert (found - apart)[:, dynamic_communities.AUC].mean() >= 0.3
    assert found[:, dynamic_communities.MATCH].mean() >= 0.4
    assert apart[:, dynamic_communities.MATCH].mean() < 0.2
    assert silenced.best_rank in (4, 5)


def test_silencing_a_motif_breaks_that_one(silenced):
    assert silenced.n_silenced == 10
    assert silenced.left[0].argmin() == 0
    assert silenced.left[0, 0] < 0.05
    words = [finding.word for finding in dynamic_communities.EXPERIMENT.findings(silenced)]
    assert words == ["holds", "differs", "holds", "holds"]


def test_every_moment_is_a_picture_and_controls_stand_in_them(silenced):
    kinds = [type(picture).__name__ for picture in silenced.pictures()]
    assert kinds == ["Curves", "Curves", "Heatmap", "Heatmap", "Curves", "Bars", "Heatmap", "Bars",
                     "Table"]  # fmt: skip
    film = silenced.moments()
    assert len(film) == 75
    assert film[40].pictures()[0].values.shape == (40, 40)


def test_lesions_mean_the_same_as_on_a_wiring():
    source = planted_motifs(0, 0.6, 4.0)
    assert np.flatnonzero(source.silenced("neuron 03, /07$/")).tolist() == [2, 6]
    assert source.silenced("motif:2").sum() == 10
    with pytest.raises(InputError, match="no neuron named 'AVA'"):
        source.silenced("AVA")
    with pytest.raises(InputError, match="fewer than three neurons are left"):
        dynamic_communities.EXPERIMENT.result(MotifSpec(lesion="all", n_recordings=3, n_starts=1))
