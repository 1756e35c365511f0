"""Patterns with blanks against closed forms (Agliari et al. 2012, 2023) and a spin-by-spin rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.connectome.experiments.memory import hopfield
from engines.connectome.experiments.memory.hopfield import HopfieldSpec
from engines.connectome.memory.attractors import (
    begun,
    hierarchy,
    overlaps,
    patterns,
    signals_in_theory,
    sweep,
)


def rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


@pytest.mark.parametrize("dilution", [0.1, 0.3, 0.45])
def test_without_noise_the_mean_field_is_the_hierarchy(dilution):
    # Closed form, stable while 1 - 2 d + d^K > 0.
    found = signals_in_theory(dilution, 1e4, 3)
    np.testing.assert_allclose(found, hierarchy(dilution, 3), atol=1e-6)
    assert 1 - 2 * dilution + dilution**3 > 0


def test_where_the_hierarchy_is_unstable_all_are_alike():
    # The specification's figures: .164 at d = .8 and .085 at d = .9, beta 20.
    np.testing.assert_allclose(signals_in_theory(0.8, 20, 3), 0.164, atol=1e-3)
    np.testing.assert_allclose(signals_in_theory(0.9, 20, 3), 0.085, atol=1e-3)


@pytest.mark.parametrize(("dilution", "noise"), [(0.3, 0.69), (0.3, 0.6), (0.6, 0.39)])
def test_memory_begins_where_beta_times_what_is_not_blank_is_one(dilution, noise):
    assert signals_in_theory(dilution, 1 / noise, 1)[0] > 0.01
    above = 1.01 * (1 - dilution)
    assert signals_in_theory(dilution, 1 / above, 1)[0] < 1e-3


@given(st.floats(0.0, 0.95), st.floats(0.05, 2.0), st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_signals_solve_their_equation_and_are_never_larger_than_what_is_not_blank(d, noise, k):
    m = signals_in_theory(d, 1 / noise, k)
    assert (m <= 1 - d + 1e-9).all()
    draws = patterns(rng(0), 1, k, 200_000, d)[0]
    again = (draws * np.tanh(m @ draws / noise)).mean(axis=1)
    np.testing.assert_allclose(again, m, atol=0.015)  # five standard errors of 200,000 draws


def test_a_sweep_without_noise_is_hebbs_rule_spin_by_spin():
    known = patterns(rng(1), 2, 2, 40, 0.2).astype(float)
    state = begun(rng(2), known, 0.2)
    order = rng(3)
    found = sweep(order, known, state, 1e9)
    again, expected = rng(3), state.copy()
    for part in np.array_split(again.permutation(40), 40):
        for run in range(2):
            for i in part:
                field = sum(
                    known[run, k, i] * (known[run, k] @ expected[run]) / 40 for k in range(2)
                )
                if field:
                    expected[run, i] = np.sign(field)
        again.random((2, len(part)))
    decided = np.einsum("rkn,rk->rn", known, overlaps(known, expected)) != 0
    np.testing.assert_array_equal(found[decided], expected[decided])


def test_all_to_all_is_a_wiring_in_which_all_weigh_alike():
    known = patterns(rng(4), 3, 2, 60, 0.3).astype(float)
    state = begun(rng(5), known, 0.1)
    alike = np.full((60, 60), 1 / 60)
    np.testing.assert_array_equal(
        sweep(rng(6), known, state, 5.0), sweep(rng(6), known, state, 5.0, alike)
    )


def run(**fields: Any) -> Any:
    return hopfield.EXPERIMENT.result(HopfieldSpec(**fields))


def test_the_simulation_is_the_mean_field():
    # Measured with 5,000 spins, five seeds: .706 +- .003, .208 +- .013; .168 +- .025 at d = .8.
    found = run()
    assert found.signal(0).value == pytest.approx(0.700, abs=0.02)
    assert found.signal(1).value == pytest.approx(0.210, abs=0.03)
    judged = hopfield.CLAIMS[0].finding(found)
    assert judged is not None
    assert judged.word == "holds"
    assert hopfield.CLAIMS[0].finding(run(noise=0.5, n_spins=200, n_runs=3)) is None
    alike = run(dilution=0.8, n_spins=4_000)
    np.testing.assert_allclose(alike.settled.mean(axis=0), alike.theory, atol=0.03)


def test_flipped_spins_come_back():
    found = run(flipped=0.3, n_spins=1_000, n_runs=3)
    assert found.signals[0, :, 0].mean() < 0.5 * found.settled[:, 0].mean()
    assert found.settled[:, 0].mean() == pytest.approx(0.7, abs=0.05)


def test_the_worm_stands_beside_wirings_of_its_degrees():
    found = run(coupling="worm", n_runs=3)
    assert found.n_spins == 279
    assert found.nulls.shape == (8, 3, 3)
    kinds = [type(picture).__name__ for picture in found.pictures()]
    assert kinds == ["Bars", "Curves", "Heatmap", "Table"]
    assert {"simulated", "mean field", "same degrees"} == set(found.pictures()[0].kind)
