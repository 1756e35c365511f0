"""Statistics of every wire while networks learn: its numbers, and their gradients, net by net."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call, grad, vmap

from engines.diagrams.running.module import DiagramModule
from engines.diagrams.wires.followed import OF_A_GRADIENT, OF_A_WIRE, Followed
from engines.diagrams.wires.values import heard
from engines.lab.statistics.spectra import directions
from engines.lab.training import Stack, log_spaced, one_thread
from engines.lab.training.losses import Loss

Statistics = dict[str, tuple[np.ndarray, np.ndarray]]
"""By path: float64[net, OF_A_WIRE] of its numbers, float64[net, OF_A_GRADIENT] of its gradient."""
LOOKS_MAX = 20
STEPS_PER_LOOK = 75
"""Steps of learning per look. A look costs about as much as three steps, so that following every
wire adds about a twentieth; a short training has fewer looks than `LOOKS_MAX` for it."""
_UNITS_MAX = 512
_QUANTILES = (0.01, 0.5, 0.99)


def followed_at(n_steps: int) -> tuple[int, ...]:
    """Steps at which wires are looked at: the start, then evenly by their logarithm.

    >>> followed_at(300)
    (0, 1, 17, 300)
    """
    if n_steps < 1:
        return (0,)
    return log_spaced(n_steps, min(LOOKS_MAX, max(2, n_steps // STEPS_PER_LOOK)))


@dataclass(eq=False)
class Probe:
    """Fixed examples that every network of a stack is asked, now and then.

    Of an operation that runs several times the last turn is taken. A gradient is that of the mean
    loss towards what is added to a value, so nothing is recomputed and no wire is cut.
    """

    x: Tensor
    y: Tensor
    loss: Loss
    _nothing: dict[str, tuple[int, Tensor]] = field(init=False, default_factory=dict)
    """By path: the last turn and zeros of the value's shape."""

    def look(self, stack: Stack) -> Statistics:
        """Of every wire of every network as it is now."""
        module = cast("DiagramModule", stack.skeleton)
        was = module.training
        module.eval()
        try:
            with one_thread():
                values, gradients = self._run(module, stack)
        finally:
            module.train(was)
        return {
            path: (_of_numbers(value), _of_gradients(gradients.get(path), stack.n_nets))
            for path, value in values.items()
        }

    def _run(
        self, module: DiagramModule, stack: Stack
    ) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        if not self._nothing:
            with torch.no_grad():
                self._shapes(module, stack)

        def cost(
            added: dict[str, Tensor], parameters: Any, buffers: Any
        ) -> tuple[Tensor, dict[str, Tensor]]:
            kept: dict[str, Tensor] = {}
            hear = self._hearing(added, kept)
            with heard(module, hear):
                start = hear(module.graph.inputs[0].name, self.x)
                output = functional_call(module, (parameters, buffers), (start,))
            return self.loss(output, self.y), kept

        zeros = {
            path: zero for path, (_turn, zero) in self._nothing.items() if zero.is_floating_point()
        }
        each = vmap(grad(cost, has_aux=True), in_dims=(None, 0, 0))
        gradients, values = each(zeros, stack.parameters, stack.buffers)
        return values, gradients

    def _hearing(
        self, added: dict[str, Tensor], kept: dict[str, Tensor]
    ) -> Callable[[str, Tensor], Tensor]:
        turns = dict.fromkeys(self._nothing, -1)

        def hear(path: str, value: Tensor) -> Tensor:
            turns[path] += 1
            if turns[path] < self._nothing[path][0]:
                return value
            made = value + added[path] if path in added else value
            kept[path] = made.detach()
            return made

        return hear

    def _shapes(self, module: DiagramModule, stack: Stack) -> None:
        """One run of the first network says how often everything runs and how large it is."""
        found: dict[str, tuple[int, Tensor]] = {}

        def hear(path: str, value: Tensor) -> Tensor:
            found[path] = (found[path][0] + 1 if path in found else 0, torch.zeros_like(value))
            return value

        buffers = {name: value[0] for name, value in stack.buffers.items()}
        with heard(module, hear):
            start = hear(module.graph.inputs[0].name, self.x)
            functional_call(module, (stack.one(0), buffers), (start,))
        self._nothing = found


