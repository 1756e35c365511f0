"""A pointer network for paths with two given ends, and windows of a tour answered by it.

What UDC (Zheng et al. 2024) has conquer its pieces: a constructive network. It was taught paths
by local search (`engines.pointer.bundled.labelled.path_example`) on a GPU.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from engines.pointer.networks.base import START
from engines.pointer.networks.checked_files import checked
from engines.pointer.networks.set_pointer import SetPointer
from engines.pointer.networks.weights import digest, shipped_folder
from engines.pointer.pathing.windows import in_unit_square, sizes, with_roles

FORMAT = "neural-explorer path pointer 1"
NAME = "path-10-100.safetensors"
SHAPE = {"d_features": 4, "n_encoder": 4, "n_decoder": 2}
TAUGHT = (10, 100)
"""Fewest and most cities of the paths that it was taught."""
_EPS = 1e-10


@lru_cache(maxsize=1)
def bundled() -> SetPointer:
    """The network that comes with the product.

    Raises:
        InstanceError: its file is not there, damaged, or of another format.
    """
    return loaded(shipped_folder() / "path" / NAME)


def loaded(path: Path) -> SetPointer:
    """The network in a file, whole or not at all."""
    _header, tensors = checked(path, FORMAT, digest)
    net = SetPointer(**SHAPE)
    net.load_state_dict({name: value.float() for name, value in tensors.items()})
    return net.eval()


@torch.no_grad()
def answered(points: np.ndarray, net: SetPointer | None = None) -> np.ndarray:
    """Greedy paths int64[path, city] through points[path, city, 2], from the first to the last."""
    net = net or bundled()
    n_paths, n, _ = points.shape
    features = torch.from_numpy(with_roles(in_unit_square(points))).float()
    memory = net.encode(features)
    state, previous = net.begin(memory), torch.full((n_paths,), START)
    closed = torch.zeros(n_paths, n + 1, dtype=torch.bool)
    closed[:, n] = closed[:, n - 1] = True
    found = torch.zeros(n_paths, n, dtype=torch.int64)
    rows = torch.arange(n_paths)
    for step in range(n - 1):
        logits, state = net.step(memory, state, previous)
        if step:
            found[:, step] = logits.masked_fill(closed, -torch.inf).argmax(-1)
        previous = found[:, step]
        closed[rows, previous] = True
    found[:, n - 1] = n - 1
    return found.numpy()


def conquered(
    points: np.ndarray, tour: np.ndarray, begins: np.ndarray, net: SetPointer | None = None
) -> np.ndarray:
    """Answer every window of a tour, in place; what each was shortened by: float64[window].

    Windows of one size are answered together. One is put back only if it is shorter.
    """
    n, saved = len(tour), np.zeros(len(begins))
    size = sizes(n, begins)
    for cities in np.unique(size[size > 3]):
        windows = np.flatnonzero(size == cities)
        places = (begins[windows, None] + np.arange(cities)) % n
        before = tour[places]
        path = answered(points[before], net)
        after = np.take_along_axis(before, path, axis=1)
        gained = lengths(points[before]) - lengths(points[after])
        better = gained > _EPS
        # Windows meet at a city that both leave where it is.
        tour[places[better]] = after[better]
        saved[windows[better]] = gained[better]
    return saved


def lengths(points: np.ndarray) -> np.ndarray:
    """Of paths through points[path, city, 2]: float64[path]."""
    return np.hypot(*np.moveaxis(np.diff(points, axis=1), 2, 0)).sum(axis=1)
