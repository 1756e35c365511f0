"""Pictures of a recording: its traces, and communities through time."""

from __future__ import annotations

import numpy as np

from engines.contract.pictures import Axis, Heatmap


def window_picture(label: np.ndarray, centre_s: np.ndarray) -> Heatmap:
    """Community of every neuron in every window; neurons ordered by the first window."""
    order = np.lexsort(label[::-1])
    n = len(label)
    marks = tuple((k + 0.5, f"{centre_s[k]:.0f}") for k in range(0, n, max(1, n // 6)))
    x, y = Axis("time", "s", marks), Axis("neuron or region")
    return Heatmap(
        "Communities through time", label[:, order].T.astype(float), x, y, Axis("community")
    )


def drawn_traces(traces: np.ndarray, n_most: int = 600) -> np.ndarray:
    """Traces float64[time, neuron] as a picture float16[neuron, time], means of what is finer."""
    width = -(-len(traces) // n_most)
    n_whole = len(traces) // width
    means = traces[: n_whole * width].reshape(n_whole, width, -1).mean(axis=1)
    return np.clip(means.T, -4.0, 4.0).astype(np.float16)


def trace_picture(drawn: np.ndarray, end_s: float) -> Heatmap:
    """The recording itself, z-scored."""
    n = drawn.shape[1]
    marks = tuple((n * k / 5, f"{end_s * k / 5:.3g}") for k in range(5))
    time, who = Axis("time", "s", marks), Axis("neuron or region")
    return Heatmap("Recording", drawn.astype(np.float32), time, who, Axis("z"), diverging=True)
