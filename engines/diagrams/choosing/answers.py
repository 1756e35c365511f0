"""Known answers of chosen bases."""

from __future__ import annotations

from typing import Any

import numpy as np

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """Bases against numpy and closed forms; a choice against the network it should leave."""
    return (
        KnownAnswer("Chebyshev polynomials of tanh(x), largest difference",
                    "numpy.polynomial.chebyshev.chebvander", 0.0, 1e-12, chebyshev_miss),
        KnownAnswer("waves times waves, mean from -1 to 1, largest difference from half the unit "
                    "matrix", "closed form: they are orthogonal", 0.0, 1e-12, waves_miss),
        KnownAnswer("the mean of a wavelet over the line", "closed form: a second derivative has "
                    "none", 0.0, 1e-12, wavelets_mean),
        KnownAnswer("a layer that kept Gaussians less a KAN's of Gaussians",
                    "the layer of page kan, with the same weights", 0.0, 1e-12, choice_miss),
    )  # fmt: skip


def _asked(name: str, x: np.ndarray) -> np.ndarray:
    import torch

    from engines.diagrams.choosing.networks import BASES

    return BASES[name](torch.as_tensor(x)).numpy()


def chebyshev_miss() -> float:
    """Degrees 1 to 8."""
    x = np.linspace(-3.0, 3.0, 401)
    theirs = np.polynomial.chebyshev.chebvander(np.tanh(x), 8)[:, 1:]
    return float(np.abs(_asked("Chebyshev", x) - theirs).max())


def waves_miss() -> float:
    """By sums over equal steps, which are exact for few turns."""
    found = _asked("waves", np.arange(64) / 32.0 - 1.0)
    return float(np.abs(found.T @ found / 64 - np.eye(8) / 2).max())


def wavelets_mean() -> float:
    """By sums over equal steps, which fall off faster than any power."""
    return float(np.abs(_asked("wavelets", np.linspace(-20.0, 20.0, 4_001)).mean(axis=0)).max())


def choice_miss() -> float:
    """Two networks with gates that want Gaussians."""
    import torch

    from engines.diagrams.choosing.asked import FIXED
    from engines.diagrams.choosing.networks import BASES, Choosing, keep_one
    from engines.diagrams.edges.networks import Edges

    place = FIXED.index("Gaussians")
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        made: Any = Choosing(3, 4, gated=True).double()
        plain: Any = Edges(3, 4, BASES["Gaussians"]).double()
        x = torch.randn(20, 3, dtype=torch.float64)
        made.gate[:, place] = 0.5
        plain.base.copy_(made.base)
        share = made.gate.softmax(-1)[:, place]
        plain.bumps.copy_(made.bumps[place] * share[:, None, None])
        held = {f"0.{name}": value[None] for name, value in made.named_parameters()}
        buffers = {f"0.{name}": value[None] for name, value in made.named_buffers()}
        keep_one(held, buffers, "0")
        return float((made(x) - plain(x)).abs().max())
