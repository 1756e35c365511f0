"""A real wiring as the start of learning, beside wirings like it, whole and with cells cut out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from engines.connectome.experiments.learning import _movement
from engines.connectome.learning.spec import LearnerSpec
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
    knob,
)
from engines.contract.claims import FallsBelow
from engines.contract.pictures import Axis, Heatmap, Picture
from engines.lab.statistics.spectra import effective_rank, singular_values

KINDS = ("this wiring", "same degrees", "shuffled", "Gaussian")
N_UNITS_MAX = 400
_SOURCE = "Liu et al. 2024, ICLR; task, signs and sizes are ours"


class WiredStartSpec(LearnerSpec):
    """Recurrent networks that start from a wiring and from wirings like it."""

    n_steps: int = knob(
        150, label="Steps", help="Of descent, 32 fresh trials each.", group="Learning", ge=20,
        le=5_000, log=True,
    )  # fmt: skip
    learning_rate: float = knob(
        0.003, label="Learning rate", help="Of descent with momentum 0.9.", group="Learning",
        gt=0.0, le=10.0, log=True, soft=(1e-4, 0.1), marks={0.003: "paper"},
    )  # fmt: skip
    n_seeds: int = knob(
        5, label="Networks", help="Of every kind: each with a random sign for every neuron, and a "
        "null of its own; all as large as a random matrix of gain 1.25.", group="Runs", ge=3, le=30,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws signs, nulls and trials.", group="Runs")


@dataclass(frozen=True, eq=False)
class WiredStartFrame(Frame):
    """Measures so far: float64[measure, moment, kind, seed]."""

    spec: WiredStartSpec
    steps: np.ndarray
    measured: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """Through training, as far as it is."""
        return _through(self.measured, self.steps) if len(self.steps) > 1 else ()


@dataclass(frozen=True, eq=False)
class WiredStart(Result):
    """How far networks moved from a wiring, and what they still know after a lesion.

    ``measured`` float64[measure, moment, kind, seed]; ``steps`` int64[moment]; ``values``
    float64[kind, direction] and ``ranks`` float64[kind, seed] of the starts; ``before`` and
    ``after`` float32[post, pre] of the first network on the wiring. ``lesioned`` float64[lesion,
    seed] are shares right: whole, cut, and with as many random neurons cut; empty without a lesion.
    """

    spec: WiredStartSpec
    n_neurons: int
    steps: np.ndarray
    measured: np.ndarray
    values: np.ndarray
    ranks: np.ndarray
    before: np.ndarray
    after: np.ndarray
    lesioned: np.ndarray
    n_cut: int

    def of(self, measure: str, kind: str) -> Estimate:
        """A measure of one kind at the end."""
        return _movement.of(self.measured, measure, KINDS.index(kind), kind)

    def less(self, measure: str, kind: str) -> Estimate:
        """The wiring less another kind, seed by seed."""
        said = f"this wiring less {kind}"
        return _movement.less(self.measured, measure, 0, KINDS.index(kind), self.spec.seed, said)

    def pictures(self) -> tuple[Picture, ...]:
        """Alignments and changes by kind, through training, lesions, matrices, numbers."""
        title = (
            f"{self.n_neurons} neurons, {self.spec.n_seeds} networks of each kind, 95 % t intervals"
        )
        made: list[Picture] = [
            _movement.alignments(self.measured, KINDS, "start"),
            _movement.changes(self.measured, KINDS, "start"),
        ]
        if len(self.lesioned):
            made.append(_movement.lesions(self.lesioned, self.spec.lesion, self.n_cut))
        made += [
            *_through(self.measured, self.steps),
            _movement.spectra(self.values, KINDS),
            *self._matrices(),
        ]
        ranks = self.ranks.mean(axis=1)
        return (*made, _movement.table(self.measured, KINDS, ranks, title))

    def _matrices(self) -> tuple[Heatmap, ...]:
        pre, post, weight = Axis("from neuron"), Axis("to neuron"), Axis("weight")
        shown = ("Wiring before", self.before), ("What learning added", self.after - self.before)
        return tuple(
            Heatmap(title, values, pre, post, weight, diverging=True, square=True)
            for title, values in shown
        )


def _through(measured: np.ndarray, steps: np.ndarray) -> tuple[Picture, ...]:
    from engines.connectome.learning.trials import ceiling

    best = ("best reader", ceiling())
    return (
        _movement.through_time(measured, steps, KINDS, "kernel", "Tangent kernel"),
        _movement.through_time(measured, steps, KINDS, "representation", "Representation"),
        _movement.through_time(measured, steps, KINDS, "accuracy", "What is learnt", best),
    )


@dataclass(frozen=True, eq=False)
class _Learnt:
    """What a training left, kept so that a lesion is tested at once."""

    steps: np.ndarray
    measured: np.ndarray
    every: np.ndarray
    """float32[kind, post, pre] of the first seed, before."""
    ranks: np.ndarray
    nets: tuple[Any, ...]
    """Trained networks on the wiring, seed by seed."""


@lru_cache(maxsize=4)
def _kept(_text: str) -> list[_Learnt]:
    """Empty until the first run of this spec has learnt."""
    return []


def frames(spec: WiredStartSpec) -> Iterator[WiredStartFrame | WiredStart]:
    """A frame at every pause of the training; the lesion last."""
    from engines.connectome.learning.lesioned import accuracies
    from engines.connectome.memory.wired import lesion

    gone, edges = lesion(spec.wiring, spec)
    kept = _kept(spec.learnt)
    if not kept:
        for one in _learning(spec):
            if isinstance(one, _Learnt):
                kept.append(one)
            else:
                yield one
    found = kept[0]
    lesioned = np.zeros((0, spec.n_seeds))
    if spec.is_cut:
        lesioned = accuracies(found.nets, gone, edges, spec.seed)
    yield WiredStart(
        spec=spec, n_neurons=len(gone), steps=found.steps, measured=found.measured,
        values=np.array([singular_values(w) for w in found.every]), ranks=found.ranks,
        before=found.every[0], after=found.nets[0].recurrent, lesioned=lesioned,
        n_cut=int(gone.sum()),
    )  # fmt: skip


def _learning(spec: WiredStartSpec) -> Iterator[WiredStartFrame | _Learnt]:
    from engines.connectome.learning import course

    every = _starts(spec)
    nets = course.weights_of(spec.seed, every)
    so_far = None
    for so_far in course.watch(
        nets, n_steps=spec.n_steps, learning_rate=spec.learning_rate, seed=spec.seed
    ):
        yield WiredStartFrame(spec, so_far.steps, so_far.measured, fraction=so_far.fraction)
    if so_far is not None:
        yield _Learnt(
            steps=so_far.steps,
            measured=so_far.measured,
            every=every[:, 0].astype(np.float32),
            ranks=np.array([[effective_rank(w) for w in row] for row in every]),
            nets=so_far.nets[0],
        )


def _starts(spec: WiredStartSpec) -> np.ndarray:
    """float64[kind, seed, post, pre], every one of the same Frobenius norm."""
    from engines.connectome.learning.starts import GAIN, as_large, gaussian
    from engines.connectome.memory import wired
    from engines.connectome.wiring.graph import connectome_of, graph_of

    graph, connectome = graph_of(spec.wiring), connectome_of(spec.wiring)
    if graph.n > N_UNITS_MAX:
        raise InputError(
            f"this wiring has {graph.n} neurons; networks of more than {N_UNITS_MAX} learn for "
            "minutes here, so choose a smaller one or a higher weight threshold"
        )
    ones = np.ones(graph.n)
    own = wired.matrix(graph, ones)
    nulls, _ = wired.degree_nulls(graph, ones, connectome, spec.n_seeds, spec.seed)
    shuffled = wired.shuffles(own, spec.n_seeds, spec.seed)
    norm = GAIN * np.sqrt(graph.n)
    made = []
    for k in range(spec.n_seeds):
        rng = np.random.Generator(np.random.Philox(key=[spec.seed, k]))
        sign = rng.choice((-1.0, 1.0), graph.n)
        kinds = (own * sign, nulls[k] * sign, shuffled[k] * sign, gaussian(rng, graph.n))
        made.append([as_large(one, norm) for one in kinds])
    return np.array(made).swapaxes(0, 1)


_FALLS = FallsBelow()
CLAIMS = (
    Claim(
        "What a network represents moves further from a real wiring than from shuffled entries.",
        figure=lambda found: found.of("representation", KINDS[0]),
        control=lambda found: found.of("representation", "shuffled"),
        holds_when=_FALLS,
        source=_SOURCE,
        difference=lambda found: found.less("representation", "shuffled"),
    ),
    Claim(
        "And further than from independent Gaussian weights.",
        figure=lambda found: found.of("representation", KINDS[0]),
        control=lambda found: found.of("representation", "Gaussian"),
        holds_when=_FALLS,
        source=_SOURCE,
        difference=lambda found: found.less("representation", "Gaussian"),
    ),
    Claim(
        "So does its tangent kernel, held against shuffled entries.",
        figure=lambda found: found.of("kernel", KINDS[0]),
        control=lambda found: found.of("kernel", "shuffled"),
        holds_when=_FALLS,
        source=_SOURCE,
        difference=lambda found: found.less("kernel", "shuffled"),
    ),
    Claim(
        "Its representation also moves further than from wirings in which every neuron keeps its "
        "degrees.",
        figure=lambda found: found.of("representation", KINDS[0]),
        control=lambda found: found.of("representation", "same degrees"),
        holds_when=_FALLS,
        source="a claim of our own",
        difference=lambda found: found.less("representation", "same degrees"),
    ),
)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Effective ranks of the worm and its shuffle; what a lesion of nothing leaves."""
    from engines.connectome.answers.networks.learning import wired_start_answers

    return wired_start_answers()


EXPERIMENT = Experiment(
    spec=WiredStartSpec,
    frames=frames,
    card=Card(
        title="A wiring as a start",
        claim="A real wiring uses few directions. Networks that start from it should make new "
        "features: do they, and who carries what they learnt?",
        paper="Liu et al. 2024, How connectivity structure shapes rich and lazy learning in neural "
        "circuits",
        link="https://arxiv.org/abs/2310.08513",
        related=("connectome/rich_lazy", "connectome/remembering"),
    ),
    presets={
        "The worm": WiredStartSpec(),
        "The worm, longer": WiredStartSpec(n_steps=400),
        "The worm without GABA": WiredStartSpec(lesion="transmitter:GABA"),
        "Command interneurons cut": WiredStartSpec(lesion="class:AVA, class:AVB, class:PVC"),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: 2.5e-3 * spec.n_steps * spec.n_seeds * 4,
    order=51,
)
