"""A lateral circuit that learns what a layer hears, and keeps later learning out of it.

Hebbian learning by lateral connections finds the subspace of what came in (Oja 1989); later changes
of the weights are freed of their part in it, so that what was learnt stays (HLOP: Xiao et al. 2024;
the projection is that of Saha et al. 2021).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from threadpoolctl import ThreadpoolController

from engines.contract import InputError

RATE, FALLING, N_TOGETHER = 0.02, 1_000, 10
"""Of the circuit: learning rate, after how many inputs it has halved, and inputs in a step."""
PASSES, LOUDNESS = 6, 3.0
"""How often a task's inputs are gone through, and the length that they are scaled to."""


def grown(
    lateral: np.ndarray, inputs: np.ndarray, n_new: int, rng: np.random.Generator, passes: int = 1
) -> np.ndarray:
    """The circuit float64[cell, unit] with new cells that learn what the old ones leave.

    ``y = W x``; a new cell's weights grow by its activity times what is left of the input when
    all cells have taken their part, ``y (x - W' y)``: Oja's subspace rule. Old cells stay.

    Args:
        lateral: the cells there are, float64[cell, unit].
        inputs: float64[example, unit]; they are scaled to a mean length of `LOUDNESS`.
        n_new: cells to add.
        rng: draws first weights and the order of inputs.
        passes: how often inputs are gone through.
    """
    n_old, n_units = lateral.shape
    made = np.vstack([lateral, 0.05 * rng.normal(size=(n_new, n_units))])
    length = np.sqrt((inputs**2).sum(axis=1).mean())
    scaled = inputs * (LOUDNESS / max(length, 1e-12))
    n_seen = 0
    for _ in range(passes):
        order = rng.permutation(len(scaled))
        for first in range(0, len(order), N_TOGETHER):
            x = scaled[order[first : first + N_TOGETHER]]
            y = x @ made.T
            rate = RATE / (1.0 + n_seen / FALLING)
            made[n_old:] += rate * y[:, n_old:].T @ (x - y @ made)
            n_seen += len(x)
    return made


def components(lateral: np.ndarray, inputs: np.ndarray, n_new: int) -> np.ndarray:
    """The same exactly: principal directions (not centred) of what is left of the inputs."""
    left = inputs - inputs @ lateral.T @ lateral
    return np.vstack([lateral, np.linalg.svd(left, full_matrices=False)[2][:n_new]])


def at_random(lateral: np.ndarray, n_new: int, rng: np.random.Generator) -> np.ndarray:
    """As many directions drawn at random, at right angles to those there are."""
    drawn = rng.normal(size=(n_new, lateral.shape[1]))
    drawn -= drawn @ lateral.T @ lateral
    return np.vstack([lateral, np.linalg.qr(drawn.T)[0].T])


def cosines(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """float64[direction]: of the principal angles between two spaces of rows, the largest first."""
    bases = (np.linalg.qr(one.T)[0] for one in (first, second))
    a, b = bases
    return np.linalg.svd(a.T @ b, compute_uv=False)


@dataclass(eq=False)
class Net:
    """Two layers of ReLU units without bias, and a readout for every task."""

    layers: list[np.ndarray]
    """float64[unit, input] each."""
    readouts: list[np.ndarray]
    """float64[class, unit] each."""

    def single(self) -> Net:
        """The same in single precision."""
        return Net(*([w.astype(np.float32) for w in part] for part in (self.layers, self.readouts)))

    def heard(self, x: np.ndarray) -> list[np.ndarray]:
        """What each layer hears and, last, what the readout hears: float64[example, unit]."""
        every = [x]
        for weight in self.layers:
            every.append(np.maximum(every[-1] @ weight.T, 0.0))
        return every

    def right(self, x: np.ndarray, y: np.ndarray, task: int) -> float:
        """Share of examples told right by a task's readout."""
        return float(((self.heard(x)[-1] @ self.readouts[task].T).argmax(axis=1) == y).mean())

    def step(
        self, x: np.ndarray, y: np.ndarray, task: int, rate: float, lateral: list[np.ndarray]
    ) -> None:
        """One step down the cross-entropy, outside what the lateral circuits hold."""
        every = self.heard(x)
        logits = every[-1] @ self.readouts[task].T
        share = np.exp(logits - logits.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        share[np.arange(len(y)), y] -= 1.0
        blame = share / len(y)
        back = blame @ self.readouts[task]
        self.readouts[task] -= rate * blame.T @ every[-1]
        for k in range(len(self.layers) - 1, -1, -1):
            back = back * (every[k + 1] > 0)
            change = back.T @ every[k]
            back = back @ self.layers[k]
            self.layers[k] -= rate * (change - change @ lateral[k].T @ lateral[k])


def started(rng: np.random.Generator, sizes: tuple[int, ...], n_tasks: int, n_classes: int) -> Net:
    """Weights of deviation sqrt(2 / inputs) (He et al. 2015), readouts of zeros."""
    layers = [rng.normal(size=(b, a)) * np.sqrt(2.0 / a) for a, b in pairwise(sizes)]
    return Net(layers, [np.zeros((n_classes, sizes[-1])) for _ in range(n_tasks)])


@dataclass(frozen=True, eq=False)
class Tasks:
    """The same digits with pixels in another order for every task."""

    x: np.ndarray
    y: np.ndarray
    exam_x: np.ndarray
    exam_y: np.ndarray
    order: np.ndarray
    """int64[task, pixel]; the first is as written."""


def permuted(n_tasks: int, seed: int) -> Tasks:
    """Digits split by the seed: 1,400 to learn from, 397 for the exam; orders drawn from it too."""
    from engines.lab.data.pictures import digits

    made = digits(seed)
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**54]))
    n = made.x.shape[1]
    order = np.array([np.arange(n), *(rng.permutation(n) for _ in range(n_tasks - 1))])
    x, exam = (one.astype(np.float64) for one in (made.x, made.x_test))
    return Tasks(x, made.y, exam, made.y_test, order)


