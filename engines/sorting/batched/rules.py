"""What all cells of many arrays want at once, and which claims are granted.

``rows`` are int64[run, ...] by name: ``rank``, ``kind``, ``down``, ``frozen``, ``position`` and
``ideal`` by cell, ``order`` by position, ``turns`` by turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from engines.sorting.kernels.state import BUBBLE, IMMOVABLE, INSERTION, MOVABLE, SELECTION

Rows = Mapping[str, torch.Tensor]


@dataclass(frozen=True)
class Sight:
    """What some cells see: all bool or int64[run, cell in the order asked for]."""

    place: torch.Tensor
    kind: torch.Tensor
    active: torch.Tensor
    left: torch.Tensor
    """Whether its left neighbour stands wrong and may be moved."""
    right: torch.Tensor
    first_break: torch.Tensor
    """First edge at which the prefix ends, in the cell's own direction; n when there is none."""
    ideal: torch.Tensor
    searching: torch.Tensor
    """Whether a selection cell has an ideal position elsewhere."""


@dataclass(frozen=True)
class Wishes:
    """What the cells of a round do, [run, turn]."""

    place: torch.Tensor
    target: torch.Tensor
    """The position it wants to swap with; its own place when it does not."""
    wanted: torch.Tensor
    advanced: torch.Tensor
    """Whether its ideal position advanced because its target was refused."""
    ideal: torch.Tensor
    """Ideal position after the turn."""
    reads: torch.Tensor
    paper_steps: torch.Tensor


def sight(rows: Rows, cell: torch.Tensor) -> Sight:
    """What ``cell`` [run, any order] sees of the array as it is."""
    n = cell.shape[1]
    place, rank = rows["position"].gather(1, cell), rows["rank"].gather(1, cell)
    down = rows["down"].gather(1, cell)
    sign = 1 - 2 * down
    rank_at = rows["rank"].gather(1, rows["order"])
    fixed = rows["frozen"].gather(1, rows["order"]) == IMMOVABLE
    before, after = (place - 1).clamp(min=0), (place + 1).clamp(max=n - 1)
    # At a border a cell is compared with itself, and nothing is larger than itself.
    left = (sign * (rank_at.gather(1, before) - rank) > 0) & ~fixed.gather(1, before)
    right = (sign * (rank - rank_at.gather(1, after)) > 0) & ~fixed.gather(1, after)
    ideal = rows["ideal"].gather(1, cell)
    searching = (ideal != place) & (ideal >= 0) & (ideal < n)
    first_break = torch.where(down == 1, *_first_breaks(rows, rank_at))
    kind, active = rows["kind"].gather(1, cell), rows["frozen"].gather(1, cell) == 0
    return Sight(place, kind, active, left, right, first_break, ideal, searching)


def _first_breaks(rows: Rows, rank_at: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """int64[run, 1] each: where descending and ascending prefixes end; frozen cells are skipped."""
    n = rank_at.shape[1]
    frozen = rows["frozen"].gather(1, rows["order"]) != 0
    counted = ~(frozen[:, :-1] | frozen[:, 1:])
    rise = rank_at[:, 1:] - rank_at[:, :-1]
    edge = torch.arange(n - 1, device=rank_at.device)
    down = torch.where(counted & (rise > 0), edge, n).amin(1, keepdim=True)
    return down, torch.where(counted & (rise < 0), edge, n).amin(1, keepdim=True)


def wishes(rows: Rows, rightwards: torch.Tensor, *, quirk: bool) -> Wishes:
    """What every cell does in its turn, deciding from the array at the start of the round."""
    cell = rows["turns"]
    n, seen = cell.shape[1], sight(rows, cell)
    bubble = seen.active & (seen.kind == BUBBLE)
    insertion = seen.active & (seen.kind == INSERTION)
    selection = seen.active & (seen.kind == SELECTION) & seen.searching
    asks_bubble = bubble & torch.where(rightwards, seen.right, seen.left)
    ready = insertion & seen.left & (seen.first_break >= seen.place - 1)
    refused, movable = _at_ideal(rows, cell, seen.ideal.clamp(0, n - 1))
    advanced = selection & refused
    skips = advanced | (selection & movable) if quirk else advanced
    step = 1 - 2 * rows["down"].gather(1, cell)
    beside = torch.where(rightwards & bubble, seen.place + 1, seen.place - 1)
    asks_selection = selection & ~refused
    wanted = asks_bubble | ready | asks_selection
    inside = torch.where(rightwards, seen.place < n - 1, seen.place > 0)
    prefix = torch.minimum(seen.place, seen.first_break + 2)
    return Wishes(
        place=seen.place,
        target=torch.where(wanted, torch.where(selection, seen.ideal, beside), seen.place),
        wanted=wanted,
        advanced=advanced,
        ideal=seen.ideal + step * skips,
        reads=(bubble & inside) + prefix * insertion + selection.long(),
        paper_steps=((bubble & (seen.left | seen.right)) | ready | selection).long(),
    )


def _at_ideal(
    rows: Rows, cell: torch.Tensor, ideal: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Whether the cell at the ideal position is not to be swapped, and whether it is movable."""
    there = rows["order"].gather(1, ideal)
    frozen = rows["frozen"].gather(1, there)
    smaller = rows["rank"].gather(1, cell) < rows["rank"].gather(1, there)
    return (frozen == IMMOVABLE) | ~smaller, frozen == MOVABLE


def granted(asked: Wishes) -> torch.Tensor:
    """bool[run, turn]: claims granted in the order of turns, none on a position claimed before.

    Of the claims that are left, one that comes first at both of its positions is granted; then
    whatever touches these positions is refused.
    """
    n_runs, n = asked.place.shape
    turn = torch.arange(n, device=asked.place.device).expand(n_runs, n)
    pending, given = asked.wanted, torch.zeros_like(asked.wanted)
    claimed = torch.zeros((n_runs, n + 1), dtype=torch.bool, device=turn.device)
    while bool(pending.any()):
        key = torch.where(pending, turn, n)
        first = torch.full_like(turn, n).scatter_reduce(1, asked.place, key, "amin")
        first = first.scatter_reduce(1, asked.target, key, "amin")
        earliest = torch.minimum(first.gather(1, asked.place), first.gather(1, asked.target))
        now = pending & (earliest == turn)
        given = given | now
        for side in (asked.place, asked.target):
            claimed.scatter_(1, torch.where(now, side, n), True)
        touched = claimed.gather(1, asked.place) | claimed.gather(1, asked.target)
        pending = pending & ~touched
    return given


def exchanged(order: torch.Tensor, asked: Wishes, given: torch.Tensor) -> torch.Tensor:
    """The order after the swaps that were granted; no two of them touch."""
    n_runs, n = order.shape
    source = torch.arange(n + 1, device=order.device).repeat(n_runs, 1)
    source.scatter_(1, torch.where(given, asked.place, n), asked.target)
    source.scatter_(1, torch.where(given, asked.target, n), asked.place)
    return order.gather(1, source[:, :n])


def at_rest(rows: Rows) -> torch.Tensor:
    """bool[run]: whether no cell can ever act again."""
    cell = torch.arange(rows["order"].shape[1], device=rows["order"].device)
    seen = sight(rows, cell.expand_as(rows["order"]))
    bubble = (seen.kind == BUBBLE) & (seen.left | seen.right)
    insertion = (seen.kind == INSERTION) & seen.left & (seen.first_break >= seen.place - 1)
    selection = (seen.kind == SELECTION) & seen.searching
    return ~(seen.active & (bubble | insertion | selection)).any(1)
