"""Modern Hopfield networks against attention as it is written, brute force and the paper."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from engines.contract import SpecError
from engines.geometry.theory import modern_hopfield as memory
from engines.geometry.theory.memories import ModernHopfieldRun, ModernHopfieldSpec
from engines.running import registry

EXPERIMENT = registry.experiment("geometry/attention_memory")


def rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


@pytest.fixture(scope="module")
def run() -> ModernHopfieldRun:
    found = EXPERIMENT.result(ModernHopfieldSpec(n_stored=100, n_sets=5))
    assert isinstance(found, ModernHopfieldRun)
    return found


def test_a_step_is_softmax_of_scaled_scores_query_by_query():
    patterns, state = rng(0).standard_normal((2, 7, 5)), rng(1).standard_normal((2, 3, 5))
    beta = np.array([0.5, 4.0])
    found = memory.update(patterns, state, beta)
    for net in range(2):
        for k in range(3):
            weights = special.softmax(beta[net] * patterns[net] @ state[net, k])
            np.testing.assert_allclose(found[net, k], patterns[net].T @ weights)


@given(st.integers(0, 1_000), st.floats(0.1, 50.0))
@settings(max_examples=20, deadline=None)
def test_energy_is_never_negative_and_never_rises(seed, beta):
    # Theorem 1 and appendix A of Ramsauer et al. 2020.
    patterns = rng(seed).standard_normal((6, 4))
    state = rng(seed + 1).standard_normal((3, 4))
    before = memory.energy(patterns, state, beta)
    after = memory.energy(patterns, memory.update(patterns, state, beta), beta)
    assert (before >= -1e-12).all()
    assert (after <= before + 1e-12).all()


def test_energy_is_that_of_the_paper():
    patterns, state = rng(2).standard_normal((5, 3)), rng(3).standard_normal((1, 3))
    scores = 2.0 * patterns @ state[0]
    largest = (patterns**2).sum(axis=1).max()
    wanted = (
        -np.log(np.exp(scores).sum()) / 2.0
        + 0.5 * state[0] @ state[0]
        + np.log(5) / 2.0
        + 0.5 * largest
    )
    np.testing.assert_allclose(memory.energy(patterns, state, 2.0), [wanted])


def test_fixed_points_stay_and_are_counted_once():
    patterns = np.stack([memory.clustered_patterns(rng(k), 4, 3, 16, 0.1) for k in range(3)])
    beta = np.array([1.0, 12.0, 200.0])
    found, taken = memory.settled(patterns, patterns, beta)
    np.testing.assert_allclose(memory.update(patterns, found, beta), found, atol=1e-9)
    # At a low temperature each pattern is by itself, at a high one there is one average.
    assert memory.n_distinct(found)[0] == 1
    assert memory.n_distinct(found)[2] == 12
    assert (taken >= 1).all()
    for net in range(3):
        alone, own = memory.settled(patterns[[net]], patterns[[net]], beta[[net]])
        np.testing.assert_allclose(alone[0], found[net], atol=1e-12)
        assert own[0] == taken[net]


def test_distinct_points_are_counted_as_by_hand():
    points = np.array([[[0.0, 0.0], [1.0, 0.0], [1.0, 1e-6], [0.0, 0.0], [0.0, 1.0]]])
    assert memory.n_distinct(points)[0] == 3


def test_attention_spread_evenly_counts_every_pattern():
    assert memory.effective_patterns(np.full((1, 8), 1 / 8))[0] == pytest.approx(8.0)
    assert memory.effective_patterns(np.eye(8))[3] == 1.0


@pytest.mark.parametrize("beta", [0.2, 1.0])
def test_the_error_of_a_step_is_the_distance_it_leaves(beta):
    patterns = memory.random_patterns(rng(4), 30, 12)
    query = patterns[:10] + 0.3 * rng(5).standard_normal((10, 12))
    error, bound = memory.one_step_error(patterns, query, beta)
    left = memory.update(patterns, query, beta) - patterns[:10]
    np.testing.assert_allclose(error, np.linalg.norm(left, axis=1) / np.sqrt(12), rtol=1e-6)
    assert (error <= bound).all()


def test_a_classical_step_is_hebbs_rule_spin_by_spin():
    patterns = rng(6).standard_normal((9, 21))
    query = patterns[:4] + 0.5 * rng(7).standard_normal((4, 21))
    signs = np.sign(patterns)
    weights = signs.T @ signs
    np.fill_diagonal(weights, 0.0)
    moved = np.where(np.sign(query) @ weights >= 0, 1.0, -1.0)
    wanted = np.linalg.norm(moved - signs[:4], axis=1) / np.sqrt(21)
    np.testing.assert_allclose(memory.classical_error(patterns, query), wanted)


@pytest.mark.parametrize(("d", "beta"), [(64, 64**-0.5), (128, 128**-0.5), (32, 1.0), (48, 1.0)])
def test_the_estimate_is_within_a_factor_of_ten_of_what_is_drawn(d, beta):
    drawn = []
    for seed in range(5):
        patterns = memory.random_patterns(rng(seed), 500, d)
        query = patterns[:40] + 0.3 * rng(100 + seed).standard_normal((40, d))
        drawn.append(np.log10(np.median(memory.one_step_error(patterns, query, beta)[0])))
    estimate = np.log10(memory.error_in_theory(d, 500, 0.3, beta))
    assert np.median(drawn) == pytest.approx(estimate, abs=1.0)


def test_states_go_from_one_average_to_single_patterns(run):
    one, every = run.n_fixed[0, 0], run.n_fixed[0, -1]
    assert (one == 1).all()
    assert (every == 40).all()
    assert (run.averaged[0, 0] > 35).all()


def test_pictures_hold_estimate_and_control_at_every_step(run):
    patterns, kinds, attention, retrieval, _table = run.pictures()
    assert "control: no clusters" in kinds.lines
    assert "control: classical" in retrieval.lines
    assert attention.heights.sum() == pytest.approx(1.0)
    assert len(patterns.xy) == 80
    first, *_ = run.moments()
    states = first.pictures()[0].xy
    np.testing.assert_allclose(states[:40], states[40:])


def test_equal_specs_give_equal_bytes_and_wrong_ones_a_sentence(run):
    again = EXPERIMENT.result(run.spec)
    assert isinstance(again, ModernHopfieldRun)
    assert again.path.tobytes() == run.path.tobytes()
    for beta in (0.0, 2e4):
        with pytest.raises(SpecError, match="β"):
            ModernHopfieldSpec(beta=beta)
