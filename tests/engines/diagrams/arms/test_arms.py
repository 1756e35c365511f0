"""Looks at arms: means and pairs over networks that did not diverge."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from engines.contract import InputError
from engines.contract.pictures import Curves
from engines.diagrams.arms.looks import Looks, Plan, finite_mean, finite_pairs

PLAN = Plan(("one", "other"), ("near", "far"), "distance", ("loss", "score"), opens=0)


@pytest.fixture
def looks() -> Looks:
    seen = np.random.default_rng(0).normal(size=(2, 3, 2, 2, 6))
    return Looks(PLAN, np.array([0, 10, 100]), seen)


def test_a_mean_is_scipy_own(looks):
    found = looks.mean("loss", "other", "far")
    each = looks.seen[0, -1, 1, 1]
    low, high = stats.t.interval(0.95, 5, each.mean(), stats.sem(each))
    assert (found.value, found.low, found.high) == pytest.approx((each.mean(), low, high))
    assert found.n == 6


def test_pairs_are_networks(looks):
    found = looks.apart("score", "one", "other", "near", seed=0)
    assert found.value == pytest.approx((looks.seen[1, -1, 0, 0] - looks.seen[1, -1, 1, 0]).mean())
    assert "one less other" in found.of


def test_what_diverged_is_left_out_and_one_alone_has_no_interval():
    two = finite_mean(np.array([1.0, np.nan, 3.0]), "x")
    assert two is not None
    assert two.n == 2
    assert finite_mean(np.array([1.0, np.nan, np.inf]), "x") is None
    b = np.array([2.0, 2.0, np.nan, 7.0])
    pairs = finite_pairs(np.array([1.0, np.nan, 3.0, 4.0]), b, "x", 0)
    assert pairs is not None
    assert pairs.value == 2.0
    assert finite_pairs(np.array([1.0, np.nan]), np.array([np.nan, 1.0]), "x", 0) is None


def test_pictures_draw_every_measure_and_the_course(looks):
    by_loss, course, by_score = looks.pictures()
    assert isinstance(course, Curves)
    np.testing.assert_allclose(course.clouds["one"], looks.seen[0, :, 0, 0].T)
    np.testing.assert_allclose(by_loss.lines["other"], looks.seen[0, -1, 1].mean(-1))
    assert [name for _, name in by_score.x_axis.ticks] == ["near", "far"]
    assert looks.table("loss").columns["near"][0].startswith(f"{by_loss.lines['one'][0]:.4g} ±")


def test_losses_that_span_tenfold_are_drawn_by_their_logarithm(looks):
    wide = Looks(looks.plan, looks.steps, np.abs(looks.seen) + 1.0)
    wide.seen[0, -1, 1] *= 100.0
    drawn = wide.by_condition("loss")
    np.testing.assert_allclose(10.0 ** drawn.lines["one"], wide.seen[0, -1, 0].mean(-1))
    assert (0.0, "1") in drawn.y_axis.ticks
    assert (2.0, "100") in drawn.y_axis.ticks
    assert not wide.by_condition("score").y_axis.ticks


def test_dead_networks_are_a_dash(looks):
    looks.seen[0, -1, 0, 1] = np.nan
    assert looks.table("loss").columns["far"][0] == "—"
    assert np.isnan(looks.by_condition("loss").lines["one"][1])


def test_a_name_that_is_not_there_is_a_sentence(looks):
    with pytest.raises(InputError, match="there is no 'third' here; there are: one, other"):
        looks.at("loss", "third", "far")
