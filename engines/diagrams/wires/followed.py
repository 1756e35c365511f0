"""Wires followed through training: their statistics by step and seed, and curves of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engines.contract.pictures import Axis, Curves, Picture

OF_A_WIRE = ("mean", "sd", "zeros", "1 %", "50 %", "99 %", "effective rank")
"""Statistics of a wire's numbers over examples and positions; zeros as a share, the effective rank
of the matrix of examples by positions (Roy & Vetterli 2007)."""
OF_A_GRADIENT = ("norm", "sd", "zeros", "1 %", "50 %", "99 %")
"""Of the gradient of the mean loss; the norm is the Frobenius norm."""
N_PROBES = 64
"""Examples of the exam on which statistics are taken."""
VANISHING = 100.0
"""How many times smaller a gradient's norm is than that of the output when it is told."""
_QUANTILES = ("1 %", "50 %", "99 %", "mean")


def _none(of: tuple[str, ...]) -> np.ndarray:
    return np.zeros((0, 0, 0, len(of)))


@dataclass(frozen=True, eq=False)
class Followed:
    """Statistics of every wire of networks that learn, over fixed examples of the exam."""

    paths: tuple[str, ...] = ()
    """Inputs and operations, in the order in which they run."""
    steps: tuple[int, ...] = ()
    """Of the looks."""
    numbers: np.ndarray = field(default_factory=lambda: _none(OF_A_WIRE))
    """float64[wire, seed, look, OF_A_WIRE]; nan once a seed has diverged."""
    gradients: np.ndarray = field(default_factory=lambda: _none(OF_A_GRADIENT))
    """float64[wire, seed, look, OF_A_GRADIENT]; nan where a wire has none."""

    def norms(self) -> np.ndarray:
        """float64[wire]: norm of the gradient at the last look, mean over seeds that it has."""
        return over_seeds(self.gradients[:, :, -1, 0], axis=1)

    def vanishing(self) -> tuple[str, ...]:
        """Wires whose gradient is much smaller than the output's, at the last look."""
        if not self.gradients.size:
            return ()
        norms = self.norms()
        pairs = zip(self.paths, norms, strict=True)
        return tuple(path for path, norm in pairs if norm * VANISHING < norms[-1])

    def pictures_of(self, path: str) -> tuple[Picture, ...]:
        """Statistics of one wire against the step; none of a wire that was looked at once."""
        if path not in self.paths or len(self.steps) < 2:
            return ()
        at = self.paths.index(path)
        name = path.rpartition("/")[2]
        return curves(name, self.steps, self.numbers[at], self.gradients[at])


def over_seeds(values: np.ndarray, axis: int = 0) -> np.ndarray:
    """Mean along an axis over seeds whose number is finite; nan where there is none."""
    there = np.isfinite(values)
    n = there.sum(axis=axis)
    return np.where(n > 0, np.where(there, values, 0.0).sum(axis=axis) / np.maximum(n, 1), np.nan)


def n_alive(numbers: np.ndarray) -> int:
    """Seeds of float64[seed, look, statistic] that have a mean at the last look."""
    return int(np.isfinite(numbers[:, -1, 0]).sum())


def said_of(n_alive: int, n: int) -> str:
    """Whose mean it is.

    >>> said_of(3, 3), said_of(2, 3)
    ('3 seeds', '2 of 3 seeds, the others diverged')
    """
    return f"{n} seeds" if n_alive == n else f"{n_alive} of {n} seeds, the others diverged"


def curves(
    name: str, steps: tuple[int, ...], numbers: np.ndarray, gradients: np.ndarray
) -> tuple[Picture, ...]:
    """Statistics of a wire against the step.

    Args:
        name: of the wire.
        steps: of the looks.
        numbers: float64[seed, look, OF_A_WIRE].
        gradients: float64[seed, look, OF_A_GRADIENT].
    """
    x, x_axis = np.array(steps, float), Axis("step")
    place = {key: k for k, key in enumerate(OF_A_WIRE)}
    mean = over_seeds(numbers)
    n = f"mean of {said_of(n_alive(numbers), len(numbers))}"
    lines = {key: mean[:, place[key]] for key in _QUANTILES}
    found = [Curves(f"{name}: its numbers while it learns", x, lines, x_axis, Axis("value", n))]

    def followed(title: str, key: str, seeds: np.ndarray, unit: str) -> Curves:
        line = {key: over_seeds(seeds)}
        return Curves(f"{name}: {title}", x, line, x_axis, Axis(unit), clouds={key: seeds})

    rank = numbers[:, :, place["effective rank"]]
    found.append(followed("how many directions it uses", "effective rank", rank, "directions"))
    zeros = numbers[:, :, place["zeros"]]
    if zeros.any():
        found.append(followed("how much of it is silent", "zeros", zeros, "share"))
    norm = gradients[:, :, OF_A_GRADIENT.index("norm")]
    if np.isfinite(norm).any():
        found.append(followed("how strongly the loss asks for change", "gradient", norm, "norm"))
    return tuple(found)
