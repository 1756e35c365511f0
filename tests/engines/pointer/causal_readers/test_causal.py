"""Undoing a permutation by written-down weights, and permuting exactly by a closed form."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from engines.pointer.causal_readers.written import READINGS, ceiling, questions, read_out
from engines.pointer.experiments.orders import causal, exact
from engines.pointer.experiments.orders.causal import CausalSpec
from engines.pointer.experiments.orders.exact import ExactSpec, kernel, predictions


def test_the_ceiling_is_the_best_answer_counted_over_every_permutation_and_string():
    # n = 3, V = 2: place j copies when its source is visible, else guesses right half the time.
    n, n_symbols = 3, 2
    seen = np.zeros(n)
    orders = [p for p in product(range(n), repeat=n) if len(set(p)) == n]
    for order in orders:
        for j in range(n):
            source = order.index(j)
            seen[j] += 1.0 if source <= j else 1.0 / n_symbols
    assert ceiling(n, n_symbols) == pytest.approx(seen / len(orders))


@pytest.mark.parametrize(("n", "n_symbols"), [(5, 8), (8, 16)])
def test_scratch_tokens_and_no_mask_are_exact(n, n_symbols):
    asked = questions(np.random.default_rng(0), 300, n, n_symbols)
    for reading in READINGS[1:]:
        found, *_ = read_out(asked, n_symbols, reading)
        assert np.array_equal(found, asked.answer)


@pytest.mark.parametrize(("n", "n_symbols"), [(5, 8), (8, 16)])
def test_a_causal_reader_stays_at_the_closed_form(n, n_symbols):
    asked = questions(np.random.default_rng(1), 4_000, n, n_symbols)
    found, *_ = read_out(asked, n_symbols, "causal")
    right = (found == asked.answer).mean(axis=0)
    best = (n + 1) / (2 * n) + (n - 1) / (2 * n) / n_symbols  # Alur et al. 2025 by counting
    assert ceiling(n, n_symbols).mean() == pytest.approx(best)
    error = np.sqrt(ceiling(n, n_symbols) * (1 - ceiling(n, n_symbols)) / 4_000)
    assert (np.abs(right - ceiling(n, n_symbols)) <= 4 * error + 1e-12).all()


def test_attention_looks_only_back_under_the_mask():
    asked = questions(np.random.default_rng(2), 3, 4, 3)
    for part in read_out(asked, 3, "causal, scratch tokens")[1:]:
        assert np.allclose(part.sum(axis=-1), 1)
        assert np.triu(part, 1).max() == 0


def test_the_experiment_says_so():
    found = causal.EXPERIMENT.result(CausalSpec(n_instances=400))
    assert found.accuracy[1:].min() == 1.0
    assert [type(p).__name__ for p in found.pictures()] == ["Curves", "Heatmap", "Heatmap", "Table"]


@pytest.mark.parametrize("k", [2, 3, 5, 8, 12])
def test_every_string_of_bits_is_permuted_exactly(k):
    found = exact.EXPERIMENT.result(ExactSpec(k=k))
    assert found.n_right == found.n_inputs == 2**k - 1
    assert (found.most_zero[:-1] <= 1e-12).all()


def test_predictions_solve_the_kernel_equations():
    # The same by linear algebra: the kernel of basis vectors inverted numerically.
    k = 6
    inputs = np.eye(k, dtype=bool)
    gram = kernel(np.ones((k, 1)), inputs)
    assert np.allclose(np.diag(gram), 2.0)
    assert np.allclose(gram[~np.eye(k, dtype=bool)], 1 / np.pi)
    some = np.array([[1, 1, 0, 1, 0, 0], [1, 1, 1, 1, 1, 1]], bool)
    theta = kernel(some.sum(axis=1, keepdims=True), some)
    assert np.allclose(predictions(some), theta @ np.linalg.inv(gram))
    assert np.allclose(predictions(inputs), np.eye(k))


def test_the_tangent_kernel_is_that_of_a_wide_network():
    # Monte Carlo over hidden units: E[relu'(wx) relu'(we)] xe + E[relu(wx) relu(we)], unnormalised.
    rng = np.random.default_rng(3)
    x, e = np.array([1.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])
    w = rng.normal(size=(400_000, 3))
    on = ((w @ x > 0) & (w @ e > 0)).mean()
    both = (np.maximum(w @ x, 0) * np.maximum(w @ e, 0)).mean()
    ours = kernel(np.array([[2]]), np.array([[True]]))[0, 0]
    assert ours == pytest.approx(2 * (on * (x @ e) + both), rel=0.02)


def test_training_ends_where_the_theorem_says():
    # Alur et al. 2025, Theorem 1, and counting: j/n + (1 - j/n)/V at place j.
    spec = CausalSpec(n=3, n_symbols=4, n_steps=500, n_instances=4_000)
    found = causal.EXPERIMENT.result(spec)
    error = np.sqrt(found.ceiling * (1 - found.ceiling) / spec.n_instances)
    masked, scratch, unmasked = found.trained
    assert (masked <= found.ceiling + 3 * error + 1e-9).all()
    assert masked.mean() > 0.5  # it has learnt: chance is 0.25
    assert scratch.mean() > 0.99
    assert unmasked.mean() > masked.mean()
    assert found.losses[1, -1] < 0.1 < found.losses[0, -1]
    titles = [picture.title for picture in found.pictures()]
    assert "Trained for 500 steps: symbols right by place" in titles


def test_training_is_the_same_for_a_seed():
    spec = CausalSpec(n_steps=20, n_instances=50)
    assert np.array_equal(
        causal.EXPERIMENT.result(spec).losses, causal.EXPERIMENT.result(spec).losses
    )
