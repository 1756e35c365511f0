"""The first layers of one network before the rest of another, joined by one affine map.

Lenc & Vedaldi 2015 (arXiv 1411.5908); Bansal, Nakkiran & Barak 2021 (arXiv 2106.07682). The map is
the least-squares one, fitted to the other network's units and not to labels (*direct matching* of
Csiszárik et al. 2021, arXiv 2110.14633), so that it cannot learn the task itself.
"""

from __future__ import annotations

import numpy as np

from engines.geometry.mechanisms.level_sets import Layers

Digits = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Images that the map is fitted on, images that are asked, and their labels."""


def stitched(
    first: Layers, rest: Layers, layer: int, digits: Digits, order: np.ndarray | None = None
) -> float:
    """Share of digits read right by ``first`` up to a hidden layer, then the rest of ``rest``.

    ``order``: of the images as the rest is fitted to them, which deals them anew.
    """
    fitted, asked, labels = digits
    wanted = _held(rest, fitted, layer)
    given, new = (_held(first, x, layer) for x in (fitted, asked))
    into = joined(given, wanted if order is None else wanted[order])
    said = np.column_stack([new, np.ones(len(new))]) @ into
    for weight, bias in rest[layer + 1 : -1]:
        said = np.maximum(said @ weight.T + bias, 0.0)
    weight, bias = rest[-1]
    said = said @ weight.T + bias
    return float((said.argmax(axis=1) == labels).mean())


def from_pixels(rests: tuple[Layers, Layers], layer: int, digits: Digits) -> float:
    """The same without any first layers, straight from the pixels; mean over both rests."""
    nothing: Layers = ()
    return 0.5 * sum(stitched(nothing, rest, layer, digits) for rest in rests)


def joined(given: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """float64[unit and 1, other unit]: the least-squares affine map, the least of equals."""
    return np.linalg.lstsq(np.column_stack([given, np.ones(len(given))]), wanted, rcond=1e-9)[0]


def both_ways(
    firsts: tuple[Layers, Layers], rests: tuple[Layers, Layers], layer: int, digits: Digits,
    order: np.ndarray | None = None,
) -> float:  # fmt: skip
    """The first layers of each before the rest of the other, mean of both."""
    one = stitched(firsts[0], rests[1], layer, digits, order)
    return 0.5 * (one + stitched(firsts[1], rests[0], layer, digits, order))


def _held(layers: Layers, x: np.ndarray, layer: int) -> np.ndarray:
    """What a hidden layer says, weights [out, in]."""
    for weight, bias in layers[: layer + 1]:
        x = np.maximum(x @ weight.T + bias, 0.0)
    return x
