"""Known answers of opposing signals: the edge on a parabola, spectra, torch's own Hessian."""

from __future__ import annotations

import numpy as np

from engines.contract import KnownAnswer


def opposing_answers() -> tuple[KnownAnswer, ...]:
    """What is known without outliers."""
    import torch

    theirs = f"torch {torch.__version__}: torch.autograd.functional.hessian, eigvalsh"
    return (
        KnownAnswer("rate at which descent on a parabola starts to diverge, times half its "
                    "curvature", "closed form: above 2 over the curvature", 1.0, 1e-3, edge),
        KnownAnswer("largest of 60 chosen eigenvalues", "by construction", 7.0, 1e-5, largest),
        KnownAnswer("sharpness of a small network over that of its whole Hessian", theirs, 1.0,
                    1e-4, whole_hessian),
        KnownAnswer("correlation of two groups that trade their loss", "closed form", -1.0, 1e-12,
                    traded),
    )  # fmt: skip


def edge() -> float:
    """Between rates that shrink a weight and rates that let it grow, by halving."""
    import torch
    from torch import nn

    from engines.lab.training import Rule, Training, arrays, stack_from_seeds

    curvature = 18.0  # (3 w)² bends by 2 · 3²
    low, high = 0.5, 2.0
    batches = arrays(np.full((1, 1), 3.0), np.zeros((1, 1)))
    while high - low > 1e-4:
        middle = (low + high) / 2
        stack = stack_from_seeds(lambda: nn.Linear(1, 1, bias=False), [0])
        rule = Rule(optimiser="SGD", learning_rate=middle * 2.0 / curvature)
        training = Training(stack, batches, "squared error", rule)
        before = float(torch.abs(stack.parameters["weight"]).max())
        training.advance(20)
        grew = float(torch.abs(training.stack.parameters["weight"]).max()) > before
        low, high = (low, middle) if grew else (middle, high)
    return (low + high) / 2


def largest() -> float:
    """Lanczos on a matrix of 60 eigenvalues from -3 to 4 and one of 7."""
    import torch

    from engines.lab.curvature.lanczos import lanczos

    rng = np.random.Generator(np.random.Philox(5))
    turned = np.linalg.qr(rng.standard_normal((60, 60)))[0]
    spectrum = np.append(np.linspace(-3.0, 4.0, 59), 7.0)
    matrix = torch.from_numpy(turned * spectrum @ turned.T)
    start = torch.from_numpy(rng.standard_normal((1, 60)))
    values, _ = lanczos(lambda v: v @ matrix, start, 30)
    return float(values[0, -1])


def whole_hessian() -> float:
    """Ours over the largest eigenvalue of the whole matrix, of a network of one hidden layer."""
    import torch
    from torch import nn
    from torch.func import functional_call

    from engines.lab.curvature.hessian import first_direction, sharpness
    from engines.lab.training import stack_from_seeds

    draw = torch.Generator().manual_seed(2)
    x, y = torch.randn(40, 5, generator=draw), torch.randn(40, 1, generator=draw)
    stack = stack_from_seeds(
        lambda: nn.Sequential(nn.Linear(5, 6), nn.Tanh(), nn.Linear(6, 1)), [3]
    )
    top, _ = sharpness(stack, x, y, "squared error", first_direction(stack, 0), n_steps=30)
    sizes = [place.n for place in stack.places.values()]

    def cost(flat: torch.Tensor) -> torch.Tensor:
        parts = {
            name: part.reshape(place.shape)
            for part, (name, place) in zip(flat.split(sizes), stack.places.items(), strict=True)
        }
        return nn.functional.mse_loss(functional_call(stack.skeleton, parts, (x,)), y)

    flat = torch.cat([value[0].flatten() for value in stack.parameters.values()])
    found = torch.autograd.functional.hessian(cost, flat)
    assert isinstance(found, torch.Tensor)
    return float(top[0] / torch.linalg.eigvalsh(found)[-1])


def traded() -> float:
    """Outliers that pass a random amount to and fro, among examples that keep theirs."""
    from engines.geometry.mechanisms.opposing import PLANTED, measures_of

    rng = np.random.Generator(np.random.Philox(6))
    losses = np.ones((90, 30))
    first = np.arange(10) < 5
    passed = rng.standard_normal(90)[:, None]
    losses[:, -10:] += np.where(first, passed, -passed)
    return measures_of(losses, first, 10)[PLANTED]
