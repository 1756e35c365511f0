"""Groups and regimes: likelihoods of scipy, paths by enumeration, controls, what lesions leave."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import adjusted_rand_score

from engines.connectome.answers.chains import regime_answers
from engines.connectome.experiments.activity import regimes as regimes_page
from engines.connectome.experiments.activity.regimes import (
    BINS,
    BOTH,
    CLAIMS,
    EXPERIMENT,
    MEANS,
    NEURONS,
    SHUFFLED,
    RegimesSpec,
)
from engines.connectome.grouping import regimes
from engines.contract import InputError


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def run(spec: RegimesSpec) -> Any:
    return EXPERIMENT.result(spec)


@pytest.mark.parametrize("answer", regime_answers(), ids=lambda one: one.target)
def test_known_answers(answer):
    assert answer.verdict().reproduced, answer.verdict()


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_likelihoods_are_scipys_but_for_factorials(seed):
    draw = rng(seed)
    group, rate = draw.integers(0, 2, 5), draw.gamma(2.0, size=(2, 3))
    counts = draw.poisson(1.0, (7, 5))
    ours = regimes.emission(counts, group, rate)
    for s in range(3):
        theirs = stats.poisson.logpmf(counts, rate[group, s]).sum(axis=1)
        factorials = np.array([[np.log(np.arange(1, c + 1)).sum() for c in row] for row in counts])
        np.testing.assert_allclose(ours[:, s], theirs + factorials.sum(axis=1), atol=1e-9)


def test_planted_regimes_last_and_groups_are_equal():
    made = regimes.planted(rng(), 45, 20_000, mean=0.3, spread=0.6, stay=0.95)
    assert (made.regime[1:] == made.regime[:-1]).mean() == pytest.approx(0.95, abs=0.006)
    assert np.bincount(made.group).tolist() == [15, 15, 15]
    here = made.counts[:, made.group == 1][made.regime == 2]
    assert here.mean() == pytest.approx(made.rate[1, 2], rel=0.05)


def test_rates_are_drawn_from_their_conjugate():
    """One group, one regime: a gamma of 1 + all spikes over 1 + all places."""
    counts = rng(1).poisson(2.0, (40, 5))
    drawn = [one.rate.item() for one in regimes.drawn(rng(2), counts, 1, 1, 2_000)]
    true = stats.gamma(1 + counts.sum(), scale=1 / (1 + counts.size))
    assert np.mean(drawn) == pytest.approx(true.mean(), abs=4 * true.std() / np.sqrt(2_000))
    assert np.std(drawn) == pytest.approx(true.std(), rel=0.1)


def test_regimes_are_read_again_by_those_who_are_left():
    plant = regimes.planted(rng(3), 30, 300, mean=1.0, spread=1.0, stay=0.95)
    made = max(regimes.drawn(rng(4), plant.counts, 3, 3, 60), key=lambda one: one.log_joint)
    every, few = np.ones(30, bool), np.arange(30) < 3
    assert (made.read(plant.counts, every) == made.regime).mean() > 0.98
    assert (made.read(plant.counts, few) == made.regime).mean() < 0.98
    scrambled = plant.counts.copy()
    scrambled[:, ~few] = 99  # who is not looked at says nothing
    np.testing.assert_array_equal(made.read(scrambled, few), made.read(plant.counts, few))


@pytest.fixture(scope="module")
def found():
    return run(RegimesSpec(lesion="group:1", n_recordings=5))


def test_groups_are_as_good_by_means_on_blocks_and_regimes_need_that_they_last(found):
    assert found.of(BOTH, NEURONS).value > 0.95
    assert found.of(MEANS, NEURONS).value > 0.9
    assert found.of(BOTH, BINS).value > found.of(SHUFFLED, BINS).value + 0.2
    assert found.of(BOTH, BINS).value > found.of(MEANS, BINS).value > 0.5
    words = [one.word for claim in CLAIMS if (one := claim.finding(found))]
    assert (words[0], words[2]) == ("no difference seen", "holds")


def test_means_have_the_best_of_several_blocks_and_widths(found):
    """By sklearn's index, the first recording drawn anew."""
    plant = regimes.planted(np.random.Generator(np.random.Philox(key=[0, 0])), 45, 1_000, mean=0.3,
                            spread=0.6, stay=0.95)  # fmt: skip
    for what, labels, true in (
        (NEURONS, regimes.groups_by_means(plant.counts, 3, 0), plant.group),
        (BINS, regimes.regimes_by_means(plant.counts, 3, 0), plant.regime),
    ):
        every = [adjusted_rand_score(true, label) for label in labels]
        assert len(every) > 4
        assert found.agreement[0, MEANS, what] == pytest.approx(max(every))
        assert max(every) > every[0] + 0.1  # plain bins are not enough
    assert len(list(regimes.groups_by_means(plant.counts[:60], 3, 0))) == 3


def test_what_is_found_bears_the_number_of_what_is_planted():
    planted = np.repeat([0, 1, 2], 4)
    names = regimes_page._names
    assert names(np.repeat([0, 0, 1], 4), planted, 2, 3).tolist() == [0, 2]
    assert names(np.repeat([1, 0, 0], 4), planted, 2, 3).tolist()[1] == 0
    assert sorted(names(np.arange(12) % 5, planted, 5, 3)) == [0, 1, 2, 3, 4]
    few = run(RegimesSpec(n_groups=2, n_regimes=2, n_bins=200, n_recordings=3, n_rounds=10))
    assert few.rate.shape == (3, 3)
    assert np.isnan(few.rate).sum() == 9 - 4
    gone = np.isnan(few.sure).all(axis=0)
    assert gone.sum() == 1
    assert set(few.found_group) <= set(np.flatnonzero(~np.isnan(few.rate).all(axis=1)))
    shared = [
        np.bincount(few.group[few.found_group == k], minlength=3) for k in set(few.found_group)
    ]
    assert all(s.argmax() == k for k, s in zip(set(few.found_group), shared, strict=True))


def test_the_first_recording_is_shown_with_its_lesion(found):
    assert found.left.shape == (9,)
    assert found.n_silent == 15
    assert (found.group == found.found_group).all()  # named as planted, and all are right
    assert (found.sure.argmax(axis=1) == found.regime).mean() > 0.8
    assert len(found.pictures()) == 6
    np.testing.assert_allclose(found.rate, found.planted_rate, rtol=0.5)


def test_more_or_fewer_looked_for_than_planted_are_drawn_too():
    for n in (2, 5):
        made = run(RegimesSpec(n_groups=n, n_regimes=n, n_bins=100, n_recordings=3, n_rounds=5))
        assert len(made.pictures()) == 5


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (RegimesSpec(n_neurons=6, n_groups=8), "cannot fill 8 groups"),
        (RegimesSpec(lesion="/.*/", n_recordings=3), "no neuron is left"),
    ],
)
def test_what_cannot_be_is_refused(spec, said):
    with pytest.raises(InputError, match=said):
        run(spec)
