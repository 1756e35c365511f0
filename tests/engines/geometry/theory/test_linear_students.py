"""Linear students against random matrices, closed forms and plain gradient descent."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from engines.contract import SpecError
from engines.geometry.theory import marchenko_pastur as law
from engines.geometry.theory.double_descent import GeneralisationRun, GeneralisationSpec
from engines.geometry.theory.linear_students import (
    descent,
    drawn,
    eigenmodes,
    flow,
    weights_by_flow,
)
from engines.running import registry

EXPERIMENT = registry.experiment("geometry/generalisation")


@pytest.fixture(scope="module")
def run() -> GeneralisationRun:
    found = EXPERIMENT.result(
        GeneralisationSpec(n_weights=60, n_draws=5, alpha=0.6, start_variance=1.0)
    )
    assert isinstance(found, GeneralisationRun)
    return found


@given(st.floats(0.1, 6.0))
@settings(max_examples=20, deadline=None)
def test_the_density_has_the_moments_of_marchenko_and_pastur(alpha):
    # Closed forms: mass min(1, alpha), mean alpha, second moment alpha + alpha^2.
    eigenvalue, weight = law.nodes(alpha)
    moments = [(weight * eigenvalue**k).sum() for k in range(3)]
    np.testing.assert_allclose(moments, [min(1.0, alpha), alpha, alpha + alpha**2], rtol=2e-3)
    low, high = law.edges(alpha)
    mean, _ = integrate.quad(lambda x: x * law.density(np.array(x), alpha), low, high)
    assert mean == pytest.approx(alpha, rel=1e-4)


@given(st.floats(1.2, 6.0), st.floats(0.01, 2.0))
@settings(max_examples=20, deadline=None)
def test_trained_on_for_ever_the_error_is_that_of_least_squares(alpha, noise):
    # Closed forms: s / (alpha - 1) + s, and with the numbers exchanged below one.
    forever = np.array([1e12])
    above = law.error_in_theory(alpha, forever, noise=noise)[0]
    assert above == pytest.approx(noise / (alpha - 1) + noise, rel=1e-6)
    below = law.error_in_theory(1 / alpha, forever, noise=noise)[0]
    fitted = noise / (alpha - 1)
    assert below == pytest.approx(1 - 1 / alpha + fitted + noise, rel=1e-6)


def test_before_training_the_error_is_that_of_the_teacher_and_the_start():
    at_0 = law.error_in_theory(0.7, np.zeros(1), noise=0.3, start=0.5)[0]
    assert at_0 == pytest.approx(1.0 + 0.5 + 0.3)
    assert law.same_everywhere(0.7, np.zeros(1), noise=0.3, start=0.5)[0] == pytest.approx(1.8)


@given(st.floats(0.2, 4.0))
@settings(max_examples=10, deadline=None)
def test_noise_comes_in_with_the_square_of_time(alpha):
    # Expansion at t = 0: s times the mean of l t^2, and the mean of l is alpha.
    t = np.array([1e-4])
    with_noise, without = (law.error_in_theory(alpha, t, noise=s)[0] for s in (0.4, 0.0))
    assert with_noise - without - 0.4 == pytest.approx(0.4 * alpha * t[0] ** 2, rel=2e-2)


@pytest.mark.parametrize("n_samples", [12, 30, 50])
def test_eigenmodes_take_the_inputs_apart(n_samples):
    draws = drawn(0, range(2), 30, n_samples, noise=0.1, start=0.0)
    values, directions = eigenmodes(draws.inputs)
    again = directions @ torch.diag_embed(values) @ directions.mT
    torch.testing.assert_close(again, draws.inputs.mT @ draws.inputs)
    assert values.shape[1] == min(30, n_samples)


@pytest.mark.parametrize("n_samples", [12, 50])
def test_the_flow_is_gradient_descent_in_small_steps(n_samples):
    draws = drawn(1, range(3), 30, n_samples, noise=0.2, start=0.5)
    slow = descent(draws, 0.002, 1_000)
    torch.testing.assert_close(slow, weights_by_flow(draws, 2.0), atol=5e-3, rtol=0)
    excess = ((slow - draws.teacher) ** 2).mean(dim=1).numpy()
    np.testing.assert_allclose(flow(draws, np.array([2.0])).error[0, :, 0], excess, rtol=2e-2)


def test_errors_of_directions_add_up_to_the_error():
    draws = drawn(2, range(4), 40, 25, noise=0.2, start=0.3)
    found = flow(draws, np.array([0.0, 1.0, 100.0]))
    total = found.modes.sum(axis=1) + 15 * found.unseen[:, None]
    np.testing.assert_allclose(total / 40, found.error[0])
    # Nothing is learnt at time 0: the first weights' own distance.
    start = ((draws.start - draws.teacher) ** 2).mean(dim=1)
    np.testing.assert_allclose(found.error[0, :, 0], start.numpy())


def test_a_draw_is_the_same_whichever_others_are_made_with_it():
    alone = drawn(3, range(2, 3), 10, 7, noise=0.1, start=0.1)
    among = drawn(3, range(4), 10, 7, noise=0.1, start=0.1)
    torch.testing.assert_close(alone.inputs[0], among.inputs[2], rtol=0, atol=0)
    torch.testing.assert_close(alone.labels[0], among.labels[2])


def test_large_first_weights_stay_where_no_sample_lies(run):
    # Advani & Saxe 2017: (1 - alpha) of their variance is never unlearnt.
    for alpha in (0.25, 0.5, 0.75):
        k = run.place(alpha)
        added = run.theory[0, k, -1] - run.theory[2, k, -1]
        assert added == pytest.approx(1 - alpha, abs=1e-6)
    seen = [f for f in EXPERIMENT.findings(run) if "first weights" in f.sentence]
    assert [f.control.value for f in seen if f.control] == pytest.approx([0.0], abs=1e-4)


def test_pictures_hold_theory_and_control_at_every_moment(run):
    peaks, through_time, spectrum, modes, table = run.pictures()
    assert "control: no noise" in peaks.lines
    assert "control: no noise" in through_time.lines
    assert set(spectrum.lines) == {"learnt so far", "not yet"}
    assert list(modes.lines)[-1] == "never seen"
    assert list(table.columns["samples per weight"]) == list(run.spec.alphas)
    first, *_, last = run.moments()
    assert np.nanmax(first.pictures()[0].lines["noisy labels"]) < np.nanmax(
        last.pictures()[0].lines["noisy labels"]
    )


def test_equal_specs_give_equal_bytes_and_wrong_ones_a_sentence(run):
    again = EXPERIMENT.result(run.spec)
    assert isinstance(again, GeneralisationRun)
    assert again.error.tobytes() == run.error.tobytes()
    with pytest.raises(SpecError, match="Samples per weight"):
        GeneralisationSpec(alpha=0.0)
