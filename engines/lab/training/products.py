"""The fast way for stacks of linear layers and elementwise functions: batched products by hand.

Every product is the one autograd would have made, with one more axis for the network. Two details
keep each network's bits. Activations of a network are a row that does not touch its neighbour's:
torch computes the last few elements of a row by other instructions than the rest, so a row must end
where it would end alone. And a batched product that rounds otherwise than a single one (tiny ones
do) is made one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.func import grad, vmap

from engines.lab.training.problem import Problem
from engines.lab.training.stack import Stack, Tensors

_aten = torch.ops.aten
_ROW = 64
"""No vector register holds more numbers."""
_TINY = 512


@dataclass(frozen=True)
class Layer:
    """A linear layer and the elementwise function behind it; empty where there is none."""

    weight: str
    bias: str
    function: str = ""


def layers_of(module: nn.Module) -> tuple[Layer, ...]:
    """The layers of a plain multilayer perceptron, or none when the module is anything else."""
    if type(module) is not nn.Sequential:
        return ()
    found: list[Layer] = []
    for name, part in module.named_children():
        function = _function_of(part)
        if type(part) is nn.Linear:
            found.append(Layer(f"{name}.weight", "" if part.bias is None else f"{name}.bias"))
        elif found and function and not found[-1].function:
            found[-1] = Layer(found[-1].weight, found[-1].bias, function)
        else:
            return ()
    shared = len({layer.weight for layer in found}) < len(found)
    ends_bare = bool(found) and not found[-1].function
    known = {name for name, _ in module.named_parameters()}
    whole = all({layer.weight, layer.bias} <= known | {""} for layer in found)
    return tuple(found) if ends_bare and whole and not shared else ()


def _function_of(part: nn.Module) -> str:
    names = {nn.ReLU: "relu", nn.Tanh: "tanh", nn.Sigmoid: "sigmoid"}
    return names.get(type(part), "")


_FORWARD: dict[str, Callable[[Tensor, Tensor], object]] = {
    "relu": lambda z, out: torch.clamp_min(z, 0, out=out),
    "tanh": lambda z, out: torch.tanh(z, out=out),
    "sigmoid": lambda z, out: torch.sigmoid(z, out=out),
}
_BACK: dict[str, Callable[[Tensor, Tensor, Tensor], object]] = {
    "relu": lambda d, a, out: _aten.threshold_backward.grad_input(d, a, 0, grad_input=out),
    "tanh": lambda d, a, out: _aten.tanh_backward.grad_input(d, a, grad_input=out),
    "sigmoid": lambda d, a, out: _aten.sigmoid_backward.grad_input(d, a, grad_input=out),
}


def rows(shape: tuple[int, ...], like: Tensor) -> Tensor:
    """An empty array whose rows, by the first axis, do not touch each other in memory."""
    n_nets, *each = shape
    n = torch.Size(each).numel()
    whole = like.new_empty(n_nets, (n // _ROW + 2) * _ROW)
    return whole[:, :n].unflatten(1, each)


@dataclass(eq=False)
class Products:
    """The gradients of a stack of perceptrons; buffers are kept between steps."""

    layers: tuple[Layer, ...]
    problem: Problem
    batched: dict[object, bool] = field(default_factory=dict)
    """For each product whether a batched one has the bits of single ones."""
    held: dict[object, Tensor] = field(default_factory=dict)

    @torch.no_grad()
    def __call__(
        self, stack: Stack, _fixed: Tensors, x: Tensor, y: Tensor, own: bool, into: Tensor
    ) -> None:
        """Write the gradients of this batch into a matrix that is laid out like the weights."""
        parameters, gradients = stack.parameters, stack.views(into)
        values = [x if own else x.expand(stack.n_nets, *x.shape)]
        for k, layer in enumerate(self.layers):
            values.append(self._values(k, layer, self._sums(k, layer, parameters, values[-1])))
        delta = self._delta(values[-1], y, own)
        for k in reversed(range(len(self.layers))):
            layer, below = self.layers[k], values[k]
            if layer.function:
                out = self._buffer(("slope", k), delta.shape, delta)
                _BACK[layer.function](delta, values[k + 1], out)
                delta = out
            self._product(("weights", k), delta.mT, below, gradients[layer.weight])
            if layer.bias:
                torch.sum(delta, 1, out=gradients[layer.bias])
            if k:
                out = self._buffer(("back", k), below.shape, delta)
                self._product(("back", k), delta, parameters[layer.weight], out)
                delta = out

    def _sums(self, k: int, layer: Layer, parameters: Tensors, below: Tensor) -> Tensor:
        weight = parameters[layer.weight]
        out = self._buffer(("sums", k), (*below.shape[:-1], weight.shape[1]), weight)
        bias = parameters[layer.bias] if layer.bias else None
        self._product(("sums", k), below, weight.mT, out, bias)
        return out

    def _values(self, k: int, layer: Layer, sums: Tensor) -> Tensor:
        if not layer.function:
            return sums
        out = self._buffer(("values", k), sums.shape, sums)
        _FORWARD[layer.function](sums, out)
        return out

    def _delta(self, output: Tensor, y: Tensor, own: bool) -> Tensor:
        """What the loss of each network says to its outputs."""
        if self.problem.loss_name == "cross-entropy" and y.dtype == torch.int64:
            logs = torch.log_softmax(output, -1)
            wanted = torch.zeros_like(logs)
            index = (y if own else y.expand(len(output), -1))[..., None]
            wanted.scatter_(-1, index, -1.0 / y.shape[-1])
            return _aten._log_softmax_backward_data(wanted, logs, -1, logs.dtype)
        if self.problem.loss_name == "logistic":
            share = self._buffer("share", output.shape, output)
            torch.sigmoid(output, out=share)
            return share.sub_(y).div_(output[0].numel())
        data = 0 if own else None
        return vmap(grad(self.problem.loss), in_dims=(0, data))(output, y)

    def _buffer(self, key: object, shape: tuple[int, ...], like: Tensor) -> Tensor:
        held = self.held.get(key)
        if held is None or held.shape != shape:
            held = self.held[key] = rows(tuple(shape), like)
        return held

    def _product(
        self, place: object, a: Tensor, b: Tensor, out: Tensor, bias: Tensor | None = None
    ) -> None:
        key = place, a.shape, b.shape
        if key not in self.batched:
            self.batched[key] = not is_tiny(a, b) and _same_bits(a, b, out, bias)
        (_batched if self.batched[key] else _singly)(a, b, out, bias)


def is_tiny(a: Tensor, b: Tensor) -> bool:
    """Whether torch makes this product by a loop of its own when it is one of many.

    It does so below 400 multiplications. Few numbers may agree by chance, so none is tried.
    """
    return a.shape[-2] * a.shape[-1] * b.shape[-1] < _TINY


def _batched(a: Tensor, b: Tensor, out: Tensor, bias: Tensor | None) -> None:
    if bias is None:
        torch.bmm(a, b, out=out)
    else:
        torch.baddbmm(bias[:, None], a, b, out=out)


def _singly(a: Tensor, b: Tensor, out: Tensor, bias: Tensor | None) -> None:
    for k in range(len(a)):
        if bias is None:
            torch.mm(a[k], b[k], out=out[k])
        else:
            torch.addmm(bias[k], a[k], b[k], out=out[k])


def _same_bits(a: Tensor, b: Tensor, out: Tensor, bias: Tensor | None) -> bool:
    """Whether both ways round alike, tried on random numbers that lie in memory as these do."""
    draw = torch.Generator().manual_seed(0)

    def alike(values: Tensor) -> Tensor:
        n = 1 + sum(
            (size - 1) * step for size, step in zip(values.shape, values.stride(), strict=True)
        )
        numbers = torch.randn(n, generator=draw, dtype=values.dtype).to(values.device)
        return numbers.as_strided(values.shape, values.stride())

    tried = alike(a), alike(b)
    shift = None if bias is None else alike(bias)
    one, other = rows(tuple(out.shape), out), rows(tuple(out.shape), out)
    _batched(*tried, one, shift)
    _singly(*tried, other, shift)
    return torch.equal(one, other)
