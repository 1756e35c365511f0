"""Inputs to compare two programs on: ordinary numbers, zeros, large ones, edges and other signs."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engines.diagrams.graph.nodes import Value

EDGES = (0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 20.0, 50.0, 100.0, 1000.0)
"""Where elementwise functions of torch change their rule by default, and round numbers."""


@dataclass(frozen=True)
class Draw:
    """Inputs, and whether they are ordinary: numbers as a network usually sees them."""

    name: str
    inputs: tuple[Tensor, ...]
    ordinary: bool = False


def draws(values: tuple[Value, ...], sizes: dict[str, int], dtype: torch.dtype) -> list[Draw]:
    """Two ordinary draws, and special ones where there are real numbers to choose."""
    found = [
        Draw(f"ordinary {seed + 1}", example_inputs(values, sizes, dtype, seed), ordinary=True)
        for seed in range(2)
    ]
    if all(value.dtype for value in values):
        return found
    for k, name in enumerate(("zero", "edges", "wide", "wide, turned", "large")):
        plain = example_inputs(values, sizes, dtype, 2 + k)
        generator = torch.Generator().manual_seed(100 + k)
        special = tuple(
            t if value.dtype else _special(name, t, generator).to(dtype)
            for value, t in zip(values, plain, strict=True)
        )
        found.append(Draw(name, special))
    return found


def _special(name: str, plain: Tensor, generator: torch.Generator) -> Tensor:
    n = plain.numel()
    shuffled = torch.randperm(n, generator=generator)
    if name == "zero":
        return torch.zeros_like(plain)
    if name == "edges":
        chosen = torch.tensor(EDGES, dtype=torch.float64).repeat(-(-n // len(EDGES)))[:n]
        return (chosen[shuffled].reshape(plain.shape)) * torch.sign(plain)
    if name == "large":
        return torch.sign(plain) * 10 + plain * 100
    size = torch.logspace(-3, 4, n, dtype=torch.float64)[shuffled].reshape(plain.shape)
    sign = 1 - 2 * ((torch.arange(n).reshape(plain.shape) + (name == "wide")) % 2)
    return size * sign


def example_inputs(
    values: tuple[Value, ...], sizes: dict[str, int], dtype: torch.dtype, seed: int = 0
) -> tuple[Tensor, ...]:
    """Random arrays of the inputs' types, equal for equal seeds."""
    generator = torch.Generator().manual_seed(seed)
    made = []
    for value in values:
        shape = [sizes[a] for a in value.axes]
        if value.dtype == "bool":
            mask = torch.rand(shape, generator=generator) > 0.3
            mask[..., 0] = True  # a row that sees nothing has no softmax
            made.append(mask)
        elif value.dtype:
            high = sizes.get(value.dtype, 2)
            made.append(torch.randint(0, high, shape, generator=generator))
        else:
            made.append(torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype))
    return tuple(made)
