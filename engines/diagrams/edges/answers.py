"""Known answers of functions on edges."""

from __future__ import annotations

import numpy as np

from engines.contract import KnownAnswer
from engines.diagrams.edges.asked import N_BASES, ORDER


def answers() -> tuple[KnownAnswer, ...]:
    """Bases against scipy, recursion and a closed form; parameters against a count by hand."""
    scipy, recursion = "scipy.interpolate.BSpline.design_matrix", "de Boor 1978, recursion"
    return (
        KnownAnswer("cubic B-splines by the four that are not 0, largest difference", scipy, 0.0,
                    1e-14, _from_scipy),
        KnownAnswer("the same against the recursion over order", recursion, 0.0, 1e-14,
                    _from_recursion),
        KnownAnswer("a cubic is a sum of cubic splines: what least squares leaves",
                    "closed form: exactly", 0.0, 1e-12, _cubic_left),
        KnownAnswer("parameters of 2-5-1 with eight bases", "15 edges of 9", 135.0, 0.0,
                    lambda: _counted(2, 5, 1)),
        KnownAnswer("parameters of 64-8-10 with eight bases", "592 edges of 9", 5_328.0, 0.0,
                    lambda: _counted(64, 8, 10)),
    )  # fmt: skip


def _places() -> np.ndarray:
    return np.linspace(-1.0, 0.999, 1_201)


def _ours(x: np.ndarray) -> np.ndarray:
    import torch

    from engines.diagrams.edges.bases import splines

    return splines(torch.as_tensor(x)).numpy()


def _from_scipy() -> float:
    from scipy.interpolate import BSpline

    from engines.diagrams.edges.bases import knots

    x = _places()
    theirs = BSpline.design_matrix(x, knots().numpy(), ORDER).toarray()
    return float(np.abs(_ours(x) - theirs).max())


def _from_recursion() -> float:
    import torch

    from engines.diagrams.edges.bases import splines_by_recursion

    x = np.linspace(-2.5, 2.5, 2_003)
    theirs = splines_by_recursion(torch.as_tensor(x)).numpy()
    return float(np.abs(_ours(x) - theirs).max())


def _cubic_left() -> float:
    x = _places()
    bases, wanted = _ours(x), 2.0 * x**3 - x**2 + 0.5 * x - 3.0
    found = np.linalg.lstsq(bases, wanted, rcond=None)[0]
    assert len(found) == N_BASES
    return float(np.abs(bases @ found - wanted).max())


def _counted(n_in: int, n_hidden: int, n_out: int) -> float:
    from engines.diagrams.edges.asked import SPLINES
    from engines.diagrams.edges.networks import network

    made = network(SPLINES, n_in, n_hidden, n_out)
    return float(sum(value.numel() for value in made.parameters()))
