"""One network's first layers before another's rest: scikit-learn's map, copies, and controls."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from engines.geometry.convergence.answers import in_another_order
from engines.geometry.convergence.found import ConvergentRun
from engines.geometry.convergence.spec import DEALT, PIXELS, RANDOM, TRAINED, ConvergentSpec
from engines.geometry.convergence.stitching import both_ways, from_pixels, joined, stitched
from engines.geometry.experiments.similarity.convergent import EXPERIMENT

RNG = np.random.default_rng(0)
DIGITS = RNG.normal(size=(200, 6)), RNG.normal(size=(80, 6)), RNG.integers(0, 3, 80)


def network(seed: int, widths: tuple[int, ...] = (6, 10, 8, 3)):
    rng = np.random.default_rng(seed)
    return tuple((rng.normal(size=(b, a)), rng.normal(size=b)) for a, b in pairwise(widths))


@pytest.fixture(scope="module")
def run() -> ConvergentRun:
    found = EXPERIMENT.result(ConvergentSpec(n_networks=3, n_learning=100))
    assert isinstance(found, ConvergentRun)
    return found


def test_the_map_is_scikit_learns():
    given_, wanted = RNG.normal(size=(50, 7)), RNG.normal(size=(50, 4))
    fitted = LinearRegression().fit(given_, wanted)
    into = joined(given_, wanted)
    np.testing.assert_allclose(into[:-1], fitted.coef_.T, atol=1e-9)
    np.testing.assert_allclose(into[-1], fitted.intercept_, atol=1e-9)


def test_units_that_never_vary_leave_the_map_finite():
    values = RNG.normal(size=(50, 5))
    values[:, 2] = 0.0
    assert np.isfinite(joined(values, values)).all()
    np.testing.assert_allclose(np.column_stack([values, np.ones(50)]) @ joined(values, values),
                               values, atol=1e-9)  # fmt: skip


@given(st.integers(0, 50), st.integers(0, 1))
def test_a_copy_in_another_order_reads_as_the_network_itself(seed, layer):
    net = network(seed)
    copy = in_another_order(net, np.random.default_rng(seed))
    own = stitched(net, net, layer, DIGITS)
    assert stitched(copy, net, layer, DIGITS) == own
    assert both_ways((copy, net), (copy, net), layer, DIGITS) == own


def test_labels_are_never_asked_by_the_map():
    x, asked, labels = DIGITS
    one, other = network(1), network(2)
    right = stitched(one, other, 0, (x, asked, labels))
    wrong = stitched(one, other, 0, (x, asked, (labels + 1) % 3))
    rest = stitched(one, other, 0, (x, asked, (labels + 2) % 3))
    assert abs(right + wrong + rest - 1.0) < 1e-12  # the same answers, held against other labels


@pytest.mark.parametrize("layer", [0, 1])
def test_without_first_layers_the_map_starts_from_pixels(layer):
    """scikit-learn: a linear regression from the inputs to what the hidden layer says."""
    x, asked, labels = DIGITS
    rest = network(4)
    held = x
    for weight, bias in rest[: layer + 1]:
        held = np.maximum(held @ weight.T + bias, 0.0)
    said = LinearRegression().fit(x, held).predict(asked)
    for weight, bias in rest[layer + 1 : -1]:
        said = np.maximum(said @ weight.T + bias, 0.0)
    right = ((said @ rest[-1][0].T + rest[-1][1]).argmax(axis=1) == labels).mean()
    assert from_pixels((rest, rest), layer, DIGITS) == right


def test_pixels_alone_read_most_digits(run):
    """What a stitch is held against: the map and the rest read without any first layers."""
    for layer in (0, 1):
        assert run.read(PIXELS, layer).value > run.read(RANDOM, layer).value - 0.05


def test_first_layers_that_learnt_serve_another_networks_rest(run):
    assert run.stitched.shape == (4, 2, 3)
    for layer in (0, 1):
        trained, fresh, dealt = (run.read(k, layer).value for k in (TRAINED, RANDOM, DEALT))
        assert trained > fresh > 0.5 > dealt
        assert abs(trained - run.whole().value) < 0.05
