"""Known answers of linear students, each with the place it comes from."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engines.contract import KnownAnswer
from engines.geometry.theory.double_descent import (
    TIMES,
    GeneralisationRun,
    GeneralisationSpec,
    frames_of,
)
from engines.geometry.theory.marchenko_pastur import error_in_theory, nodes

_ADVANI = "Advani & Saxe 2017"
_WISHART = "closed form: mean of an inverse Wishart matrix, s N / (P - N - 1) + s"
_FLOOR = "prototype of 5 draws, its floor"


def generalisation_answers() -> tuple[KnownAnswer, ...]:
    """The density, the ends of training, real gradient descent, and floors at 300 weights."""
    return (
        KnownAnswer("mass of Marchenko and Pastur's density, alpha = .5", "closed form: alpha",
                    0.5, 1e-9, lambda: float(nodes(0.5)[1].sum())),
        KnownAnswer("mean eigenvalue, alpha = 2", "closed form: alpha", 2.0, 1e-9,
                    lambda: float(np.multiply(*nodes(2.0)).sum())),
        KnownAnswer("late error in theory, alpha = 2, signal to noise 5",
                    "closed form: s / (alpha - 1) + s", 0.4, 1e-9,
                    lambda: float(error_in_theory(2.0, np.array([1e9]), noise=0.2)[0])),
        KnownAnswer("late error in theory, alpha = .5, first weights of variance 1",
                    "closed form: 2 (1 - alpha) + s alpha / (1 - alpha) + s", 1.4, 1e-9,
                    lambda: float(
                        error_in_theory(0.5, np.array([1e9]), noise=0.2, start=1.0)[0]
                    )),
        KnownAnswer("late error of students, 40 weights, 80 samples, 300 draws", _WISHART,
                    0.2 * 40 / 39 + 0.2, 0.02, lambda: _late(40, 80)),
        KnownAnswer("late error of students, 40 weights, 20 samples, 300 draws",
                    "closed form: (1 - P / N) + s P / (N - P - 1) + s",
                    0.5 + 0.2 * 20 / 19 + 0.2, 0.06, lambda: _late(40, 20)),
        KnownAnswer("gradient descent less its flow, order in the step", "theory: 1 (Euler)",
                    1.0, 0.05, _order),
        KnownAnswer("what gradient descent moves where no sample lies, 30 samples of 60 weights",
                    f"{_ADVANI}: the frozen subspace", 0.0, 1e-10, lambda: _frozen()[0]),
        KnownAnswer("dimension of that subspace", "closed form: N - P", 30.0, 0.0,
                    lambda: _frozen()[1]),
        KnownAnswer("farthest mean of 20 draws from theory outside alpha .8 to 1.2, below 8 %",
                    _FLOOR, 0.0, 0.08, lambda: _floors()[0], full=True),
        KnownAnswer("late error at alpha = 1 over the mean of .5 and 2, above 10",
                    f"{_FLOOR}; measured there: 55", 55.0, 45.0, lambda: _floors()[1], full=True),
        KnownAnswer("early-stopped over late error at alpha = 1, below .1",
                    f"{_FLOOR}; measured there: .016", 0.0, 0.1, lambda: _floors()[2], full=True),
    )  # fmt: skip


def _late(n_weights: int, n_samples: int) -> float:
    from engines.geometry.theory.linear_students import drawn, flow
    from engines.lab.training import one_thread

    with one_thread():
        draws = drawn(0, range(300), n_weights, n_samples, noise=0.2, start=0.0)
        return float(flow(draws, np.array([1e9])).error[0].mean()) + 0.2


def _order() -> float:
    """Of the largest distance of a weight from its flow at t = 5, by a step ten times smaller."""
    from engines.geometry.theory.linear_students import descent, drawn, weights_by_flow
    from engines.lab.training import one_thread

    with one_thread():
        draws = drawn(0, range(2), 30, 45, noise=0.2, start=0.5)
        exact = weights_by_flow(draws, 5.0)
        coarse, fine = (
            float((descent(draws, h, round(5 / h)) - exact).abs().max()) for h in (0.02, 0.002)
        )
    return float(np.log10(coarse / fine))


@lru_cache(maxsize=1)
def _frozen() -> tuple[float, float]:
    """Largest movement of 500 steps in the inputs' null space, and its dimension."""
    import torch

    from engines.geometry.theory.linear_students import descent, drawn
    from engines.lab.training import one_thread

    with one_thread():
        draws = drawn(0, range(3), 60, 30, noise=0.2, start=1.0)
        _, sizes, basis = torch.linalg.svd(draws.inputs, full_matrices=True)
        unseen = basis[:, sizes.shape[1] :]
        moved = descent(draws, 0.1, 500) - draws.start
    return float(torch.einsum("dkn,dn->dk", unseen, moved).abs().max()), float(unseen.shape[1])


@lru_cache(maxsize=1)
def _floors() -> tuple[float, float, float]:
    *_, run = frames_of(GeneralisationSpec())
    assert isinstance(run, GeneralisationRun)
    mean = run.error[0].mean(axis=1)
    off = np.abs(mean / run.theory[0] - 1.0)[(run.alphas < 0.8) | (run.alphas > 1.2)]
    at_1, half, two = (run.place(a) for a in (1.0, 0.5, 2.0))
    late = mean[:, len(TIMES) - 1]
    ratio = late[at_1] / ((late[half] + late[two]) / 2.0)
    stopped = run.stopped(1.0).mean() / late[at_1]
    return float(off.max()), float(ratio), float(stopped)
