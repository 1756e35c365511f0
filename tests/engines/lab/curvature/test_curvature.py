"""Curvature: spectra that were chosen, torch's own Hessian, and the edge where descent diverges."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.func import functional_call

from engines.lab.curvature.hessian import first_direction, hessian_product, sharpness
from engines.lab.curvature.lanczos import lanczos
from engines.lab.training import Rule, Training, arrays, stack_from_seeds

DRAW = torch.Generator().manual_seed(0)
X, Y = torch.randn(30, 4, generator=DRAW), torch.randn(30, 1, generator=DRAW)


def build() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 1))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=2, max_size=9), st.integers(0, 99))
def test_a_chosen_spectrum_is_found(spectrum, seed):
    rng = np.random.default_rng(seed)
    turned = np.linalg.qr(rng.standard_normal((len(spectrum),) * 2))[0]
    matrix = torch.from_numpy(turned @ np.diag(spectrum) @ turned.T)[None]
    start = torch.from_numpy(rng.standard_normal((1, len(spectrum))))
    values, way = lanczos(lambda v: torch.einsum("mij,mj->mi", matrix, v), start, len(spectrum))
    assert float(values[0, -1].clamp_min(0)) == pytest.approx(max(0.0, *spectrum), abs=1e-5)
    if max(spectrum) > 0.1:
        moved = (matrix[0] @ way[0] - values[0, -1] * way[0]).norm()
        assert float(moved) < 1e-4


def test_products_and_sharpness_are_those_of_torchs_hessian():
    stack = stack_from_seeds(build, range(3))
    product = hessian_product(stack, X, Y, "squared error")
    start = first_direction(stack, 1)
    ours = product(start)
    top, way = sharpness(stack, X, Y, "squared error", start, n_steps=37)
    for net in range(3):
        names = list(stack.places)

        def cost(flat, net=net, names=names):
            parts, at = {}, 0
            for name in names:
                n = stack.places[name].n
                parts[name] = flat[at : at + n].reshape(stack.places[name].shape)
                at += n
            return nn.functional.mse_loss(functional_call(stack.skeleton, parts, (X,)), Y)

        def flat(matrix, net=net, names=names):
            return torch.cat([stack.views(matrix)[name][net].flatten() for name in names])

        theirs = torch.autograd.functional.hessian(cost, flat(stack.weights))
        assert isinstance(theirs, torch.Tensor)
        torch.testing.assert_close(flat(ours), theirs @ flat(start), atol=1e-5, rtol=1e-4)
        values = torch.linalg.eigvalsh(theirs)
        assert float(top[net]) == pytest.approx(float(values[-1]), rel=1e-4)
        moved = theirs @ flat(way) - values[-1] * flat(way)
        assert float(moved.norm()) < 1e-2


@pytest.mark.parametrize(("share", "grows"), [(0.99, False), (1.01, True)])
def test_descent_on_a_parabola_diverges_above_two_over_its_curvature(share, grows):
    x, y = np.full((1, 1), 3.0), np.zeros((1, 1))
    stack = stack_from_seeds(lambda: nn.Linear(1, 1, bias=False), [0])
    batches = arrays(x, y)
    top, _ = sharpness(stack, batches.x, batches.y, "squared error", first_direction(stack, 0))
    assert float(top[0]) == pytest.approx(18.0)  # (3 w)² bends by 2 · 3²
    rule = Rule(optimiser="SGD", learning_rate=share * 2.0 / 18.0)
    training = Training(stack, batches, "squared error", rule)
    before = float(stack.weights.abs().max())
    training.advance(100)
    assert (float(training.stack.weights.abs().max()) > before) == grows
