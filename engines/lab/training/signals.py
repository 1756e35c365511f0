"""Signals: which way each weight of one network should go.

Each is a function of one network, so that it is run over many by `torch.vmap`. The two local ones
watch what enters and leaves every linear layer and know nothing of a loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, grad_and_value
from torch.nn import functional as fn
from torch.overrides import TorchFunctionMode

from engines.contract import InputError
from engines.lab.training.losses import Loss
from engines.lab.training.stack import Stack, Tensors

SignalOf = Callable[[Tensors, Tensors, Tensors, Tensor, Tensor], tuple[Tensors, Tensors]]
"""Parameters, buffers, fixed weights, inputs, targets to the signal and the buffers afterwards."""


def signal_of(name: str, module: nn.Module, loss: Loss) -> SignalOf:
    """The signal of this name for networks of this build.

    Raises:
        InputError: a local signal for a network without a linear layer.
    """
    if name != "gradient" and not linear_weights(module):
        raise InputError(f"{name} changes linear layers, and this network has none")
    if name == "gradient":
        return _gradient(module, loss, fixed=False)
    if name == "feedback alignment":
        return _gradient(module, loss, fixed=True)
    if name == "direct feedback alignment":
        return _direct(module, loss)
    if name == "last layer only":
        return _last_layer(module, loss)
    return _local(module, _hebb if name == "Hebb" else _oja)


def linear_weights(module: nn.Module) -> tuple[str, ...]:
    """Names of the weights of its linear layers, in the order in which they are defined.

    A module that is no layer of torch's own lists those that it hands to torch's linear product in
    an attribute ``linear_weights``.
    """
    found: list[str] = []
    for name, part in module.named_modules():
        own = ("weight",) if isinstance(part, nn.Linear) else getattr(part, "linear_weights", ())
        found += [f"{name}.{weight}" if name else weight for weight in own]
    return tuple(found)


def fixed_weights(name: str, stack: Stack, seed: int) -> Tensors:
    """What leads errors back in feedback alignment: [net, out, in], drawn once, per network.

    Uniform like torch's own start of a linear layer (Lillicrap et al. 2016 draw uniform too), apart
    from the weights, which they never touch. Direct feedback leads from the output of the last
    linear layer, so that its ``out`` stands in every shape.
    """
    if name not in ("feedback alignment", "direct feedback alignment"):
        return {}
    drawn: dict[str, list[Tensor]] = {}
    weights = linear_weights(stack.skeleton)
    for net in range(stack.n_nets):
        draw = torch.Generator().manual_seed((seed + 7919 * net + 1) % 2**63)
        for weight in weights:
            out = weights[-1] if name == "direct feedback alignment" else weight
            shape = stack.places[out].shape[0], stack.places[weight].shape[1]
            back = (2.0 * torch.rand(shape, generator=draw) - 1.0) / shape[1] ** 0.5
            drawn.setdefault(weight, []).append(back.to(stack.weights))
    return {weight: torch.stack(each) for weight, each in drawn.items()}


class _Watch(TorchFunctionMode):
    """Sees every linear product of a network, by the name of its weight."""

    def __init__(self, parameters: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.names = {id(value): name for name, value in parameters.items()}

    def linear(self, name: str, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """What the product gives in place of its own answer."""
        raise NotImplementedError

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Every torch function passes here; all but named linear products go on as they are."""
        kwargs = kwargs or {}
        if func is fn.linear:
            bound = dict(zip(("input", "weight", "bias"), args, strict=False)) | kwargs
            name = self.names.get(id(bound["weight"]))
            if name is not None:
                return self.linear(name, bound["input"], bound["weight"], bound.get("bias"))
        return func(*args, **kwargs)


