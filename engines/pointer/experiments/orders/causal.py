"""Why a causal decoder cannot undo a shuffle, with weights that are exact by construction."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

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
from engines.contract.claims import Alike, Near
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Table
from engines.lab.statistics import wilson

_CHUNK = 200
_MOMENTS = 60
"""Points of a curve of losses."""


class CausalSpec(Spec):
    """Random permutations of random strings."""

    n: int = knob(5, label="Length", help="Symbols in a string.", group="Task", ge=2, le=24)
    n_symbols: int = knob(
        8, label="Symbols", help="Different symbols there are.", group="Task", ge=2, le=64
    )
    n_instances: int = knob(
        2_000, label="Strings", help="Behind each share.", group="Task", ge=50, le=50_000, log=True
    )
    n_steps: int = knob(
        0,
        label="Training steps",
        help="Also train the same readers from random weights; 1,500 steps take about ten seconds.",
        group="Training",
        ge=0,
        le=20_000,
        soft=(0, 4_000),
    )
    seed: Seed = knob(
        0, label="Seed", help="Draws permutations, strings and first weights.", group="Task"
    )


@dataclass(frozen=True, eq=False)
class CausalFrame(Frame):
    """Readers on their way."""

    readings: tuple[str, ...]
    losses: np.ndarray
    """float64[reading, moment] in nats per symbol; nan where nothing has been trained yet."""
    steps: np.ndarray
    """float64[moment]: how many steps had been taken."""

    def pictures(self) -> tuple[Picture, ...]:
        """How the losses fall."""
        return (_losses(self.readings, self.steps, self.losses),)


@dataclass(frozen=True, eq=False)
class CausalResult(Result):
    """Accuracy by place for every way of reading, and the attention of one instance."""

    spec: CausalSpec
    readings: tuple[str, ...]
    accuracy: np.ndarray
    """float64[reading, place]: share of symbols right."""
    ceiling: np.ndarray
    """float64[place]: the best any causal decoder can do without scratch tokens."""
    first: np.ndarray
    """float64[token, token]: block 1, causal with scratch tokens, first instance."""
    second: np.ndarray
    """float64[token, token]: block 2."""
    trained: np.ndarray
    """float64[reading, place]: share of symbols right after training; empty without any."""
    losses: np.ndarray
    """float64[reading, moment]: while training, in nats per symbol."""
    steps: np.ndarray
    """float64[moment]."""

    def pictures(self) -> tuple[Picture, ...]:
        """Accuracy by place under its ceiling; who looks at whom."""
        n = self.spec.n
        place = np.arange(1, n + 1)
        lines = {k: 100 * row for k, row in zip(self.readings, self.accuracy, strict=True)}
        error = 100 * np.sqrt(self.accuracy[0] * (1 - self.accuracy[0]) / self.spec.n_instances)
        lines["ceiling of causal readers"] = 100 * self.ceiling
        mean = lines[self.readings[0]]
        bands = {self.readings[0]: (mean - 2 * error, mean + 2 * error)}
        ticks = tuple(
            (part * n + (n / 2), name)
            for part, name in enumerate(("permutation", "string", "scratch"))
        )
        axes = Axis("looks at", ticks=ticks), Axis("token", ticks=ticks)
        overall = self.accuracy.mean(axis=1)
        told = {
            "reading": (*self.readings, "ceiling (n+1)/2n + (n-1)/2nV"),
            "written down, right, %": 100 * np.append(overall, self.ceiling.mean()),
        }
        if len(self.trained):
            learnt = np.append(self.trained.mean(axis=1), self.ceiling.mean())
            told["trained, right, %"] = 100 * learnt
        return (
            Curves(
                f"Symbols right by place, {self.spec.n_instances:,} strings", place, lines,
                Axis("place"), Axis("right", "%"), bands,
            ),
            *self._trained(place),
            Heatmap("Block 1: where did it come from?", self.first, *axes, Axis("attention"),
                    square=True),
            Heatmap("Block 2: what is there?", self.second, *axes, Axis("attention"), square=True),
            Table("Overall", told),
        )  # fmt: skip

    def _trained(self, place: np.ndarray) -> tuple[Picture, ...]:
        """The same readers after training, and how they got there."""
        if not len(self.trained):
            return ()
        lines = {k: 100 * row for k, row in zip(self.readings, self.trained, strict=True)}
        lines["ceiling of causal readers"] = 100 * self.ceiling
        title = f"Trained for {self.spec.n_steps:,} steps: symbols right by place"
        return (
            Curves(title, place, lines, Axis("place"), Axis("right", "%")),
            _losses(self.readings, self.steps, self.losses),
        )


def _losses(readings: tuple[str, ...], steps: np.ndarray, losses: np.ndarray) -> Curves:
    lines = dict(zip(readings, losses, strict=True))
    return Curves("Loss while training", steps, lines, Axis("step"), Axis("loss", "nats"))


def frames(spec: CausalSpec) -> Iterator[Frame | Result]:
    """A frame per chunk of strings."""
    from engines.pointer.causal_readers.written import READINGS, ceiling, questions, read_out

    rng = np.random.Generator(np.random.Philox(spec.seed))
    right = np.zeros((len(READINGS), spec.n))
    maps: tuple[np.ndarray, ...] = ()
    for start in range(0, spec.n_instances, _CHUNK):
        size = min(_CHUNK, spec.n_instances - start)
        asked = questions(rng, size, spec.n, spec.n_symbols)
        for k, reading in enumerate(READINGS):
            found, *both = read_out(asked, spec.n_symbols, reading)
            right[k] += (found == asked.answer).sum(axis=0)
            if not start and "scratch" in reading:
                maps = tuple(each[0] for each in both)
        share = 0.1 if spec.n_steps else 1.0
        yield Frame(fraction=share * (start + size) / spec.n_instances)
    trained = yield from _readers(spec)
    yield CausalResult(
        spec, READINGS, right / spec.n_instances, ceiling(spec.n, spec.n_symbols), *maps, *trained
    )


def _readers(spec: CausalSpec) -> Generator[Frame, None, tuple[np.ndarray, ...]]:
    """Train every reading, a frame per step; returns accuracy by place, losses, and their steps."""
    none = np.zeros((0, 0))
    if not spec.n_steps:
        return none, none, np.zeros(0)
    from engines.pointer.causal_readers.trained import right_by_place, training
    from engines.pointer.causal_readers.written import READINGS

    every = -(-spec.n_steps // _MOMENTS)
    steps = np.arange(every, spec.n_steps + 1, every, dtype=float)
    losses, right = np.full((len(READINGS), len(steps)), np.nan), []
    for k, reading in enumerate(READINGS):
        since: list[float] = []
        for now in training(spec.n, spec.n_symbols, reading, spec.n_steps, spec.seed):
            since.append(now.loss)
            if len(since) == every and now.step // every < len(steps):
                losses[k, now.step // every] = np.mean(since)
                since = []
            share = (k + (now.step + 1) / spec.n_steps) / len(READINGS)
            yield CausalFrame(READINGS, losses.copy(), steps, fraction=0.1 + 0.9 * share)
            if now.step + 1 == spec.n_steps:
                right.append(right_by_place(now.reader, spec.n_instances, spec.seed))
    return np.stack(right), losses, steps


def known_answers() -> tuple[KnownAnswer, ...]:
    """Exact with scratch tokens; at the ceiling without."""
    source = "Alur et al. 2025, Theorem 1; ceiling by counting: j/n + (1 - j/n)/V"

    def shares() -> np.ndarray:
        return EXPERIMENT.result(CausalSpec(n_instances=4_000)).accuracy.mean(axis=1)  # type: ignore[attr-defined]

    return (
        KnownAnswer("causal reader, n = 5, V = 8", source, 0.65, 0.012, lambda: shares()[0]),
        KnownAnswer("with scratch tokens, n = 5, V = 8", source, 1.0, 0.0, lambda: shares()[1]),
        KnownAnswer("without a mask, n = 5, V = 8", source, 1.0, 0.0, lambda: shares()[2]),
    )


def _right(result: CausalResult, reading: str) -> Estimate:
    """Share of symbols right; a string counts once, however long, so that n is that of strings."""
    share = float(result.accuracy[result.readings.index(reading)].mean())
    n = result.spec.n_instances
    low, high = wilson(share * n, n)
    return Estimate(f"symbols right, {reading}", share, low, high, n, "strings",
                    "Wilson interval over strings", result.spec.seed)  # fmt: skip


def _ceiling(result: CausalResult) -> Estimate:
    said = "closed form: (n + 1) / 2n + (n - 1) / 2nV"
    return Estimate.exact("ceiling of causal readers", float(result.ceiling.mean()), said)


_SOURCE = "Alur, Hays, Raghavan & Shah 2025, arXiv 2509.24125"
CLAIMS = (
    Claim(
        "A causal decoder gets no further than the symbols that come before.",
        figure=lambda r: _right(r, "causal"),
        control=_ceiling,
        holds_when=Alike(0.03),
        source=_SOURCE,
    ),
    Claim(
        "Scratch tokens after the string let a causal decoder undo every shuffle.",
        figure=lambda r: _right(r, "causal, scratch tokens"),
        control=lambda r: _right(r, "causal"),
        holds_when=Near(0.0),
        source=_SOURCE,
        published=1.0,
    ),
)

EXPERIMENT = Experiment(
    spec=CausalSpec,
    frames=frames,
    card=Card(
        title="Undo a shuffle",
        claim="A causal decoder cannot undo a permutation: early places would have to read what "
        "comes later. The weights here are written down, so nothing can be blamed on training; "
        "train them as well, and no reader gets above the ceiling.",
        paper="Alur, Hays, Raghavan & Shah 2025, arXiv 2509.24125",
        link="https://arxiv.org/abs/2509.24125",
    ),
    presets={
        "Five symbols": CausalSpec(),
        "Five symbols, trained too": CausalSpec(n_steps=1_500),
        "Eight of sixteen": CausalSpec(n=8, n_symbols=16),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    order=50,
)
