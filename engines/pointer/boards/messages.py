"""The sum over peers of relu(own + peer's + relation's), forward and backward, edges never kept.

On the CPU one compiled loop; elsewhere gathered once. Edges go both ways with one relation, so
what is gathered backward is the same list of peers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numba import njit


@njit(cache=True, nogil=True)
def _sums(
    own: np.ndarray, sent: np.ndarray, shared: np.ndarray, peers: np.ndarray, out: np.ndarray
) -> None:
    n_boards, n_cells, d = own.shape
    for b in range(n_boards):
        for cell in range(n_cells):
            for k in range(peers.shape[1]):
                peer = peers[cell, k]
                for i in range(d):
                    x = own[b, cell, i] + sent[b, peer, i] + shared[k, i]
                    out[b, cell, i] += max(x, np.float32(0.0))


@njit(cache=True, nogil=True)
def _backs(
    own: np.ndarray, sent: np.ndarray, shared: np.ndarray, peers: np.ndarray, grad: np.ndarray,
    to_own: np.ndarray, to_sent: np.ndarray, to_shared: np.ndarray,
) -> None:  # fmt: skip
    n_boards, n_cells, d = own.shape
    zero = np.float32(0.0)
    for b in range(n_boards):
        for cell in range(n_cells):
            for k in range(peers.shape[1]):
                peer = peers[cell, k]
                for i in range(d):
                    x = own[b, cell, i] + sent[b, peer, i] + shared[k, i]
                    g = grad[b, cell, i] if x > zero else zero
                    to_own[b, cell, i] += g
                    to_sent[b, peer, i] += g
                    to_shared[k, i] += g


class Told(torch.autograd.Function):
    """own, sent [board, cell, d]; shared [peer, d]; peers [cell, peer] -> [board, cell, d]."""

    @staticmethod
    def forward(
        ctx: Any, own: torch.Tensor, sent: torch.Tensor, shared: torch.Tensor, peers: torch.Tensor
    ) -> torch.Tensor:
        """What every cell hears."""
        parts = [x.contiguous() for x in (own, sent, shared)]
        ctx.save_for_backward(*parts, peers)
        if not _is_plain(own):
            return _edges(parts[0], parts[1], parts[2], peers).relu_().sum(dim=2)
        out = torch.zeros_like(parts[0])
        first, second, third = (x.detach().numpy() for x in parts)
        _sums(first, second, third, peers.numpy(), out.numpy())
        return out

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        """Edges are computed again."""
        *parts, peers = ctx.saved_tensors
        grad = grads[0].contiguous()
        if not _is_plain(grad):
            return (*_gathered_back(parts, peers, grad), None)
        backs = [torch.zeros_like(x) for x in parts]
        first, second, third = (x.detach().numpy() for x in parts)
        a, b, c = (x.numpy() for x in backs)
        _backs(first, second, third, peers.numpy(), grad.numpy(), a, b, c)
        return (*backs, None)


def _is_plain(x: torch.Tensor) -> bool:
    return x.device.type == "cpu" and x.dtype == torch.float32


def _gathered_back(
    parts: list[torch.Tensor], peers: torch.Tensor, grad: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    own, sent, shared = parts
    heard = (_edges(own, sent, shared, peers) > 0).to(own.dtype)
    to_shared = (heard * grad.unsqueeze(2)).sum(dim=1).sum(dim=0)
    to_own = heard.sum(dim=2) * grad
    told = (_edges(sent, own, shared, peers) > 0).to(own.dtype)
    return to_own, told.mul_(_at_peers(grad, peers)).sum(dim=2), to_shared


def _at_peers(values: torch.Tensor, peers: torch.Tensor) -> torch.Tensor:
    n_boards, _, d = values.shape
    return values.index_select(1, peers.reshape(-1)).view(n_boards, *peers.shape, d)


def _edges(
    own: torch.Tensor, sent: torch.Tensor, shared: torch.Tensor, peers: torch.Tensor
) -> torch.Tensor:
    return _at_peers(sent, peers).add_(own.unsqueeze(2)).add_(shared)
