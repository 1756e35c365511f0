"""Who may start next, and how many workers there should be: pure functions of what is going on."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engines.process.runs import Phase, Rules, Run

Lane = tuple[str, bool]
"""An owner, and whether it is about long runs."""


def next_run(
    runs: Collection[Run],
    served: Mapping[Lane, int],
    now: float,
    rules: Rules,
    *,
    n_live: int,
    n_wanted: int,
) -> tuple[Run, Lane] | None:
    """The run whose owner has waited longest for a turn, and whose turn it takes.

    An owner has at most one run in each lane, and a worker always stays free for short runs.
    """
    busy = [run for run in runs if run.busy]
    n_long = sum(run.long(now, rules) for run in busy)
    room_for_long = n_live if n_wanted <= 1 else n_live - 1
    taken = {(r.owner, run.long(now, rules)) for run in busy for r in run.requests.values()}
    found = []
    for run in runs:
        is_long = run.long(now, rules)
        if run.phase is not Phase.QUEUED or (is_long and n_long >= room_for_long):
            continue
        lanes = [(request.owner, is_long) for request in run.requests.values()]
        found += [(served[lane], run.turn, run, lane) for lane in lanes if lane not in taken]
    if not found:
        return None
    _, _, run, lane = min(found, key=lambda one: one[:2])
    return run, lane


def short_run_is_stuck(
    runs: Collection[Run], now: float, rules: Rules, *, n_live: int, n_wanted: int
) -> bool:
    """Whether a short run waits while every worker has turned out to be busy for long."""
    busy = [run for run in runs if run.busy]
    all_long = n_live == n_wanted == len(busy) and all(run.long(now, rules) for run in busy)
    return all_long and any(run.phase is Phase.QUEUED and not run.long(now, rules) for run in runs)
