"""Integrated gradients (Sundararajan, Taly & Yan 2017, arXiv 1703.01365) of every network.

An output's slope is averaged on the straight line from a baseline to the input, and multiplied by
the way: what inputs are given adds up to what the output has gained.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call, grad, vmap

from engines.contract import InputError
from engines.lab.training.products import Layer, layers_of
from engines.lab.training.stack import Stack, Tensors
from engines.lab.training.training import one_thread, outputs_of

_Line = tuple[Tensor, Tensor]
_VALUES_AT_ONCE = 20_000_000
"""Of the widest layer, at all places and in all networks; examples go in chunks below it."""


def integrated_gradients(
    stack: Stack, x: Tensor, target: Tensor, *, baseline: Tensor | None = None, n_steps: int = 50
) -> Tensor:
    """What every input adds to one output: [net, example, input].

    Gauss-Legendre places on the line, exact for slopes that are polynomials of degree below twice
    their number. In a perceptron the first layer is linear along the line, so its products are made
    once and not at every place.

    Args:
        stack: the networks.
        x: inputs [example, ...].
        target: int64[example], the output that is asked for.
        baseline: where the line begins, [...] or [example, ...]; 0 when left out.
        n_steps: places on the line.

    Raises:
        InputError: no whole number of places, no examples, inputs that are no fractions, targets
            that are no output of each example, or a baseline of another shape.
    """
    start = _checked(stack, (x, target), baseline, n_steps)
    rule = _gauss_legendre(n_steps, x)
    layers = layers_of(stack.skeleton)
    at_once = max(1, _VALUES_AT_ONCE // (stack.n_nets * n_steps * _widest(stack, layers)))
    found = []
    with one_thread(), torch.no_grad():
        for line in zip(start.split(at_once), x.split(at_once), target.split(at_once), strict=True):
            if layers and x.ndim == 2:
                found.append(_of_perceptrons(stack, layers, line[:2], line[2], rule))
            else:
                found.append(_of_any(stack, line[:2], line[2], rule))
    return torch.cat(found, dim=1)


def _widest(stack: Stack, layers: tuple[Layer, ...]) -> int:
    """Units of the widest layer of a perceptron; of anything else, parameters of a network."""
    if not layers:
        return stack.n_parameters
    return max(max(stack.parameters[layer.weight].shape[1:]) for layer in layers)


def _checked(
    stack: Stack, asked: _Line, baseline: Tensor | None, n_steps: int
) -> Tensor:  # fmt: skip
    """The baseline of every example."""
    x, target = asked
    if not isinstance(n_steps, int) or n_steps < 1:
        raise InputError(f"a line needs at least 1 place, a whole number, got {n_steps}")
    if not x.ndim or not len(x):
        raise InputError(f"there are no examples in inputs {tuple(x.shape)}; give one or more")
    if not x.is_floating_point():
        raise InputError(f"inputs are {x.dtype}, which has no slopes; make them x.float()")
    if target.shape != x.shape[:1]:
        raise InputError(
            f"{len(x)} examples need one output each, got targets {tuple(target.shape)}"
        )
    if target.dtype != torch.int64:
        raise InputError(f"targets are places of outputs, int64, got {target.dtype}")
    n_outputs = _n_outputs(stack, x[:1])
    if not 0 <= int(target.min()) <= int(target.max()) < n_outputs:
        raise InputError(
            f"targets are outputs 0 to {n_outputs - 1}, got {int(target.min())} to "
            f"{int(target.max())}"
        )
    start = torch.zeros(()) if baseline is None else baseline
    try:
        return start.to(x).expand(x.shape)
    except RuntimeError:
        raise InputError(
            f"a baseline {tuple(start.shape)} does not fit inputs {tuple(x.shape)}; give one for "
            "all examples or one for each"
        ) from None


def _n_outputs(stack: Stack, x: Tensor) -> int:
    try:
        return outputs_of(stack, x).shape[-1]
    except RuntimeError as error:
        said = str(error).splitlines()[0]
        raise InputError(
            f"networks do not take inputs [example, ...] {tuple(x.shape[1:])}: {said}"
        ) from None


def _gauss_legendre(n: int, like: Tensor) -> tuple[Tensor, Tensor]:
    """Places on 0 to 1 and their shares."""
    places, shares = np.polynomial.legendre.leggauss(n)
    return like.new_tensor(0.5 * (1.0 + places)), like.new_tensor(0.5 * shares)


def _of_perceptrons(
    stack: Stack, layers: tuple[Layer, ...], line: _Line, target: Tensor, rule: _Line
) -> Tensor:
    """By products; places go with examples, [net, place and example, unit]."""
    (start, x), (places, shares) = line, rule
    parameters, n = stack.parameters, stack.n_nets
    weights = [parameters[layer.weight] for layer in layers]
    biases = [parameters[layer.bias][:, None] if layer.bias else 0.0 for layer in layers]
    first = weights[0]
    from_start, way = start @ first.mT + biases[0], (x - start) @ first.mT
    if len(layers) == 1:
        return first[:, target] * (x - start)
    z = (from_start[:, None] + places[:, None, None] * way[:, None]).flatten(1, 2)
    slopes: list[Tensor] = []
    for layer, weight, bias in zip(layers[:-1], weights[1:], biases[1:], strict=True):
        held, slope = _FUNCTIONS[layer.function](z)
        slopes.append(slope)
        if weight is not weights[-1]:
            z = held @ weight.mT + bias
    asked = weights[-1][:, target.repeat(len(places))]
    told = asked * slopes[-1]
    for weight, slope in zip(reversed(weights[1:-1]), reversed(slopes[:-1]), strict=True):
        told = (told @ weight) * slope
    told = torch.einsum("p,npeu->neu", shares, told.view(n, len(places), len(x), -1))
    return (told @ first) * (x - start)


_Both = tuple[Tensor, Tensor]


def _relu(z: Tensor) -> _Both:
    return z.relu(), (z > 0).to(z.dtype)


def _tanh(z: Tensor) -> _Both:
    a = z.tanh()
    return a, 1.0 - a.square()


def _sigmoid(z: Tensor) -> _Both:
    a = z.sigmoid()
    return a, a * (1.0 - a)


_FUNCTIONS: dict[str, Callable[[Tensor], _Both]] = {
    "relu": _relu,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "": lambda z: (z, torch.ones_like(z)),
}


def _of_any(stack: Stack, line: _Line, target: Tensor, rule: _Line) -> Tensor:
    """By autograd, one place after the other."""
    (start, x), (places, shares) = line, rule

    def said(x: Tensor, parameters: Tensors, buffers: Tensors) -> Tensor:
        output = functional_call(stack.skeleton, (parameters, buffers), (x,))
        return output.gather(-1, target[:, None]).sum()

    was = stack.skeleton.training
    stack.skeleton.eval()
    try:
        slope = vmap(grad(said), in_dims=(None, 0, 0))
        total = torch.zeros(stack.n_nets, *x.shape, dtype=x.dtype)
        for place, share in zip(places, shares, strict=True):
            with torch.enable_grad():
                total += share * slope(start + place * (x - start), stack.parameters, stack.buffers)
    finally:
        stack.skeleton.train(was)
    return total * (x - start)
