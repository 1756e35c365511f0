"""Attention over spikes: closed forms, other solvers, what each arm can tell, and what a cut does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from engines.connectome.answers.networks.attending import attending_answers, small
from engines.connectome.attending import cells
from engines.connectome.attending.running import Attending, foretold
from engines.connectome.experiments.activity.spike_attention import (
    ATTENTION,
    CARRIED,
    CLAIMS,
    EXPERIMENT,
    GLM,
    LAGGED,
    SHIFTED,
    SpikeAttentionSpec,
)
from engines.connectome.recordings.recovery import auc
from engines.contract import InputError


def run(spec: SpikeAttentionSpec) -> Any:
    return EXPERIMENT.result(spec)


@pytest.mark.parametrize("answer", attending_answers(), ids=lambda one: one.target)
def test_known_answers(answer):
    assert answer.verdict().reproduced, answer.verdict()


def test_couplings_of_a_regression_are_sklearns():
    spikes = cells.planted(3, 1_500, 3.0, 0.3).spikes
    ours = cells.regression(spikes)
    for k in (0, 7):
        theirs = LogisticRegression(C=100.0, tol=1e-8, max_iter=2_000)
        theirs.fit(cells.history(spikes), spikes[:, k])
        np.testing.assert_allclose(ours[k, 1:], np.ravel(theirs.coef_), atol=1e-3)
        assert ours[k, 0] == pytest.approx(np.ravel(theirs.intercept_)[0], abs=1e-3)


def test_silent_and_constant_cells_are_regressed_and_correlated_without_a_word():
    spikes = np.random.Generator(np.random.Philox(0)).random((300, 3)) < (0.0, 0.2, 1.1)
    assert np.isfinite(cells.regression(spikes)).all()
    found = cells.lagged(spikes)
    assert not found[[0, 2]].any()
    assert not found[:, 0].any()


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000), st.integers(1, 30))
def test_nothing_of_the_future_is_felt(seed, at):
    drawn = np.random.Generator(np.random.Philox(seed)).random((40, cells.N_CELLS)) < 0.3
    other = drawn.copy()
    other[at:] = ~other[at:]
    for of in (cells.tokens, cells.history):
        np.testing.assert_array_equal(of(drawn)[: at + 1], of(other)[: at + 1])
    net, _ = small()
    said = [net(torch.from_numpy(cells.tokens(s).astype(float))) for s in (drawn, other)]
    torch.testing.assert_close(said[0][: at + 1], said[1][: at + 1])


def test_history_is_the_planted_one():
    """Chances drawn bin by bin are those of the whole recording at once."""
    made = cells.planted(4, 300, 3.0, 0.3)
    drive = cells.history(made.spikes) @ made.coupling.T + np.log(0.15 / 0.85)
    np.testing.assert_allclose(cells.sigmoid(drive), made.chance, atol=1e-6)


def test_attention_of_a_spike_is_its_share_bin_by_bin():
    net, tokens = small(1)
    looked, carried = (part.numpy() for part in net.read_off(torch.from_numpy(tokens)))
    scores, values = (part[0].detach().numpy() for part in net.maps())
    odds, level = np.exp(scores), np.exp(net.level.detach().numpy())
    paid = np.zeros((2, cells.N_CELLS, cells.N_CELLS))
    for row in tokens:
        there = row[:, None] * odds
        share = (there / (level + there.sum(axis=0))).reshape(cells.N_CELLS, -1, cells.N_CELLS)
        said = share * values.reshape(share.shape)
        paid += np.stack([share.sum(axis=1).T, said.sum(axis=1).T])
    n_spikes = tokens.reshape(len(tokens), cells.N_CELLS, -1).sum(axis=(0, 2))
    np.testing.assert_allclose(np.stack([looked, carried]), paid / n_spikes, atol=1e-12)


def test_no_couplings_are_refused():
    with pytest.raises(InputError, match="take a larger share"):
        cells.planted(0, 10, 3.0, 0.0)


@pytest.mark.parametrize("text", ["/.*/", "cell 99"])
def test_a_cut_that_leaves_nobody_or_names_nobody_is_refused(text):
    with pytest.raises(InputError):
        run(SpikeAttentionSpec(cut=text))


@pytest.fixture(scope="module")
def found():
    return run(SpikeAttentionSpec(cut="cell 02", n_recordings=6))


def test_what_attention_carries_tells_more_than_where_it_looks(found):
    words = [one.word for claim in CLAIMS if (one := claim.finding(found))]
    assert words == ["holds", "differs", "differs", "holds", "holds"]
    mean = found.score.mean(axis=0)
    assert mean[SHIFTED] == pytest.approx(0.5, abs=0.08)
    assert 0.85 < mean[ATTENTION] < 0.95 < min(mean[CARRIED], mean[LAGGED], mean[GLM])
    assert found.signs.min() > 0.9


def test_attention_tells_most_early_while_what_it_carries_still_grows(found):
    attention, carried = found.course.mean(axis=1).T
    assert attention.max() > attention[-1] + 0.01
    assert carried[-1] > carried[2] - 0.005
    assert attention[0] == pytest.approx(0.5, abs=0.1)


def test_nobody_foretells_more_than_the_plant(found):
    ours, regressed, plant = found.gain.T
    assert (plant > regressed).all()
    assert (regressed > ours).all()
    assert (ours > 0.5 * plant).all()


def test_scores_are_sklearns(found):
    there = ~np.eye(cells.N_CELLS, dtype=bool)
    for arm, said in ((ATTENTION, found.attention), (CARRIED, found.carried), (GLM, found.glm)):
        true = roc_auc_score((found.coupling != 0)[there], np.abs(said)[there])
        assert found.score[0, arm] == pytest.approx(true)


def test_a_cut_hurts_those_whom_the_cell_drives(found):
    assert found.left.shape == (9, cells.N_CELLS)
    driven = found.coupling[:, 1] != 0
    assert driven.any()
    assert found.left[0, driven].min() > found.left[0, ~driven].max()
    assert len(found.pictures()) == 8


def test_rates_foretell_nothing_but_rates():
    one = cells.planted(1, 200 + cells.N_EXAM, 3.0, 0.2)
    weight = np.zeros((cells.N_CELLS, 1 + cells.N_CELLS))
    mean = one.spikes[: -cells.N_EXAM].mean(axis=0).clip(1e-6)
    weight[:, 0] = np.log(mean / (1.0 - mean))
    regressed, plant, rates = foretold(one, weight)
    np.testing.assert_allclose(regressed, rates)
    assert plant.sum() < rates.sum()


def test_chances_that_round_to_one_foretell_finite_numbers():
    drawn = np.random.Generator(np.random.Philox(2)).random((cells.N_EXAM + 100, cells.N_CELLS))
    one = cells.followed(drawn, np.full((cells.N_CELLS,) * 2, 10.0))
    assert (one.chance == 1.0).any()
    assert np.isfinite(foretold(one, np.zeros((cells.N_CELLS, 1 + cells.N_CELLS)))).all()


def test_recordings_planted_together_are_those_planted_alone():
    *shares, made = cells.planting([3, 4], 1_200, 3.0, 0.3)
    assert shares == [pytest.approx(500 / 1_200), pytest.approx(1_000 / 1_200)]
    assert isinstance(made, list)
    for seed, one in zip((3, 4), made, strict=True):
        alone = cells.planted(seed, 1_200, 3.0, 0.3)
        np.testing.assert_array_equal(one.spikes, alone.spikes)
        np.testing.assert_array_equal(one.coupling, alone.coupling)


@pytest.mark.parametrize("size", [1, 5, 11])
@pytest.mark.parametrize("seed", range(5))
def test_random_cuts_are_others_and_none_comes_twice(seed, size):
    silent = np.arange(cells.N_CELLS) < size
    cuts = cells.other_cuts(silent, 8, seed)
    assert len({one.tobytes() for one in (silent, *cuts)}) == 9
    assert {int(one.sum()) for one in cuts} == {size}


def test_levels_between_cells_do_not_count_cell_by_cell():
    recordings = [cells.planted(seed, cells.N_EXAM + 200, 3.0, 0.2) for seed in (0, 1, 2)]
    made = Attending(0, recordings, 1)
    level = np.exp(3.0 * np.arange(cells.N_CELLS))[:, None]
    said = np.stack([(1.0 + (one.coupling != 0)) * level for one in recordings])
    np.testing.assert_array_equal(made.found_within(said), 1.0)
    assert (made.found(said) < 0.9).all()
    said = np.random.Generator(np.random.Philox(1)).random(said.shape)
    others = ~np.eye(cells.N_CELLS, dtype=bool)
    own = [auc(row[o], (heard != 0)[o])
           for row, heard, o in zip(said[0], recordings[0].coupling, others, strict=True)
           if 0 < (heard != 0).sum() < cells.N_CELLS - 1]  # fmt: skip
    assert made.found_within(said)[0] == pytest.approx(np.mean(own))


def test_intervals_of_shares_end_at_one(found):
    low, high = found.pictures()[0].whiskers
    assert high.max() <= 1.0
    assert max(found.of(k).high for k in range(6)) <= 1.0
    assert (low < high).any()
