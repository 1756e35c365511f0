"""What few experts keep, what bricks carry, what learning with experts gives."""

from __future__ import annotations

import numpy as np

from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.geometry.experts.found import ARMS, BRICK, BRICKS, CHANCE, KINDS, Found
from engines.lab.statistics import half_widths


def pictures_of(found: Found) -> tuple[Picture, ...]:
    """Everything."""
    return (keeping(found), taken(found), bricks(found), learning(found), figures(found))


def keeping(found: Found) -> Curves:
    """Read right by few experts, without learning anew."""
    x = np.log2(found.spec.shares)
    ticks = tuple((float(v), f"{n}") for v, n in zip(x, found.spec.shares, strict=True))
    lines, bands = {}, {}
    for kind, name in enumerate(KINDS):
        mean, half = found.kept[kind].mean(axis=1), half_widths(found.kept[kind])
        lines[name], bands[name] = mean, (mean - half, mean + half)
    axis = Axis(f"experts that answer, of {found.spec.n_experts}", ticks=ticks)
    return Curves("Few experts, as they are", x, lines, axis, Axis("share of digits right"), bands,
                  large=True)  # fmt: skip


def taken(found: Found) -> Heatmap:
    """What every label loses without every brick."""
    ticks = tuple((k + 0.5, str(k)) for k in range(found.lost.shape[-1]))
    return Heatmap("Without a label's brick", found.lost[BRICK].mean(axis=0),
                   Axis("digit that is asked", ticks=ticks), Axis("brick of", ticks=ticks),
                   Axis("share lost"), square=True)  # fmt: skip


def bricks(found: Found) -> Bars:
    """What a label and the others lose, without its brick and without as many units at random."""
    each = [values for which in (BRICK, CHANCE) for values in (found.own(which),
                                                               found.others(which))]  # fmt: skip
    names = tuple((float(k), name) for k, name in enumerate(BRICKS))
    x = np.array([-0.22, 0.22, 0.78, 1.22])
    return _bars("Taken out", each, names, "share lost", ("the label", "other labels") * 2, x)


def learning(found: Found) -> Bars:
    """Odd or even, learnt from few examples."""
    ticks = ((0.0, "dense"), (1.0, "keys alike"), (2.0, "at random"))
    return _bars("Odd or even, learnt afterwards", list(found.further), ticks, "share right")


def _bars(
    title: str, each: list[np.ndarray], ticks: tuple[tuple[float, str], ...], y: str,
    kind: tuple[str, ...] = (), x: np.ndarray | None = None,
) -> Bars:  # fmt: skip
    mean = np.array([one.mean() for one in each])
    half = np.array([float(half_widths(one)) for one in each])
    return Bars(title, mean, Axis("", ticks=ticks), Axis(y), kind, x,
                whiskers=(mean - half, mean + half))  # fmt: skip


def figures(found: Found) -> Table:
    """All of it in numbers."""
    n_all = found.spec.n_experts
    rows = [(f"right with {n} of {n_all} experts, {name}", found.kept[kind, k])
            for kind, name in enumerate(KINDS)
            for k, n in enumerate(found.spec.shares)]  # fmt: skip
    rows += [(f"odd or even right, {name}", found.further[k]) for k, name in enumerate(ARMS)]
    rows += [(f"variance of keys within experts, {name}", found.within[k])
             for k, name in enumerate(KINDS)]  # fmt: skip
    rows += [(f"lost of the label, {name}", found.own(k)) for k, name in enumerate(BRICKS)]
    rows += [(f"lost of other labels, {name}", found.others(k)) for k, name in enumerate(BRICKS)]
    mean = np.array([values.mean() for _, values in rows])
    half = np.array([float(half_widths(values)) for _, values in rows])
    title = f"n = {found.spec.n_networks} networks, 95 % t over these, seed {found.spec.seed}"
    return Table(title, {"": tuple(name for name, _ in rows), "mean": mean, "low": mean - half,
                         "high": mean + half})  # fmt: skip
