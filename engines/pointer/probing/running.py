"""One look inside: the answer, many sets behind it, then the field batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.contract import Frame, InputError
from engines.pointer.answering.answer import network_of, task_of
from engines.pointer.decoding.greedy import decoded
from engines.pointer.instances.checked import checked
from engines.pointer.instances.distributions import drawn
from engines.pointer.probing.asked import InsideSpec
from engines.pointer.probing.edges import changed_share, edges
from engines.pointer.probing.found import Sent
from engines.pointer.probing.projection import principal_axes
from engines.pointer.probing.results import Inside
from engines.pointer.probing.sensitivity import Base, Change, changes, grid_places, joined
from engines.pointer.probing.separation import right_by_set
from engines.pointer.probing.taps import Held, held
from engines.pointer.tasks import Task
from engines.pointer.tasks.protocol import trimmed

_SETS_SENT = 20
"""Sets whose states are kept for other workbenches."""
_RIGHT_CITIES_MAX = 20
"""More cities take too long to solve at every place of a field."""
_RNG_MOVES = 3


@dataclass(frozen=True)
class _Sets:
    """The shown instance first, others behind it."""

    points: np.ndarray
    """float64[set, point, 2]."""
    choices: np.ndarray
    """int64[set, step], n after the stop."""
    answers: np.ndarray
    """int64[set, place], padded with -1."""

    @property
    def places(self) -> np.ndarray:
        """int64[set, point]: place in the answer, -1 for left out."""
        n_sets, n, _ = self.points.shape
        found = np.full((n_sets, n), -1, np.int64)
        row, place = np.nonzero(self.answers >= 0)
        found[row, self.answers[row, place]] = place
        return found

    @property
    def asked(self) -> np.ndarray:
        """bool[set, step]: steps that come before or at the stop."""
        n = self.points.shape[1]
        ended = np.cumsum(self.choices == n, axis=1) > 0
        return ~np.concatenate([np.zeros((len(ended), 1), bool), ended[:, :-1]], axis=1)


def frames_of(spec: InsideSpec) -> Iterator[Frame | Inside]:
    """Frames that say how far it is, and everything last.

    Raises:
        InputError: points or weights that cannot be used.
    """
    task = task_of(spec.solved)
    instance = checked(spec.points or drawn(spec.distribution, spec.n_points, spec.seed), task)
    points, n = instance.unit, len(instance.points)
    if instance.degenerate or spec.moved >= n:
        reason = instance.degenerate or f"point {spec.moved} lies on another one"
        raise InputError(f"there is nothing to look into: {reason}; move a point")
    net, told, notices = network_of(spec.solved, n)
    yield Frame(fraction=0.02)
    sets = _sets(net, task, spec, points)
    seen = held(net, task, sets.points, sets.choices)
    yield Frame(fraction=0.15)
    moves = _random_moves(net, task, spec, sets)
    yield Frame(fraction=0.2)
    base = _base(net, task, sets, points)
    places = grid_places(spec.grid)
    parts: list[Change] = []
    for part in changes(base, spec.moved, places):
        parts.append(part)
        done = sum(len(p.answer) for p in parts) / len(places)
        yield Frame(fraction=0.2 + 0.79 * done)
    notices = (*instance.notices, *notices, *_missing(seen, base))
    yield _result(spec, task, told, notices, base, sets, seen, moves, joined(parts))


def _missing(seen: Held, base: Base) -> Iterator[str]:
    if not seen.at.shape[1]:
        yield "an LSTM has no heads: only its states are shown"
    if not len(base.right):
        yield f"the right answer's field is shown to {_RIGHT_CITIES_MAX} cities"


def _sets(net: Any, task: Task, spec: InsideSpec, points: np.ndarray) -> _Sets:
    others = [drawn(spec.distribution, len(points), spec.seed + 1 + k) for k in range(spec.n_sets)]
    every = np.stack([points, *others])
    found = decoded(net, task, every)
    return _Sets(every, found.choices, found.answers)


def _base(net: Any, task: Task, sets: _Sets, points: np.ndarray) -> Base:
    known = task.name != "tour" or len(points) <= _RIGHT_CITIES_MAX
    right = trimmed(task.solve(points[None]).answers[0]) if known else np.zeros(0, np.int64)
    return Base(
        net, task, points, sets.choices[0][sets.asked[0]], trimmed(sets.answers[0]), right
    )  # fmt: skip


def _random_moves(
    net: Any, task: Task, spec: InsideSpec, sets: _Sets
) -> tuple[np.ndarray, np.ndarray]:
    """Whether answer and right answer change when one point of each set moves anywhere."""
    points = sets.points[1:]
    n_sets, n, _ = points.shape
    if task.name == "tour" and n > _RIGHT_CITIES_MAX:
        return np.zeros(0, bool), np.zeros(0, bool)
    rng = np.random.Generator(np.random.Philox(key=[spec.seed, _RNG_MOVES]))
    after = points.copy()
    after[np.arange(n_sets), rng.integers(n, size=n_sets)] = rng.random((n_sets, 2))

    def differ(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        return changed_share(edges(task.drawing, one, n), edges(task.drawing, other, n)) > 0

    net_changed = differ(sets.answers[1:], decoded(net, task, after).answers)
    return net_changed, differ(task.solve(points).answers, task.solve(after).answers)


def _result(
    spec: InsideSpec,
    task: Task,
    told: str,
    notices: tuple[str, ...],
    base: Base,
    sets: _Sets,
    seen: Held,
    moves: tuple[np.ndarray, np.ndarray],
    change: Change,
) -> Inside:
    layer = min(spec.layer, len(seen.points) - 1)
    step_layer = min(spec.layer, len(seen.steps) - 1)
    points_in = [principal_axes(states.reshape(-1, states.shape[-1])) for states in seen.points]
    later = sets.asked & (np.arange(sets.asked.shape[1]) > 0)
    steps_in = [principal_axes(states[later]) for states in seen.steps]
    asked = sets.asked[0]
    path = np.where(later[0][:, None], steps_in[step_layer](seen.steps[step_layer][0]), np.nan)
    return Inside(
        spec=spec,
        title=task.title.capitalize(),
        network=told,
        points=base.points,
        closed=task.drawing == "polygon",
        choices=base.choices,
        answer=base.answer,
        right=base.right,
        between=seen.between[0],
        at=seen.at[0][:, :, asked],
        shift=change.choices.astype(np.float32),
        edges=change.answer.astype(np.float32),
        length=change.length.astype(np.float32),
        right_edges=change.right.astype(np.float32),
        clouds=points_in[layer](seen.points[layer]).astype(np.float32),
        places=sets.places,
        path=path[asked].astype(np.float32),
        shares=np.stack([each.shares for each in points_in]),
        step_shares=np.stack([each.shares for each in steps_in]),
        parted=_parted(task, seen, sets),
        net_changed=moves[0],
        right_changed=moves[1],
        encoder=_sent_points(seen, sets),
        decoder=_sent_steps(seen, sets),
        notices=notices,
    )


def _parted(task: Task, seen: Held, sets: _Sets) -> np.ndarray:
    """Of the sets behind the shown one: float64[layer, set]; of no layers where all are chosen."""
    n_sets = len(sets.points) - 1
    if task.name != "hull":
        return np.zeros((0, n_sets))
    solved = task.solve(sets.points[1:]).answers
    wanted = np.zeros(sets.points.shape[:2], bool)[1:]
    row, place = np.nonzero(solved >= 0)
    wanted[row, solved[row, place]] = True
    if wanted.all():
        return np.zeros((0, n_sets))
    return np.stack([right_by_set(states[1:], wanted) for states in seen.points])


def _sent_points(seen: Held, sets: _Sets) -> Sent:
    some = slice(0, _SETS_SENT)
    states = seen.points[:, some]
    n_layers, n_sets, n, n_units = states.shape
    set_of, which = np.divmod(np.arange(n_sets * n), n)
    return Sent(
        states.reshape(n_layers, -1, n_units).astype(np.float16),
        set_of, which, sets.places[some].ravel(),
    )  # fmt: skip


def _sent_steps(seen: Held, sets: _Sets) -> Sent:
    some = slice(0, _SETS_SENT)
    set_of, which = np.nonzero(sets.asked[some])
    return Sent(
        seen.steps[:, some][:, set_of, which].astype(np.float16),
        set_of, which, sets.choices[set_of, which],
    )  # fmt: skip
