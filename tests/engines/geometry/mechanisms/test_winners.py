"""Races of Fourier modes: laws of the equations, and networks that obey them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from engines.contract import InputError, SpecError
from engines.geometry.experiments.mechanisms.winners import EXPERIMENT
from engines.geometry.mechanisms.mode_race import blow_up_times, modes, speeds, winners
from engines.geometry.mechanisms.winners import BY_MODES, RULES, WinnerRun, WinnerSpec


@pytest.fixture(scope="module")
def run() -> WinnerRun:
    found = EXPERIMENT.result(WinnerSpec(p=11, width=32, n_steps=300, n_seeds=3))
    assert isinstance(found, WinnerRun)
    return found


@given(st.integers(0, 99))
@settings(deadline=None)
def test_what_the_equations_keep(seed):
    """|z|² - 2 |w|² and Im(conj(z)² w) do not change: their derivatives vanish."""
    a = np.random.default_rng(seed).standard_normal(4)
    z, w = np.array([complex(*a[:2])]), np.array([complex(*a[2:])])
    dz, dw = speeds(z, w, 7)
    kept = 2 * np.real(np.conj(z) * dz) - 4 * np.real(np.conj(w) * dw)
    turned = np.imag(2 * np.conj(z) * np.conj(dz) * w + np.conj(z) ** 2 * dw)
    np.testing.assert_allclose([kept[0], turned[0]], 0.0, atol=1e-12)


@given(st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_blow_ups_come_when_scipys_integrator_says(seed):
    rng = np.random.default_rng(seed)
    z, w = (rng.standard_normal(1) + 1j * rng.standard_normal(1) for _ in "zw")
    p = 11
    first = np.sqrt(abs(z[0]) ** 2 + 2 * abs(w[0]) ** 2)

    def slope(_t, state):
        dz, dw = speeds(np.array([state[0]]), np.array([state[1]]), p)
        return [dz[0], dw[0]]

    def grown(_t, state):
        return np.sqrt(abs(state[0]) ** 2 + 2 * abs(state[1]) ** 2) - 1e3 * first

    grown.terminal = True  # type: ignore[attr-defined]
    theirs = solve_ivp(slope, (0, 1e6), [z[0], w[0]], events=grown, rtol=1e-9, atol=1e-12)
    assert blow_up_times(z, w, p)[0] == pytest.approx(theirs.t_events[0][0], rel=1e-3)


def test_a_mode_at_rest_never_wins():
    z, w = np.array([0j, 1.0 + 0j]), np.array([0j, 0.2 + 0j])
    assert np.isinf(blow_up_times(z, w, 11)[0])
    assert np.isfinite(blow_up_times(z, w, 11)[1])


def test_a_larger_rate_of_all_weights_changes_no_winner():
    rng = np.random.default_rng(1)
    theta, xi = rng.standard_normal((11, 20)), rng.standard_normal((20, 11))
    one, other = winners(theta, xi), winners(3 * theta, 3 * xi)
    assert all(np.array_equal(one[name], other[name]) for name in RULES)
    np.testing.assert_allclose(
        blow_up_times(*modes(theta, xi), 11), 3 * blow_up_times(*modes(3 * theta, 3 * xi), 11),
        rtol=1e-6,
    )  # fmt: skip


def test_networks_do_what_their_first_weights_say(run):
    assert run.hits(BY_MODES).min() > 0.9
    assert len(run.pictures()) == 6
    assert len(EXPERIMENT.findings(run)) == 3


def test_a_run_that_ends_before_anyone_wins_tests_nothing():
    early = EXPERIMENT.result(WinnerSpec(p=23, width=16, n_steps=100, start=0.01, n_seeds=3))
    assert isinstance(early, WinnerRun)
    assert early.right(BY_MODES) is None
    assert EXPERIMENT.findings(early) == ()
    assert early.pictures()


def test_what_cannot_be_run_is_told():
    with pytest.raises(SpecError, match="prime"):
        WinnerSpec(p=21)
    with pytest.raises(InputError, match="diverged"):
        EXPERIMENT.result(
            WinnerSpec(p=11, width=64, learning_rate=20.0, start=1.0, n_steps=300, n_seeds=3)
        )


@pytest.mark.parametrize("answer", EXPERIMENT.known_answers(), ids=lambda a: a.target)
def test_races_that_are_known(answer):
    assert answer.verdict().reproduced
