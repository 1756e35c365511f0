"""The race: rates are picked, then all entrants learn in turn, from one look to the next."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np

from engines.contract import InputError
from engines.diagrams.learning.course import AGAIN, Course, Entered, RaceFrame, RaceResult
from engines.diagrams.learning.entrants import Contestant, contestant
from engines.diagrams.learning.pacing import pace, paced
from engines.diagrams.learning.prices import Price, matched, price
from engines.diagrams.learning.spec import LearningRule, RaceSpec, budgets_of
from engines.diagrams.wires.followed import N_PROBES
from engines.diagrams.wires.statistics import Following, Probe, followed_at
from engines.lab.data.catalog import task_of
from engines.lab.data.task import Task, rng_of
from engines.lab.training import OrderedBatches, Rule, Training, log_spaced, run, stack_from_seeds
from engines.lab.training.batches import arrays
from engines.lab.training.losses import loss_of
from engines.lab.training.rule import Signal
from engines.running import devices

_LOOKED_AT = 500
"""Examples that were learnt from on which the loss is measured."""
_PICKING_SEEDS = 3
_VALIDATION = 0.15
"""Share of what there is to learn from that picks the learning rate and is not learnt from."""
_PARAMETERS_MAX = 50_000_000
_WORK_MAX = 4e13
"""FLOPs of about ten minutes on one core."""
_SIGNALS: dict[LearningRule, Signal] = {
    "backprop": "gradient",
    "feedback alignment": "feedback alignment",
    "direct feedback alignment": "direct feedback alignment",
    "last layer only": "last layer only",
}
_N_MOMENTS = 24
_PICKING_AT, _CONTROL_AT, _PACING_AT = 2**20, 2**21, 2**22
"""Where first weights begin that no racing network has."""


@dataclass(frozen=True, eq=False)
class Racer:
    """Someone at the start: a contestant, or the first once more with other weights."""

    name: str
    contestant: Contestant
    sized: str = ""
    control: bool = False
    milliseconds: float = 0.0
    """Of a step of all seeds, measured before the race; 0 where it was not."""


@dataclass(eq=False)
class Race:
    """Data of a race, the same for all who run it."""

    spec: RaceSpec
    task: Task = field(init=False)
    kept: np.ndarray = field(init=False)
    picked: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        """Deal what there is to learn from: most is learnt from, some picks the rate."""
        self.task = task_of(self.spec.task, self.spec.seed)
        order = rng_of(self.spec.seed, 30).permutation(self.task.n_examples)
        n = max(1, round(_VALIDATION * len(order)))
        self.picked, self.kept = order[:n], order[n:]

    def line_up(self) -> tuple[Racer, ...]:
        """Everybody, checked and sized to the first's price; the control last."""
        *_, last = self.lining_up()
        return cast("tuple[Racer, ...]", last)

    def lining_up(self) -> Iterator[str | tuple[Racer, ...]]:
        """What is being measured, where time is to be equal, and everybody at last."""
        spec = self.spec
        all_ = [contestant(one, self.task, spec.batch) for one in spec.entrants]
        racers = [Racer(all_[0].name, all_[0])]
        for one in all_[1:]:
            if spec.match == "time":
                yield from self._timed(one, racers)
            else:
                racers.append(_matched(one, price(all_[0]), spec))
        if spec.control:
            first = racers[0]
            name = AGAIN.format(name=first.name)
            racers.append(replace(first, name=name, sized="as the first", control=True))
        self._affordable(racers)
        yield tuple(racers)

    def _timed(self, one: Contestant, racers: list[Racer]) -> Iterator[str]:
        """Append an entrant at the size that takes as long as the first's; yields what is tried."""
        first = racers[0]
        self._affordable(racers)
        seeds = [self.spec.seed % 2**32 + _PACING_AT + k for k in range(self.spec.n_seeds)]

        def begun(contestant: Contestant) -> Training:
            return self.training(Racer(contestant.name, contestant), self.spec.rates[:1], seeds)

        beside = begun(first.contestant)
        made, found = one, None
        tries = paced(one, lambda c: pace(begun(c), beside), self.spec.match_axis, self._fits)
        for made, found in tries:
            took = f" takes {found.ours:.3g} ms" if found else ""
            yield f"Measuring steps of {one.name}: {_chosen(made)}{took}"
        assert found is not None
        racers[0] = replace(first, milliseconds=found.first)
        racers.append(Racer(one.name, made, _chosen(made), milliseconds=found.ours))

    def _fits(self, contestant: Contestant) -> bool:
        """Whether this one could race, of all seeds and steps."""
        try:
            self._affordable([Racer(contestant.name, contestant)])
        except InputError:
            return False
        return True

    def _affordable(self, racers: list[Racer]) -> None:
        """Refuse more weights or more work than a race may take; nothing is built for it.

        Raises:
            InputError: how much it would be.
        """
        work, most = 0.0, 0
        for racer in racers:
            cost = price(racer.contestant)
            most = max(most, cost.parameters * self.spec.n_seeds)
            n = self.spec.n_seeds + _PICKING_SEEDS * len(self.spec.rates) * (not racer.control)
            work += (cost.flops + 4 * cost.elementwise) * self.spec.batch * self.spec.n_steps * n
        if most > _PARAMETERS_MAX:
            raise InputError(
                f"{most:,} weights of all seeds are more than {_PARAMETERS_MAX:,}; take fewer "
                "seeds or smaller sizes"
            )
        if work > _WORK_MAX:
            raise InputError(
                f"this race is about {work / _WORK_MAX * 10:.0f} minutes of computing, more than "
                "10; take fewer steps, seeds, learning rates or smaller sizes"
            )

    def training(self, racer: Racer, rates: tuple[float, ...], seeds: list[int]) -> Training:
        """Networks of a racer at their start; several rates make a stack of rates x seeds."""
        device = devices.current()
        data = arrays(self._shaped(racer, self.task.x[self.kept]), self.task.y[self.kept],
                      device=device)  # fmt: skip
        n = len(rates) * len(seeds)
        batches = OrderedBatches(data.x, data.y, self.spec.batch, n, self.spec.seed)
        stack = stack_from_seeds(racer.contestant.module, seeds * len(rates), device)
        rule = Rule(signal=_SIGNALS[racer.contestant.rule], learning_rate=rates[0])
        each = tuple(rate for rate in rates for _ in seeds) if len(rates) > 1 else ()
        return Training(stack, batches, self.task.loss, rule, seed=self.spec.seed % 2**32,
                        exact=False, rates=each)  # fmt: skip

    def probe(self, racer: Racer) -> Probe:
        """The first examples of the exam, on which wires are followed."""
        x, y = self.task.x_test[:N_PROBES], self.task.y_test[:N_PROBES]
        data = arrays(self._shaped(racer, x), y, device=devices.current())
        return Probe(data.x, data.y, loss_of(self.task.loss))

    def _shaped(self, racer: Racer, x: np.ndarray) -> np.ndarray:
        return x.reshape(len(x), *racer.contestant.input_shape)

    def loss(self, racer: Racer, training: Training, places: np.ndarray) -> np.ndarray:
        """float64[net]: loss on some of the examples to learn from."""
        return self._measured(racer, training, self.task.x[places], self.task.y[places])["loss"]

    def exam(self, racer: Racer, training: Training) -> dict[str, np.ndarray]:
        """Loss and score on the exam, float64[net] each."""
        return self._measured(racer, training, self.task.x_test, self.task.y_test)

    def _measured(
        self, racer: Racer, training: Training, x: np.ndarray, y: np.ndarray
    ) -> dict[str, np.ndarray]:
        data = arrays(self._shaped(racer, x), y, device=str(training.stack.weights.device))
        return training.measure(data.x, data.y)


