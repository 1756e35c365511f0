"""A training run that is watched, kept on disk while it runs, and goes on after a crash."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engines.contract import InputError
from engines.pointer.model import TrainSpec
from engines.pointer.networks.weights import Header, digest, halved, path_of, save, trained_name
from engines.pointer.tasks import Task, task_named
from engines.pointer.training.evaluation import instances, means, scores
from engines.pointer.training.history import History, TrainFrame, TrainResult
from engines.pointer.training.teacher_forcing import Step, Training
from engines.pointer.training.unfinished import keep_state, state_from_file
from engines.running import devices

logger = logging.getLogger(__name__)

_LOSSES_MAX = 300
_SAVE_EVERY_S = 15.0
_ANEW = "the state of the interrupted training cannot be read; the training starts anew"
_TEST_SEED = 2015


class Watched:
    """A training with its history."""

    def __init__(self, spec: TrainSpec) -> None:
        recipe = spec.recipe
        self.spec = spec
        self.task: Task = task_named(recipe.task, canonical=recipe.canonical)
        self.training = Training(self.task, recipe, devices.current())
        self._every = -(-self.training.n_steps // _LOSSES_MAX)
        self._score_every = max(1, self.training.n_steps // spec.n_scores)
        self._losses: list[tuple[float, ...]] = []
        self._scores: list[tuple[float, ...]] = []
        self._since: list[Step] = []
        self._clock, self._clock_before = time.process_time(), 0.0
        self.file = path_of(trained_name(recipe)).with_suffix(".state")
        self.note = ""

    def step(self) -> None:
        """One batch more, and what it told."""
        told = self.training.step()
        self._since.append(told)
        done = self.training.n_steps_done
        ended = done == self.training.n_steps
        if done % self._every == 0 or ended:
            loss, right = (np.mean([getattr(s, k) for s in self._since]) for k in _MEANS)
            self._losses.append((told.n_examples, float(loss), float(right), self.seconds()))
            self._since = []
        if done % self._score_every == 0 or ended:
            self._scores.append((told.n_examples, *self._score()))

    def seconds(self) -> float:
        """Processor seconds spent so far, those before a crash included."""
        return self._clock_before + time.process_time() - self._clock

    def _score(self) -> tuple[float, float, float, float]:
        """Accuracy, quality and validity at the most points; accuracy at the fewest."""
        recipe, net = self.spec.recipe, self.training.net
        many = instances(self.task, recipe.n_max, self.spec.n_tested, _TEST_SEED)
        few = instances(self.task, recipe.n_min, self.spec.n_tested, _TEST_SEED)
        found = means(scores(net, self.task, many))
        free = means(scores(net, self.task, many, mask=False))
        small = means(scores(net, self.task, few)) if recipe.n_min < recipe.n_max else found
        return (found["accuracy"], found[self.task.quality], free["valid"], small["accuracy"])

    def history(self) -> History:
        """Everything told so far."""
        losses = np.array(self._losses, np.float64).reshape(-1, 4)
        scored = np.array(self._scores, np.float64).reshape(-1, 5)
        return History(
            losses[:, 0].astype(np.int64),
            losses[:, 1],
            losses[:, 2],
            scored[:, 0].astype(np.int64),
            scored[:, 1:],
            self.task.quality,
        )

    def frame(self) -> TrainFrame:
        """Now."""
        done = self.training.n_steps_done
        seen = done * self.spec.recipe.batch
        return TrainFrame(
            self.history(),
            np.array([row[3] for row in self._losses]),
            seen,
            seen / max(1e-9, self.seconds()),
            self.training.optimizer.param_groups[0]["lr"],
            self.note,
            fraction=done / self.training.n_steps,
        )

    def keep(self) -> None:
        """Write everything that `resume` needs; a full disk only costs the resumption."""
        with contextlib.suppress(OSError):
            keep_state(self.file, {**self.training.state(), **self._history_tensors()})

    def _history_tensors(self) -> dict[str, Tensor]:
        since = [(float(s.n_examples), s.loss, s.token_accuracy) for s in self._since]
        return {
            "history.losses": torch.tensor(self._losses, dtype=torch.float64).reshape(-1, 4),
            "history.scores": torch.tensor(self._scores, dtype=torch.float64).reshape(-1, 5),
            "history.since": torch.tensor(since, dtype=torch.float64).reshape(-1, 3),
            "history.seconds": torch.tensor(self.seconds()),
        }

    def resume(self) -> None:
        """Go on from what an interrupted run of the same recipe left, if anything."""
        if not self.file.exists():
            return
        try:
            kept = state_from_file(self.file)
            self.training.restore(kept)
        except (InputError, OSError, KeyError, RuntimeError, ValueError) as error:
            logger.warning("an interrupted training cannot go on: %s: %s", self.file, error)
            self.__init__(self.spec)
            self.note = str(error) if isinstance(error, InputError) else _ANEW
            return
        self._losses = [tuple(row) for row in kept["history.losses"].tolist()]
        self._scores = [tuple(row) for row in kept["history.scores"].tolist()]
        self._since = [
            Step(int(n), x, right, 0.0) for n, x, right in kept["history.since"].tolist()
        ]
        self._clock_before = float(kept["history.seconds"])
        seen = self.training.n_steps_done * self.spec.recipe.batch
        self.note = f"went on after {seen:,} examples"

    def finish(self) -> TrainResult:
        """Test, write the weights, forget the state."""
        recipe, tensors = self.spec.recipe, halved(self.training.net)
        tested, told = [], {}
        for n in sorted({recipe.n_min, (recipe.n_min + recipe.n_max) // 2, recipe.n_max}):
            points = instances(self.task, n, self.spec.n_tested, _TEST_SEED + 1)
            found = means(scores(self.training.net, self.task, points))
            told[str(n)] = {**found, "instances": float(self.spec.n_tested)}
            quality = found[self.task.quality]
            tested.append((n, found["accuracy"], found["accuracy error"], quality))
        name, sha256 = trained_name(recipe), digest(tensors)
        header = Header(recipe, recipe.n_seen, told, _TEST_SEED + 1, sha256)
        self._written(path_of(name), tensors, header)
        return TrainResult(
            self.spec, self.history(), name, tuple(tested), self.spec.n_tested, sha256
        )

    def _written(self, path: Path, tensors: dict[str, Tensor], header: Header) -> None:
        try:
            save(path, tensors, header)
        except OSError as error:
            raise InputError(f"the weights cannot be written to {path.parent}: {error}") from error
        self.file.unlink(missing_ok=True)


_MEANS = ("loss", "token_accuracy")


def frames_of(spec: TrainSpec) -> Iterator[TrainFrame | TrainResult]:
    """One frame per batch, the result last; what was reached is kept when it is stopped."""
    watched = Watched(spec)
    watched.resume()
    kept_at = time.monotonic()
    try:
        while watched.training.n_steps_done < watched.training.n_steps:
            watched.step()
            if time.monotonic() - kept_at > _SAVE_EVERY_S:
                watched.keep()
                kept_at = time.monotonic()
            yield watched.frame()
    except GeneratorExit:
        watched.keep()
        raise
    yield watched.finish()
