"""Which way gives every network the bits it would have alone, decided before the first step.

Two things are looked at. Numbers: random ones go through both ways, for every network; which order
a product or a sum is taken in depends on shapes and places in memory alone, so another order shows
at once. (They are random, and always the same, because a network at its start may hold ones and
zeros that hide a difference, and because a run that goes on must choose as it chose before.) Kinds
of operation: torch computes the last elements of an array by other instructions than the rest, and
for some functions (sigmoid, SiLU ...) they round otherwise in a few cases of a hundred, which one
batch may miss. So functions that are not plain arithmetic must act on arrays whose length, per
network, has no such last elements.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from engines.lab.training.paths import Way, alone, together
from engines.lab.training.problem import Problem
from engines.lab.training.products import Products, is_tiny, layers_of
from engines.lab.training.stack import Stack, Tensors

_WIDE = 64
"""Arrays of a multiple of this many numbers have no last elements on any processor of today."""
_PLAIN = (
    "add|sub|rsub|mul|div|neg|abs|sqrt|relu|clamp|clamp_min|clamp_max|threshold_backward|maximum|"
    "minimum|where|eq|ne|lt|le|gt|ge|sign|lerp|addcmul|addcdiv|hardtanh|hardtanh_backward|"
    "leaky_relu|leaky_relu_backward|mse_loss|mse_loss_backward|reciprocal|fill|zero|copy|"
    # products and sums, whose order the numbers tell, and what moves numbers about
    "mm|addmm|bmm|baddbmm|mv|dot|sum|mean|max|min|amax|amin|argmax|cumsum|convolution|"
    "convolution_backward|_log_softmax|_log_softmax_backward_data|_softmax|_softmax_backward_data|"
    "nll_loss_forward|nll_loss_backward|view|_unsafe_view|t|transpose|permute|expand|unsqueeze|"
    "squeeze|reshape|detach|alias|clone|select|slice|index|gather|scatter|cat|stack|zeros_like|"
    "ones_like|empty_like|new_zeros|new_empty|full_like|split|unbind|_to_copy|as_strided|unflatten|"
    "select_backward|slice_backward|embedding|embedding_dense_backward|index_put|empty|zeros|ones|"
    "full|scalar_tensor|arange|native_layer_norm|native_layer_norm_backward|expand_as|"
    "native_batch_norm|native_batch_norm_backward|max_pool2d_with_indices|max_pool2d_with_indices_backward|"
    "avg_pool2d|avg_pool2d_backward|logical_not|logical_and|masked_fill|tril|triu|one_hot|repeat"
)
_KNOWN = frozenset(_PLAIN.split("|"))


class _Listing(TorchDispatchMode):
    """Notes operations whose last elements may round otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.odd: dict[str, int] = {}

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Nothing is compiled here; to say otherwise would load torch's compiler, for a second."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Every operation passes here, with the arrays of one network."""
        found = func(*args, **(kwargs or {}))
        name = func.overloadpacket.__name__.rstrip("_")
        if name not in _KNOWN and isinstance(found, Tensor) and found.numel() % _WIDE:
            self.odd[name] = found.numel()
        factors = {"mm": args, "addmm": args[1:]}.get(name, ())
        if len(factors) >= 2 and is_tiny(factors[0], factors[1]):
            self.odd[f"tiny {name}"] = found.numel()
        return found


def odd_functions(
    problem: Problem, stack: Stack, fixed: Tensors, x: Tensor, y: Tensor, own: bool
) -> dict[str, int]:
    """Functions that may round otherwise in a stack, with the length of their arrays."""
    first = Stack(stack.skeleton, stack.weights[:1].clone(),
                  {n: v[:1].clone() for n, v in stack.buffers.items()}, stack.places)  # fmt: skip
    some = {name: value[:1] for name, value in fixed.items()}
    data = (x[:1], y[:1]) if own else (x, y)
    with _Listing() as listing:
        alone(problem)(first, some, *data, own, torch.zeros_like(first.weights))
    return listing.odd


def randomised(stack: Stack, x: Tensor, seed: int = 0) -> tuple[Stack, Tensor]:
    """Networks and inputs that lie in memory like these, with random numbers in them."""
    draw = torch.Generator().manual_seed(seed)

    def like(values: Tensor, *, positive: bool = False) -> Tensor:
        if not values.is_floating_point():
            return values.clone()
        made = torch.randn(values.shape, generator=draw, dtype=values.dtype).to(values.device)
        return made.abs().add_(0.5) if positive else made

    made = Stack(stack.skeleton, like(stack.weights).mul_(0.3), {}, stack.places)
    for name, value in stack.buffers.items():
        made.buffers[name] = like(value, positive=True)
    return made, like(x)


def signals_of(
    way: Way, stack: Stack, fixed: Tensors, x: Tensor, y: Tensor, own: bool
) -> tuple[Tensor, Tensors]:
    """What a way gives, on copies: signals laid out like the weights, and buffers."""
    tried = stack.copy()
    into = torch.zeros_like(tried.weights)
    way(tried, fixed, x, y, own, into)
    return into, tried.buffers


def chosen_way(
    problem: Problem,
    stack: Stack,
    fixed: Tensors,
    x: Tensor,
    y: Tensor,
    own: bool,
    *,
    exact: bool = True,
) -> tuple[str, Way]:
    """The fastest way that has the bits of `alone`, with its name.

    With ``exact`` False it is the fastest way, whatever it rounds.
    """
    layers = layers_of(problem.module) if problem.signal == "gradient" and x.ndim - own == 2 else ()
    ways: list[tuple[str, Way]] = []
    if layers and torch.is_floating_point(x):
        ways.append(("products", Products(layers, problem)))
    ways.append(("together", together(problem)))
    if not exact:
        return ways[0]
    tries = [randomised(stack, x, seed) for seed in range(3)]
    plain = alone(problem)
    wanted = [signals_of(plain, one, fixed, some, y, own) for one, some in tries]
    odd = odd_functions(problem, stack, fixed, x, y, own)
    tiny = any(name.startswith("tiny") for name in odd)
    for name, way in ways:
        if tiny or (odd and name == "together"):
            continue
        found = [signals_of(way, one, fixed, some, y, own) for one, some in tries]
        if all(_same(*both) for both in zip(found, wanted, strict=True)):
            return name, way
    return "alone", alone(problem)


def _same(one: tuple[Tensor, Tensors], other: tuple[Tensor, Tensors]) -> bool:
    buffers = all(torch.equal(one[1][name], other[1][name]) for name in one[1])
    return torch.equal(one[0], other[0]) and buffers
