"""Random deep networks: what their depth does to the length of a signal.

With weights N(0, C / width) the squared length over the width, the kernel K of an input with
itself, is multiplied at every layer by a random number of mean C (linear) or C / 2 (ReLU). A linear
network's factor is C times a chi-square with as many degrees as units, over these, so that at C = 1
the variance of K after L layers is (1 + 2 / n)^L - 1 (Roberts, Yaida & Hanin 2021, arXiv
2106.10165).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from engines.contract.pictures import Axis
from engines.geometry.closed_forms.beside import Beside, Overlay
from engines.geometry.closed_forms.spec import WITHIN, ClosedFormsSpec

SCALES = (1.0, 2.0, 3.0)
"""C of ReLU layers; 2 is critical."""
CRITICAL, NEARLY = 2.0, 1.9
"""And what is so near that an interval which leaves it out says something."""


def linear_variance(width: int, depth: int) -> float:
    """Of the kernel of a linear network at C = 1, whose mean is 1.

    >>> round(linear_variance(64, 4), 3), round(linear_variance(64, 16), 3)
    (0.131, 0.636)
    """
    return (1.0 + 2.0 / width) ** depth - 1.0


def first_order(width: int, depth: int) -> float:
    """The same to first order in depth over width."""
    return 2.0 * depth / width


def spread_error(width: int, depth: int, n: int) -> float:
    """Standard error of that variance over the variance, when n kernels about 1 tell it.

    By the moments of a chi-square over its degrees: its square has the mean 1 + 2 / n, and so on.
    """
    second, third, fourth = (
        np.prod([1.0 + 2.0 * k / width for k in range(1, order)]) ** depth for order in (2, 3, 4)
    )
    variance = second - 1.0
    about = fourth - 4.0 * third + 6.0 * second - 3.0
    return float(np.sqrt((about - variance**2) / n) / variance)


def length_error(width: int, depth: int, n: int) -> float:
    """Standard error of the mean kernel of ReLU layers over that mean, of n networks.

    The mean square of as many rectified normal numbers has a relative variance of 5 / width.
    """
    second = (1.0 + 5.0 / width) ** (depth - 1) * (1.0 + 2.0 / width)
    return float(np.sqrt((second - 1.0) / n))


def deepest(error: Callable[[int, int, int], float], spec: ClosedFormsSpec) -> int | None:
    """The deepest layer, half-way down at most, where draws can tell a formula.

    Two standard errors, known beforehand, lie within the tolerance there.
    """
    n = spec.n_groups * spec.n_draws
    good = [layer for layer in range(1, spec.depth // 2 + 1)
            if 2.0 * error(spec.width, layer, n) <= WITHIN]  # fmt: skip
    return max(good, default=None)


def kernels(
    rng: np.random.Generator, n: int, width: int, depth: int, scale: float, *, relu: bool
) -> np.ndarray:
    """float64[network, layer]: mean square of what stands before every layer's nonlinearity.

    All weights of every network are drawn; the input has a mean square of 1.
    """
    x = np.ones((n, width, 1), np.float32)
    found = np.empty((n, depth))
    for layer in range(depth):
        weights = rng.standard_normal((n, width, width), dtype=np.float32)
        x = weights @ x * np.float32((scale / width) ** 0.5)
        found[:, layer] = np.square(x[..., 0], dtype=np.float64).mean(axis=1)
        if relu:
            x = np.maximum(x, 0.0)
    return found


def _stream(spec: ClosedFormsSpec, *which: int) -> np.random.Generator:
    return np.random.default_rng([spec.seed % 2**32, 3, *which])


def widths(spec: ClosedFormsSpec) -> tuple[int, ...]:
    """That are drawn: a quarter, a half and the whole."""
    return (spec.width // 4, spec.width // 2, spec.width)


def fluctuations(spec: ClosedFormsSpec) -> Iterator[Overlay | None]:
    """Variance of the kernel of linear networks by depth, for three widths."""
    depth, rows = np.arange(1, spec.depth + 1), []
    for which, width in enumerate(widths(spec)):
        found = np.empty((spec.n_groups, spec.depth))
        for group in range(spec.n_groups):
            rng = _stream(spec, 1, which, group)
            drawn = kernels(rng, spec.n_draws, width, spec.depth, 1.0, relu=False)
            # The mean is known to be 1, so the mean square about 1 has no bias.
            found[group] = ((drawn - 1.0) ** 2).mean(axis=0)
            yield None
        theory = np.array([linear_variance(width, int(k)) for k in depth])
        rows.append(Beside(f"width {width}", theory, found))
    yield Overlay("Linear layers: spread of a signal's length", depth.astype(float), Axis("layers"),
                  "variance of the kernel", tuple(rows), log=True)  # fmt: skip


def lengths(spec: ClosedFormsSpec) -> Iterator[Overlay | None]:
    """Mean kernel of ReLU networks by depth, below, at and above the critical scale."""
    depth, rows = np.arange(1, spec.depth + 1), []
    for which, scale in enumerate(SCALES):
        found = np.empty((spec.n_groups, spec.depth))
        for group in range(spec.n_groups):
            rng = _stream(spec, 2, which, group)
            drawn = kernels(rng, spec.n_draws, spec.width, spec.depth, scale, relu=True)
            found[group] = drawn.mean(axis=0)
            yield None
        theory = scale * (scale / 2.0) ** (depth - 1.0)
        rows.append(Beside(f"C = {scale:g}", theory, found))
    yield Overlay("ReLU layers: a signal's length", depth.astype(float), Axis("layers"),
                  "mean kernel", tuple(rows), log=True)  # fmt: skip