def _matched(one: Contestant, first: Price, spec: RaceSpec) -> Racer:
    if spec.match == "nothing":
        return Racer(one.name, one)
    wanted = first.parameters if spec.match == "parameters" else first.flops
    made = matched(one, wanted, spec.match, spec.match_axis)
    cost = price(made)
    ours = cost.parameters if spec.match == "parameters" else cost.flops
    return Racer(one.name, made, f"{_chosen(made)}: {ours:,} against {wanted:,} {spec.match}")


def _chosen(made: Contestant) -> str:
    ((axis, size),) = made.chosen.items()
    return f"{axis} = {size}"


def picked_rate(race: Race, racer: Racer) -> Iterator[tuple[float | None, float]]:
    """Yields None and the share that is done while the rates are tried, and the best rate last."""
    rates = race.spec.rates
    if len(rates) == 1:
        yield rates[0], 1.0
        return
    seeds = [race.spec.seed % 2**32 + _PICKING_AT + k for k in range(_PICKING_SEEDS)]
    training = race.training(racer, rates, seeds)
    for pause in run(training, (race.spec.n_steps,)):
        yield None, pause.fraction
    loss = race.loss(racer, training, race.picked).reshape(len(rates), -1)
    # A rate at which one network diverged is never the best of those at which none did.
    mean = np.where(np.isfinite(loss).all(1), loss.mean(1), np.inf)
    yield rates[int(mean.argmin())], 1.0


