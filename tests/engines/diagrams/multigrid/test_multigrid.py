"""Grids within grids: multigrid by matrices, kernels by torch's convolutions, fields by waves."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn import functional as fn

from engines.diagrams import solve_on_grids
from engines.diagrams.experiments.architectures.multigrid import EXPERIMENT
from engines.diagrams.multigrid.answers import answers, matrix
from engines.diagrams.multigrid.asked import (
    ARMS,
    BANDS,
    CYCLES,
    FIXED,
    FLAT,
    LEARN,
    MultigridSpec,
)
from engines.diagrams.multigrid.fields import fields
from engines.diagrams.multigrid.grids import around, finer
from engines.diagrams.multigrid.networks import Waves, multigrid, network
from engines.diagrams.multigrid.results import MultigridResult
from engines.diagrams.multigrid.running import Comparison


@pytest.fixture(scope="module")
def run() -> MultigridResult:
    return solve_on_grids(n_steps=10, n_nets=2)


@pytest.mark.parametrize("answer", answers(), ids=lambda answer: answer.target)
def test_known_answers(answer):
    assert answer.ours() == pytest.approx(answer.expected, abs=answer.tolerance)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("periodic", [False, True])
def test_kernels_are_torchs_convolution(periodic: bool, stride: int):
    torch.manual_seed(0)
    n = 8 if periodic else 7
    x, kernel = torch.randn(3, n, n).double(), torch.randn(3, 3).double()
    wide = fn.pad(x[:, None], (1, 1, 1, 1), mode="circular" if periodic else "constant")
    whole = fn.conv2d(wide, kernel[None, None])[:, 0]
    start = 0 if periodic else stride - 1
    torch.testing.assert_close(around(x, kernel, periodic=periodic, stride=stride),
                               whole[:, start::stride, start::stride])  # fmt: skip


@pytest.mark.parametrize("periodic", [False, True])
def test_the_way_to_a_finer_grid_is_the_way_back_turned_round(periodic: bool):
    """<finer(x), y> = <x, coarser(y)> with the same kernel, for all x and y."""
    torch.manual_seed(0)
    fine, coarse = (16, 8) if periodic else (15, 7)
    x, y = torch.randn(1, coarse, coarse).double(), torch.randn(1, fine, fine).double()
    kernel = torch.randn(3, 3).double()
    up = (finer(x, kernel, periodic=periodic) * y).sum()
    down = (x * around(y, kernel, periodic=periodic, stride=2)).sum()
    torch.testing.assert_close(up, down)


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("name", LEARN)
def test_all_have_about_as_many_parameters_and_keep_the_grid(name: str, periodic: bool):
    made = network(name, periodic=periodic)
    count = sum(value.numel() for value in made.parameters())
    assert abs(count - 288) <= 9
    n = 32 if periodic else 31
    assert made(torch.randn(2, n, n)).shape == (2, n, n)


@pytest.mark.parametrize("name", [CYCLES, FLAT])
def test_operators_of_grids_are_linear(name: str):
    torch.manual_seed(0)
    made = network(name, periodic=False).double()
    x, y = torch.randn(2, 1, 31, 31).double()
    torch.testing.assert_close(made(2.0 * x - y), 2.0 * made(x) - made(y))


def test_waves_commute_with_shifts_of_a_torus():
    torch.manual_seed(0)
    made = Waves().double()
    x = torch.randn(1, 32, 32).double()
    shifted = made(x.roll((5, -3), (1, 2)))
    torch.testing.assert_close(shifted, made(x).roll((5, -3), (1, 2)))


def test_more_cycles_of_multigrid_come_nearer():
    f, u = (
        torch.from_numpy(v) for v in fields(np.random.default_rng(0), 2, (1, 4), periodic=False)
    )
    made, found, off = multigrid(periodic=False), torch.zeros_like(u), [1.0]
    stencil = made.kernels[0, 0, 0].detach()
    for _ in range(4):
        with torch.no_grad():
            found = found + made(f - around(found, stencil, periodic=False))
        off.append(float((found - u).norm() / u.norm()))
    # Smoothing by 0.6 a sweep, so 0.36 a cycle (Trottenberg et al. 2001, Multigrid, 2.1).
    assert all(b < 0.36**2 * 1.2 * a for a, b in pairwise(off))


@pytest.mark.parametrize("periodic", [False, True])
def test_what_the_coarsest_grid_alone_can_say_multigrid_solves(periodic: bool):
    """Against least squares; one step of Jacobi, or any kernel of 3 x 3, leaves most of it."""
    made = multigrid(periodic=periodic)
    n = 4 if periodic else 3
    f = np.random.default_rng(0).standard_normal((n, n))
    with torch.no_grad():
        u = made._end(0, torch.from_numpy(f)[None])[0].numpy()
    coarse = matrix(4, periodic=periodic).toarray()
    wanted = np.linalg.lstsq(coarse, f.ravel(), rcond=None)[0]
    np.testing.assert_allclose(u.ravel(), wanted, atol=1e-12)


@pytest.mark.parametrize("periodic", [False, True])
def test_fields_have_waves_of_their_band_alone(periodic: bool):
    _, u = fields(np.random.default_rng(0), 4, (5, 12), periodic=periodic)
    np.testing.assert_allclose((u**2).mean(axis=(1, 2)), 1.0)
    _, low = fields(np.random.default_rng(1), 4, (1, 4), periodic=periodic)
    np.testing.assert_allclose(np.einsum("aij,bij->ab", u, low), 0.0, atol=1e-9)


def test_exam_and_what_is_learnt_from_are_different_fields():
    made = Comparison(MultigridSpec(n_nets=2))
    learnt = made.trainings[CYCLES].batches.batch(0)[0].flatten(0, 1).flatten(1)
    for x, _ in made.exam:
        assert torch.cdist(x.flatten(1), learnt).min() > 1e-3


def test_what_is_measured(run):
    assert run.looks.seen.shape == (1, len(run.looks.steps), len(ARMS), len(BANDS), 2)
    assert run.shown.shape == (1 + len(ARMS), 31, 31)
    fixed = run.looks.seen[0, :, ARMS.index(FIXED)]
    np.testing.assert_array_equal(fixed, np.broadcast_to(fixed[:1, :, :1], fixed.shape))
    assert len(run.pictures()) == 10
    assert not EXPERIMENT.findings(run)  # claims want more steps


def test_in_a_notebook_right_sides_are_asked_for(run):
    assert run.error(CYCLES).n == 2
    assert run.error(FIXED).value < run.error(FIXED, "waves 5 to 12").value < 0.1
