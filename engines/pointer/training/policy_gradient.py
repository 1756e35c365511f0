"""Learning from tours of its own: many answers to each instance, each held against their mean.

Williams 1992 (REINFORCE) with the baseline of Kwon et al. 2020 (POMO): answers to one instance
begin at different cities, and the mean of their lengths is what each must beat. Answers are drawn
one choice after another without gradients; their log-probabilities are then taught all at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engines.pointer.networks.base import START, Memory
from engines.pointer.networks.set_pointer import SetPointer


@dataclass(frozen=True)
class Answers:
    """Tours that a network has drawn."""

    choices: Tensor
    """int64[instance, answer, step]: cities in the order visited."""
    lengths: Tensor
    """float[instance, answer]: of the closed tour."""


@torch.no_grad()
def drawn(net: SetPointer, points: Tensor, begins: Tensor) -> Answers:
    """Closed tours through points float[instance, city, 2], from cities int64[instance, answer].

    Every choice is drawn from the network's probabilities among the cities that are left.
    """
    memory = net.encode(points)
    n_instances, n, _ = points.shape
    n_answers = begins.shape[1]
    kept = _empty_keys(memory, n_instances * n_answers, n)
    choices = torch.empty(n_instances, n_answers, n, dtype=torch.int64, device=points.device)
    choices[:, :, 0] = begins
    visited = torch.zeros(n_instances, n_answers, n + 1, dtype=torch.bool, device=points.device)
    visited = visited.scatter(2, begins[:, :, None], value=True)
    visited[:, :, n] = True
    # What is fed after each city, computed once.
    last, first = net.last(memory.inputs), net.first(memory.inputs)
    begun = _rows(first, begins)
    x = (last[:, -1] + first[:, -1])[:, None].expand_as(begun)
    for step in range(n):
        logits = _stepped(net, memory, kept, x, step)
        if step:
            noise = torch.empty_like(logits).exponential_()
            probable = logits.masked_fill(visited, -torch.inf).softmax(-1)
            chosen = (probable / noise).argmax(-1)
            choices[:, :, step] = chosen
            visited = visited.scatter(2, chosen[:, :, None], value=True)
        x = _rows(last, choices[:, :, step]) + begun
    return Answers(choices, lengths(points, choices))


def log_probabilities(net: SetPointer, points: Tensor, choices: Tensor) -> Tensor:
    """Of whole tours int64[instance, answer, step], their first city given: [instance, answer]."""
    memory = net.encode(points)
    logits = taught(net, memory, choices)
    steps = torch.arange(choices.shape[2], device=choices.device)
    reached_at = torch.empty_like(choices).scatter_(2, choices, steps.expand_as(choices))
    visited = reached_at[:, :, None, :] < steps[:, None]
    # To stop is no choice.
    logp = logits[..., :-1].masked_fill(visited, -torch.inf).log_softmax(-1)
    return logp.gather(3, choices[..., None])[:, :, 1:, 0].sum(2)


def loss_of(net: SetPointer, points: Tensor, answers: Answers) -> Tensor:
    """Its gradient is that of the mean length, estimated from the answers.

    Each answer is held against the mean of the others to its instance, so that the estimate is
    unbiased where every answer begins at a city of its own.
    """
    n_answers = answers.lengths.shape[1]
    better = answers.lengths - answers.lengths.mean(1, keepdim=True)
    better = better * n_answers / (n_answers - 1)
    return (better * log_probabilities(net, points, answers.choices)).mean()


def lengths(points: Tensor, choices: Tensor) -> Tensor:
    """Lengths float[instance, answer] of closed tours int64[instance, answer, step]."""
    n_instances, n_answers, n = choices.shape
    there = points.gather(1, choices.flatten(1)[..., None].expand(-1, -1, 2))
    there = there.view(n_instances, n_answers, n, 2)
    return (there - there.roll(-1, dims=2)).norm(dim=-1).sum(-1)


def taught(net: SetPointer, memory: Memory, choices: Tensor) -> Tensor:
    """Logits float[instance, answer, step, city + 1] of all steps of several answers at once."""
    n_instances, n_answers, n = choices.shape
    begins = torch.full_like(choices[:, :, :1], START)
    previous = torch.cat([begins, choices[:, :, :-1]], dim=2)
    first = torch.cat([begins, choices[:, :, :1].expand(-1, -1, n - 1)], dim=2)
    last_rows, first_rows = net.last(memory.inputs), net.first(memory.inputs)
    x = _rows(last_rows, previous.flatten(1)) + _rows(first_rows, first.flatten(1))
    for layer, crossed in zip(net.layers(), memory.extra, strict=True):
        alone = x.view(n_instances * n_answers, n, -1)
        normed = layer.norm(alone)
        alone = alone + layer.attention(normed, layer.attention.keys(normed), causal=True)
        x = alone.view(n_instances, n_answers * n, -1)
        x = x + layer.cross(layer.cross_norm(x), crossed)
        x = x + layer.feed_forward(x)
    return net.pointed(memory, x).view(n_instances, n_answers, n, -1)


def _stepped(net: SetPointer, memory: Memory, kept: list[Tensor], x: Tensor, step: int) -> Tensor:
    """Logits float[instance, answer, city + 1] of one step; its keys are written into ``kept``."""
    n_instances, n_answers, d_model = x.shape
    for layer, crossed, room in zip(net.layers(), memory.extra, kept, strict=True):
        alone = x.reshape(n_instances * n_answers, 1, d_model)
        normed = layer.norm(alone)
        key, value = layer.attention.keys(normed)
        room[0, :, :, step], room[1, :, :, step] = key[:, :, 0], value[:, :, 0]
        query = layer.attention.heads(layer.attention.query(normed))
        mixed = _attended(query.to(room.dtype), room[:, :, :, : step + 1])
        alone = alone + layer.attention.out(mixed.to(alone.dtype).flatten(1)[:, None])
        x = alone.view(n_instances, n_answers, d_model)
        x = x + layer.cross(layer.cross_norm(x), crossed)
        x = x + layer.feed_forward(x)
    return net.pointed(memory, x)


def _attended(query: Tensor, room: Tensor) -> Tensor:
    """What one query per row and head attends to: [row, head, d_head] of [2, row, head, step, _].

    Products and sums over few numbers, which beat matrix products with a single row.
    """
    scores = (room[0] * query).sum(-1, dtype=torch.float32) / query.shape[-1] ** 0.5
    return (room[1] * scores.softmax(-1)[..., None].to(room.dtype)).sum(2)


def _empty_keys(memory: Memory, n_rows: int, n: int) -> list[Tensor]:
    """Room for the keys and values of every decoder layer: [2, row, head, step, d_head]."""
    kept_as = torch.bfloat16 if memory.keys.is_cuda else memory.keys.dtype
    return [
        key.new_empty(2, n_rows, key.shape[1], n, key.shape[3], dtype=kept_as)
        for key, _ in memory.extra
    ]


def _rows(table: Tensor, index: Tensor) -> Tensor:
    """Rows of table[instance, row, d] at int64[instance, answer]; -1 is the last one."""
    index = index.remainder(table.shape[1])
    return table.gather(1, index[..., None].expand(-1, -1, table.shape[2]))
