"""Successors as a sum of powers, what moves are worth, and gradients of one network alone."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from engines.connectome.acting import learning, places
from engines.contract import KnownAnswer

_SIDE, _GAMMA = 5, 0.9


def off_from_powers() -> float:
    """Largest difference of successors from the sum of gamma^t T^t, T counted move by move."""
    n = _SIDE**2
    walk = np.zeros((n, n))
    for place in range(n):
        row, column = divmod(place, _SIDE)
        for down, right in places.MOVES:
            inside = 0 <= row + down < _SIDE and 0 <= column + right < _SIDE
            walk[place, place + _SIDE * down + right if inside else place] += 0.25
    power, total = np.eye(n), np.zeros((n, n))
    for _ in range(400):
        total += power
        power = _GAMMA * power @ walk
    return float(np.abs(places.successors(_SIDE, _GAMMA) - total).max())


def off_from_distance(goal: int = 7) -> float:
    """Largest difference of the best move's worth, by Q iteration, from gamma^(d - 1).

    The goal itself is left out: there it is over.
    """
    far = places.distance(_SIDE, goal)
    best = places.worth(_SIDE, goal, _GAMMA).max(axis=1)
    return float(np.abs(best - _GAMMA ** (far - 1.0))[far > 0].max())


def best_share(goal: int = 7) -> float:
    """The share of the best return of the moves that Q iteration finds."""
    choice = places.worth(_SIDE, goal, _GAMMA).argmax(axis=1)
    return float(places.shares(choice, _SIDE, goal, _GAMMA))


def off_from_alone(net: int = 3) -> float:
    """Largest difference of gradients from torch's own, one network of the six alone."""
    who = learning.Learners(2, 4, 3, 0)
    parts = [part[net].detach().clone() for part in who.nets.parts]
    lived = _lived(who)
    batch = learning.batch_of(who, lived, 0.5)
    weight = torch.full((who.n,), 0.7)
    learning.errors(who, who.nets.copy(), batch, 15, weight, None).sum().backward()
    alone = _alone(parts, who.patterns[net], [part[net] for part in
                   (batch.at, batch.move, batch.then, batch.later)], 0.7)  # fmt: skip
    many = [part.grad[net] for part in who.nets.parts if part.grad is not None]
    pairs = zip(alone, many, strict=True)
    return max(float((one - other.reshape(one.shape)).abs().max()) for one, other in pairs)


def _lived(who: learning.Learners) -> learning.Lived:
    """Twenty random moves of every network, which begins beside the goal, place 15."""
    lived, rng = learning.Lived.empty(who.n, 20), np.random.default_rng(0)
    at = np.full(who.n, 14)
    for _ in range(20):
        move = rng.integers(0, 4, who.n)
        then = who.moved[at, move]
        lived.add(at, move, then, np.zeros(who.n, np.int64))
        at = then
    return lived


def _alone(
    parts: list[torch.Tensor], pattern: torch.Tensor, batch: list[torch.Tensor], weight: float
) -> list[torch.Tensor]:
    """Gradients of torch's modules, in the order of `Networks`' parts."""
    lines = [nn.Linear(w.shape[0], w.shape[1]) for w in parts[::2]]
    with torch.no_grad():
        for line, w, b in zip(lines, parts[::2], parts[1::2], strict=True):
            line.weight.copy_(w.T)
            line.bias.copy_(b[0])
    encoder = nn.Sequential(lines[0], nn.ReLU(), lines[1], nn.Tanh())
    foreteller = nn.Sequential(lines[3], nn.ReLU(), lines[4])
    at, move, then, later = batch
    code = encoder(pattern[at])
    best = lines[2](encoder(pattern[then])).max(dim=1).values.detach()
    due = torch.where(then == 15, torch.ones(()), learning.DISCOUNT * best)
    said = lines[2](code)[torch.arange(len(at)), move]
    loss = nn.functional.mse_loss(said, due)
    loss = loss + weight * nn.functional.mse_loss(foreteller(code), pattern[later])
    each = [part for line in lines for part in (line.weight, line.bias)]
    grads = torch.autograd.grad(loss, each)
    return [grad.T if grad.ndim == 2 else grad for grad in grads]


def acting_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms, and torch's own modules."""
    return (
        KnownAnswer("successors of a random walk, less what its powers add up to",
                    "power series", 0.0, 1e-12, off_from_powers),
        KnownAnswer("worth of the best move by Q iteration, less gamma^(d - 1)",
                    "closed form: d moves to the goal", 0.0, 1e-12, off_from_distance),
        KnownAnswer("share of the best return of the moves that are worth most",
                    "closed form: nobody does better", 1.0, 1e-12, best_share),
        KnownAnswer("gradients of many networks at once, less those of one alone",
                    "torch's own modules", 0.0, 2e-6, off_from_alone),
    )  # fmt: skip