class _LedBack(_Watch):
    """Errors go back through fixed weights: Lillicrap et al. 2016.

    The detour adds exactly nothing on the way forward, so outputs keep their bits.
    """

    def __init__(self, parameters: Mapping[str, Tensor], fixed: Mapping[str, Tensor]) -> None:
        super().__init__(parameters)
        self.fixed = fixed

    def linear(self, name: str, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """The product, through which no error goes back but along the fixed weights."""
        around = x @ self.fixed[name].mT
        return fn.linear(x.detach(), weight, bias) + (around - around.detach())


class _CutOff(_Watch):
    """No error passes a linear product; what enters it is kept, to be told its error directly."""

    def __init__(self, parameters: Mapping[str, Tensor]) -> None:
        super().__init__(parameters)
        self.entered: dict[str, Tensor] = {}

    def linear(self, name: str, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """The product of what is cut off from what made it."""
        self.entered[name] = x
        return fn.linear(x.detach(), weight, bias)


class _Seen(_Watch):
    """Keeps what enters and leaves."""

    def __init__(self, parameters: Mapping[str, Tensor]) -> None:
        super().__init__(parameters)
        self.ends: dict[str, tuple[Tensor, Tensor]] = {}

    def linear(self, name: str, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """The product itself."""
        y = fn.linear(x, weight, bias)
        self.ends[name] = (x.flatten(0, -2), y.flatten(0, -2))
        return y


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _gradient(module: nn.Module, loss: Loss, *, fixed: bool) -> SignalOf:
    def signal(
        parameters: Tensors, buffers: Tensors, back: Tensors, x: Tensor, y: Tensor
    ) -> tuple[Tensors, Tensors]:
        def cost(parameters: Tensors, buffers: Tensors) -> tuple[Tensor, Tensors]:
            kept = {name: value.clone() for name, value in buffers.items()}
            with _LedBack(parameters, back) if fixed else _nothing():
                found = functional_call(module, (parameters, kept), (x,))
            return loss(found, y), kept

        found, (_, after) = grad_and_value(cost, has_aux=True)(parameters, buffers)
        return found, after

    return signal


def _direct(module: nn.Module, loss: Loss) -> SignalOf:
    """Nøkland 2016: every hidden layer is told the output's error through fixed random weights."""

    def signal(
        parameters: Tensors, buffers: Tensors, back: Tensors, x: Tensor, y: Tensor
    ) -> tuple[Tensors, Tensors]:
        def cost(parameters: Tensors, buffers: Tensors) -> tuple[Tensor, Tensors]:
            kept = {name: value.clone() for name, value in buffers.items()}
            with _CutOff(parameters) as cut:
                found = functional_call(module, (parameters, kept), (x,))
            error = grad(loss)(found.detach(), y)
            # A product with a constant: its slope towards what entered is that constant.
            told = [
                (value * _beside(error @ back[name], value)).sum()
                for name, value in cut.entered.items()
            ]
            return loss(found, y) + torch.stack(told).sum(), kept

        found, (_, after) = grad_and_value(cost, has_aux=True)(parameters, buffers)
        return found, after

    return signal


def _beside(error: Tensor, value: Tensor) -> Tensor:
    """An error [batch, in] with axes of one for those that a value [batch, ..., in] has between."""
    return error.reshape(len(error), *[1] * (value.ndim - 2), error.shape[-1])


def _last_layer(module: nn.Module, loss: Loss) -> SignalOf:
    """The gradient of the last linear layer; what lies before it stays as it began."""
    whole, last = _gradient(module, loss, fixed=False), linear_weights(module)[-1]
    learns = {last, last.removesuffix("weight") + "bias"}

    def signal(
        parameters: Tensors, buffers: Tensors, back: Tensors, x: Tensor, y: Tensor
    ) -> tuple[Tensors, Tensors]:
        found, after = whole(parameters, buffers, back, x, y)
        return {k: v if k in learns else torch.zeros_like(v) for k, v in found.items()}, after

    return signal


def _local(module: nn.Module, change: Callable[[Tensor, Tensor, Tensor], Tensor]) -> SignalOf:
    def signal(
        parameters: Tensors, buffers: Tensors, _back: Tensors, x: Tensor, _y: Tensor
    ) -> tuple[Tensors, Tensors]:
        kept = {name: value.clone() for name, value in buffers.items()}
        with _Seen(parameters) as seen:
            functional_call(module, (parameters, kept), (x,))
        found = {name: torch.zeros_like(value) for name, value in parameters.items()}
        for name, (before, after) in seen.ends.items():
            found[name] = -change(before, after, parameters[name])
        return found, kept

    return signal


def _hebb(x: Tensor, y: Tensor, _weight: Tensor) -> Tensor:
    """Mean of y x: what fires together wires together (Hebb 1949), which grows without bound."""
    return y.mT @ x / len(x)


def _oja(x: Tensor, y: Tensor, weight: Tensor) -> Tensor:
    """Oja's subspace rule (1989): y x less what the outputs already explain, y y W."""
    return y.mT @ (x - y @ weight) / len(x)
