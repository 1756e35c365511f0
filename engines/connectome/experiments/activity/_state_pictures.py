"""What a run of hidden states shows: ribbon, couplings, likelihood and states beside controls."""

from __future__ import annotations

import numpy as np

from engines.contract.pictures import Axis, Bars, Curves, Heatmap
from engines.lab.statistics import mean_over


def ribbon_picture(
    planted: np.ndarray, found: np.ndarray, shifted: np.ndarray, moment: str = "step"
) -> Heatmap:
    """Probability of each state through a sequence: planted, found, and in the shifted one.

    ``planted`` int64[step]; ``found`` and ``shifted`` float64[step, state].
    """
    parts = {"found": found, "shifted": shifted}
    if len(planted):
        true = planted[:, None] == np.arange(int(planted.max()) + 1)
        parts = {"planted": true.astype(float), **parts}
    return Heatmap(
        "States of a sequence that was not learnt from",
        np.concatenate(list(parts.values()), axis=1).T,
        Axis(moment), _stacked(parts, "state"), Axis("probability"),
    )  # fmt: skip


def raster_picture(counts: np.ndarray, moment: str = "step") -> Heatmap:
    """Spikes of the same sequence: int64[step, neuron]."""
    each = max(2, counts.shape[1] // 6)
    rows = tuple((k + 0.5, str(k + 1)) for k in range(0, counts.shape[1], each))
    return Heatmap("Its spikes", counts.T.astype(float), Axis(moment), Axis("neuron", ticks=rows),
                   Axis(f"spikes in a {moment}"))  # fmt: skip


def coupling_picture(planted: np.ndarray, found: np.ndarray, name: str) -> Heatmap:
    """Couplings float64[state, to, from] of every state: planted above, found below.

    Only what was found where nothing was planted.
    """
    n_states = max(len(planted), len(found))
    blocks = []
    for part in (planted, found) if len(planted) else (found,):
        padded = np.full((n_states, *part.shape[1:]), np.nan)
        padded[: len(part)] = part
        blocks.append(np.concatenate(list(padded), axis=1))
    n = planted.shape[1]
    columns = tuple((n * (s + 0.5), f"state {s + 1}") for s in range(n_states))
    rows = ((n * 0.5, "planted"), (n * 1.5, "found")) if len(planted) else ((n * 0.5, "found"),)
    values = np.concatenate(blocks, axis=0)
    said = ": planted above, found below" if len(planted) else " prior"
    return Heatmap(f"Couplings, {name}{said}",
                   np.where(np.isfinite(values), values, 0.0),
                   Axis("from neuron", ticks=columns), Axis("to neuron", ticks=rows),
                   Axis("coupling"), diverging=True)  # fmt: skip


def likelihood_picture(
    gain: np.ndarray, names: tuple[str, ...], units: str = "recordings", moment: str = "step"
) -> Bars:
    """What each model knows more than one state does, of sequences it has not seen.

    ``gain`` float64[recording, model]; the shifted model stands above one state of its own.
    """
    return _bars("Held-out likelihood above one state", gain, list(names),
                 Axis("gain", f"nats per {moment}"), units)  # fmt: skip


def accuracy_picture(score: np.ndarray, names: tuple[str, ...]) -> Bars:
    """Share of steps in the right state: float64[recording, model]."""
    return _bars("Steps in the right state", score, list(names), Axis("share of steps"))


def _bars(
    title: str, values: np.ndarray, names: list[str], axis: Axis, units: str = "recordings"
) -> Bars:
    made = [mean_over(column, of=title, unit=units) for column in values.T]
    ends = np.array([one.low for one in made]), np.array([one.high for one in made])
    kind = tuple("control" if name in ("one state", "recording shifted", "true parameters")
                 else "model" for name in names)  # fmt: skip
    return Bars(
        f"{title}, {len(values)} {units}", np.array([one.value for one in made]),
        Axis("", ticks=tuple((float(k), name) for k, name in enumerate(names))), axis, kind,
        whiskers=ends,
    )  # fmt: skip


def sign_picture(signs: np.ndarray, thresholds: np.ndarray, names: tuple[str, ...]) -> Curves:
    """Signs of couplings over the size above which they count: float64[recording, model, size]."""
    lines = {name: signs[:, k].mean(axis=0) for k, name in enumerate(names)}
    clouds = {name: signs[:, k] for k, name in enumerate(names)}
    return Curves("Inhibits, none or excites", thresholds, lines, Axis("counts above a size of"),
                  Axis("balanced accuracy"), clouds=clouds)  # fmt: skip


def lesion_picture(left: np.ndarray, whole: float, ceiling: float | None, n_silent: int) -> Bars:
    """Share of steps in the right state when nobody looks at some neurons: float64[lesion].

    ``ceiling`` is that of the true parameters; None where nobody knows them, and the share is then
    of steps that keep their state.
    """
    random = mean_over(left[1:], of="random", unit="lesions")
    names = ["whole", "this lesion", f"{len(left) - 1} random ones"]
    heights, kind = [whole, left[0], random.value], ["model", "lesion", "control"]
    if ceiling is not None:
        names, heights = [*names, "whole, true parameters"], [*heights, ceiling]
        kind.append("control")
    low, high = np.full(len(names), np.nan), np.full(len(names), np.nan)
    low[2], high[2] = random.low, random.high
    return Bars(
        f"States when {n_silent} neurons are not looked at", np.array(heights),
        Axis("", ticks=tuple((float(k), name) for k, name in enumerate(names))),
        Axis("share of steps"), tuple(kind), whiskers=(low, high),
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
