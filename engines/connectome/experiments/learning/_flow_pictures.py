"""What networks that learnt a flow show."""

from __future__ import annotations

import numpy as np

from engines.contract import InputError
from engines.contract.pictures import Axis, Curves, Heatmap, Points, Table
from engines.lab.statistics import half_widths

COLOURED = 6
"""Pieces with a colour of their own; the others share one."""


def too_few(asked: int, n: int) -> InputError:
    """What to say to whoever asks for a network that is not there."""
    return InputError(f"there are {n} networks of each number, so none is the {asked}th; ask for "
                      f"1 to {n}")  # fmt: skip


def symbol(name: int, n_bits: int) -> str:
    """Which rectified units are on, the first one left.

    >>> symbol(5, 4)
    '1010'
    """
    return "".join(str(name >> bit & 1) for bit in range(n_bits)) or "linear"


def attractor(path: np.ndarray, piece: np.ndarray, names: np.ndarray) -> Points:
    """A run float64[step, 3] from the side, coloured by the linear piece int64[step] it is in."""
    told = {int(name): str(k + 1) for k, name in enumerate(names[:COLOURED])}
    kind = tuple(told.get(int(one), "others") for one in piece)
    return Points("The network by itself, by linear piece", path[:, [0, 2]], Axis("x"), Axis("z"),
                  kind)  # fmt: skip


def flow(true: np.ndarray) -> Curves:
    """A run of the flow itself."""
    lines = {"Lorenz's flow": true[:, 2]}
    return Curves("What it learnt from", true[:, 0], lines, Axis("x"), Axis("z"))


def measured(
    values: np.ndarray, numbers: tuple[int, ...], floor: float, title: str, name: str
) -> Curves:
    """A measure float64[number, network] over how many units bend."""
    x, mean = np.array(numbers, float), values.mean(axis=1)
    half = half_widths(values)
    lines = {"networks": mean, "the flow, twice": np.full(len(x), floor)}
    return Curves(title, x, lines, Axis("units that bend, of 12"), Axis(name),
                  bands={"networks": (mean - half, mean + half)},
                  clouds={"networks": values.T})  # fmt: skip


def symbols(moves: np.ndarray) -> Heatmap:
    """float64[from, to]: how the pieces that are visited most follow each other."""
    ticks = tuple((k + 0.5, str(k + 1)) for k in range(len(moves)))
    return Heatmap("From linear piece to linear piece", moves, Axis("to", ticks=ticks),
                   Axis("from", ticks=ticks), Axis("share of steps"), square=True)  # fmt: skip


def pieces(names: np.ndarray, share: np.ndarray, n_bits: int) -> Table:
    """The pieces that are visited most: which units bend there, and float64[piece] of the time."""
    return Table(
        "Linear pieces, most visited first",
        {
            "piece": tuple(str(k + 1) for k in range(len(names))),
            "on": tuple(symbol(int(name), n_bits) for name in names),
            "share of time": tuple(f"{one:.3f}" for one in share),
        },
    )


def powers(spectra: np.ndarray, n_bits: int) -> Curves:
    """Power of the third axis float64[(flow, network), frequency] on a scale of ratios."""
    n = min(spectra.shape[1], 200)
    x = np.arange(1, n + 1) / (2 * spectra.shape[1])
    floor = np.finfo(float).tiny
    shown = np.where(spectra[:, :n] > floor, spectra[:, :n], np.nan)
    lines = dict(zip(("the flow", f"{n_bits} units bend"), np.log10(shown), strict=True))
    return Curves("Power of z", x, lines, Axis("frequency", "per step"), Axis("log10 of power"))


def learning(error: np.ndarray, numbers: tuple[int, ...]) -> Curves:
    """Errors float64[step, number] while learning, on a scale of ratios."""
    lines = {f"{n} bend": np.log10(error[:, k]) for k, n in enumerate(numbers)}
    x = np.arange(1, len(error) + 1, dtype=float)
    return Curves("What is learnt", x, lines, Axis("steps of learning"),
                  Axis("log10 of mean squared error"))  # fmt: skip
