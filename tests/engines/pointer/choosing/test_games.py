"""Games of letters: landscapes, the model against scikit-learn, equilibria against all words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF

from engines.contract import SpecError
from engines.pointer.answers import choosing as known
from engines.pointer.choosing.asked import GameSpec
from engines.pointer.choosing.games import NAMES, Games, deviations
from engines.pointer.choosing.landscapes import best_of_all, landscape
from engines.pointer.choosing.players import WAYS, Meter
from engines.pointer.choosing.surrogate import Surrogate, equilibria
from engines.running import registry


@pytest.mark.parametrize("answer", known.game_answers(), ids=lambda a: a.target)
def test_closed_forms(answer):
    assert abs(answer.ours() - answer.expected) <= answer.tolerance


def measured(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    on = landscape(7, 4, 2, seed)
    words = np.unique(np.random.default_rng(seed).integers(0, 4, (n, 7)), axis=0)
    return words, on.worth(words)


def test_the_model_is_scikit_learns_on_one_hot_letters():
    # exp(-|x - y|^2 / 2 l^2) of one-hot words is exp(-differ / l^2), so rate = exp(-1 / l^2).
    words, worth = measured(50)
    ours = Surrogate(words, worth)
    hot = np.eye(4)[words].reshape(len(words), -1)
    length = 1 / np.sqrt(-np.log(ours.rate))
    peer = GaussianProcessRegressor(RBF(length, "fixed"), alpha=1e-3, optimizer=None)
    peer.fit(hot, (worth - worth.mean()) / worth.std())
    others = np.random.default_rng(1).integers(0, 4, (40, 7))
    mean, spread = peer.predict(np.eye(4)[others].reshape(40, -1), return_std=True)
    differ = (others[:, None] != words[None]).sum(axis=2)
    found = ours.believed(differ)
    np.testing.assert_allclose(found[0], worth.mean() + worth.std() * mean, atol=2e-4)
    np.testing.assert_allclose(found[1], worth.std() * spread, atol=2e-4)
    wide = ours.covariance(others)
    np.testing.assert_allclose(np.sqrt(np.diag(wide)), found[1], atol=2e-4)


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_no_site_gains_at_an_equilibrium_of_what_is_believed(seed):
    words, worth = measured(30, seed)
    model, rng = Surrogate(words, worth), np.random.default_rng(seed)
    found, reward = equilibria(model, rng.integers(0, 4, (6, 7)), 4, 1.5, rng)
    for word, bold in zip(found, reward, strict=True):
        others = np.tile(word, (7, 4, 1))
        for site in range(7):
            others[site, :, site] = np.arange(4)
        differ = (others.reshape(-1, 1, 7) != words[None]).sum(axis=2)
        mean, spread = model.believed(differ)
        assert (mean + 1.5 * spread).max() <= bold + 2e-5


def test_a_landscape_is_the_mean_of_what_its_sites_give():
    on = landscape(5, 3, 2, 7)
    word = np.array([2, 0, 1, 1, 2])
    by_hand = []
    for site in range(5):
        first, second, third = word[on.neighbours[site]]
        by_hand.append(on.tables[site, first + 3 * second + 9 * third])
    assert on.worth(word[None])[0] == pytest.approx(np.mean(by_hand))
    assert all(len(set(row.tolist())) == 3 for row in on.neighbours)
    assert (on.neighbours[:, 0] == np.arange(5)).all()


@pytest.mark.parametrize("name", WAYS)
def test_a_way_measures_each_word_once_and_never_more_than_it_may(name):
    on = landscape(6, 4, 2, 1)
    meter = Meter(on, 60)
    for _ in WAYS[name](meter, np.random.default_rng(0)):
        pass
    assert len(meter.course) == len(meter.known) == 60
    best = meter.best_so_far()
    assert (np.diff(best) >= 0).all()
    assert best[-1] == pytest.approx(on.worth(meter.best_word()[None])[0])


def test_small_landscapes_are_solved_and_more_than_all_words_is_not_asked():
    on = landscape(5, 3, 1, 2)
    meter = Meter(on, 400)
    for _ in WAYS["random"](meter, np.random.default_rng(0)):
        pass
    assert meter.best_so_far()[-1] == pytest.approx(best_of_all(on))
    with pytest.raises(ValueError, match="too many"):
        best_of_all(landscape(12, 6, 1, 0))


def test_a_letter_that_stays_gains_nothing():
    on, word = landscape(6, 4, 2, 4), np.array([0, 1, 2, 3, 0, 1])
    gains = deviations(on, word)
    assert (gains[np.arange(6), word] == 0).all()


def test_equal_specs_play_alike_and_claims_are_judged():
    experiment = registry.experiment("pointer/gameopt")
    spec = GameSpec(n_landscapes=3, budget=60, n_sites=6, n_letters=4)
    items = list(experiment.frames(spec))
    run = items[-1]
    assert isinstance(run, Games)
    assert (run.courses == experiment.result(spec).courses).all()
    assert run.courses.shape == (len(NAMES), 3, 60)
    assert all(np.isfinite(f.figure.value) for f in experiment.findings(run))
    assert [len(item.pictures()) for item in (items[0], run)] == [2, 4]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"n_sites": 3, "n_others": 3}, "fewer than Sites"),
        ({"n_letters": 20, "n_others": 6}, "rows a site"),
    ],
)
def test_landscapes_that_cannot_be_are_refused(fields, words):
    with pytest.raises(SpecError, match=words):
        GameSpec(**fields)
