"""One choice after another: the most probable one, or a random one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engines.pointer.networks.base import START
from engines.pointer.tasks.protocol import Task, answers_from_choices


@dataclass(frozen=True)
class Decoded:
    """Answers of a batch and how sure the network was."""

    answers: np.ndarray
    """int64[batch, step], padded with -1."""
    log_probability: np.ndarray
    """float64[batch], of the answer, its given part and the stop."""
    distributions: np.ndarray
    """float32[batch, step, point + 1], or empty when not asked for."""
    choices: np.ndarray
    """int64[batch, step], the stop included."""


class Rules:
    """Which choices a decoder may make at a step."""

    def __init__(self, task: Task, points: np.ndarray, *, mask: bool) -> None:
        """``mask`` keeps answers valid; without it only what is given is enforced."""
        self.task, self.points, self.mask = task, points, mask
        self.n = points.shape[1]

    def forbidden(self, chosen: np.ndarray, rows: np.ndarray | slice = slice(None)) -> Tensor:
        """bool[batch, point + 1] of what may not be chosen after int64[batch, step]."""
        step = chosen.shape[1]
        if step < self.task.n_given:
            allowed = np.zeros((len(chosen), self.n + 1), bool)
            allowed[:, step] = True
        elif self.mask:
            done = np.where(chosen >= self.n, -1, chosen)
            allowed = self.task.allowed(self.points[rows], done)
        else:
            allowed = np.ones((len(chosen), self.n + 1), bool)
        if not self.task.has_stop:
            allowed[:, self.n] = False
        return torch.from_numpy(~allowed)


@torch.no_grad()
def decoded(
    net: Any,
    task: Task,
    points: np.ndarray,
    *,
    mask: bool = True,
    trace: bool = False,
    temperature: float = 0.0,
    rng: np.random.Generator | None = None,
) -> Decoded:
    """Answers for float64[batch, point, 2]: greedy, or sampled at a ``temperature`` above 0."""
    net.eval()
    n_instances, n, _ = points.shape
    device = next(net.parameters()).device
    memory = net.encode(torch.from_numpy(task.features(points)).float().to(device))
    state, rules = net.begin(memory), Rules(task, points, mask=mask)
    previous = torch.full((n_instances,), START, dtype=torch.int64, device=device)
    chosen = np.zeros((n_instances, 0), np.int64)
    total, kept = np.zeros(n_instances), []
    for _ in range(task.n_steps(n)):
        logits, state = net.step(memory, state, previous)
        logp = logits.masked_fill(rules.forbidden(chosen).to(device), -torch.inf).log_softmax(-1)
        choice = logp.argmax(-1) if temperature <= 0 else _drawn(logp / temperature, rng)
        ended = (chosen == n).any(axis=1)
        total += np.where(ended, 0.0, logp.gather(1, choice[:, None])[:, 0].double().cpu().numpy())
        here = np.where(ended, n, choice.cpu().numpy())
        if trace:
            kept.append(logp.exp().cpu().numpy())
        chosen = np.concatenate([chosen, here[:, None]], axis=1)
        if task.has_stop and (chosen == n).any(axis=1).all():
            break
        previous = torch.from_numpy(np.where(here == n, 0, here)).to(device)
    traced = np.stack(kept, axis=1) if kept else np.zeros((n_instances, 0, n + 1), np.float32)
    return Decoded(answers_from_choices(chosen, n), total, traced, chosen)


def _drawn(logp: Tensor, rng: np.random.Generator | None) -> Tensor:
    """Gumbel's trick: the largest of log-probability plus noise is a fair draw."""
    assert rng is not None, "sampling needs a random generator"
    noise = rng.gumbel(size=tuple(logp.shape))
    return (logp.double().cpu() + torch.from_numpy(noise)).argmax(-1).to(logp.device)
