"""Rich and lazy: networks that start with few directions make new features, others keep theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from engines.connectome.experiments.learning import _movement
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
from engines.contract.claims import Alike, Exceeds, FallsBelow
from engines.contract.pictures import Axis, Bars, Heatmap, Picture
from engines.lab.statistics import mean_over, paired
from engines.lab.statistics.spectra import effective_rank, singular_values

RANKS = (1, 3, 10, 30)
"""And the whole matrix."""
_SOURCE = "Liu et al. 2024, ICLR; networks, task and sizes are ours"
_LINEAR = ("aligned rank 1", "full rank", "random rank 1")


class RichLazySpec(Spec):
    """Recurrent networks that differ in the rank of what they start from, and in nothing else."""

    n_units: int = knob(
        100, label="Units", help="ReLU, without bias.", group="Network", ge=40, le=300
    )
    n_steps: int = knob(
        500, label="Steps", help="Of descent, 32 fresh trials each.", group="Learning", ge=20,
        le=20_000, log=True,
    )  # fmt: skip
    learning_rate: float = knob(
        0.003, label="Learning rate", help="Of descent with momentum 0.9.", group="Learning",
        gt=0.0, le=10.0, log=True, soft=(1e-4, 0.1), marks={0.003: "paper"},
    )  # fmt: skip
    shown: Literal["1", "3", "10", "30", "full"] = knob(
        "1", label="Matrix of rank", help="Whose weights are drawn, before and after.",
        group="Picture",
    )  # fmt: skip
    norm: float = knob(
        3.0, label="Norm of the linear start", help="Of the first layer of the small linear "
        "network, in which theory knows an exception.", group="Exception", ge=0.3, le=10.0,
        step=0.1,
    )  # fmt: skip
    n_seeds: int = knob(
        5, label="Networks", help="Of every rank; intervals are over these.", group="Runs", ge=3,
        le=30,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws weights and trials.", group="Runs")

    @property
    def names(self) -> tuple[str, ...]:
        """Ranks as they are shown, least first."""
        return (*map(str, RANKS), f"{self.n_units} (full)")


@dataclass(frozen=True, eq=False)
class RichLazyFrame(Frame):
    """Measures so far: float64[measure, moment, rank, seed]."""

    spec: RichLazySpec
    steps: np.ndarray
    measured: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """Kernels through training, as far as it is."""
        if len(self.steps) < 2:
            return ()
        return _through(self.spec, self.measured, self.steps)


@dataclass(frozen=True, eq=False)
class RichLazy(Result):
    """How far networks moved from where they started.

    ``measured`` float64[measure, moment, rank, seed]; ``steps`` int64[moment]; ``values``
    float64[rank, direction] of the first network's start; ``ranks`` float64[rank] are effective
    ranks, means over seeds; ``before`` and ``after`` float64[post, pre] of the network shown;
    ``linear`` float64[kind, seed] is the kernel alignment of linear networks.
    """

    spec: RichLazySpec
    steps: np.ndarray
    measured: np.ndarray
    values: np.ndarray
    ranks: np.ndarray
    before: np.ndarray
    after: np.ndarray
    linear: np.ndarray

    def of(self, measure: str, rank: int) -> Estimate:
        """A measure of one rank (its place) at the end."""
        return _movement.of(self.measured, measure, rank, f"rank {self.spec.names[rank]}")

    def full_less_one(self, measure: str) -> Estimate:
        """Full rank less rank 1, seed by seed."""
        n = len(RANKS)
        said = "full rank less rank 1"
        return _movement.less(self.measured, measure, n, 0, self.spec.seed, said)

    def of_linear(self, kind: str) -> Estimate:
        """Kernel alignment of the linear networks that start so."""
        values = self.linear[_LINEAR.index(kind)]
        return mean_over(values, of=f"tangent kernel alignment, {kind}", unit="networks")

    def pictures(self) -> tuple[Picture, ...]:
        """Alignments and changes by rank, through training, the exception, matrices, numbers."""
        names = self.spec.names
        title = f"{self.spec.n_seeds} networks of each rank, 95 % t intervals; gain 1.25"
        return (
            _movement.alignments(self.measured, names, "rank of the start"),
            _movement.changes(self.measured, names, "rank of the start"),
            *_through(self.spec, self.measured, self.steps),
            self._exception(),
            *self._matrices(),
            _movement.spectra(self.values, names),
            _movement.table(self.measured, names, self.ranks, title),
        )

    def _exception(self) -> Bars:
        found = [self.of_linear(kind) for kind in _LINEAR]
        ends = np.array([e.low for e in found]), np.array([e.high for e in found])
        ticks = tuple((float(k), kind) for k, kind in enumerate(_LINEAR))
        return Bars(
            f"Linear network, norm {self.spec.norm:g}", np.array([e.value for e in found]),
            Axis("start", ticks=ticks), Axis("kernel alignment"), whiskers=ends,
        )  # fmt: skip

    def _matrices(self) -> tuple[Heatmap, ...]:
        pre, post, weight = Axis("from unit"), Axis("to unit"), Axis("weight")
        shown = ("Weights before", self.before), ("What learning added", self.after - self.before)
        return tuple(
            Heatmap(f"{title}, rank {self.spec.shown}", values, pre, post, weight,
                    diverging=True, square=True)
            for title, values in shown
        )  # fmt: skip


def _through(spec: RichLazySpec, measured: np.ndarray, steps: np.ndarray) -> tuple[Picture, ...]:
    from engines.connectome.learning.trials import ceiling

    names = tuple(f"rank {name}" for name in spec.names)
    best = ("best reader", ceiling())
    return (
        _movement.through_time(measured, steps, names, "kernel", "Tangent kernel"),
        _movement.through_time(measured, steps, names, "accuracy", "What is learnt", best),
    )


@dataclass(frozen=True, eq=False)
class _Learnt:
    """What a training left, kept so that another matrix is drawn at once."""

    steps: np.ndarray
    measured: np.ndarray
    before: np.ndarray
    """float32[rank, post, pre] of the first seed."""
    after: np.ndarray
    values: np.ndarray
    ranks: np.ndarray


@lru_cache(maxsize=4)
def _kept(_text: str) -> list[_Learnt]:
    """Empty until the first run of this spec has learnt."""
    return []


def frames(spec: RichLazySpec) -> Iterator[RichLazyFrame | RichLazy]:
    """A frame at every pause of the training; the linear networks last."""
    plain = {"shown": "1", "norm": 3.0}
    kept = _kept(spec.model_copy(update=plain).to_json())
    if not kept:
        for one in _learning(spec):
            if isinstance(one, _Learnt):
                kept.append(one)
            else:
                yield one
    found = kept[0]
    linear = []
    for k, kind in enumerate(_LINEAR):
        yield RichLazyFrame(spec, found.steps, found.measured, fraction=0.95 + 0.01 * k)
        linear.append(_linear(spec, kind))
    place = len(RANKS) if spec.shown == "full" else RANKS.index(int(spec.shown))
    yield RichLazy(
        spec=spec, steps=found.steps, measured=found.measured, values=found.values,
        ranks=found.ranks, before=found.before[place], after=found.after[place],
        linear=np.array(linear),
    )  # fmt: skip


def _learning(spec: RichLazySpec) -> Iterator[RichLazyFrame | _Learnt]:
    from engines.connectome.learning import course

    every = _starts(spec)
    nets = course.weights_of(spec.seed, every)
    so_far = None
    for so_far in course.watch(
        nets, n_steps=spec.n_steps, learning_rate=spec.learning_rate, seed=spec.seed
    ):
        yield RichLazyFrame(spec, so_far.steps, so_far.measured, fraction=0.95 * so_far.fraction)
    if so_far is not None:
        yield _Learnt(
            steps=so_far.steps,
            measured=so_far.measured,
            before=every[:, 0].astype(np.float32),
            after=np.stack([row[0].recurrent for row in so_far.nets]),
            values=np.array([singular_values(w) for w in every[:, 0]]),
            ranks=np.array([[effective_rank(w) for w in row] for row in every]).mean(axis=1),
        )


def _starts(spec: RichLazySpec) -> np.ndarray:
    """float64[rank, seed, post, pre]: one random matrix per seed, cut down to each rank."""
    from engines.connectome.learning.starts import gaussian, truncated

    made = []
    for k in range(spec.n_seeds):
        rng = np.random.Generator(np.random.Philox(key=[spec.seed, k]))
        whole = gaussian(rng, spec.n_units)
        made.append([truncated(whole, rank) for rank in (*RANKS, spec.n_units)])
    return np.array(made).swapaxes(0, 1)


def _linear(spec: RichLazySpec, kind: str) -> list[float]:
    from engines.connectome.learning.linear import drawn, kept

    keys = ([spec.seed, 2**32 + k] for k in range(spec.n_seeds))
    rngs = (np.random.Generator(np.random.Philox(key=key)) for key in keys)
    return [kept(*drawn(rng, kind, spec.norm)) for rng in rngs]


def _aligned_less(found: RichLazy, kind: str) -> Estimate:
    aligned, other = found.linear[0], found.linear[_LINEAR.index(kind)]
    return paired(other, aligned, found.spec.seed).estimate(f"aligned less {kind}", "networks")


CLAIMS = (
    Claim(
        "A network that starts with full rank is lazier: its tangent kernel stays closer to its "
        "start than that of rank 1.",
        figure=lambda found: found.of("kernel", len(RANKS)),
        control=lambda found: found.of("kernel", 0),
        holds_when=Exceeds(by=0.1),
        source=_SOURCE,
        difference=lambda found: found.full_less_one("kernel"),
    ),
    Claim(
        "So does what it represents.",
        figure=lambda found: found.of("representation", len(RANKS)),
        control=lambda found: found.of("representation", 0),
        holds_when=Exceeds(by=0.1),
        source=_SOURCE,
        difference=lambda found: found.full_less_one("representation"),
    ),
    Claim(
        "And its weights move less.",
        figure=lambda found: found.of("change", len(RANKS)),
        control=lambda found: found.of("change", 0),
        holds_when=FallsBelow(),
        source=_SOURCE,
        difference=lambda found: found.full_less_one("change"),
    ),
    Claim(
        "Both learn the task as well.",
        figure=lambda found: found.of("loss", len(RANKS)),
        control=lambda found: found.of("loss", 0),
        holds_when=Alike(within=0.005),
        source=_SOURCE,
        difference=lambda found: found.full_less_one("loss"),
    ),
    Claim(
        "A linear network of rank 1 that starts along the task is lazier than one of full rank.",
        figure=lambda found: found.of_linear("aligned rank 1"),
        control=lambda found: found.of_linear("full rank"),
        holds_when=Exceeds(),
        source="Liu et al. 2024, ICLR, theory of two-layer linear networks",
        difference=lambda found: _aligned_less(found, "full rank"),
    ),
    Claim(
        "And than one of rank 1 in any other direction.",
        figure=lambda found: found.of_linear("aligned rank 1"),
        control=lambda found: found.of_linear("random rank 1"),
        holds_when=Exceeds(),
        source="Liu et al. 2024, ICLR, theory of two-layer linear networks",
        difference=lambda found: _aligned_less(found, "random rank 1"),
    ),
)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Ranks, kernels and a conservation law."""
    from engines.connectome.answers.networks.learning import rich_lazy_answers

    return rich_lazy_answers()


EXPERIMENT = Experiment(
    spec=RichLazySpec,
    frames=frames,
    card=Card(
        title="Rich and lazy",
        claim="Does learning keep what a network started with, or make it anew? Turn the rank of "
        "the start and watch features stay or go.",
        paper="Liu et al. 2024, How connectivity structure shapes rich and lazy learning in neural "
        "circuits",
        link="https://arxiv.org/abs/2310.08513",
        related=("connectome/wired_start",),
    ),
    presets={
        "Ranks": RichLazySpec(),
        "Three times as long": RichLazySpec(n_steps=1_500),
        "The full matrix": RichLazySpec(shown="full"),
        "A small linear start": RichLazySpec(norm=1.0),
        "Steps so long that it runs away": RichLazySpec(learning_rate=3.0),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: 4e-4 * spec.n_steps * spec.n_seeds * 5 * (spec.n_units / 100) ** 2,
    order=50,
)
