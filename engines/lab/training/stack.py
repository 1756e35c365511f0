"""Many networks of one build side by side: their weights as one matrix, a row per network.

One matrix, because an optimiser then needs one operation for all weights of all networks. A
parameter is a view into it, and is [net, ...] with the module's own shape behind.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from engines.contract import InputError

Tensors = dict[str, Tensor]
_BLOCK = 16
"""Parameters begin at multiples of so many numbers: a cache line, which products like."""


@dataclass(frozen=True)
class Place:
    """Where a parameter lies in a row."""

    start: int
    shape: tuple[int, ...]

    @property
    def n(self) -> int:
        """How many numbers."""
        return torch.Size(self.shape).numel()


def _places(module: nn.Module) -> tuple[dict[str, Place], int]:
    places, at = {}, 0
    for name, value in module.named_parameters():
        places[name] = Place(at, tuple(value.shape))
        at += -(-value.numel() // _BLOCK) * _BLOCK
    return places, at


@dataclass(eq=False)
class Stack:
    """Networks side by side; ``weights`` is [net, number], ``buffers`` are [net, ...] each."""

    skeleton: nn.Module
    """One network of the build; its own numbers are never read."""
    weights: Tensor
    buffers: dict[str, Tensor]
    places: dict[str, Place] = field(repr=False)

    @property
    def n_nets(self) -> int:
        """Networks side by side."""
        return len(self.weights)

    @property
    def n_parameters(self) -> int:
        """Numbers that one network learns."""
        return sum(place.n for place in self.places.values())

    @property
    def parameters(self) -> dict[str, Tensor]:
        """Each parameter [net, ...], views that change with the stack."""
        return self.views(self.weights)

    def views(self, matrix: Tensor) -> dict[str, Tensor]:
        """The same for any matrix that is laid out like the weights, say their gradients."""
        return {
            name: matrix[:, p.start : p.start + p.n].unflatten(1, p.shape or (1,))
            if p.shape
            else matrix[:, p.start]
            for name, p in self.places.items()
        }

    def one(self, net: int) -> dict[str, Tensor]:
        """The parameters of one network, views."""
        return {name: value[net] for name, value in self.parameters.items()}

    def module(self, net: int) -> nn.Module:
        """One network by itself, a copy that no longer changes with the stack."""
        made = copy.deepcopy(self.skeleton)
        with torch.no_grad():
            for name, value in made.named_parameters():
                value.copy_(self.parameters[name][net])
            for name, value in made.named_buffers():
                value.copy_(self.buffers[name][net])
        return made

    def copy(self) -> Stack:
        """The same numbers in memory of their own."""
        buffers = {name: value.clone() for name, value in self.buffers.items()}
        return Stack(self.skeleton, self.weights.clone(), buffers, self.places)


def stack_of(modules: Sequence[nn.Module], device: str = "cpu") -> Stack:
    """These networks side by side.

    Raises:
        InputError: none, networks whose parameters differ in name or shape, none that learns, or
            one that draws random numbers while it runs (dropout), which no two ways of running
            would draw alike.
    """
    if not modules:
        raise InputError("a stack needs at least one network, got none")
    places, n = _places(modules[0])
    for k, module in enumerate(modules):
        _check(module, places, k)
    weights = torch.zeros(len(modules), n, device=device, dtype=_dtype(modules[0]))
    stack = Stack(modules[0], weights, {}, places)
    with torch.no_grad():
        for name, view in stack.parameters.items():
            for k, module in enumerate(modules):
                view[k] = module.get_parameter(name)
        for name, _ in modules[0].named_buffers():
            each = [module.get_buffer(name) for module in modules]
            stack.buffers[name] = torch.stack(each).to(device)
    stack.skeleton = copy.deepcopy(modules[0]).to(device)
    return stack


def stack_from_seeds(
    build: Callable[[], nn.Module], seeds: Iterable[int], device: str = "cpu"
) -> Stack:
    """One network per seed: what ``torch.manual_seed(seed); build()`` gives.

    The state of torch's own generator is as it was before.
    """
    made = []
    with torch.random.fork_rng(devices=[]):
        for seed in seeds:
            torch.manual_seed(seed % 2**63)
            made.append(build())
    return stack_of(made, device)


def seeds_apart(seed: int, n: int) -> list[int]:
    """Seeds of n networks of one run; runs of neighbouring seeds share none."""
    drawn = np.random.SeedSequence([seed % 2**64, 21]).generate_state(n, np.uint64)
    return [int(one >> np.uint64(1)) for one in drawn]


def _dtype(module: nn.Module) -> torch.dtype:
    kinds = {value.dtype for value in module.parameters()}
    if len(kinds) > 1:
        raise InputError(
            f"parameters of one network must be of one type, got {', '.join(map(str, kinds))}"
        )
    return kinds.pop()


def _check(module: nn.Module, places: Mapping[str, Place], k: int) -> None:
    found = {name: tuple(value.shape) for name, value in module.named_parameters()}
    wanted = {name: place.shape for name, place in places.items()}
    if not wanted:
        raise InputError("there is nothing to train: the network has no learned weight")
    if found != wanted:
        odd = sorted(set(found.items()) ^ set(wanted.items()))[0][0]
        raise InputError(
            f"networks of a stack must be of one build; parameter {odd!r} is "
            f"{wanted.get(odd, 'missing')} in network 0 and {found.get(odd, 'missing')} in {k}"
        )
    for name, part in module.named_modules():
        if isinstance(part, nn.modules.dropout._DropoutNd) and part.p > 0:
            raise InputError(
                f"layer {name!r} drops at random while it runs, which cannot be repeated to the "
                "bit; set its p to 0, or put noise into the data or an intervention"
            )
