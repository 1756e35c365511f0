"""A network as bounds see it: affine steps, elementwise functions, products of two wires."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engines.diagrams.bounding.relaxations import ELEMENTWISE

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Affine:
    """``out = sum of matrix @ wire + bias``; matrices are [out, wire]."""

    out: str
    terms: tuple[tuple[str, Array], ...]
    bias: Array


@dataclass(frozen=True, eq=False)
class Curve:
    """``out = f(arg)``, number by number."""

    out: str
    arg: str
    kind: str


@dataclass(frozen=True, eq=False)
class Product:
    """``out = left * right``, number by number."""

    out: str
    left: str
    right: str


Step = Affine | Curve | Product


@dataclass(frozen=True, eq=False)
class Net:
    """Steps in order; every wire is a row of numbers."""

    inputs: Mapping[str, int]
    """How many numbers each input has."""
    steps: tuple[Step, ...]

    @property
    def output(self) -> str:
        """The wire that is made last."""
        return self.steps[-1].out

    @property
    def curves(self) -> tuple[Curve, ...]:
        """Elementwise steps in order."""
        return tuple(step for step in self.steps if isinstance(step, Curve))

    def values(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Every wire for these inputs, float64[example, number]."""
        found = dict(inputs)
        for step in self.steps:
            match step:
                case Affine(out, terms, bias):
                    parts = [found[wire] @ matrix.T for wire, matrix in terms]
                    found[out] = sum(parts) + bias
                case Curve(out, arg, kind):
                    found[out] = ELEMENTWISE[kind].value(found[arg])
                case Product(out, left, right):
                    found[out] = found[left] * found[right]
        return found


def perceptron(weights: Sequence[tuple[Array, Array]], kind: str) -> Net:
    """A multilayer perceptron: wires x, z1, a1, z2 ... y.

    Args:
        weights: matrix [out, in] and bias [out] of every layer.
        kind: the function between layers.
    """
    steps: list[Step] = []
    wire = "x"
    for k, (matrix, bias) in enumerate(weights, start=1):
        last = k == len(weights)
        out = "y" if last else f"z{k}"
        steps.append(Affine(out, ((wire, matrix),), bias))
        if not last:
            wire = f"a{k}"
            steps.append(Curve(wire, out, kind))
    return Net({"x": weights[0][0].shape[1]}, tuple(steps))
