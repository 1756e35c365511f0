"""Known answers of cycles over grids."""

from __future__ import annotations

from typing import Any

import numpy as np

from engines.contract import KnownAnswer


def answers() -> tuple[KnownAnswer, ...]:
    """Multigrid by sparse matrices, and solutions of the equation."""
    matrices = (
        "scipy.sparse: Kronecker sums, full weighting, bilinear, damped Jacobi, and least squares "
        "on the coarsest grid"
    )
    return (
        KnownAnswer("V-cycles with fixed kernels, edge held at 0, largest difference", matrices,
                    0.0, 1e-10, lambda: cycle_miss(periodic=False)),
        KnownAnswer("V-cycles with fixed kernels, periodic, largest difference", matrices,
                    0.0, 1e-10, lambda: cycle_miss(periodic=True)),
        KnownAnswer("solutions held at 0, what the equation leaves over its right side, largest",
                    "scipy.sparse: the five-point matrix", 0.0, 1e-10,
                    lambda: left(periodic=False)),
        KnownAnswer("periodic solutions, the same", "scipy.sparse: the five-point matrix", 0.0,
                    1e-10, lambda: left(periodic=True)),
        KnownAnswer("waves with the factors of the equation, relative error, periodic",
                    "closed form: every wave is divided by what the equation makes of it", 0.0,
                    1e-10, waves_miss),
    )  # fmt: skip


def _line(n: int, *, periodic: bool) -> Any:
    """Minus the second difference on a line of n intervals."""
    from scipy import sparse

    size = n if periodic else n - 1
    made = 2.0 * np.eye(size) - np.eye(size, k=1) - np.eye(size, k=-1)
    if periodic:
        made[0, -1] = made[-1, 0] = -1.0
    return sparse.csr_matrix(made * float(n) ** 2)


def matrix(n: int, *, periodic: bool) -> Any:
    """The five-point matrix on a square of n intervals."""
    from scipy import sparse

    line = _line(n, periodic=periodic)
    eye = sparse.identity(line.shape[0])
    return (sparse.kron(line, eye) + sparse.kron(eye, line)).tocsr()


def _halved(n: int, *, periodic: bool) -> np.ndarray:
    """Full weighting on a line from n intervals to half as many: [coarse, fine]."""
    fine, coarse = (n, n // 2) if periodic else (n - 1, n // 2 - 1)
    made = np.zeros((coarse, fine))
    for k in range(coarse):
        middle = 2 * k if periodic else 2 * k + 1
        for step, weight in ((-1, 0.25), (0, 0.5), (1, 0.25)):
            made[k, (middle + step) % fine] += weight
    return made


def _cycle(f: np.ndarray, n: int, level: int, *, periodic: bool) -> np.ndarray:
    """One V-cycle from 0 by matrices: smooth once, correct, smooth once; damping 0.8."""
    from engines.diagrams.multigrid.asked import N_LEVELS

    whole = matrix(n, periodic=periodic)
    if level == N_LEVELS - 1:
        return np.linalg.lstsq(whole.toarray(), f, rcond=None)[0]
    smooth = 0.8 / whole.diagonal()
    u = smooth * f
    line = _halved(n, periodic=periodic)
    down = np.kron(line, line)
    u = u + 4.0 * down.T @ _cycle(down @ (f - whole @ u), n // 2, level + 1, periodic=periodic)
    return u + smooth * (f - whole @ u)


def cycle_miss(*, periodic: bool) -> float:
    """Two cycles on random right sides."""
    import torch

    from engines.diagrams.multigrid.asked import N_CYCLES, N_INTERVALS
    from engines.diagrams.multigrid.networks import multigrid

    size = N_INTERVALS if periodic else N_INTERVALS - 1
    f = np.random.default_rng(0).standard_normal((size, size))
    with torch.no_grad():
        ours = multigrid(periodic=periodic)(torch.from_numpy(f)[None])[0].numpy()
    whole, u = matrix(N_INTERVALS, periodic=periodic), np.zeros(size * size)
    for _ in range(N_CYCLES):
        u = u + _cycle(f.ravel() - whole @ u, N_INTERVALS, 0, periodic=periodic)
    return float(np.abs(ours.ravel() - u).max() / np.abs(u).max())


def left(*, periodic: bool) -> float:
    """Of both bands."""
    from engines.diagrams.multigrid.asked import BANDS, N_INTERVALS
    from engines.diagrams.multigrid.fields import fields

    whole, off = matrix(N_INTERVALS, periodic=periodic), 0.0
    for band in BANDS.values():
        f, u = fields(np.random.default_rng(1), 3, band, periodic=periodic)
        for right, solution in zip(f, u, strict=True):
            over = np.abs(whole @ solution.ravel() - right.ravel()).max() / np.abs(right).max()
            off = max(off, float(over))
    return off


def waves_miss() -> float:
    """Right sides of one to four waves."""
    import torch

    from engines.diagrams.multigrid.asked import N_INTERVALS, N_WAVES
    from engines.diagrams.multigrid.fields import fields
    from engines.diagrams.multigrid.networks import Waves

    rows = np.r_[0:N_WAVES, -N_WAVES:0][:, None]
    turns = np.pi / N_INTERVALS * np.array([rows, np.arange(N_WAVES + 1)[None]], object)
    bend = 4.0 * N_INTERVALS**2 * sum(np.sin(part.astype(float)) ** 2 for part in turns)
    factors = np.where(bend > 0, 1.0 / np.where(bend > 0, bend, 1.0), 0.0)
    made = Waves().double()
    f, u = (torch.from_numpy(v) for v in fields(np.random.default_rng(2), 3, (1, 4), periodic=True))
    with torch.no_grad():
        made.factors.copy_(torch.from_numpy(np.stack([factors, np.zeros_like(factors)], -1)))
        return float((made(f) - u).norm() / u.norm())
