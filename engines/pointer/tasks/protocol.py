"""What a task is: how to draw instances, what is right, what is allowed, how good an answer is.

Answers are indices, int64[batch, place], padded with -1: the vertices of a hull, the cities of a
tour, the corners of triangles three by three. ``targets`` are what a network is taught: the answer
and, where the length is not known beforehand, the index n, which means stopping.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np


@dataclass(frozen=True)
class Solution:
    """Reference answers of a batch, and how far they can be trusted."""

    answers: np.ndarray
    exact: bool
    """False for the best that is known, which is never called optimal."""
    name: str
    """The algorithm."""


@dataclass(frozen=True)
class Violation:
    """What makes an answer no answer at all, and where."""

    sentence: str
    points: tuple[int, ...] = ()


class Task(Protocol):
    """One kind of question about points in the plane."""

    @property
    def name(self) -> str:
        """What specs call it."""
        ...

    @property
    def title(self) -> str:
        """For people."""
        ...

    @property
    def drawing(self) -> str:
        """How an answer is drawn: a closed line (polygon), an open one (path), or triangles."""
        ...

    @property
    def n_min(self) -> int:
        """Fewest points for which there is something to ask."""
        ...

    @property
    def n_given(self) -> int:
        """How many leading choices are given, not taught: a tour's start city."""
        ...

    @property
    def d_features(self) -> int:
        """Numbers per point that a network reads."""
        ...

    @property
    def has_stop(self) -> bool:
        """Whether a network must say itself when the answer ends."""
        ...

    @property
    def is_symmetric(self) -> bool:
        """Whether turning and mirroring the plane leaves right answers right."""
        ...

    @property
    def quality(self) -> str:
        """Name of the score beside accuracy: area, coverage, gap or agreement."""
        ...

    def generate(self, rng: np.random.Generator, n_instances: int, n: int) -> np.ndarray:
        """Random instances float64[batch, point, 2]."""
        ...

    def features(self, points: np.ndarray) -> np.ndarray:
        """What a network reads: float64[batch, point, feature]."""
        ...

    def labels(self, points: np.ndarray) -> np.ndarray:
        """Answers good enough to teach, fast."""
        ...

    def solve(self, points: np.ndarray) -> Solution:
        """The best reference there is here."""
        ...

    def n_steps(self, n: int) -> int:
        """The most choices an answer for n points can need, stopping included."""
        ...

    def allowed(self, points: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        """Which choices keep the answer valid: bool[batch, point + 1], the last is stopping."""
        ...

    def cost(self, points: np.ndarray, answers: np.ndarray, /) -> np.ndarray:
        """What a better answer has less of, float64[batch]; nan without such a thing."""
        ...

    def check(self, points: np.ndarray, answer: np.ndarray, /) -> tuple[Violation, ...]:
        """What is wrong with one answer int64[place] for points[point, 2]; empty when valid."""
        ...

    def score(
        self, points: np.ndarray, answers: np.ndarray, references: np.ndarray
    ) -> dict[str, np.ndarray]:
        """``accuracy`` and the task's ``quality`` of every answer; nan where it is undefined."""
        ...


def trimmed(answer: np.ndarray) -> np.ndarray:
    """One answer without its padding."""
    return answer[answer >= 0]


def targets_from_answers(task: Task, answers: np.ndarray, n: int) -> np.ndarray:
    """What is taught: answers, then a stop where the task has one, then -1."""
    if not task.has_stop:
        return answers
    size = (answers >= 0).sum(axis=1)
    targets = np.concatenate([answers, np.full((len(answers), 1), -1)], axis=1)
    targets[np.arange(len(answers)), size] = n
    return targets[:, : int(size.max()) + 1]


def answers_from_choices(choices: np.ndarray, n: int) -> np.ndarray:
    """Answers int64[batch, step] of what was chosen: nothing after a stop."""
    stopped = np.cumsum((choices < 0) | (choices >= n), axis=1) > 0
    return np.where(stopped, -1, choices)


def same_cycle(answer: np.ndarray, reference: np.ndarray) -> bool:
    """Whether two cyclic orders agree, wherever they start."""
    if len(answer) != len(reference) or not len(answer):
        return len(answer) == len(reference)
    (where,) = np.nonzero(answer == reference[0])
    return len(where) == 1 and bool(np.array_equal(np.roll(answer, -where[0]), reference))


def repeated(answer: np.ndarray) -> tuple[Violation, ...]:
    """A violation that names the points chosen more than once."""
    index, n_times = np.unique(answer, return_counts=True)
    again = tuple(int(i) for i in index[n_times > 1])
    if not again:
        return ()
    shown = ", ".join(map(str, again[:5])) + (" and others" if len(again) > 5 else "")
    return (Violation(f"chosen more than once: {shown}", again),)


def left_over(chosen: np.ndarray, n: int) -> np.ndarray:
    """Choices not made yet, and stopping when none is left: bool[batch, point + 1]."""
    allowed = np.ones((len(chosen), n + 1), bool)
    row, step = np.nonzero(chosen >= 0)
    allowed[row, chosen[row, step]] = False
    allowed[:, n] = ~allowed[:, :n].any(axis=1)
    return allowed
