"""Lorenz's flow by another solver, linear networks in closed form, and distances that are known."""

from __future__ import annotations

import numpy as np

from engines.connectome.emulating import almost_linear, flows, likeness
from engines.contract import KnownAnswer


def off_from_scipy() -> float:
    """Largest difference of a run of 50 samples from scipy's solver of eighth order."""
    from scipy.integrate import solve_ivp

    start = np.array([1.0, 2.0, 20.0])
    state, ours = start, []
    for _ in range(50):
        state = flows.stepped(state)
        ours.append(state)
    at = flows.DT * np.arange(1, 51)
    theirs = solve_ivp(lambda _t, y: flows.slope(y), (0, at[-1]), start, "DOP853", at, rtol=1e-11,
                       atol=1e-11)  # fmt: skip
    return float(np.abs(np.array(ours) - theirs.y.T).max())


def off_from_powers() -> float:
    """Largest difference of a linear network's free run from the powers of its matrix."""
    nets = almost_linear.drawn((0,), 1, 0)
    seen = np.array([[0.3, -0.2, 0.1]])
    run = nets.free(seen, 20)[0, 0, -1]
    matrix = np.diag(nets.own[0].astype(float)) + nets.weight[0]
    closed = np.linalg.matrix_power(matrix, 20) @ nets.begun(seen)[0, 0]
    return float(np.abs(run - closed).max())


def of_normals() -> float:
    """Hellinger's distance of two normal distributions one deviation apart, on a fine grid."""
    x = np.linspace(-10, 11, 20_001)
    both = [np.exp(-((x - m) ** 2) / 2) for m in (0.0, 1.0)]
    p, q = (one[:, None] / one.sum() for one in both)
    return float(likeness.hellinger(p, q)[0])


def flow_answers() -> tuple[KnownAnswer, ...]:
    """What other solvers and closed forms say."""
    return (
        KnownAnswer("Lorenz's flow after a time of 1, less scipy's DOP853",
                    "another solver, of eighth order", 0.0, 1e-3, off_from_scipy),
        KnownAnswer("a network that nowhere bends, less the power of its matrix",
                    "closed form: z = (A + W)^20 z0", 0.0, 1e-9, off_from_powers),
        KnownAnswer("Hellinger's distance of two normal distributions one deviation apart",
                    "closed form: sqrt(1 - exp(-1/8))", float(np.sqrt(1 - np.exp(-1 / 8))), 1e-6,
                    of_normals),
    )  # fmt: skip
