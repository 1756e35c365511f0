"""Random deep networks: what their depth does to the length of a signal.

With weights N(0, C / width) the squared length over the width, the kernel K of an input with
itself, is multiplied at every layer by a random number of mean C (linear) or C / 2 (ReLU). A linear
network's factor is C times a chi-square with as many degrees as units, over these, so that at C = 1
the variance of K after L layers is (1 + 2 / n)^L - 1 (Roberts, Yaida & Hanin 2021, arXiv
2106.10165).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract.pictures import Axis
from engines.geometry.closed_forms.beside import Beside, Overlay
from engines.geometry.closed_forms.spec import ClosedFormsSpec

SCALES = (1.0, 2.0, 3.0)
"""C of ReLU layers; 2 is critical."""
CRITICAL = 2.0


def linear_variance(width: int, depth: int) -> float:
    """Of the kernel of a linear network at C = 1, whose mean is 1.

    >>> round(linear_variance(64, 4), 3), round(linear_variance(64, 16), 3)
    (0.131, 0.636)
    """
    return (1.0 + 2.0 / width) ** depth - 1.0


def first_order(width: int, depth: int) -> float:
    """The same to first order in depth over width."""
    return 2.0 * depth / width


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
            # The mean is known to be 1, so the mean square less 1 has no bias.
            found[group] = (drawn**2).mean(axis=0) - 1.0
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
