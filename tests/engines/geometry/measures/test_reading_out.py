"""Probes beside control tasks, and the capacity of classes, against references and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import InputError
from engines.geometry import manifold_capacity, probe
from engines.geometry.measures.capacity import statistical_dimension
from engines.geometry.measures.dichotomies import is_separable
from engines.geometry.measures.probes import RIDGE, _folds, _read

MANY = 2_000


def named(code: np.ndarray) -> tuple[str, ...]:
    return tuple(map(str, code))


def test_held_out_answers_are_scikit_learns():
    """scikit-learn RidgeClassifier-like: Ridge on one-hot labels, fold by fold."""
    linear = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 12)) + 3.0, rng.integers(0, 3, 60)
    x[np.arange(60), y] += 1.0
    fold = _folds(y, np.arange(60), rng)
    hits, inside = _read(x, y, 3, fold)
    for k in range(5):
        out = fold == k
        centred = x[~out] - x[~out].mean(axis=0)
        alpha = RIDGE * np.square(centred).sum() / len(centred)
        fitted = linear.Ridge(alpha=alpha).fit(x[~out], np.eye(3)[y[~out]])
        np.testing.assert_array_equal(hits[out], fitted.predict(x[out]).argmax(1) == y[out])
    assert 0 < inside <= 1


def test_labels_that_go_with_items_alone_are_not_selective():
    """By construction: vectors say which word it is and nothing else (Hewitt & Liang 2019)."""
    rng = np.random.default_rng(1)
    word = np.repeat(np.arange(30), 8)
    x = rng.normal(size=(30, 60))[word] + 0.1 * rng.normal(size=(240, 60))
    labels = named((np.arange(30) % 2)[word])
    found = probe(x, labels, named(word))
    assert found.accuracy > 0.95
    assert found.control_accuracy > 0.95
    assert abs(found.selectivity) < 0.05


def test_a_planted_property_is_selective_where_items_are_not_told():
    rng = np.random.default_rng(2)
    word = np.repeat(np.arange(40), 6)
    y = (np.arange(40) % 2)[word]
    x = rng.normal(size=(240, 10))
    x[:, 0] += 6.0 * y
    found = probe(x, named(y), named(word))
    assert found.accuracy > 0.95
    assert abs(found.control_accuracy - 0.5) < 0.12
    alone = probe(x, named(y))
    np.testing.assert_array_equal(alone.hits, found.hits)


def test_more_units_than_stimuli_give_back_any_labels():
    rng = np.random.default_rng(3)
    found = probe(rng.normal(size=(40, 400)), named(np.arange(40) % 2))
    assert found.memorised == 1.0
    assert abs(found.accuracy - 0.5) < 0.25


def test_in_noise_a_probe_is_as_good_as_its_control():
    """Both are exchangeable: 150 draws of two labels with five stimuli, expected difference 0."""
    rng = np.random.default_rng(6)
    y = named(np.arange(10) % 2)
    found = [probe(rng.normal(size=(10, 8)), y, seed=k).selectivity for k in range(150)]
    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(150)


def test_repeats_are_not_held_out_from_each_other():
    """By construction: noise, each row five times, is known by heart and tells nothing new."""
    rng = np.random.default_rng(7)
    word = np.repeat(np.arange(40), 5)
    x, y = rng.normal(size=(40, 80))[word], named((np.arange(40) % 2)[word])
    assert probe(x, y).accuracy > 0.95
    found = probe(x, y, repeats=word)
    assert abs(found.accuracy - 0.5) < 0.2
    assert abs(found.selectivity) < 0.2


def test_a_layer_without_variation_says_the_larger_label():
    found = probe(np.full((12, 3), 0.1), named(np.arange(12) % 3 // 2))
    assert found.accuracy == found.chance == 8 / 12


@pytest.mark.parametrize("offset", [0.0, 0.1, 1e6])
def test_a_class_at_the_mean_has_no_cone(offset):
    x = np.repeat([[1.0], [-1.0], [0.0]], 5, axis=0) + offset
    assert np.isnan(manifold_capacity(x, named(np.repeat(np.arange(3), 5)), n_draws=5).of)


def test_what_cannot_be_read_is_said():
    with pytest.raises(InputError, match="two labels or more"):
        probe(np.ones((4, 2)), ("a", "a", "a", "b"))
    with pytest.raises(InputError, match="4 stimuli, 2 labels"):
        probe(np.ones((4, 2)), ("a", "b"))
    with pytest.raises(InputError, match="at least 3 classes, got 2"):
        manifold_capacity(np.eye(4), ("a", "a", "b", "b"))
    with pytest.raises(InputError, match="4 stimuli, 1 classes"):
        manifold_capacity(np.eye(4), ("a",))


@pytest.mark.parametrize(
    ("points", "wanted"),
    [
        (np.array([[3.0, 4.0]]), 0.5),  # a ray: Cover's 2 points per dimension
        (np.array([[1.0, 0.0], [-2.0, 0.0]]), 1.0),  # a line
        (np.eye(4)[:3], 1.5),  # an orthant: half of its dimensions
        (np.array([[1.0, 0.0], [np.cos(2.0), np.sin(2.0)]]), 0.5 + 2.0 / np.pi),  # a wedge
        (np.vstack([np.eye(3), -np.eye(3)]), 3.0),  # all of space
    ],
)  # fmt: skip
def test_statistical_dimensions_are_the_closed_forms(points, wanted):
    """Amelunxen, Lotz, McCoy & Tropp 2014, section 3."""
    assert abs(statistical_dimension(points, n_draws=MANY) - wanted) < 0.05


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 5), st.integers(1, 6), st.integers(0, 99), st.floats(0.01, 100.0))
def test_a_cone_has_no_scale_and_no_axes(n, p, seed, times):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, p))
    turned = np.linalg.qr(rng.normal(size=(p, p)))[0]
    one = statistical_dimension(points, n_draws=200)
    other = statistical_dimension(times * points @ turned, n_draws=200)
    assert abs(one - other) < 0.35  # the same cone; draws lie otherwise in its span
    assert 0.2 < one <= min(n, p) + 0.5


def test_capacity_is_where_random_splits_stop_to_be_possible():
    """Linear programming: pairs of random points, theory 1 class per dimension (an orthant of 2)."""
    rng = np.random.default_rng(4)
    shares = []
    for n_dimensions in (60, 26):  # 40 classes: 0.67 and 1.54 per dimension
        possible = 0
        for _ in range(6):
            points = rng.normal(size=(40, 2, n_dimensions))
            side = rng.random(40) < 0.5
            # Through the origin: a split and its mirror image, so that no bias helps.
            both = np.concatenate([points.reshape(80, -1), -points.reshape(80, -1)])
            sides = np.repeat(side, 2)
            possible += is_separable(both, np.concatenate([sides, ~sides]))
        shares.append(possible)
    assert shares == [6, 0]
    x = rng.normal(size=(80, 4_000))
    assert abs(manifold_capacity(x, named(np.repeat(np.arange(40), 2)), n_draws=40).of - 1) < 0.06
