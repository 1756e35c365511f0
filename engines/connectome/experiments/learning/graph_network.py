"""A wave over a graph: a block that is exact, and one that has learnt who is on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from engines.connectome.experiments.learning import _wave_pictures as drawn
from engines.connectome.wiring.spec import WiringSpec
from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    KnownAnswer,
    Result,
    Seed,
    knob,
)
from engines.contract.claims import AtLeast, Exceeds
from engines.contract.pictures import Picture
from engines.lab.statistics import mean_over, paired, rate

if TYPE_CHECKING:
    from engines.connectome.passing.ground import Ground

N_WAVE = 60
"""Steps of the exact block at most."""
_SOURCE = "Battaglia et al. 2018; graphs, sizes and training are ours"


class WaveSpec(WiringSpec):
    """What the wave runs over, from where to where, and what is cut."""

    over: Literal["plane", "wiring"] = knob(
        "plane", label="Over", help="A graph of random points, or the connectome under Data.",
        group="Wave",
    )  # fmt: skip
    n_nodes: int = knob(
        24, label="Nodes", help="Each joined to its three nearest, and all by the shortest tree.",
        group="Wave", ge=4, le=200, when={"over": ("plane",)},
    )  # fmt: skip
    start: str = knob(
        "", label="From", help="A name such as n1 or PLML; empty draws one.", group="Wave",
        widget="text", max_length=80,
    )  # fmt: skip
    goal: str = knob(
        "", label="To", help="A name such as n24 or DA6; empty draws one that is reached.",
        group="Wave", widget="text", max_length=80,
    )  # fmt: skip
    strong_near: bool = knob(
        True, label="Strong is near", help="An edge of a wiring is as long as 1 / weight; else all "
        "are equally long.", group="Wave", when={"over": ("wiring",)},
    )  # fmt: skip
    cut_middle: bool = knob(
        False, label="Cut the middle of the way", help="The edge in the middle of the shortest way "
        "is gone, and the wave goes round.", group="Lesions",
    )  # fmt: skip
    network: Literal["trained", "learns here", "untrained"] = knob(
        "trained", label="Network", help="The one that comes with the product; one that learns "
        "now, from the seed; or one before learning.", group="Network",
    )  # fmt: skip
    n_training: int = knob(
        700, label="Steps of learning", help="24 new graphs of 8 to 16 nodes each.",
        group="Network", ge=10, le=5_000, when={"network": ("learns here",)},
    )  # fmt: skip
    n_exam: int = knob(
        200, label="Exam", help="Graphs of 16 to 32 nodes that nobody learnt from; intervals are "
        "over these.", group="Network", ge=10, le=2_000,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws graphs, ends and learning.", group="Wave")

    @property
    def wiring(self) -> WiringSpec:
        """The wiring alone, whole."""
        names = set(WiringSpec.model_fields) - {"lesion", "lesion_fraction", "lesion_seed"}
        return WiringSpec(**{name: getattr(self, name) for name in names})

    @property
    def learnt(self) -> tuple[str, int, int]:
        """Names what is learnt."""
        here = self.network == "learns here"
        return self.network, self.n_training * here, self.seed * (self.network != "trained")


@dataclass(frozen=True, eq=False)
class LearningFrame(Frame):
    """Losses so far: float64[step]."""

    losses: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """The curve so far."""
        return (drawn.learning(self.losses),) if len(self.losses) else ()


@dataclass(frozen=True, eq=False)
class WaveFrame(Frame):
    """The wave after a step."""

    found: Waves
    step: int

    def pictures(self) -> tuple[Picture, ...]:
        """The map as it is now."""
        return (drawn.wave(self.found, self.step), drawn.believed(self.found, self.step))


@dataclass(frozen=True, eq=False)
class Waves(Result):
    """A wave with and without what was cut, and what the network makes of both.

    ``xy`` float64[node, 2]; ``edges`` int64[edge, (from, to)] with ``gone`` bool[edge]; ``ends``
    (start, goal). ``distance`` float64[step, node] of the exact block on what is left, inf where
    it has not come; ``way`` int64 nodes of the shortest way there and ``before`` those of the whole
    graph, each with its length in ``lengths``. ``chance`` float32[step, node] of the network on
    what is left. Exam: ``right`` float64[step, graph] and ``solved`` bool[step, graph] of the
    network, ``raw`` float64[graph] of an untrained one after as many steps, ``nobody``
    float64[graph].
    """

    spec: WaveSpec
    names: tuple[str, ...]
    xy: np.ndarray
    edges: np.ndarray
    gone: np.ndarray
    ends: tuple[int, int]
    distance: np.ndarray
    way: np.ndarray
    before: np.ndarray
    lengths: tuple[float, float]
    chance: np.ndarray
    right: np.ndarray
    solved: np.ndarray
    raw: np.ndarray
    nobody: np.ndarray
    losses: np.ndarray

    def moments(self) -> tuple[WaveFrame, ...]:
        """The wave, step by step, until nothing changes any more."""
        return tuple(WaveFrame(self, step) for step in range(len(self.distance)))

    def pictures(self) -> tuple[Picture, ...]:
        """Map, what the network believes, its exam, the way in words."""
        made: list[Picture] = [
            drawn.wave(self, len(self.distance) - 1),
            drawn.believed(self, len(self.distance) - 1),
            drawn.exam(self),
            drawn.course(self),
        ]
        if len(self.losses):
            made.append(drawn.learning(self.losses))
        return (*made, drawn.ways(self), drawn.twins())


def frames(spec: WaveSpec) -> Iterator[LearningFrame | Waves]:
    """Learning if there is any, then the wave, then the exam."""
    from engines.connectome.passing import exam

    kept = _kept(spec.learnt)
    if not kept:
        for one in _learning(spec):
            if isinstance(one, LearningFrame):
                yield one
            else:
                kept.append(one)
    net, losses = kept[0]
    done = LearningFrame(losses, fraction=0.9)
    yield done
    ground, gone = _ground(spec)
    yield done
    left = ground.without(gone)
    distance = _settled(left)
    chance = exam.chances(net, left.problem(), exam.N_STEPS)
    yield done
    problem = exam.large(spec.seed, spec.n_exam)
    marks = exam.graded(net, problem, exam.N_STEPS)
    raw = exam.graded(_untrained(spec.seed), problem, exam.N_STEPS).right[-1]
    (way, length), (before, whole) = left.way(), ground.way()
    yield Waves(
        spec=spec, names=ground.names, xy=ground.xy, edges=ground.edges, gone=gone,
        ends=(ground.start, ground.goal), distance=distance, way=np.array(way, np.int64),
        before=np.array(before, np.int64), lengths=(length, whole), chance=chance,
        right=marks.right, solved=marks.solved, raw=raw, nobody=exam.nobody(problem), losses=losses,
    )  # fmt: skip


def _ground(spec: WaveSpec) -> tuple[Ground, np.ndarray]:
    """The whole ground, and bool[edge] of what is cut."""
    from engines.connectome.passing import ground as made_of
    from engines.connectome.wiring.graph import connectome_of, lesions_of

    plane = spec.over == "plane"
    if plane:
        made = made_of.in_plane(spec.n_nodes, spec.seed, spec.start, spec.goal)
        animal = made_of.as_connectome(made)
    else:
        made = made_of.over_wiring(
            spec.wiring, spec.seed, spec.start, spec.goal, strong_near=spec.strong_near
        )
        animal = connectome_of(spec)
    gone = made_of.cut(made, animal, spec.lesion, both_ways=plane)
    if not plane and spec.lesion_fraction:
        random = {animal.neurons[k] for k in np.flatnonzero(lesions_of(spec)[0])}
        gone |= np.array([bool({made.names[i], made.names[j]} & random) for i, j in made.edges])
    if spec.cut_middle:
        gone |= made_of.on_the_way(made, both_ways=plane)
    return made, gone


def _settled(ground: Ground) -> np.ndarray:
    """float64[step, node] until nothing changes any more, at most `N_WAVE` steps."""
    distance = ground.wave(min(ground.n, N_WAVE))
    still = (distance[1:] == distance[:-1]).all(axis=1)
    return distance[: int(still.argmax()) + 1] if still.any() else distance


@lru_cache(maxsize=4)
def _kept(_learnt: tuple[str, int, int]) -> list[tuple[Any, np.ndarray]]:
    """Empty until the first run has learnt."""
    return []


def _untrained(seed: int) -> Any:
    from engines.connectome.passing.learning import started

    return started(seed).eval()


def _learning(spec: WaveSpec) -> Iterator[LearningFrame | tuple[Any, np.ndarray]]:
    if spec.network == "trained":
        from engines.connectome.passing.shipped import shipped

        yield shipped(), np.zeros(0)
        return
    if spec.network == "untrained":
        yield _untrained(spec.seed), np.zeros(0)
        return
    from engines.connectome.passing.learning import learn

    losses, net = [], None
    for step in learn(spec.n_training, spec.seed):
        losses.append(step.loss)
        net = step.net
        yield LearningFrame(np.array(losses), fraction=0.9 * step.number / spec.n_training)
    assert net is not None
    yield net.eval(), np.array(losses)


# Claims --------------------------------------------------------------------------------------


def told(found: Waves) -> Estimate | None:
    """Share of nodes told right after all steps, over graphs."""
    if found.spec.network == "untrained":
        return None
    return mean_over(found.right[-1], of="share of nodes right, 20 steps", unit="graphs")


def one_step(found: Waves) -> Estimate:
    """The same after one step of the same network."""
    return mean_over(found.right[0], of="share of nodes right, one step", unit="graphs")


def _less_one_step(found: Waves) -> Estimate:
    both = paired(found.right[0], found.right[-1], found.spec.seed)
    return both.estimate("20 steps less one", "graphs")


def _less_nobody(found: Waves) -> Estimate:
    both = paired(found.nobody, found.right[-1], found.spec.seed)
    return both.estimate("network less nobody", "graphs")


def whole(found: Waves) -> Estimate | None:
    """Share of graphs of which every node is told right."""
    if found.spec.network == "untrained":
        return None
    last = found.solved[-1]
    return rate(int(last.sum()), len(last), of="graphs told right whole", unit="graphs")


CLAIMS = (
    Claim(
        "Taught on 8 to 16 nodes, the network tells who lies on the shortest way among 16 to 32: "
        "better than saying that nobody does.",
        figure=told,
        control=lambda found: mean_over(found.nobody, of="nobody", unit="graphs"),
        difference=_less_nobody,
        holds_when=Exceeds(),
        source=_SOURCE,
    ),
    Claim(
        "Nine nodes of ten are told right there.",
        figure=told,
        control=lambda found: mean_over(found.raw, of="untrained", unit="graphs"),
        holds_when=AtLeast(0.9),
        source="a floor of our own",
    ),
    Claim(
        "It takes steps: after one of them the same network knows less.",
        figure=told,
        control=one_step,
        difference=_less_one_step,
        holds_when=Exceeds(),
        source=_SOURCE,
    ),
    Claim(
        "Whole graphs are solved: in nine of ten every node is told right.",
        figure=whole,
        control=lambda found: rate(
            int(found.solved[0].sum()), len(found.solved[0]), of="after one step", unit="graphs"
        ),
        holds_when=AtLeast(0.9),
        source=_SOURCE,
    ),
)


def known_answers() -> tuple[KnownAnswer, ...]:
    """What blocks must compute, and what they cannot."""
    from engines.connectome.answers.networks.passing import passing_answers

    return passing_answers()


EXPERIMENT = Experiment(
    spec=WaveSpec,
    frames=frames,
    card=Card(
        title="A wave over a graph",
        claim="Messages pass along edges, step by step. A block set by hand finds every distance; "
        "one that has learnt tells who lies on the shortest way. Cut an edge and the wave goes "
        "round.",
        paper="Battaglia et al. 2018, Relational inductive biases, deep learning, and graph "
        "networks",
        link="https://arxiv.org/abs/1806.01261",
        related=("connectome/explore",),
    ),
    presets={
        "In the plane": WaveSpec(),
        "Cut the way: it goes round": WaveSpec(cut_middle=True),
        "Over the worm": WaveSpec(over="wiring", start="PLML", goal="DA6"),
        "Over the worm, the way cut": WaveSpec(
            over="wiring", start="PLML", goal="DA6", cut_middle=True
        ),
        "Over the larva": WaveSpec(over="wiring", dataset="winding2023"),
        "Learn one now": WaveSpec(network="learns here"),
        "Break it: untrained": WaveSpec(network="untrained"),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: (
        2.0
        + (0.06 * spec.n_training if spec.network == "learns here" else 0.0)
        + (6.0 if spec.dataset == "winding2023" and spec.over == "wiring" else 0.0)
    ),
    order=54,
)
