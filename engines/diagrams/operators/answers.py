"""Known answers of field-to-field networks."""

from __future__ import annotations

import numpy as np

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """A sine that burns down in closed form, a transform, and grids inside a grid."""
    return (
        KnownAnswer("sine under Burgers' equation, largest miss",
                    "closed form: Bessel series, Cole 1951, On a quasi-linear parabolic equation",
                    0.0, 1e-10, sine_miss),
        KnownAnswer("waves mixed by products less torch.fft, largest miss",
                    "torch.fft.rfft and irfft, Li et al. 2021", 0.0, 1e-12, transform_miss),
        KnownAnswer("a field of few waves mixed on 32 and on 256 points, at shared points",
                    "by construction: equal", 0.0, 1e-12, grid_miss),
        KnownAnswer("convolution dilated on 128 points less itself on 64, at shared points",
                    "by construction: equal", 0.0, 1e-12, dilation_miss),
    )  # fmt: skip


def sine_miss(viscosity: float = 0.02, time: float = 0.4) -> float:
    """Start sin(2 pi x): p = I_0 + 2 sum of (-1)^n I_n cos(2 pi n x) that decay as heat does."""
    from scipy.special import ive

    from engines.diagrams.operators.burgers import FINE, solved

    x, n = np.arange(FINE) / FINE, np.arange(60)
    rate = 2.0 * np.pi * n
    size = ive(n, 1.0 / (4.0 * np.pi * viscosity)) * np.exp(-viscosity * rate**2 * time)
    size = np.where(n > 0, 2.0, 1.0) * size
    p = size @ np.cos(np.outer(rate, x))
    slope = -(size * rate) @ np.sin(np.outer(rate, x))
    ours = solved(np.zeros((1, 1)), np.ones((1, 1)), viscosity, time)[0]
    return float(np.abs(ours + 2.0 * viscosity * slope / p).max())


def transform_miss() -> float:
    """Against a transform, matrices and the way back."""
    import torch

    from engines.diagrams.operators.networks import mixed_waves

    draw = torch.Generator().manual_seed(0)
    v = torch.randn(2, 16, 64, generator=draw, dtype=torch.float64)
    weights = torch.randn(2, 12, 16, 16, generator=draw, dtype=torch.float64)
    waves = torch.fft.rfft(v)
    out = torch.zeros_like(waves)
    matrix = torch.complex(weights[0], weights[1])
    out[..., :12] = torch.einsum("bik,kio->bok", waves[..., :12], matrix)
    return float((mixed_waves(v, weights) - torch.fft.irfft(out, 64)).abs().max())


def grid_miss() -> float:
    """One layer of waves on a field of the sixth wave and below, on two grids."""
    import torch

    from engines.diagrams.operators.burgers import waves
    from engines.diagrams.operators.networks import mixed_waves

    sizes = np.random.default_rng(0).standard_normal((2, 16, 6))
    weights = torch.randn(2, 12, 16, 16, generator=torch.Generator().manual_seed(1)).double()
    fine, coarse = (torch.from_numpy(waves(*sizes, n_points=n))[None] for n in (256, 32))
    there = mixed_waves(fine, weights)[..., ::8]
    return float((there - mixed_waves(coarse, weights)).abs().max())


def dilation_miss() -> float:
    """Every second point of a dilated convolution is the convolution on every second point."""
    import torch

    from engines.diagrams.operators.networks import Convolution

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = Convolution(dilated=True).double()
        field = torch.randn(3, 128, dtype=torch.float64)
    with torch.no_grad():
        return float((made(field)[:, ::2] - made(field[:, ::2])).abs().max())