@dataclass(eq=False)
class Following:
    """A probe's looks, one after the other."""

    probe: Probe
    steps: list[int] = field(default_factory=list)
    looks: list[Statistics] = field(default_factory=list)

    def look(self, step: int, stack: Stack, alive: np.ndarray | None = None) -> None:
        """One more; a network that is not ``alive``, bool[net], has no numbers."""
        self.steps.append(step)
        found = self.probe.look(stack)
        if alive is not None:
            for values in found.values():
                for each in values:
                    each[~alive] = np.nan
        self.looks.append(found)

    def so_far(self) -> Followed:
        """All of them."""
        paths = tuple(self.looks[0]) if self.looks else ()
        numbers, gradients = (
            np.stack([np.stack([look[path][k] for look in self.looks], 1) for path in paths])
            for k in (0, 1)
        )
        return Followed(paths, tuple(self.steps), numbers, gradients)


def _of_numbers(values: Tensor) -> np.ndarray:
    """float64[net, OF_A_WIRE] of [net, example, ...]; what is not finite is left out."""
    n_nets = len(values)
    if not values.stride(0):  # the same for all, as an input is
        values = values[:1]
    rows = values.reshape(len(values), -1).cpu().numpy()
    rows = rows if rows.dtype.kind == "f" else rows.astype(np.float32)
    return np.resize(np.column_stack([_shares(rows), _ranks(values)]), (n_nets, len(OF_A_WIRE)))


def _of_gradients(values: Tensor | None, n_nets: int) -> np.ndarray:
    """float64[net, OF_A_GRADIENT]; nan where a wire has none or it is not finite."""
    if values is None:
        return np.full((n_nets, len(OF_A_GRADIENT)), np.nan)
    rows = values.reshape(len(values), -1).cpu().numpy()
    found = _shares(rows)
    norm = np.sqrt(rows.shape[1] * (found[:, 0] ** 2 + found[:, 1] ** 2))
    found[:, 0] = norm
    found[~np.isfinite(rows.sum(1, dtype=np.float64))] = np.nan
    return found


def _shares(rows: np.ndarray) -> np.ndarray:
    """float64[net, (mean, sd, share of zeros, quantiles)] of [net, number]."""
    n = rows.shape[1]
    mean = rows.mean(1, dtype=np.float64)
    if not np.isfinite(mean).all():  # one number that is not finite is enough
        return np.stack([_finite_shares(row) for row in rows])
    away = rows - mean[:, None].astype(rows.dtype)
    sd = np.sqrt(np.einsum("ij,ij->i", away, away, dtype=np.float64) / n)
    zeros = (n - np.count_nonzero(rows, axis=1)) / n
    return np.hstack([np.stack([mean, sd, zeros], 1), _quantiles(np.sort(rows, axis=1))])


def _finite_shares(row: np.ndarray) -> np.ndarray:
    finite = row[np.isfinite(row)]
    return _shares(finite[None])[0] if finite.size else np.full(3 + len(_QUANTILES), np.nan)


def _quantiles(ordered: np.ndarray) -> np.ndarray:
    """float64[net, quantile] of rows in order, between two neighbours on a straight line."""
    at = np.array(_QUANTILES) * (ordered.shape[1] - 1)
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, ordered.shape[1] - 1)
    ends = ordered[:, low].astype(np.float64), ordered[:, high].astype(np.float64)
    return ends[0] + (at - low) * (ends[1] - ends[0])


def _ranks(values: Tensor) -> np.ndarray:
    """float64[net]: effective rank of examples by positions; of many positions every n-th.

    Squares of singular values are the eigenvalues of the products of rows, or of columns where
    those are fewer; what such a product cannot tell from 0 is 0.
    """
    n_rows = values.shape[1] if values.ndim > 1 else 1
    matrix = values.reshape(len(values), n_rows, -1)
    matrix = matrix[..., :: -(-matrix.shape[2] // _UNITS_MAX)].double()
    if matrix.shape[1] > matrix.shape[2]:
        matrix = matrix.mT
    products = matrix @ matrix.mT
    found = np.full(len(products), np.nan)
    sane = products.sum((1, 2)).isfinite()
    squares = torch.linalg.eigvalsh(products[sane]).cpu().numpy()
    least = squares.shape[-1] * np.finfo(np.float64).eps * squares.max(-1, keepdims=True, initial=0)
    singular = np.sqrt(np.where(squares > least, squares, 0.0))
    found[sane.cpu().numpy()] = [directions(each) for each in singular]
    return found
