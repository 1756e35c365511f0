"""How far a diagram is from its model on inputs drawn at random, and with one weight moved."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.graph.sizes import numbers
from engines.diagrams.running.draws import example_inputs
from engines.diagrams.running.verdict import relative_error
from engines.diagrams.running.verify import TOLERANCE, pair_of, precision_of, tensors_in

N_DRAWS = 12
FIRST_SEED = 1_000
"""Of inputs that `verify` does not look at."""
MOVED = 0.01
"""How far one weight is moved, as a share of the largest of its array."""


def sampled(module: nn.Module, diagram: Circuit) -> tuple[np.ndarray, np.ndarray, float]:
    """Largest difference of outputs, as a share of the largest output, float64[draw].

    Args:
        module: the model.
        diagram: what the import made of it.

    Returns:
        As they are, and with one number of one of the diagram's arrays moved, another one in every
        draw, empty where the diagram learns nothing; and the share that rounding is allowed.
    """
    dtype = precision_of(diagram)
    reference, ours = pair_of(module, diagram, dtype)
    arrays = [p for p in ours.parameters() if p.is_floating_point() and p.numel()]
    plain, moved = [], []
    with torch.no_grad():
        for k in range(N_DRAWS):
            rng = np.random.Generator(np.random.Philox(key=FIRST_SEED + k))
            inputs = example_inputs(
                diagram.graph.inputs, numbers(diagram), dtype, int(rng.integers(2**31))
            )
            theirs = _outputs(reference, inputs)
            plain.append(_apart(_outputs(ours, inputs), theirs))
            if arrays:
                array = arrays[int(rng.integers(len(arrays)))]
                at = int(rng.integers(array.numel()))
                moved.append(_with_one_moved(ours, array, at, inputs, theirs))
    return np.array(plain), np.array(moved), TOLERANCE.get(dtype, 1e-5)


def _with_one_moved(
    ours: nn.Module, array: Tensor, at: int, inputs: tuple[Tensor, ...], theirs: list[Tensor]
) -> float:
    flat = array.view(-1)
    before = flat[at].clone()
    flat[at] += MOVED * max(float(array.abs().max()), 1e-3)
    apart = _apart(_outputs(ours, inputs), theirs)
    flat[at] = before
    return apart


def _outputs(model: Any, inputs: tuple[Tensor, ...]) -> list[Tensor]:
    return tensors_in(model(*[t.clone() for t in inputs]))


def _apart(ours: list[Tensor], theirs: list[Tensor]) -> float:
    return max(relative_error(a, b) for a, b in zip(ours, theirs, strict=True))
