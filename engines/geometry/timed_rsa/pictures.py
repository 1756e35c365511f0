"""Models under the ceiling in time, when layers settle, RDMs, and the last moment in numbers."""

from __future__ import annotations

import numpy as np

from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Table, steps_axis
from engines.geometry.timed_rsa.course import FIRST, LAST
from engines.geometry.timed_rsa.found import (
    ABOVE,
    ARMS,
    BELOW,
    DEALT,
    LABELS,
    LEARNT,
    SETTLED,
    Found,
)
from engines.lab.statistics import half_widths

_CEILING, _OTHERS, _ANEW = "ceiling, from below to above", "by chance", "dealt anew"
_SHORT = {FIRST: "first", LAST: "last"}


def pictures_of(found: Found) -> tuple[Picture, ...]:
    """Everything."""
    names = [f"{found.unit} {found.at[k]:g}" for k in (0, len(found.at) // 2, len(found.at) - 1)]
    return (
        in_time(found, len(found.layers) - 1, large=True),
        *(in_time(found, layer) for layer in range(len(found.layers) - 1)),
        settling(found),
        sharing(found),
        *(_rdm(f"{found.layers[-1]}, {name}", values)
          for name, values in zip(names, found.rdms, strict=True)),
        *((when_settled(found), read_right(found)) if found.trained else ()),
        at_the_end(found),
    )  # fmt: skip


def _axis(found: Found) -> tuple[np.ndarray, Axis]:
    """Steps by their logarithm, other times as they are."""
    if found.unit == "step":
        return np.log10(found.at + 1.0), steps_axis(int(found.at[-1]))
    return found.at, Axis(found.unit)


def _banded(found: Found) -> Axis:
    """What is drawn upwards; bands are t intervals, of chance the middle of its draws."""
    return Axis(f"{found.spec.compare}, bands 95 %")


def _line(values: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Mean of [moment, subject] and its 95 % t band."""
    mean, half = values.mean(axis=1), half_widths(values)
    return mean, (mean - half, mean + half)


def in_time(found: Found, layer: int, *, large: bool = False) -> Curves:
    """Models of one layer and the room between both ceilings; large, with controls as well.

    *Dealt anew* is the labels' model of networks that learnt labels dealt anew, *by chance* the
    model with labels of other stimuli.
    """
    x, axis = _axis(found)
    below, above = (found.ceilings[LEARNT, layer, k].mean(axis=1) for k in (BELOW, ABOVE))
    lines, bands = {_CEILING: 0.5 * (below + above)}, {_CEILING: (below, above)}
    for name in found.models:
        short = _SHORT.get(name, name)
        lines[short], bands[short] = _line(found.of(name, layer=layer))
    if large and found.trained:
        lines[_ANEW], bands[_ANEW] = _line(found.of(LABELS, DEALT, layer))
    if large and len(found.chance):
        drawn = found.chance[:, layer]
        low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
        lines[_OTHERS], bands[_OTHERS] = drawn.mean(axis=0), (low, high)
    title = f"Under the ceiling, {found.layers[layer]}"
    return Curves(title, x, lines, axis, _banded(found), bands, large=large)


def settling(found: Found) -> Curves:
    """How like every layer is to its own end."""
    x, axis = _axis(found)
    lines, bands = {}, {}
    for layer, name in enumerate(found.layers):
        lines[name], bands[name] = _line(found.own[LEARNT, layer])
    return Curves("Each layer beside its own end", x, lines, axis, _banded(found), bands)


def sharing(found: Found) -> Curves:
    """How like two networks, or two parts of the units, are."""
    x, axis = _axis(found)
    upper = np.triu_indices(found.alike.shape[-1], 1)
    lines = {name: found.alike[LEARNT, layer][:, *upper].mean(axis=1)
             for layer, name in enumerate(found.layers)}  # fmt: skip
    title = f"Two {found.subjects} beside each other"
    return Curves(title, x, lines, axis, Axis(found.spec.compare))


def _rdm(title: str, values: np.ndarray) -> Heatmap:
    none = ((-9.0, ""),)
    return Heatmap(title, values, Axis("stimulus, by its label", ticks=none), Axis("", ticks=none),
                   Axis("over the mean"), square=True)  # fmt: skip


def when_settled(found: Found) -> Table:
    """By likeness to the end, and by the way that a layer has to go."""
    rows = [(layer, half) for half in (False, True) for layer in range(len(found.layers))]
    each = [found.settles(layer, half=half) for layer, half in rows]
    return Table(
        f"When layers settle for good; n = {each[0].n} networks, 95 % t, seed {found.spec.seed}",
        {
            "layer": tuple(found.layers[layer] for layer, _ in rows),
            "likeness to its own end": tuple("half of the way there" if half else f"{SETTLED:g}"
                                             for _, half in rows),
            found.unit: np.array([one.value for one in each]),
            "low": np.array([one.low for one in each]),
            "high": np.array([one.high for one in each]),
        },
    )  # fmt: skip


def read_right(found: Found) -> Table:
    """Digits of the exam that both arms read right."""
    half = half_widths(found.right)
    mean = found.right.mean(axis=1)
    title = f"Digits nobody learnt, read right; n = {found.right.shape[1]} networks, 95 % t"
    return Table(title, {"learnt": ARMS, "read right": mean, "low": mean - half,
                         "high": mean + half})  # fmt: skip


def at_the_end(found: Found) -> Table:
    """Every model of every layer at the last moment."""
    rows = [(layer, model) for layer in range(len(found.layers)) for model in found.models]
    each = [found.of(model, layer=layer)[-1] for layer, model in rows]
    half = [float(half_widths(one)) for one in each]
    p = [f"{found.p_of_labels(layer, -1):.3g}" if model == LABELS else "" for layer, model in rows]
    below = [float(found.ceilings[LEARNT, layer, BELOW, -1].mean()) for layer, _ in rows]
    n = found.alike.shape[-1]
    return Table(
        f"Last moment; n = {n} {found.subjects}, 95 % t over these, seed {found.spec.seed}; p of "
        f"{len(found.chance)} orders of the stimuli",
        {
            "layer": tuple(found.layers[layer] for layer, _ in rows),
            "model": tuple(model for _, model in rows),
            found.spec.compare: np.array([one.mean() for one in each]),
            "low": np.array([one.mean() - h for one, h in zip(each, half, strict=True)]),
            "high": np.array([one.mean() + h for one, h in zip(each, half, strict=True)]),
            "ceiling from below": np.array(below),
            "p": tuple(p),
        },
    )
