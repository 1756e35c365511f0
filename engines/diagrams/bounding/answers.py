"""Known answers of bounds and of branch and bound."""

from __future__ import annotations

from typing import Any

import numpy as np

from engines.contract import KnownAnswer
from engines.diagrams.bounding.asked import BranchSpec

_RELU = BranchSpec(function="ReLU", n_inputs=3, n_hidden=8, n_layers=2, limit=2_000)


def answers() -> tuple[KnownAnswer, ...]:
    """Samples within lines, linear networks, and an exact least output."""
    exact = "exact least output by integer programming, scipy.optimize.milp (HiGHS)"
    return (
        KnownAnswer("functions with one of 100,000 samples outside of its lines",
                    "by definition: none", 0.0, 0.0, crossed),
        KnownAnswer("products of 100,000 pairs of numbers outside of bounds by planes",
                    "by definition: none", 0.0, 0.0, crossed_products),
        KnownAnswer("a network of products less products layer by layer, largest",
                    "numpy, one factor times the other", 0.0, 1e-9, products_miss),
        KnownAnswer("bounds of a network without functions, largest miss",
                    "closed form: sum of |weight| times the box", 0.0, 1e-7, linear_miss),
        KnownAnswer("output above its exact least less 0.0001, proved", exact, 1.0, 0.0,
                    lambda: float(decided(1e-4) == "proved")),
        KnownAnswer("output above its exact least and 0.0001, shown to be false", exact, 1.0, 0.0,
                    lambda: float(decided(-1e-4) == "false")),
    )  # fmt: skip


def crossed(n: int = 20_000, n_samples: int = 5) -> float:
    """How many functions leave their lines by more than rounding."""
    from engines.diagrams.bounding.relaxations import ELEMENTWISE

    rng, found = np.random.default_rng(0), 0
    for made in ELEMENTWISE.values():
        low = rng.normal(0.0, 3.0, n)
        low = np.abs(low) + 0.01 if made.above == 0.0 else low
        high = low + rng.exponential(2.0, n) * rng.choice((1.0, 0.01, 0.0), n)
        z = low + (high - low) * rng.random((n_samples, n))
        lines, value = made.lines(low, high), made.value(z)
        slack = 1e-12 * (1.0 + np.abs(made.value(high)) + np.abs(made.value(low)))
        above = value > lines.high_slope * z + lines.high_offset + slack
        below = value < lines.low_slope * z + lines.low_offset - slack
        found += bool((above | below).any())
    return float(found)


def crossed_products(n: int = 20_000, n_samples: int = 5) -> float:
    """How many sums of a product, each factor and a constant leave their bounds."""
    from engines.diagrams.bounding.bounds import bounds
    from engines.diagrams.bounding.network import Affine, Net, Product

    rng = np.random.default_rng(0)
    rows = rng.standard_normal((3, 4, 1))
    last = Affine("y", tuple(zip("zpq", rows, strict=True)), rng.standard_normal(4))
    net = Net({"p": 1, "q": 1}, (Product("z", "p", "q"), last))
    low = rng.normal(0.0, 2.0, (2, n, 1))
    high = low + rng.exponential(2.0, (2, n, 1)) * rng.choice((1.0, 0.01, 0.0), (2, n, 1))
    found = bounds(net, {"p": (low[0], high[0]), "q": (low[1], high[1])})
    below, above = found.last
    outside = 0
    for _ in range(n_samples):
        p, q = low + (high - low) * rng.random((2, n, 1))
        y = net.values({"p": p, "q": q})["y"]
        outside += int(((y < below) | (y > above)).any(axis=1).sum())
    return float(outside)


def products_miss() -> float:
    """Two layers of products."""
    from engines.diagrams.bounding.network import perceptron
    from engines.diagrams.bounding.running import of_products

    rng = np.random.default_rng(0)
    shapes = [(6, 3), (5, 6), (1, 5)]
    left, right = ([(rng.standard_normal(s), rng.standard_normal(s[0])) for s in some]
                   for some in (shapes, shapes[:-1]))  # fmt: skip
    x = rng.standard_normal((50, 3))
    y = perceptron(of_products(left, right), "square").values({"x": x})["y"]
    for (a, b), (c, d) in zip(left, right, strict=False):
        x = (x @ a.T + b) * (x @ c.T + d)
    return float(np.abs(y - x @ left[-1][0].T - left[-1][1]).max())


def linear_miss() -> float:
    """Three affine steps in a row are one; intervals alone would be wider."""
    from engines.diagrams.bounding.bounds import bounds
    from engines.diagrams.bounding.network import Affine, Net

    rng = np.random.default_rng(0)
    parts = [(rng.standard_normal((5, 5)), rng.standard_normal(5)) for _ in range(3)]
    wires = ("x", "a", "b", "c")
    steps = tuple(
        Affine(out, ((wire, matrix),), bias)
        for wire, out, (matrix, bias) in zip(wires[:-1], wires[1:], parts, strict=True)
    )
    found = bounds(Net({"x": 5}, steps), {"x": (-np.ones((1, 5)), np.ones((1, 5)))})
    (a, p), (b, q), (c, r) = parts
    middle, half = c @ (b @ p + q) + r, np.abs(c @ b @ a).sum(axis=1)
    low, high = found.last
    return float(max(np.abs(low - middle + half).max(), np.abs(high - middle - half).max()))


def decided(above: float) -> str:
    """The verdict on whether a ReLU network's output is above its exact least less this."""
    from engines.diagrams.bounding.network import Affine, perceptron
    from engines.diagrams.bounding.running import network, search_of

    net, _ = network(_RELU, 0)
    affine = (step for step in net.steps if isinstance(step, Affine))
    weights = [(step.terms[0][1], step.bias) for step in affine]
    matrix, bias = weights[-1]
    weights[-1] = matrix, bias - exact_least(weights, _RELU.reach) + above
    search = search_of(_RELU, perceptron(weights, "relu"), "no cuts")
    for _ in search.steps():
        pass
    return search.verdict


def exact_least(weights: list[tuple[np.ndarray, np.ndarray]], reach: float) -> float:
    """The least output of a ReLU network over a box (Tjeng et al. 2019): each is on or off."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    sizes = [weights[0][0].shape[1], *(len(bias) for _, bias in weights[:-1])]
    n, n_in, big = sum(sizes), sizes[0], 1e3
    total = n + n - n_in  # inputs, outputs of ReLUs, and which of them are on
    rows, low, high = [], [], []
    start = 0
    for k, (matrix, bias) in enumerate(weights[:-1]):
        end = start + sizes[k]
        for unit in range(sizes[k + 1]):
            value, own, on = np.zeros(total), np.zeros(total), np.zeros(total)
            value[start:end], own[end + unit], on[n + end + unit - n_in] = matrix[unit], 1.0, 1.0
            rows += [own - value, own - value + big * on, own - big * on]
            low += [bias[unit], -np.inf, -np.inf]
            high += [np.inf, bias[unit] + big, 0.0]
        start = end
    goal = np.zeros(total)
    goal[start:n] = weights[-1][0][0]
    least = np.concatenate([np.full(n_in, -reach), np.zeros(total - n_in)])
    most = np.concatenate([np.full(n_in, reach), np.full(n - n_in, big), np.ones(n - n_in)])
    whole = np.concatenate([np.zeros(n), np.ones(n - n_in)])
    bounds: Any = Bounds
    rule: Any = LinearConstraint
    found = milp(
        goal,
        constraints=rule(np.array(rows), low, high),
        bounds=bounds(least, most),
        integrality=whole,
    )
    return float(found.fun + weights[-1][1][0])
