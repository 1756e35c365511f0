"""Networks from field to field: Burgers' equation against a solver, grids inside grids."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from engines.contract import SpecError
from engines.diagrams import operator
from engines.diagrams.experiments.architectures.operator import EXPERIMENT
from engines.diagrams.operators.answers import answers
from engines.diagrams.operators.asked import (
    ARMS,
    DILATED,
    FOURIER,
    GRIDS,
    PLAIN,
    TRAINED,
    OperatorSpec,
)
from engines.diagrams.operators.burgers import fields, solved, waves
from engines.diagrams.operators.networks import Convolution, FourierOperator
from engines.diagrams.operators.results import OperatorFrame, OperatorResult
from engines.diagrams.operators.running import Comparison

SHORT: dict[str, Any] = {"n_fields": 20, "n_steps": 50, "n_nets": 2, "n_modes": 3}


@pytest.fixture(scope="module")
def run() -> tuple[list[OperatorFrame], OperatorResult]:
    *frames, last = EXPERIMENT.frames(OperatorSpec(**SHORT))
    assert isinstance(last, OperatorResult)
    return [frame for frame in frames if isinstance(frame, OperatorFrame)], last


@pytest.mark.parametrize("answer", answers(), ids=lambda a: a.target)
def test_known_answers(answer):
    assert answer.verdict().reproduced


def test_fields_are_those_of_a_solver_that_steps_in_time():
    """scipy's implicit Runge-Kutta method on the waves of u, products made on three times them."""
    n, viscosity, time = 128, 0.05, 0.4
    sizes = np.random.default_rng(3).standard_normal((2, 1, 6)) / np.arange(1, 7)
    wave = 2.0 * np.pi * np.fft.rfftfreq(n, 1.0 / n)
    kept = np.arange(len(wave)) <= n // 3

    def slope(_time: float, u: np.ndarray) -> np.ndarray:
        square = np.where(kept, np.fft.rfft(u**2), 0.0)
        return np.fft.irfft(-0.5j * wave * square - viscosity * wave**2 * np.fft.rfft(u), n)

    start = waves(sizes[0], sizes[1], n)[0]
    end = solve_ivp(slope, (0.0, time), start, method="LSODA", rtol=1e-9, atol=1e-10).y[:, -1]
    np.testing.assert_allclose(solved(sizes[0], sizes[1], viscosity, time)[0, ::8], end, atol=2e-7)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32), st.floats(0.01, 0.2), st.floats(0.4, 1.0))
def test_nothing_is_lost_nothing_grows_and_slopes_up_are_bounded(seed, viscosity, time):
    """The mean stays, the maximum principle holds, and u_x is at most 1 / t (Oleinik 1957)."""
    made = fields(3, viscosity, time, np.random.default_rng(seed))
    np.testing.assert_allclose(made.end.mean(axis=1), 0.0, atol=1e-7)
    assert (np.abs(made.end).max(axis=1) <= np.abs(made.start).max(axis=1) * (1 + 1e-7)).all()
    rise = (np.roll(made.end, -1, axis=1) - made.end) * made.end.shape[1]
    assert rise.max() <= (1.0 + 1e-4) / time


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 127), st.integers(0, 100))
def test_turning_the_circle_turns_the_answer(by, seed):
    """Both networks do not know where 0 is."""
    field = torch.from_numpy(np.random.default_rng(seed).standard_normal((2, 128))).float()
    torch.manual_seed(seed)
    for made in (FourierOperator(6), Convolution(dilated=True)):
        with torch.no_grad():
            turned, plain = made(field.roll(by, -1)), made(field).roll(by, -1)
        torch.testing.assert_close(turned, plain, atol=2e-4, rtol=2e-4)


def test_both_networks_have_as_many_parameters():
    """19,297 and 19,329: within a fifth of a per cent."""
    counts = [
        sum(p.numel() for p in made.parameters()) for made in (FourierOperator(12), Convolution())
    ]
    assert counts == [19_297, 19_329]


def test_a_dilated_convolution_is_the_plain_one_where_it_was_learnt(run):
    _, result = run
    np.testing.assert_array_equal(result.at(DILATED, TRAINED), result.at(PLAIN, TRAINED))
    assert np.isnan(result.at(DILATED, 32)).all()
    shared = result.said[ARMS.index(DILATED)]
    here, finer = (shared[:, GRIDS.index(g), :g] for g in (64, 256))
    np.testing.assert_allclose(finer[:, ::4], here, atol=2e-5)


def test_errors_are_those_of_what_was_said(run):
    _, result = run
    made = Comparison(result.spec)
    for training in made.trainings.values():
        training.advance(result.spec.n_steps)
    said = made.answers(FOURIER, 128)
    end = made.exam[128][1]
    off = (said - end).norm(dim=-1) / end.norm(dim=-1)
    np.testing.assert_allclose(result.at(FOURIER, 128), 100 * off.mean(-1), rtol=1e-5)
    np.testing.assert_array_equal(result.said[0, :, GRIDS.index(128), :128], said[0, :8])


def test_frames_come_in_order_and_the_result_last(run):
    frames, result = run
    assert frames[-1].fraction == 1.0
    assert (np.diff(result.steps) > 0).all()
    assert len(result.moments()) == len(result.steps)
    assert [len(one.pictures()) for one in (frames[-1], result)] == [2, 4]
    assert "256 points, never" in result.pictures(grid=256, field=2)[0].title


def test_claims_need_a_run_as_long_as_they_say(run):
    _, result = run
    assert EXPERIMENT.findings(result) == ()


def test_in_a_notebook_errors_are_asked_for_by_grid():
    assert operator(**SHORT).mean("Fourier operator", 256).n == 2


@pytest.mark.parametrize(
    ("fields", "said"), [({"n_modes": 20}, "Modes"), ({"viscosity": 0.0}, "Visc")]
)
def test_what_cannot_be_is_one_sentence(fields, said):
    with pytest.raises(SpecError, match=said):
        OperatorSpec(**fields)
