"""Information plane: exact bounds of deterministic layers, gradients by hand, what a run says."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.contract import InputError, SpecError
from engines.geometry.experiments.training.information import CLAIMS, EXPERIMENT
from engines.geometry.information.learning import build, gradient_signal, hidden, task_of
from engines.geometry.information.pictures import InformationRun
from engines.geometry.information.planes import on_range, plane
from engines.geometry.information.spec import (
    ARMS,
    ESTIMATORS,
    EXACT,
    FIXED,
    HIDDEN,
    MASS,
    RANDOM,
    RANGE,
    RELU,
    TANH,
    InformationSpec,
)
from engines.lab.data.rules import odd_rule
from engines.lab.data.task import rng_of
from engines.lab.training import stack_from_seeds


@pytest.fixture(scope="module")
def run() -> InformationRun:
    found = EXPERIMENT.result(InformationSpec(n_seeds=3, n_steps=300, n_moments=4))
    assert isinstance(found, InformationRun)
    return found


@given(st.integers(0, 999), st.integers(3, 8))
def test_an_odd_rule_is_balanced_and_odd(seed, n_bits):
    task = odd_rule(seed, n_bits=n_bits)
    x, y = np.concatenate([task.x, task.x_test]), np.concatenate([task.y, task.y_test])
    assert y.mean() == 0.5
    label = {tuple(word): one for word, one in zip(x.tolist(), y.tolist(), strict=True)}
    assert len(label) == 2**n_bits
    assert all(label[tuple(-v for v in word)] == 1 - one for word, one in label.items())


@pytest.mark.parametrize("bad", [{"n_bits": 2}, {"n_bits": 15}, {"share": 1.0}])
def test_a_rule_that_leaves_nothing_is_refused(bad):
    with pytest.raises(InputError):
        odd_rule(**bad)


@given(st.integers(0, 99), st.sampled_from([2, 30, 100]))
@settings(max_examples=15, deadline=None)
def test_no_estimator_leaves_its_bounds(seed, n_bins):
    rng = np.random.default_rng(seed)
    values = np.tanh(rng.standard_normal((512, 3)) * 2).astype(np.float32)
    labels = rng.permutation(512) % 2
    found = plane(values, labels, n_bins=n_bins, width=0.1)
    assert np.isnan(found[RANGE]).all()
    found[RANGE] = on_range(values[None], labels, n_bins)[0]
    assert (found[:, 0] <= 9.0 + 1e-6).all()
    assert (found[:, 1] <= np.minimum(found[:, 0], 1.0) + 1e-6).all()
    assert found[EXACT].tolist() == [9.0, 1.0]
    assert (found[[FIXED, MASS, RANGE], 0] <= found[EXACT, 0] + 1e-9).all()


def test_a_dead_layer_knows_nothing():
    dead, labels = np.zeros((64, 3), np.float32), np.arange(64) % 2
    found = plane(dead, labels, n_bins=30, width=0.1)
    found[RANGE] = on_range(dead[None], labels, 30)[0]
    assert np.all(found == 0.0)


def test_hidden_layers_are_those_of_the_module():
    for arm in (TANH, RELU):
        stack = stack_from_seeds(lambda arm=arm: build(arm), (3, 4))
        words = torch.randn(20, 12, generator=torch.Generator().manual_seed(0))
        found = hidden(stack, words, arm)
        with torch.no_grad():
            for net in range(2):
                module, now = list(stack.module(net).children()), words
                for k in range(len(HIDDEN)):
                    now = module[2 * k + 1](module[2 * k](now))
                    torch.testing.assert_close(found[k][net], now)


def test_the_gradients_signal_is_that_of_batches_one_by_one():
    task = task_of(TANH, 0)
    stack = stack_from_seeds(lambda: build(TANH), (0, 1))
    found = gradient_signal(stack, task, 7)
    chosen = rng_of(7, 10).integers(0, len(task.x), (12, 256))
    module = stack.module(1)
    each = []
    for rows in chosen:
        module.zero_grad()
        x, y = torch.from_numpy(task.x[rows]), torch.from_numpy(task.y[rows])
        torch.nn.functional.cross_entropy(module(x), y).backward()
        slope = module.get_parameter("4.weight").grad
        assert slope is not None
        each.append(slope.numpy().astype(np.float64).ravel())
    stacked = np.array(each)
    wanted = np.linalg.norm(stacked.mean(0)) / np.linalg.norm(stacked.std(0, ddof=1))
    assert found[1, 2] == pytest.approx(wanted, rel=1e-4)


def test_random_labels_are_the_same_words_with_as_many_of_each():
    rule, control = task_of(TANH, 5), task_of(RANDOM, 5)
    assert np.array_equal(rule.x, control.x)
    every = np.concatenate([control.y, control.y_test])
    assert every.mean() == 0.5
    assert 0.4 < np.mean(control.y == rule.y) < 0.6


def test_a_tanh_network_is_a_function_so_it_forgets_nothing_without_bins(run):
    exact = run.reading.information[TANH, EXACT, :, :, 0]
    np.testing.assert_allclose(exact[..., 0], 12.0, atol=1e-5)
    np.testing.assert_allclose(exact[..., 1], 1.0, atol=1e-5)


def test_information_about_labels_is_never_more_than_about_inputs(run):
    found = run.reading.information
    assert np.isfinite(found).all()
    assert (found[..., 1] <= found[..., 0] + 1e-3).all()
    assert (found[..., 0] <= 12.0 + 1e-3).all()


def test_no_coarser_reading_says_more_than_the_values_themselves(run):
    found = run.reading.information[..., 0]
    for estimator in (FIXED, RANGE, MASS):
        assert (found[:, estimator] <= found[:, EXACT] + 1e-4).all()


def test_bins_find_compression_in_tanh_and_their_absence_undoes_it(run):
    assert run.reading.compressed(TANH, FIXED).value > 0.5
    assert run.reading.compressed(TANH, EXACT).value == 0.0


def test_the_control_learns_nothing_that_serves_the_exam(run):
    assert run.reading.scores[RANDOM, -1, :, 1].mean() < 0.56
    assert run.reading.scores[TANH, -1, :, 1].mean() > 0.7


def test_every_group_and_estimator_is_drawn(run):
    assert len(run.moments()) == len(run.reading.steps) - 2
    drawn = run.pictures()
    for arm in range(len(ARMS)):
        drawn = run.pictures((arm, MASS, EXACT))
        assert ARMS[arm] in drawn[0].title
        assert "equal mass" in drawn[0].title
        assert "different values" in drawn[1].title
    assert len(run.moments()[0].pictures()) == len(drawn) - 1
    table = drawn[-1]
    assert len(table.columns) == len(ESTIMATORS) + 3
    assert all(len(column) == len(ARMS) for column in table.columns.values())
    assert run.reading.of_input(TANH, MASS).shape == (len(run.reading.steps), 3)
    assert "equal mass" in drawn[2].title


def test_claims_are_judged_and_decay_only_where_there_is_some(run):
    assert len(EXPERIMENT.findings(run)) >= 5
    none = InformationSpec(n_seeds=3, n_steps=50, n_moments=4, weight_decay=0.0)
    found = EXPERIMENT.findings(EXPERIMENT.result(none))
    assert CLAIMS[3].sentence not in {one.sentence for one in found}


def test_a_run_of_hours_is_refused():
    with pytest.raises(SpecError, match="fewer"):
        InformationSpec(n_seeds=24, n_steps=20_000)


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_what_is_known_is_found(answer):
    assert answer.verdict().reproduced
