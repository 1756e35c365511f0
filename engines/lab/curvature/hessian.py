"""The Hessian of every network's loss, by its products with vectors."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.func import functional_call, grad, vmap

from engines.lab.curvature.lanczos import Product, lanczos
from engines.lab.training.losses import loss_of
from engines.lab.training.stack import Stack, Tensors


def hessian_product(stack: Stack, x: Tensor, y: Tensor, loss: str, *, own: bool = False) -> Product:
    """Vectors laid out like the weights of a stack to Hessian times vector, network by network.

    The gradient of the gradient's part along the vector (Pearlmutter 1994); no matrix is made.

    Args:
        stack: the networks.
        x: inputs [example, ...], or [net, example, ...] with ``own``.
        y: targets alike.
        loss: name of the loss, see `engines.lab.training.losses`.
        own: whether examples are the networks' own.
    """
    cost, data = loss_of(loss), 0 if own else None

    def one(parameters: Tensors, buffers: Tensors, along: Tensors, x: Tensor, y: Tensor) -> Tensors:
        def of(parameters: Tensors) -> Tensor:
            return cost(functional_call(stack.skeleton, (parameters, buffers), (x,)), y)

        def slope(parameters: Tensors) -> Tensor:
            found = grad(of)(parameters)
            return torch.stack([(found[name] * along[name]).sum() for name in found]).sum()

        return grad(slope)(parameters)

    run = vmap(one, in_dims=(0, 0, 0, data, data))

    def product(vectors: Tensor) -> Tensor:
        found = run(stack.parameters, stack.buffers, stack.views(vectors), x, y)
        made = torch.zeros_like(vectors)
        for name, view in stack.views(made).items():
            view.copy_(found[name])
        return made

    return product


def sharpness(
    stack: Stack, x: Tensor, y: Tensor, loss: str, start: Tensor, *, n_steps: int = 20,
    own: bool = False,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """The largest eigenvalue of every network's Hessian [net], and its direction [net, number].

    Take the direction of an earlier moment as the start of the next, and few steps are enough.
    """
    values, ways = lanczos(hessian_product(stack, x, y, loss, own=own), start, n_steps)
    return values[:, -1], ways


def first_direction(stack: Stack, seed: int) -> Tensor:
    """A random direction to begin with [net, number], 0 where no weight lies."""
    draw = torch.Generator().manual_seed(seed % 2**63)
    drawn = torch.randn(stack.weights.shape[1], generator=draw).to(stack.weights)
    made = torch.zeros_like(stack.weights)
    for name, view in stack.views(made).items():
        place = stack.places[name]
        view.copy_(
            drawn[place.start : place.start + place.n].reshape(view.shape[1:]).expand_as(view)
        )
    return made
