"""What the emulator of a hidden chain shows."""

from __future__ import annotations

import numpy as np

from engines.connectome.emulating import chain
from engines.connectome.emulating.switches import DIRECTIONS
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Table

TAIL = 60
"""Steps of the orbit that are drawn behind the present one."""


def orbit(path: np.ndarray, state: np.ndarray, share: np.ndarray, now: int) -> Curves:
    """The state of the network in two directions, coloured by what it says."""
    first = max(0, now - TAIL) if now < len(path) else 0
    x, y = path.T
    lines, clouds = {}, {}
    for k, name in enumerate(chain.STATES):
        # A step belongs to the state it leads to, and both its ends are drawn.
        here = state == k
        here[:-1] |= here[1:].copy()
        shown = here & (np.arange(len(path)) >= first) & (np.arange(len(path)) < now)
        lines[f"state {name}"] = np.where(shown, y, np.nan)
        clouds[f"state {name}"] = np.where(state == k, y, np.nan)[None]
    dots = {}
    if 0 < now < len(path):
        at = np.arange(len(path)) == now - 1
        dots[f"state {chain.STATES[state[now - 1]]}"] = np.where(at, y, np.nan)
    title = f"Orbit, {share.sum():.0%} of the variance"
    return Curves(title, x, lines, Axis("first component"), Axis("second component"),
                  clouds=clouds, dots=dots, large=True)  # fmt: skip


def said(symbols: np.ndarray, now: int) -> Heatmap:
    """What it said, step by step."""
    values = (symbols[None] == np.arange(3)[:, None]).astype(float)
    values[:, now:] = np.nan
    ticks = tuple((k + 0.5, name) for k, name in enumerate(chain.SYMBOLS))
    return Heatmap("What it says", np.nan_to_num(values), Axis("step"),
                   Axis("symbol", ticks=ticks), Axis("said"))  # fmt: skip


def rasters(made: np.ndarray, units: np.ndarray, kick: np.ndarray) -> list[Heatmap]:
    """Units around switches, sorted by the time of their peak; kickers are named."""
    pictures = []
    for k, name in enumerate(DIRECTIONS):
        values, who, kickers = made[k], units[k], set(map(int, kick[k]))
        ticks = tuple((row + 0.5, f"h{u + 1}") for row, u in enumerate(who) if int(u) in kickers)
        reach = values.shape[1] // 2
        lags = tuple((reach + lag + 0.5, str(lag)) for lag in range(-reach, reach + 1, 4))
        pictures.append(
            Heatmap(
                f"Units around {name}, kickers named", values,
                Axis("steps from the switch", ticks=lags), Axis("unit, by its peak", ticks=ticks),
                Axis("deviations"), diverging=True,
            )
        )  # fmt: skip
    return pictures


def scissors(names: tuple[str, ...], cuts: np.ndarray) -> Bars:
    """Chances of either switch, per thousand steps in the state that it leaves.

    For each switch the whole network, then without the units that kick it, without random ones,
    and with a lesion if there is one; what a cut does to the other switch is in the table.
    """
    rate, error = chance(cuts)
    heights, ends, kind, at, ticks = [], [], [], [], []
    for d, name in enumerate(DIRECTIONS):
        first = len(heights) and at[-1] + 3.0
        shown = [k for k, cut in enumerate(names) if _kind(cut, name)]
        at += [first + j for j in range(len(shown))]
        heights += [float(np.nan_to_num(rate[k, d])) for k in shown]
        ends += [(max(0.0, rate[k, d] - error[k, d]), rate[k, d] + error[k, d]) for k in shown]
        kind += [_kind(names[k], name) for k in shown]
        ticks.append((first + (len(shown) - 1) / 2, f"from {name}"))
    low, high = np.array(ends).T
    return Bars(
        "Switches after cuts", np.array(heights), Axis("", ticks=tuple(ticks)),
        Axis("per 1,000 steps"), tuple(kind), np.array(at), whiskers=(low, high),
    )  # fmt: skip


def _kind(cut: str, direction: str) -> str:
    """What a bar is; empty for cuts that are shown in the table only."""
    if cut.startswith("random"):
        return "random units cut"
    if cut.startswith("lesion"):
        return "your lesion"
    return {"whole": "whole", f"kick {direction}": "its kickers cut"}.get(cut, "")


def chance(cuts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """float64[cut, direction]: switches per 1,000 steps there, and half of the 95 % interval.

    Nan where nobody was ever there.
    """
    moved, could = cuts[:, :, 0], cuts[:, :, 1]
    total, n_runs = could.sum(axis=2), cuts.shape[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(total > 0, moved.sum(axis=2) / total, np.nan)
        left = ((moved - rate[..., None] * could) ** 2).sum(axis=2)
        error = np.sqrt(n_runs / (n_runs - 1) * left) / total
    return 1_000 * rate, 1_960 * error


def stays(network: np.ndarray, of_chain: np.ndarray) -> Curves:
    """Share of stays that last longer than so many steps."""
    x = np.arange(0, 81)
    lines = {
        "network": _longer(network, x),
        "as many runs of the chain": _longer(of_chain, x),
        "chain, closed form": chain.STAY**x,
    }
    return Curves("Stays that last longer", x.astype(float), lines, Axis("steps"),
                  Axis("share of stays"))  # fmt: skip


def _longer(lengths: np.ndarray, x: np.ndarray) -> np.ndarray:
    if not len(lengths):
        return np.full(len(x), np.nan)
    return (lengths[:, None] > x).mean(axis=0)


def silence(silent: np.ndarray) -> Curves:
    """How long the state is with noise and without any input."""
    lines = {"with noise": silent[0], "without input": silent[1]}
    x = np.arange(silent.shape[1], dtype=float)
    return Curves(
        "Without input it falls silent", x, lines, Axis("step"), Axis("length of the state")
    )


def learning(losses: np.ndarray, floor: float) -> Curves:
    """The divergence through learning, and that of two samples of the chain."""
    x = np.arange(1, len(losses) + 1, dtype=float)
    lines = {"network and chain": losses, "chain and chain": np.full(len(losses), floor)}
    return Curves(
        "What is learnt", x, lines, Axis("steps of learning"), Axis("Sinkhorn divergence")
    )


def chances(following: np.ndarray) -> Table:
    """What symbol follows which."""
    pairs = [(i, j) for i in range(3) for j in range(3)]
    columns: dict[str, np.ndarray | tuple[str, ...]] = {
        "symbol": tuple(chain.SYMBOLS[i] for i, _ in pairs),
        "then": tuple(chain.SYMBOLS[j] for _, j in pairs),
    }
    for name, one in zip(("chain", "network", "untrained"), following, strict=True):
        columns[name] = tuple("never came" if np.isnan(one[p]) else f"{one[p]:.3f}" for p in pairs)
    return Table("Chances of the next symbol; those of the chain are its closed form", columns)


def kickers(names: tuple[str, ...], cuts: np.ndarray) -> Table:
    """Every cut in numbers."""
    rate, error = chance(cuts)
    could = cuts[:, :, 1].sum(axis=2)
    columns: dict[str, tuple[str, ...]] = {"cut": names}
    for d, name in enumerate(DIRECTIONS):
        columns[f"{name}, per 1,000 steps"] = tuple(
            "never there" if np.isnan(r) else f"{r:.1f} ± {e:.1f}"
            for r, e in zip(rate[:, d], error[:, d], strict=True)
        )
    columns["share of steps in A"] = tuple(f"{v:.2f}" for v in could[:, 0] / could.sum(axis=1))
    return Table(f"Cuts, {cuts.shape[-1]} runs under the same noise, 95 % interval", {**columns})
