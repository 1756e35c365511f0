"""What a network holds at every layer while it answers, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from engines.pointer.networks.base import previous_from_targets
from engines.pointer.networks.set_pointer import SetPointer
from engines.pointer.tasks import Task


@dataclass(frozen=True)
class Held:
    """States and attention of instances, every step told the choices that were made before it."""

    points: np.ndarray
    """float32[layer, instance, point, unit], the embedding first."""
    steps: np.ndarray
    """float32[layer, instance, step, unit], the decoder's input first."""
    between: np.ndarray
    """float32[instance, layer, head, looking, looked at] among points; of no layers for an LSTM."""
    at: np.ndarray
    """float32[instance, layer, head, step, point]: where steps look; of no layers for an LSTM."""


def previous_of(choices: np.ndarray, n: int) -> torch.Tensor:
    """What each step is told: int64[instance, step] from choices of n points."""
    return previous_from_targets(torch.from_numpy(choices), n_points=n)


def features_of(task: Task, points: np.ndarray) -> torch.Tensor:
    """What the network reads of points[instance, point, 2]."""
    return torch.from_numpy(task.features(points)).float()


@torch.inference_mode()
def held(net: Any, task: Task, points: np.ndarray, choices: np.ndarray) -> Held:
    """Look inside while points[instance, point, 2] are answered by choices[instance, step]."""
    net.eval()
    features, previous = features_of(task, points), previous_of(choices, points.shape[1])
    if isinstance(net, SetPointer):
        found = net.inside(features, previous)
        return Held(
            torch.stack(found.points).numpy(),
            torch.stack(found.steps).numpy(),
            found.between.numpy(),
            found.at.numpy(),
        )
    encoded, _, _ = net.reader.read(features)
    memory = net.encode(features)
    written, _ = net.reader.write(memory, net.begin(memory), previous)
    n_instances, n_steps = choices.shape
    n = points.shape[1]
    return Held(
        encoded.numpy()[None],
        written.numpy()[None],
        np.zeros((n_instances, 0, 0, n, n), np.float32),
        np.zeros((n_instances, 0, 0, n_steps, n), np.float32),
    )
