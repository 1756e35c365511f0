"""The kernel of the additive pointer against PyTorch's own tanh and derivatives."""

from __future__ import annotations

import pytest
import torch

from engines.pointer.networks.recurrent import additive_scores


def tensors(n_steps, n_points, d, scale):
    generator = torch.Generator().manual_seed(n_points)
    shapes = ((3, n_points, d), (3, n_steps, d), (d,))
    return [
        (s * torch.randn(shape, generator=generator, dtype=torch.float64)).requires_grad_()
        for shape, s in zip(shapes, (scale, scale, 0.1), strict=True)
    ]


@pytest.mark.parametrize("scale", [0.01, 1.0, 30.0])
@pytest.mark.parametrize(("n_steps", "n_points", "d"), [(1, 1, 8), (7, 6, 40), (20, 21, 256)])
def test_scores_and_gradients_are_those_of_tanh(n_steps, n_points, d, scale):
    exact = tensors(n_steps, n_points, d, scale)
    ours = [x.detach().float().requires_grad_() for x in exact]
    right = (exact[0].unsqueeze(1) + exact[1].unsqueeze(2)).tanh() @ exact[2]
    found = additive_scores(*ours)
    assert float((found - right).detach().abs().max()) < 1e-5
    weight = torch.linspace(-1, 1, right.numel()).reshape(right.shape)
    (right * weight).sum().backward()
    (found * weight).sum().backward()
    for a, b in zip(ours, exact, strict=True):
        assert a.grad is not None
        assert b.grad is not None
        assert float((a.grad - b.grad).abs().max()) < 2e-5 * max(1.0, float(b.grad.abs().max()))


def test_without_a_kernel_the_result_is_the_same():
    keys, query, v = (x.detach() for x in tensors(5, 9, 16, 1.0))
    kernel = additive_scores(keys.float(), query.float(), v.float())
    assert torch.allclose(additive_scores(keys, query, v), kernel.double(), atol=1e-6)
