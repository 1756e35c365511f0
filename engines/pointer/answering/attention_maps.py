"""What every head of a set pointer's encoder looks at."""

from __future__ import annotations

from typing import Any

import numpy as np

from engines.pointer.tasks import Task

MAPS_POINTS_MAX = 100
"""More points would make pictures too fine to see and too large to send."""


def encoder_maps(net: Any, task: Task, points: np.ndarray) -> tuple[np.ndarray, str]:
    """Attention of points to points, float32[layer, head, looking, looked at]; rows add up to 1.

    Without any, an array of no layers and the reason in words. Points are float64[point, 2].
    """
    import torch

    from engines.pointer.networks.set_pointer import SetPointer

    n = len(points)
    none = np.zeros((0, 0, n, n), np.float32)
    if not isinstance(net, SetPointer):
        return none, "only a set pointer's encoder attends: an LSTM reads the points one by one"
    if n > MAPS_POINTS_MAX:
        return none, f"encoder attention is shown for at most {MAPS_POINTS_MAX} points, got {n}"
    features = torch.from_numpy(task.features(points[None])).float()
    with torch.inference_mode():
        return net.attention_maps(features)[0].numpy(), ""


def mosaic(maps: np.ndarray) -> np.ndarray:
    """The maps side by side, [layer x looking, head x looked at]: a row per layer."""
    layers, heads, n, _ = maps.shape
    return maps.transpose(0, 2, 1, 3).reshape(layers * n, heads * n)