HIDDEN, BATCH, RATE_OF_NET = 100, 50, 0.05
ARMS = ("lateral circuit", "exact components", "random directions", "nothing kept")


@dataclass(frozen=True, eq=False)
class Progress:
    """After an epoch: share of all work that is done, and float64[exam task] so far."""

    task: int
    fraction: float
    right: np.ndarray


def learn(
    tasks: Tasks, arm: str, *, kept: tuple[int, int], n_epochs: int, seed: int
) -> Iterator[Progress]:
    """One task after the other, none seen again; the lateral circuits grow after each."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**55]))
    n_tasks, n_pixels = tasks.order.shape
    _fits(n_tasks, (n_pixels, HIDDEN), kept)
    net = started(rng, (n_pixels, HIDDEN, HIDDEN), n_tasks, 10).single()
    cells = np.random.Generator(np.random.Philox(key=[seed, 2**56]))
    lateral = [np.zeros((0, n_pixels)), np.zeros((0, HIDDEN))]
    for task in range(n_tasks):
        x = tasks.x[:, tasks.order[task]].astype(np.float32)
        held = [one.astype(np.float32) for one in lateral]
        for epoch in range(n_epochs):
            _epoch(net, x, tasks.y, task, held, rng)
            done = (task + (epoch + 1) / n_epochs) / n_tasks
            right = np.full(n_tasks, np.nan)
            if epoch == n_epochs - 1:
                for k in range(task + 1):
                    exam = tasks.exam_x[:, tasks.order[k]]
                    right[k] = net.right(exam, tasks.exam_y, k)
            yield Progress(task, done, right)
        if task < n_tasks - 1:
            heard = [one.astype(np.float64) for one in net.heard(x)]
            with _threads().limit(limits=1):
                lateral = [_kept(arm, lateral[k], heard[k], kept[k], cells) for k in (0, 1)]


def _fits(n_tasks: int, sizes: tuple[int, int], kept: tuple[int, int]) -> None:
    for n_units, n_kept in zip(sizes, kept, strict=True):
        if (n_tasks - 1) * n_kept > n_units:
            raise InputError(
                f"{n_tasks - 1} tasks with {n_kept} lateral cells each need more directions than "
                f"the {n_units} there are; keep at most {n_units // (n_tasks - 1)} per task"
            )


@cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def _epoch(
    net: Net, x: np.ndarray, y: np.ndarray, task: int, lateral: list[np.ndarray],
    rng: np.random.Generator,
) -> None:  # fmt: skip
    who = rng.permutation(len(x))
    # Small products: threads of BLAS would wait for each other more than they compute.
    with _threads().limit(limits=1):
        for first in range(0, len(x), BATCH):
            here = who[first : first + BATCH]
            net.step(x[here], y[here], task, RATE_OF_NET, lateral)


def _kept(
    arm: str, lateral: np.ndarray, heard: np.ndarray, n_new: int, rng: np.random.Generator
) -> np.ndarray:
    if arm == "lateral circuit":
        return grown(lateral, heard, n_new, rng, PASSES)
    if arm == "exact components":
        return components(lateral, heard, n_new)
    if arm == "random directions":
        return at_random(lateral, n_new, rng)
    return lateral


def agreement(seed: int, n_inputs: int, n_units: int = 50, n_cells: int = 5) -> np.ndarray:
    """float64[direction]: cosines of a circuit with the exact components of planted inputs.

    Inputs have five directions of deviation 2 to 1, and noise of 0.3 in all.
    """
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**57]))
    base = np.linalg.qr(rng.normal(size=(n_units, n_cells)))[0]
    planted = rng.normal(size=(n_inputs, n_cells)) * np.linspace(2.0, 1.0, n_cells)
    x = planted @ base.T + 0.3 * rng.normal(size=(n_inputs, n_units))
    none = np.zeros((0, n_units))
    with _threads().limit(limits=1):
        return cosines(grown(none, x, n_cells, rng), components(none, x, n_cells))
