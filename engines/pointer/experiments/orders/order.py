"""The same points in other orders: does the answer stay the same?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    KnownAnswer,
    Result,
    Seed,
    Spec,
    knob,
)
from engines.contract.claims import Exceeds
from engines.contract.pictures import Axis, Bars, Picture, Table
from engines.lab.statistics import mean_over, paired
from engines.pointer.model import TaskName, WeightsName

if TYPE_CHECKING:
    from engines.pointer.tasks.protocol import Task


class OrderSpec(Spec):
    """One set of points, shuffled."""

    task: TaskName = knob(
        "hull", label="Task", help="What is asked.", group="Task", widget="choice"
    )
    weights: tuple[WeightsName, ...] = knob(
        (),
        label="Weights",
        help='Names of bundled or own weights, say ["hull-5-50"]; empty for all bundled ones.',
        group="Task",
        max_length=4,
    )
    n_points: int = knob(5, label="Points", help="How many.", group="Task", ge=3, le=100)
    n_sets: int = knob(
        20, label="Point sets", help="How many different ones.", group="Task", ge=1, le=200
    )
    n_orders: int = knob(
        25, label="Orders", help="Shuffles of each set.", group="Task", ge=2, le=200
    )
    seed: Seed = knob(0, label="Seed", help="Draws points and orders.", group="Task")


@dataclass(frozen=True, eq=False)
class OrderResult(Result):
    """How often a shuffle left the answer as it was."""

    spec: OrderSpec
    networks: tuple[str, ...]
    same: np.ndarray
    """float64[network, set]: share of orders with the first order's answer."""
    accuracy: np.ndarray
    """float64[network, set]: share of orders answered exactly right."""
    kinds: tuple[str, ...]
    """What kind of network each is."""

    def pictures(self) -> tuple[Picture, ...]:
        """One bar per network, and the numbers."""
        mean = self.same.mean(axis=1)
        error = self.same.std(axis=1) / np.sqrt(max(1, self.same.shape[1] - 1))
        ticks = tuple((float(k), name) for k, name in enumerate(self.networks))
        what = f"{self.spec.n_sets} sets of {self.spec.n_points}, {self.spec.n_orders} orders each"
        return (
            Bars(
                f"The same answer in another order: {what}", 100 * mean,
                Axis("network", ticks=ticks), Axis("same answer", "%"), self.kinds,
            ),
            Table("Every number", {
                "network": self.networks, "kind": self.kinds, "same answer, %": 100 * mean,
                "standard error, %": 100 * error,
                "exactly right, %": 100 * self.accuracy.mean(axis=1),
            }),
        )  # fmt: skip


def frames(spec: OrderSpec) -> Iterator[Frame | Result]:
    """A frame per chunk of orders."""
    from engines.contract import InputError
    from engines.pointer.networks import weights
    from engines.pointer.tasks import task_named

    names = spec.weights or tuple(
        name for name, header in weights.headers().items() if header.recipe.task == spec.task
    )
    if not names:
        raise InputError("no weights come with this task: name your own under Weights")
    found = [weights.load(name, task=spec.task) for name in names]
    shape = len(names), spec.n_sets
    same, right = np.zeros(shape), np.zeros(shape)
    for k, loaded in enumerate(found):
        task = task_named(spec.task, canonical=loaded.header.recipe.canonical)
        for s in range(spec.n_sets):
            same[k, s], right[k, s] = _asked_again(loaded.net, task, spec, s)
            yield Frame(fraction=(k * spec.n_sets + s + 1) / (len(names) * spec.n_sets))
    kinds = tuple(loaded.header.recipe.network.kind for loaded in found)
    yield OrderResult(spec, names, same, right, kinds)


def _asked_again(net: Any, task: Task, spec: OrderSpec, number: int) -> tuple[float, float]:
    """Shares of orders with the same answer as the first, and with the right one."""
    from engines.pointer.decoding.greedy import decoded
    from engines.pointer.tasks.protocol import same_cycle, trimmed

    rng = np.random.Generator(np.random.Philox(key=[spec.seed, number]))
    points = task.generate(rng, 1, spec.n_points)[0]
    n = spec.n_points
    # A tour's start city is given, so it stays first.
    rest = [task.n_given + rng.permutation(n - task.n_given) for _ in range(spec.n_orders)]
    orders = np.array([np.concatenate([np.arange(task.n_given), r]) for r in rest])
    answers = decoded(net, task, points[orders]).answers
    renamed = [order[trimmed(a)] for order, a in zip(orders, answers, strict=True)]
    closed = task.drawing == "polygon"
    agree = same_cycle if closed else np.array_equal
    reference = trimmed(task.solve(points[None]).answers[0])
    same = np.mean([agree(renamed[0], each) for each in renamed[1:]])
    return float(same), float(np.mean([agree(each, reference) for each in renamed]))


def known_answers() -> tuple[KnownAnswer, ...]:
    """Equivariance is exact for a set encoder."""

    def ours() -> float:
        found = EXPERIMENT.result(OrderSpec(weights=("hull-5-50",), n_sets=4, n_points=10))
        return float(found.same.mean())  # type: ignore[attr-defined]

    return (
        KnownAnswer(
            "same hull in another order, set pointer", "Lee et al. 2019: equivariance", 1.0, 0.0,
            ours,
        ),
    )  # fmt: skip


def _same(result: OrderResult, *, recurrent: bool) -> np.ndarray | None:
    """float64[set]: the same answer in another order, mean over the networks of one sort."""
    chosen = [k for k, kind in enumerate(result.kinds) if (kind != "set pointer") == recurrent]
    return result.same[chosen].mean(axis=0) if chosen else None


def _figure(result: OrderResult) -> Estimate | None:
    ours, other = _same(result, recurrent=False), _same(result, recurrent=True)
    if ours is None or other is None or len(ours) < 2:
        return None
    return mean_over(ours, of="same answer in another order, set pointers", unit="point sets")


def _control(result: OrderResult) -> Estimate | None:
    other = _same(result, recurrent=True)
    if other is None:
        return None
    return mean_over(other, of="same answer, networks that read in order", unit="point sets")


def _more_often(result: OrderResult) -> Estimate | None:
    ours, other = _same(result, recurrent=False), _same(result, recurrent=True)
    if ours is None or other is None:
        return None
    found = paired(other, ours, result.spec.seed)
    return found.estimate("set pointers less networks that read in order", "point sets")


CLAIM = Claim(
    "A network that takes its input as a set answers the same in every order; one that reads it in "
    "order does not.",
    figure=_figure,
    control=_control,
    holds_when=Exceeds(),
    source="Vinyals, Bengio & Kudlur 2016, Order matters; Lee et al. 2019, Set Transformer",
    published=1.0,
    difference=_more_often,
)

EXPERIMENT = Experiment(
    spec=OrderSpec,
    frames=frames,
    card=Card(
        title="Does order matter?",
        claim="A set pointer cannot tell in which order points come; an LSTM can, and answers "
        "differently.",
        paper="Vinyals, Bengio & Kudlur 2016, Order matters; Lee et al. 2019, Set Transformer",
        link="https://arxiv.org/abs/1511.06391",
    ),
    presets={"Hull": OrderSpec(), "Tour": OrderSpec(task="tour", n_points=10)},
    known_answers=known_answers,
    claims=(CLAIM,),
    order=40,
)
