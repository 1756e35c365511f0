"""A heat map: how likely an edge between neighbours is part of a short tour, learnt.

A small network over the graph of ten neighbours, in the spirit of Qiu et al. 2022 (DIMES) and
Zheng et al. 2024 (UDC): two rounds of messages, and a number for each edge. Its weights are
bundled; ``python -m engines.pointer.bundled.heat_map`` makes them again.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engines.pointer.dividing.instances import asset_folder
from engines.pointer.dividing.starts import edges_in_order
from engines.pointer.networks.checked_files import checked

D_HIDDEN, D_EDGE = 32, 6
FORMAT = "neural-explorer edge heat 1"
NAME = "edge-heat-200.safetensors"


class EdgeHeat(torch.nn.Module):
    """From what an edge looks like, and what its ends have seen, to a logit."""

    def __init__(self) -> None:
        super().__init__()
        self.look = torch.nn.Linear(D_EDGE, D_HIDDEN)
        self.tell = torch.nn.Linear(D_EDGE + 2 * D_HIDDEN, D_HIDDEN)
        self.weigh = torch.nn.Linear(D_EDGE + 2 * D_HIDDEN, D_HIDDEN)
        self.judge = torch.nn.Linear(D_HIDDEN, 1)

    def forward(self, edges: torch.Tensor, near: torch.Tensor) -> torch.Tensor:
        """Logits [city, neighbour] of edges[city, neighbour, feature] to near[city, neighbour]."""
        seen = torch.tanh(self.look(edges)).mean(dim=1)
        seen = torch.tanh(self.tell(_with_ends(edges, near, seen))).mean(dim=1)
        return self.judge(torch.tanh(self.weigh(_with_ends(edges, near, seen)))).squeeze(-1)


def _with_ends(edges: torch.Tensor, near: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
    own = seen[:, None].expand(-1, near.shape[1], -1)
    return torch.cat([edges, own, seen[near]], dim=-1)


def edge_features(points: np.ndarray, near: np.ndarray) -> np.ndarray:
    """float32[city, neighbour, 6]: length and direction over the mean length here and there, ranks.

    Nothing changes when all cities are moved or scaled.
    """
    n, n_near = near.shape
    away = points[near] - points[:, None]
    length = np.linalg.norm(away, axis=2)
    mean = np.maximum(length.mean(axis=1), 1e-300)
    back = near[near] == np.arange(n)[:, None, None]
    rank_back = np.where(back.any(axis=2), back.argmax(axis=2), n_near)
    columns = [
        length / mean[:, None],
        length / mean[near],
        *np.moveaxis(away / mean[:, None, None], 2, 0),
        np.broadcast_to(np.arange(n_near) / 10.0, near.shape),
        rank_back / 10.0,
    ]
    return np.stack(columns, axis=2).astype(np.float32)


def heat(points: np.ndarray, near: np.ndarray, net: EdgeHeat | None = None) -> np.ndarray:
    """Logits float32[city, neighbour] of the edges to neighbours."""
    with torch.no_grad():
        edges = torch.from_numpy(edge_features(points, near))
        return (net or bundled())(edges, torch.from_numpy(near).long()).numpy()


def hottest_first(
    points: np.ndarray, near: np.ndarray, *, shuffled_by: int | None = None
) -> np.ndarray:
    """The tour that takes edges in the order of their heat where they fit: int64[city].

    ``shuffled_by`` is a seed with which heats change places among the edges, the control.
    """
    n, n_near = near.shape
    if n < 3 or n_near < 2:
        return np.arange(n)
    ends = np.stack([np.repeat(np.arange(n), n_near), near.ravel().astype(np.int64)], axis=1)
    ends.sort(axis=1)
    pairs, which = np.unique(ends, axis=0, return_inverse=True)
    both = np.bincount(which.ravel(), heat(points, near).ravel())
    both /= np.bincount(which.ravel())
    if shuffled_by is not None:
        both = np.random.Generator(np.random.Philox(shuffled_by)).permutation(both)
    return edges_in_order(points, pairs[np.argsort(-both, kind="stable")])


@lru_cache(maxsize=1)
def bundled() -> EdgeHeat:
    """The network that comes with the product.

    Raises:
        InstanceError: its file is not there, damaged, or of another format.
    """
    return loaded(asset_folder() / "heat" / NAME)


def loaded(path: Path) -> EdgeHeat:
    """The network in a file, whole or not at all."""
    _header, tensors = checked(path, FORMAT, digest)
    net = EdgeHeat()
    net.load_state_dict({name: value.float() for name, value in tensors.items()})
    return net.eval()


def digest(tensors: dict[str, Any]) -> str:
    """SHA-256 of names and bytes, in the order of the names."""
    hashed = hashlib.sha256()
    for name in sorted(tensors):
        hashed.update(name.encode() + tensors[name].contiguous().numpy().tobytes())
    return hashed.hexdigest()


def header_of(path: Path) -> dict[str, str]:
    """What the file says of itself: recipe, scores, checksum."""
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    return dict(json.loads(data[8 : 8 + size])["__metadata__"])