@dataclass(eq=False)
class Looks:
    """What was measured, racer by racer."""

    race: Race
    racers: tuple[Racer, ...]
    trainings: list[Training]
    following: list[Following] = field(init=False)
    """Of the wires of everyone but the control."""
    steps: list[int] = field(default_factory=list)
    rows: dict[str, list[np.ndarray]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Nothing is followed yet."""
        real = [racer for racer in self.racers if not racer.control]
        self.following = [Following(self.race.probe(racer)) for racer in real]
        self.followed_at = frozenset(followed_at(self.race.spec.n_steps))

    def look(self, step: int) -> None:
        """Measure everybody at this step, and their wires where it is time for it."""
        if step in self.followed_at:
            for one, training in zip(self.following, self.trainings, strict=False):
                one.look(step, training.stack, training.alive)
        some = self.race.kept[:_LOOKED_AT]
        found: dict[str, list[np.ndarray]] = {"learnt": [], "held_out": [], "score": []}
        for racer, training in zip(self.racers, self.trainings, strict=True):
            exam = self.race.exam(racer, training)
            found["learnt"].append(self.race.loss(racer, training, some))
            found["held_out"].append(exam["loss"])
            found["score"].append(exam["score"])
        self.steps.append(step)
        for name, rows in found.items():
            self.rows.setdefault(name, []).append(np.stack(rows))

    def course(self) -> Course:
        """Everything so far."""
        task = self.race.task
        stacked = {name: np.stack(rows, axis=1) for name, rows in self.rows.items()}
        squared = task.loss == "squared error"
        return Course(tuple(r.name for r in self.racers), np.array(self.steps), **stacked,
                      chance=task.chance, score_name="R²" if squared else "share right",
                      loss_name="squared error" if squared else "cross-entropy (nats)")  # fmt: skip


def frames_of(spec: RaceSpec) -> Iterator[RaceFrame | RaceResult]:
    """A frame at least ten times a second, the result last."""
    race = Race(spec)
    racers: tuple[Racer, ...] = ()
    for found in race.lining_up():
        if isinstance(found, str):
            yield _waiting(found, 0.0)
        else:
            racers = found
    rates: list[float] = []
    n_tried = len(spec.entrants) if len(spec.rates) > 1 else 0
    share = n_tried / (n_tried + len(racers))
    for k, racer in enumerate(racers):
        if racer.control:
            rates.append(rates[0])
            continue
        for rate, done in picked_rate(race, racer):
            if rate is None:
                fraction = share * (k + done) / len(spec.entrants)
                yield _waiting(f"Trying learning rates for {racer.name}", fraction)
            else:
                rates.append(rate)
    yield from _raced(race, racers, rates, share)


def _waiting(said: str, fraction: float) -> RaceFrame:
    nothing = np.zeros((0, 0, 0))
    course = Course((), np.zeros(0, np.int64), nothing, nothing, nothing, 0.0, "", "")
    return RaceFrame(course, said, fraction=fraction)


def _raced(
    race: Race, racers: tuple[Racer, ...], rates: list[float], before: float
) -> Iterator[RaceFrame | RaceResult]:
    spec = race.spec
    begin = spec.seed % 2**32
    trainings = []
    for racer, rate in zip(racers, rates, strict=True):
        start = begin + _CONTROL_AT if racer.control else begin
        trainings.append(race.training(racer, (rate,), [start + k for k in range(spec.n_seeds)]))
    looks = Looks(race, racers, trainings)
    looks.look(0)
    frame = RaceFrame(looks.course(), "Racing", fraction=before)
    yield frame
    budgets = budgets_of(spec.n_steps)
    seconds = np.zeros(len(trainings))
    moments = {*log_spaced(spec.n_steps, _N_MOMENTS), *budgets, *looks.followed_at} - {0}
    for step in sorted(moments):
        for k, training in enumerate(trainings):
            for _pause in _timed(training, step, k, seconds):
                yield frame
        looks.look(step)
        fraction = before + (1.0 - before) * step / spec.n_steps
        frame = RaceFrame(looks.course(), "Racing", fraction=fraction)
        yield frame
    entered = tuple(map(_entered, racers, rates))
    diverged_at = np.stack([training.diverged_at for training in trainings])
    yield RaceResult(spec, looks.course(), entered, budgets, diverged_at,
                     race.task.chance_because, seconds,
                     tuple(one.so_far() for one in looks.following))  # fmt: skip


def _timed(training: Training, step: int, k: int, seconds: np.ndarray) -> Iterator[int]:
    """Advance to a step and add what this thread worked for it to place ``k``."""
    pauses = run(training, (step,))
    while True:
        begun = time.thread_time()
        pause = next(pauses, None)
        if training.step > 1:  # the first step compiles and loads
            seconds[k] += time.thread_time() - begun
        if pause is None:
            return
        yield pause.step


def _entered(racer: Racer, rate: float) -> Entered:
    cost = price(racer.contestant)
    return Entered(racer.name, cost.parameters, cost.flops, cost.elementwise, rate, racer.sized,
                   racer.control, racer.milliseconds,
                   racer.contestant.otherwise)  # fmt: skip
