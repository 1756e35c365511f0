"""The most probable answers among a fixed number kept at every step."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from engines.pointer.decoding.greedy import Decoded, Rules
from engines.pointer.networks.base import START
from engines.pointer.tasks.protocol import Task, answers_from_choices

WIDTH_MAX = 64


@torch.no_grad()
def beam(net: Any, task: Task, points: np.ndarray, *, width: int, mask: bool = True) -> Decoded:
    """The ``width`` most probable answers for one instance [point, 2], the best first.

    Scores are sums of log-probabilities, with what is forbidden left out; width 1 is greedy.
    """
    net.eval()
    n = len(points)
    device = next(net.parameters()).device
    rules = Rules(task, points[None], mask=mask)
    memory = net.encode(torch.from_numpy(task.features(points[None])).float().to(device))
    state = net.begin(memory)
    chosen, total = np.zeros((1, 0), np.int64), torch.zeros(1, dtype=torch.float64)
    trace = np.zeros((1, 0, n + 1), np.float32)
    for _ in range(task.n_steps(n)):
        last = _last(chosen, n).to(device)
        logits, state = net.step(_rows(memory, [0] * len(chosen)), state, last)
        logp = _continued(logits.cpu(), chosen, n, rules)
        flat = (total[:, None] + logp.double()).flatten()
        kept = min(width, int(torch.isfinite(flat).sum()))
        total, where = flat.topk(kept)
        beams, choice = (where // (n + 1)).numpy(), (where % (n + 1)).numpy()
        trace = np.concatenate([trace, logp.exp().numpy()[:, None]], axis=1)[beams]
        chosen = np.concatenate([chosen[beams], choice[:, None]], axis=1)
        state = _rows(state, beams.tolist())
        if task.has_stop and (chosen == n).any(axis=1).all():
            break
    return Decoded(answers_from_choices(chosen, n), total.numpy(), trace, chosen)


def _last(chosen: np.ndarray, n: int) -> Tensor:
    if not chosen.shape[1]:
        return torch.full((len(chosen),), START, dtype=torch.int64)
    return torch.from_numpy(np.where(chosen[:, -1] == n, 0, chosen[:, -1]))


def _continued(logits: Tensor, chosen: np.ndarray, n: int, rules: Rules) -> Tensor:
    """Log-probabilities float[beam, point + 1]; an answer that has ended goes on by stopping."""
    here = np.zeros(len(chosen), np.int64)
    logp = logits.masked_fill(rules.forbidden(chosen, here), -torch.inf).log_softmax(-1)
    ended = torch.from_numpy((chosen == n).any(axis=1))
    logp[ended] = -torch.inf
    logp[ended, n] = 0.0
    return logp


def _rows(nested: Any, index: list[int]) -> Any:
    """Rows of every tensor in nested tuples."""
    if isinstance(nested, Tensor):
        return nested[index]
    parts = [_rows(part, index) for part in nested]
    return type(nested)(*parts) if hasattr(nested, "_fields") else tuple(parts)
