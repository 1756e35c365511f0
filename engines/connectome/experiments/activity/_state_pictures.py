"""What a run of hidden states shows: ribbon, couplings, likelihood and states beside controls."""

from __future__ import annotations

import numpy as np

from engines.contract.pictures import Axis, Bars, Curves, Heatmap
from engines.lab.statistics import mean_over


def ribbon_picture(planted: np.ndarray, found: np.ndarray, shifted: np.ndarray) -> Heatmap:
    """Probability of each state through a sequence: planted, found, and in the shifted one.

    ``planted`` int64[step]; ``found`` and ``shifted`` float64[step, state].
    """
    true = planted[:, None] == np.arange(int(planted.max()) + 1)
    parts = {"planted": true.astype(float), "found": found, "shifted": shifted}
    return Heatmap(
        "States of a sequence that was not learnt from",
        np.concatenate(list(parts.values()), axis=1).T,
        Axis("step"), _stacked(parts, "state"), Axis("probability"),
    )  # fmt: skip


def raster_picture(counts: np.ndarray) -> Heatmap:
    """Spikes of the same sequence: int64[step, neuron]."""
    rows = tuple((k + 0.5, str(k + 1)) for k in range(0, counts.shape[1], 2))
    return Heatmap("Its spikes", counts.T.astype(float), Axis("step"), Axis("neuron", ticks=rows),
                   Axis("spikes in a step"))  # fmt: skip


def coupling_picture(planted: np.ndarray, found: np.ndarray, name: str) -> Heatmap:
    """Couplings float64[state, to, from] of every state: planted above, found below."""
    n_states = max(len(planted), len(found))
    blocks = []
    for part in (planted, found):
        padded = np.full((n_states, *part.shape[1:]), np.nan)
        padded[: len(part)] = part
        blocks.append(np.concatenate(list(padded), axis=1))
    n = planted.shape[1]
    columns = tuple((n * (s + 0.5), f"state {s + 1}") for s in range(n_states))
    rows = ((n * 0.5, "planted"), (n * 1.5, "found"))
    values = np.concatenate(blocks, axis=0)
    return Heatmap(f"Couplings, {name}: planted above, found below",
                   np.where(np.isfinite(values), values, 0.0),
                   Axis("from neuron", ticks=columns), Axis("to neuron", ticks=rows),
                   Axis("coupling"), diverging=True)  # fmt: skip


def likelihood_picture(score: np.ndarray, names: tuple[str, ...], base: int) -> Bars:
    """What each model knows more than one state does, of sequences it has not seen.

    ``score`` float64[recording, model]; the shifted model is judged on shifted sequences.
    """
    shown = [k for k in range(len(names)) if k != base]
    return _bars("Held-out likelihood above one state", score[:, shown] - score[:, [base]],
                 [names[k] for k in shown], Axis("gain", "nats per step"))  # fmt: skip


def accuracy_picture(score: np.ndarray, names: tuple[str, ...]) -> Bars:
    """Share of steps in the right state: float64[recording, model]."""
    return _bars("Steps in the right state", score, list(names), Axis("share of steps"))


def _bars(title: str, values: np.ndarray, names: list[str], axis: Axis) -> Bars:
    made = [mean_over(column, of=title, unit="recordings") for column in values.T]
    ends = np.array([one.low for one in made]), np.array([one.high for one in made])
    kind = tuple("control" if name in ("one state", "recording shifted", "true parameters")
                 else "model" for name in names)  # fmt: skip
    return Bars(
        f"{title}, {len(values)} recordings", np.array([one.value for one in made]),
        Axis("", ticks=tuple((float(k), name) for k, name in enumerate(names))), axis, kind,
        whiskers=ends,
    )  # fmt: skip


def sign_picture(signs: np.ndarray, thresholds: np.ndarray, names: tuple[str, ...]) -> Curves:
    """Signs of couplings over the size above which they count: float64[recording, model, size]."""
    lines = {name: signs[:, k].mean(axis=0) for k, name in enumerate(names)}
    clouds = {name: signs[:, k] for k, name in enumerate(names)}
    return Curves("Inhibits, none or excites", thresholds, lines, Axis("counts above a size of"),
                  Axis("balanced accuracy"), clouds=clouds)  # fmt: skip


def lesion_picture(left: np.ndarray, whole: float, ceiling: float, n_silent: int) -> Bars:
    """Share of steps in the right state when nobody looks at some neurons: float64[lesion]."""
    random = mean_over(left[1:], of="random", unit="lesions")
    names = ("whole", "this lesion", f"{len(left) - 1} random ones", "whole, true parameters")
    heights = np.array([whole, left[0], random.value, ceiling])
    low, high = np.full(4, np.nan), np.full(4, np.nan)
    low[2], high[2] = random.low, random.high
    return Bars(
        f"States when {n_silent} neurons are not looked at", heights,
        Axis("", ticks=tuple((float(k), name) for k, name in enumerate(names))),
        Axis("share of steps"), ("model", "lesion", "control", "control"), whiskers=(low, high),
    )  # fmt: skip


def _stacked(parts: dict[str, np.ndarray], label: str) -> Axis:
    ticks, start = [], 0
    for name, values in parts.items():
        ticks += [
            (start + j + 0.5, f"{name} {j + 1}" if j == 0 else f"{j + 1}")
            for j in range(values.shape[1])
        ]
        start += values.shape[1]
    return Axis(label, ticks=tuple(ticks))
