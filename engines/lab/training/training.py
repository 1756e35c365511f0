"""Stacked training: many networks of one build learn together, each to the bits it has alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call, vmap

from engines.contract import InputError
from engines.lab.training import optimisers
from engines.lab.training.batches import Batches
from engines.lab.training.constraints import Constraints, Fitted
from engines.lab.training.exactness import chosen_way
from engines.lab.training.losses import loss_of, score_of
from engines.lab.training.paths import Way
from engines.lab.training.problem import Problem
from engines.lab.training.rule import Rule
from engines.lab.training.signals import fixed_weights
from engines.lab.training.snapshot import packed, unpacked
from engines.lab.training.stack import Stack, Tensors

_NEVER = -1
WEIGHT_MAX = 1e6
"""A network with a larger weight, or one that is not a number, has diverged."""


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch with one thread: where work is cut between threads, sums round otherwise."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@dataclass(eq=False)
class Training:
    """Networks that learn side by side; `advance` moves on, `measure` looks, `snapshot` keeps.

    Args of the constructor:
        stack: networks at their start; they are changed in place.
        batches: what they learn from.
        loss: name of the loss.
        rule: how weights change.
        constraints: masks and directions that are kept.
        seed: of what a rule draws for itself (feedback weights).
        rates: a learning rate for each network, instead of the rule's one for all.
        exact: on a CPU, take only ways that give every network the bits it has alone; else the
            fastest way.
    """

    stack: Stack
    batches: Batches
    loss: str = "cross-entropy"
    rule: Rule = field(default_factory=Rule)
    constraints: Constraints = field(default_factory=Constraints)
    seed: int = 0
    exact: bool = True
    rates: tuple[float, ...] = ()
    step: int = field(init=False, default=0)
    way: str = field(init=False, default="")
    """How signals are computed: products, together or alone."""
    diverged_at: np.ndarray = field(init=False)
    """int64[net]: the step after which a weight was not finite or beyond WEIGHT_MAX, else -1."""
    state: Tensors = field(init=False)
    """What the optimiser remembers, laid out like the weights."""
    fixed: Tensors = field(init=False)
    _ways: dict[object, tuple[str, Way]] = field(init=False, default_factory=dict)
    _limits: Fitted = field(init=False)
    _signal: Tensor = field(init=False)
    _faster: Tensor | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Draw what is fixed, and put masked weights to 0."""
        self._problem = Problem(
            self.stack.skeleton, loss_of(self.loss), self.loss, self.rule.signal
        )
        self.stack.skeleton.train()
        self.fixed = fixed_weights(self.rule.signal, self.stack, self.seed)
        self.state = optimisers.start(self.rule, self.stack.weights)
        self.diverged_at = np.full(self.stack.n_nets, _NEVER, np.int64)
        self.constrain(self.constraints)
        self._signal = torch.zeros_like(self.stack.weights)
        if self.rates:
            self._faster = self._lengths()

    def _lengths(self) -> Tensor:
        """[net, 1]: how many times as far each network goes as the rule says."""
        if len(self.rates) != self.n_nets:
            raise InputError(
                f"{len(self.rates)} learning rates came for {self.n_nets} networks; give one each"
            )
        return self.stack.weights.new_tensor(self.rates)[:, None] / self.rule.learning_rate

    @property
    def n_nets(self) -> int:
        """Networks side by side, those that diverged too."""
        return self.stack.n_nets

    @property
    def n_diverged(self) -> int:
        """Networks that diverged; they stay in the stack."""
        return int((self.diverged_at >= 0).sum())

    @property
    def alive(self) -> np.ndarray:
        """bool[net]: networks that did not diverge."""
        return self.diverged_at < 0

    def constrain(self, constraints: Constraints) -> None:
        """Other limits from now on: what a mask lets go starts from 0."""
        self.constraints = constraints
        self._limits = constraints.fitted(self.stack)
        self._limits.enforce(self.stack.weights)

    def advance(self, to_step: int) -> None:
        """Learn until this step."""
        with one_thread():
            while self.step < to_step:
                self._learn()

    @torch.no_grad()
    def _learn(self) -> None:
        x, y = self.batches.batch(self.step)
        own = self.batches.own
        self._signal.zero_()  # between parameters as well, where no way writes
        with torch.enable_grad():
            self._way(x, y)(self.stack, self.fixed, x, y, own, self._signal)
        self._limits.limit(self.stack, self._signal)
        self.step += 1
        optimisers.apply(self.rule, self.stack.weights, self._signal, self.state, self.step,
                         self._faster)  # fmt: skip
        self._limits.enforce(self.stack.weights)
        self._count_diverged()

    def _way(self, x: Tensor, y: Tensor) -> Way:
        key = x.shape, y.shape
        if key not in self._ways:
            exact = self.exact and self.stack.weights.device.type == "cpu"
            self._ways[key] = chosen_way(
                self._problem, self.stack, self.fixed, x, y, self.batches.own, exact=exact
            )
        self.way, found = self._ways[key]
        return found

    def _count_diverged(self) -> None:
        largest = torch.linalg.vector_norm(self.stack.weights, torch.inf, dim=1)
        sane = (largest <= WEIGHT_MAX).cpu().numpy()  # nan is not
        if not sane.all():
            self.diverged_at[(self.diverged_at < 0) & ~sane] = self.step

    def outputs(self, x: Tensor, *, own: bool = False) -> Tensor:
        """What every network says to these inputs: [net, example, ...], in evaluation mode.

        ``own``: inputs have a leading axis for the network.
        """
        return outputs_of(self.stack, x, own=own)

    def measure(self, x: Tensor, y: Tensor, *, own: bool = False) -> dict[str, np.ndarray]:
        """float64[net] each: ``loss`` and ``score`` on these examples; nan where one diverged."""
        with one_thread(), torch.no_grad():
            found = self.outputs(x, own=own)
            measured: dict[str, list[float]] = {"loss": [], "score": []}
            for net, output in enumerate(found):
                target = y[net] if own else y
                measured["loss"].append(float(self._problem.loss(output, target)))
                measured["score"].append(float(score_of(self.loss, output, target)))
        lost = ~self.alive
        return {
            name: np.where(lost, np.nan, np.array(each, np.float64))
            for name, each in measured.items()
        }

    def snapshot(self) -> bytes:
        """Everything that `restore` needs, with a checksum: safetensors with JSON, no pickle."""
        held = {"weights": self.stack.weights, "diverged_at": torch.from_numpy(self.diverged_at)}
        held |= {f"state.{name}": value for name, value in self.state.items()}
        held |= {f"buffer.{name}": value for name, value in self.stack.buffers.items()}
        held |= {f"fixed.{name}": value for name, value in self.fixed.items()}
        return packed(held, {**self._about(), "step": self.step})

    def restore(self, data: bytes) -> None:
        """Go on from what `snapshot` gave: the same bytes come as if nothing had stopped.

        Raises:
            InputError: damaged bytes, or a snapshot of other networks or another rule.
        """
        held, about = unpacked(data)
        for name, wanted in self._about().items():
            if about.get(name) != wanted:
                raise InputError(
                    f"this snapshot has another {name}: {about.get(name)!r} there, {wanted!r} here"
                )
        with torch.no_grad():
            self.stack.weights.copy_(held["weights"])
            for kind, tensors in (
                ("state", self.state), ("buffer", self.stack.buffers), ("fixed", self.fixed)
            ):  # fmt: skip
                for name, value in tensors.items():
                    value.copy_(held[f"{kind}.{name}"])
        self.diverged_at = held["diverged_at"].numpy().copy()
        self.step = int(about["step"])

    def _about(self) -> dict[str, Any]:
        shapes = {name: list(place.shape) for name, place in self.stack.places.items()}
        return {
            "kind": "lab training",
            "nets": self.n_nets,
            "parameters": shapes,
            "rule": self.rule.to_json(),
            "loss": self.loss,
            "seed": self.seed,
            **({"rates": list(self.rates)} if self.rates else {}),
        }


@torch.no_grad()
def outputs_of(stack: Stack, x: Tensor, *, own: bool = False) -> Tensor:
    """What every network says to these inputs, in evaluation mode: [net, example, ...]."""
    was = stack.skeleton.training
    stack.skeleton.eval()
    try:

        def one(parameters: Tensors, buffers: Tensors, x: Tensor) -> Tensor:
            return functional_call(stack.skeleton, (parameters, buffers), (x,))

        return vmap(one, in_dims=(0, 0, 0 if own else None))(stack.parameters, stack.buffers, x)
    finally:
        stack.skeleton.train(was)
