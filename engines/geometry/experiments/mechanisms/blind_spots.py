"""Blind spots: how far an image can change before a network notices, and what lies between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    InputError,
    KnownAnswer,
    Result,
    Seed,
    Spec,
    knob,
)
from engines.contract.claims import AtLeast, AtMost, Exceeds
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Table
from engines.lab.statistics import mean_over, paired

if TYPE_CHECKING:
    from engines.geometry.mechanisms.level_sets import Layers
    from engines.lab.data.task import Task

_PAPER = "Balasubramanian et al. 2023, Exploring geometry of blind spots in vision models"
_SURE = 0.9
_SIDE = 8
N_WALKS = 20
MEASURES = (
    "share of the way covered",
    "share of a straight line until it is noticed",
    "confidence at the end",
    "pairs whose line to the blind spot stays above 0.9",
    "pairs whose line to the goal stays above 0.9",
    "distance to the goal over that of the goal's nearest neighbour",
    "confidence of another network at the end",
)
COVERED, STRAIGHT, END, LINE, GOAL_LINE, NEIGHBOUR, OTHER = range(len(MEASURES))


class BlindSpec(Spec):
    """Which networks, and how images walk."""

    rate: float = knob(
        0.02, label="Step", help="Share of what is left to the goal that is gone in each step, "
        "less the part along the gradient.", group="Walk", gt=0, le=0.5,
        soft=(0.005, 0.1), log=True,
    )  # fmt: skip
    push: float = knob(
        0.001, label="Push", help="How far each step goes up the confidence, against what "
        "bent level sets lose; all pushes together lead away from the goal.", group="Walk", ge=0,
        le=0.5, soft=(0, 0.02), step=0.001,
    )  # fmt: skip
    drop: float = knob(
        0.2, label="Noticed", help="A loss of confidence that is not allowed on the way.",
        group="Walk", gt=0, lt=1, soft=(0.05, 0.6),
    )  # fmt: skip
    n_walk: int = knob(
        400, label="Steps", help="Of each walk.", group="Walk", ge=N_WALKS, le=5_000,
        soft=(50, 1_000),
    )  # fmt: skip
    shown: int = knob(
        1, label="Image", help="Which of the first network's walks is drawn.", group="Walk", ge=1,
        le=200, soft=(1, 40),
    )  # fmt: skip
    n_learning: int = knob(
        600, label="Learning", help="Steps of Adam on batches of 64; 0 leaves first weights.",
        unit="steps", group="Networks", ge=0, le=5_000, soft=(0, 2_000),
    )  # fmt: skip
    n_networks: int = knob(
        5, label="Networks", help="64-128-64-10, ReLU, of different first weights; intervals are "
        "over these.", group="Networks", ge=3, le=20, soft=(3, 10),
    )  # fmt: skip
    n_images: int = knob(
        40, label="Images", help="Sources of each network: digits that it did not learn and reads "
        "with a confidence above 0.9; each goes to two goals of other classes.",
        group="Networks", ge=4, le=200, soft=(10, 100),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of networks and images.", group="Networks")


@dataclass(frozen=True, eq=False)
class BlindFrame(Frame):
    """Loss while networks learn, or the walk that is drawn: float64[pixel] now."""

    now: np.ndarray
    confidence: float
    step: int

    def pictures(self) -> tuple[Picture, ...]:
        """The image as it is now."""
        if not self.now.size:
            return ()
        return (_image(f"Step {self.step}, confidence {self.confidence:.3f}", self.now),)


@dataclass(frozen=True, eq=False)
class BlindSpots(Result):
    """Walks of all networks, and one of them drawn.

    ``measured`` float64[network, measure], see `MEASURES`; ``accuracy`` float64[network] on digits
    that were not learnt. Of the shown image: ``images`` float64[(source, end, goal), pixel],
    ``steps`` int64[kept] and ``way`` float64[kept, (confidence, covered)], ``lines`` float64[(blind
    spot, goal), place], ``plane`` float64[v, u], ``digits`` source, goal and second goal.
    """

    spec: BlindSpec
    measured: np.ndarray
    accuracy: np.ndarray
    images: np.ndarray
    steps: np.ndarray
    way: np.ndarray
    walked: np.ndarray
    """float64[kept, pixel]: the shown image on its way."""
    lines: np.ndarray
    plane: np.ndarray
    digits: tuple[int, int, int]

    def of(self, what: int) -> Estimate:
        """A measure, mean over images, with its interval over networks."""
        return mean_over(self.measured[:, what], of=MEASURES[what], unit="networks")

    def less(self, one: int, other: int) -> Estimate:
        """One measure less another, paired over networks."""
        said = f"{MEASURES[one]} less {MEASURES[other]}"
        a, b = self.measured[:, other], self.measured[:, one]
        return paired(a, b, self.spec.seed).estimate(said, "networks")

    def moments(self) -> tuple[Frame, ...]:
        """The shown image on its way."""
        n = len(self.steps)
        return tuple(
            BlindFrame(self.walked[k], float(self.way[k, 0]), int(self.steps[k]),
                       fraction=(k + 1) / n)
            for k in range(n)
        )  # fmt: skip

    def pictures(self) -> tuple[Picture, ...]:
        """Source, blind spot, goal, the way, both lines, the triangle, numbers."""
        digit, goal, second = self.digits
        share = np.linspace(0, 1, self.lines.shape[1])
        lines = {"to the blind spot": self.lines[0], "to the goal": self.lines[1]}
        way = {"confidence": self.way[:, 0], "share of the way": self.way[:, 1]}
        n = len(self.plane) - 1
        ticks = ((0.5, f"the {digit}"), (n + 0.5, f"towards a {goal}"))
        up = ((0.5, f"the {digit}"), (n + 0.5, f"towards a {second}"))
        return (
            _image(f"A {digit}", self.images[0]),
            _image(f"Still a {digit} to the network", self.images[1]),
            _image(f"The {goal} it went to", self.images[2]),
            Curves("On straight lines from the image", share, lines, Axis("share of the line"),
                   Axis(f"confidence in {digit}")),
            Heatmap("Between the image and two blind spots", self.plane, Axis("", ticks=ticks),
                    Axis("", ticks=up), Axis(f"confidence in {digit}"), square=True),
            Curves("On the way", self.steps.astype(float), way, Axis("step"), Axis("share")),
            self._table(),
        )  # fmt: skip

    def _table(self) -> Table:
        rows = [mean_over(self.accuracy, of="accuracy", unit="networks"),
                *(self.of(k) for k in range(len(MEASURES)))]  # fmt: skip
        names = ("accuracy on digits that were not learnt", *MEASURES)
        return Table(
            f"{self.spec.n_networks} networks, {self.spec.n_images} images each with two goals: "
            "mean with 95 % t interval over networks",
            {"": names, "found": tuple(str(row) for row in rows)},
        )


def _image(title: str, pixels: np.ndarray) -> Heatmap:
    none = Axis("", ticks=((-9.0, ""),))
    return Heatmap(title, pixels.reshape(_SIDE, _SIDE), none, none, Axis("ink"), square=True)


def frames(spec: BlindSpec) -> Iterator[BlindFrame | BlindSpots]:
    """Learning, then the walks of one network after the other."""
    from engines.geometry.mechanisms import level_sets as room
    from engines.geometry.mechanisms.digit_networks import learnt

    nothing = np.zeros(0)
    networks: tuple[Layers, ...] = ()
    task = accuracy = None
    for fraction, made in learnt(spec.n_networks, spec.n_learning, spec.seed):
        if made is None:
            yield BlindFrame(nothing, 0.0, 0, fraction=0.5 * fraction)
        else:
            networks, task, accuracy = made
    assert task is not None
    assert accuracy is not None
    measured, drawn = np.zeros((spec.n_networks, len(MEASURES))), None
    for k, layers in enumerate(networks):
        rng = np.random.Generator(np.random.Philox(key=[spec.seed, k]))
        source, goals, label, digits = _pairs(layers, task, rng, spec.n_images)
        ends, kept = [], []
        for goal in goals:
            walks = []
            for now in room.walk(layers, source, goal, label, rate=spec.rate, push=spec.push,
                                 drop=spec.drop, n_steps=spec.n_walk, n_kept=N_WALKS):  # fmt: skip
                walks.append(now)
                yield BlindFrame(nothing, 0.0, 0, fraction=0.5 + 0.5 * k / spec.n_networks)
            ends.append(walks[-1])
            kept.append(walks)
        other = networks[(k + 1) % len(networks)]
        measured[k] = _measured(spec, layers, other, task.x_test, task.y_test, source, goals, ends,
                                label, digits)  # fmt: skip
        if drawn is None:
            drawn = _drawn(spec, layers, source, goals, kept, label, digits)
    assert drawn is not None
    yield BlindSpots(spec=spec, measured=measured, accuracy=accuracy, **drawn)


def _pairs(layers: Layers, task: Task, rng: np.random.Generator, n: int) -> tuple:
    """Sources, two sets of goals, labels int64[image] and goals' labels int64[2, image].

    Raises:
        InputError: the network is sure of too few images.
    """
    from engines.geometry.mechanisms.level_sets import look

    x, y = np.asarray(task.x_test, float), np.asarray(task.y_test).astype(np.int64)
    sure = np.flatnonzero(look(layers, x, y).confidence > _SURE)
    if len(sure) < n:
        raise InputError(
            f"a network reads {len(sure)} of {len(x)} digits with a confidence above {_SURE:g}, "
            f"and {n} images are to walk; let it learn longer, or take fewer images"
        )
    first = rng.choice(sure, n, replace=False)
    second = []
    for place in first:
        classes = rng.permutation(np.setdiff1d(np.arange(10), [y[place]]))[:2]
        second.append([rng.choice(np.flatnonzero(y == c)) for c in classes])
    goals = np.array(second).T
    return x[first], (x[goals[0]], x[goals[1]]), y[first], y[goals]


def _measured(
    spec: BlindSpec, layers: Layers, other: Layers, pool: np.ndarray, labels: np.ndarray,
    source: np.ndarray, goals: tuple, ends: list, label: np.ndarray, digits: np.ndarray,
) -> list[float]:  # fmt: skip
    """Means over images and both goals, in the order of `MEASURES`."""
    from engines.geometry.mechanisms import level_sets as room

    rows = []
    for goal, end, digit in zip(goals, ends, digits, strict=True):
        to_goal = room.line(layers, source, goal, label)
        to_spot = room.line(layers, source, end.x, label)
        near = [_nearest(pool[labels == d], g) for g, d in zip(goal, digit, strict=True)]
        rows.append([
            room.covered(source, goal, end.x), room.straight_until(to_goal, spec.drop),
            end.confidence, to_spot.min(axis=1) > _SURE, to_goal.min(axis=1) > _SURE,
            np.linalg.norm(goal - end.x, axis=1) / np.array(near),
            room.look(other, end.x, label).confidence,
        ])  # fmt: skip
    return np.mean(np.array(rows, float), axis=(0, 2)).tolist()


def _nearest(same: np.ndarray, goal: np.ndarray) -> float:
    """Distance to the nearest other image of the class."""
    gap = np.linalg.norm(same - goal, axis=1)
    return float(np.sort(gap)[1])


def _drawn(
    spec: BlindSpec, layers: Layers, source: np.ndarray, goals: tuple, kept: list,
    label: np.ndarray, digits: np.ndarray,
) -> dict:  # fmt: skip
    """What is drawn of one image of the first network."""
    from engines.geometry.mechanisms import level_sets as room

    k = min(spec.shown, spec.n_images) - 1
    one = slice(k, k + 1)
    first, second = kept
    end, goal = first[-1].x, goals[0]
    walked = np.array([now.x[k] for now in first])
    way = np.array([
        [now.confidence[k], float(room.covered(source[one], goal[one], now.x[one])[0])]
        for now in first
    ])  # fmt: skip
    lines = [room.line(layers, source[one], to[one], label[one])[0] for to in (end, goal)]
    plane = room.triangle(layers, source[k], end[k], second[-1].x[k], int(label[k]))
    return {
        "images": np.stack([source[k], end[k], goal[k]]),
        "steps": np.array([now.step for now in first]),
        "way": way,
        "walked": walked,
        "lines": np.stack(lines),
        "plane": plane,
        "digits": (int(label[k]), int(digits[0, k]), int(digits[1, k])),
    }


CLAIMS = (
    Claim(
        "Along a level set an image gets further towards another class than on a straight line.",
        figure=lambda found: found.of(COVERED),
        control=lambda found: found.of(STRAIGHT),
        holds_when=Exceeds(),
        source=_PAPER,
        difference=lambda found: found.less(COVERED, STRAIGHT),
    ),
    Claim(
        "Between an image and its blind spot the network is sure all along.",
        figure=lambda found: found.of(LINE),
        control=lambda found: found.of(GOAL_LINE),
        holds_when=AtLeast(0.9),
        source=f"{_PAPER}; nine pairs of ten above 0.9 is our floor",
    ),
    Claim(
        "A blind spot looks like the image that it was led to.",
        figure=lambda found: found.of(NEIGHBOUR),
        control=lambda _: Estimate.exact("an image of the same class, by definition", 1.0),
        holds_when=AtMost(1.0),
        source=f"{_PAPER}, of large images; as near as another image of the class is our bound",
    ),
)


def known_answers() -> tuple[KnownAnswer, ...]:
    """A linear classifier, whose level sets are planes."""
    from engines.geometry.mechanisms.level_sets_answers import level_set_answers

    return level_set_answers()


EXPERIMENT = Experiment(
    spec=BlindSpec,
    frames=frames,
    card=Card(
        title="Blind spots",
        claim="An image walks towards one of another class, only along directions that a network "
        "does not feel. How far does it get, and what lies in between?",
        paper="Balasubramanian et al. 2023, Exploring geometry of blind spots in vision models",
        link="https://arxiv.org/abs/2310.19889",
        related=("geometry/compare",),
    ),
    presets={
        "Led along a level set": BlindSpec(),
        "Another image": BlindSpec(shown=3),
        "No push": BlindSpec(push=0.0),
        "Pushed too hard": BlindSpec(push=0.01),
        "Networks that learnt little": BlindSpec(n_learning=200),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: 1.0 + spec.n_networks * (spec.n_learning / 800 + spec.n_walk / 800),
    order=45,
)
