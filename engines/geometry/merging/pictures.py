"""The barrier and how it falls, units in their order, three networks, and merges in part."""

from __future__ import annotations

import numpy as np

from engines.contract import Estimate
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.geometry.mechanisms.weight_matching import barriers_of
from engines.geometry.merging.found import (
    ACTIVATIONS,
    ARMS,
    PARTIAL,
    PLAIN,
    SHARES,
    THREE,
    WEIGHTS,
    Found,
)
from engines.lab.statistics import mean_over

NOW = "units in place so far"
_N_UNITS = 48
_NATS = Axis("loss on held-out digits", "nats")


def pictures_of(found: Found, moment: int) -> tuple[Picture, ...]:
    """Everything, with the units of one moment in place."""
    return (
        way(found, moment),
        falling(found, moment),
        units(found, moment),
        barriers(found),
        in_part(found),
        three(found),
        figures(found),
    )


def way(found: Found, moment: int) -> Curves:
    """The loss from one network to the other, mean over groups."""
    lines = {NOW: found.moved[moment].mean(axis=0)}
    bands = {NOW: _band(found.moved[moment])}
    for arm in (PLAIN, WEIGHTS, ACTIVATIONS, *range(ACTIVATIONS + 1, len(ARMS))):
        lines[ARMS[arm]] = found.losses[arm].mean(axis=0)
        bands[ARMS[arm]] = _band(found.losses[arm])
    share = found.placed[moment]
    return Curves(f"The way, {share:.0%} of units in place", found.place,
                  lines, Axis("share of the second network"), _NATS, bands, large=True)  # fmt: skip


def falling(found: Found, moment: int) -> Curves:
    """The barrier while units are put in place, the most alike first."""
    heights = np.array([barriers_of(losses.T) for losses in found.moved])
    mean = heights.mean(axis=1)
    dot = np.where(np.arange(len(mean)) == moment, mean, np.nan)
    return Curves("The barrier falls", found.placed, {"barrier": mean},
                  Axis("share of units in place, the most alike first"), Axis("barrier", "nats"),
                  {"barrier": _band(heights.T)}, clouds={"barrier": heights.T},
                  dots={"barrier": dot})  # fmt: skip


def units(found: Found, moment: int) -> Heatmap:
    """Correlations of first-layer units, those of the second network in their order so far."""
    # A unit of the first network every so often, in an order in which like ones stand together.
    rows = np.argsort(-found.alike[np.arange(len(found.alike)), found.orders[-1]])[:_N_UNITS]
    values = found.alike[np.ix_(rows, found.orders[moment][rows])]
    none = ((-9.0, ""),)
    return Heatmap("The most alike units", values, Axis("of the second network", ticks=none),
                   Axis("of the first", ticks=none), Axis("correlation"), diverging=True,
                   square=True)  # fmt: skip


def barriers(found: Found) -> Bars:
    """Barriers of every arm."""
    short = ("learnt", "weights", "activations", "random", "fork")
    return _bars("Barriers", [found.barrier(arm) for arm in range(len(ARMS))], short,
                 Axis("barrier", "nats"))  # fmt: skip


def three(found: Found) -> Bars:
    """Losses of three networks made one."""
    short = ("as learnt", "to the first", "together", "each alone")
    return _bars("The mean of three networks",
                 [found.mean_of_three(way) for way in range(len(THREE))], short, _NATS)  # fmt: skip


def in_part(found: Found) -> Curves:
    """Losses of networks that are one in part, by their width."""
    width = 2.0 - np.array(SHARES)
    lines = {name: found.partial[k].mean(axis=0) for k, name in enumerate(PARTIAL)}
    bands = {name: _band(found.partial[k]) for k, name in enumerate(PARTIAL)}
    lines["mean of both networks' logits"] = np.full(len(width), found.both.mean())
    return Curves("Only the most alike units become one", width, lines,
                  Axis("width, times that of a network"), _NATS, bands)  # fmt: skip


def figures(found: Found) -> Table:
    """Barriers in numbers."""
    rows = [found.barrier(arm) for arm in range(len(ARMS))]
    spec = found.spec
    return Table(
        f"Barriers, means of {spec.n_groups} groups; networks read {found.right.mean():.3f} of "
        f"{found.n_test} digits",
        {
            "way": ARMS,
            "barrier (nats)": np.array([one.value for one in rows]),
            "low": np.array([one.low for one in rows]),
            "high": np.array([one.high for one in rows]),
        },
    )


def _bars(title: str, found: list[Estimate], names: tuple[str, ...], y: Axis) -> Bars:
    ticks = tuple((float(k), name) for k, name in enumerate(names))
    ends = np.array([[one.low, one.high] for one in found])
    return Bars(title, np.array([one.value for one in found]), Axis("", ticks=ticks), y,
                whiskers=(ends[:, 0], ends[:, 1]))  # fmt: skip


def _band(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """95 % t interval of [group, point] at every point."""
    found = [mean_over(column, of="", unit="groups") for column in values.T]
    return np.array([one.low for one in found]), np.array([one.high for one in found])
