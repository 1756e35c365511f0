"""One model for every way of hiding: does a mixture of denoisers keep up with specialists?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from engines.contract.claims import Alike, FallsBelow
from engines.contract.pictures import Axis, Bars, Curves, Picture, Table
from engines.lab.statistics import mean_over, paired
from engines.lab.statistics.intervals import half_widths

_ASKED = ("short spans", "one long span", "what comes last")
_TAUGHT = ("R: short", "X: long", "S: last", "mixture")
_SHORT, _LAST, _MIXTURE = 0, 2, 3
_SEEDS_MIN = 5
_WITHIN = 0.05


class DenoisersSpec(Spec):
    """How long models are taught."""

    n_seeds: int = knob(
        5, label="Seeds", group="Training", ge=2, le=20,
        help="Models with words of their own, behind every interval.",
    )  # fmt: skip
    n_steps: int = knob(
        400, label="Steps", group="Training", ge=12, le=3_000, soft=(100, 1_200),
        help="Batches of 32 words for every model; the mixture takes the three ways in turn.",
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", group="Training", help="Draws words and first weights.")


@dataclass(frozen=True, eq=False)
class DenoisersFrame(Frame):
    """How far models are above the least, so far."""

    steps: np.ndarray
    """int64[look]."""
    nats: np.ndarray
    """float64[look, taught, asked, seed]."""

    def pictures(self) -> tuple[Picture, ...]:
        """The course of the worst of the three questions, and all of them now."""
        return (_course(self.steps, self.nats), _bars(self.nats[-1]))


@dataclass(frozen=True, eq=False)
class Denoisers(Result):
    """How far models are above the fewest nats that there can be."""

    spec: DenoisersSpec
    steps: np.ndarray
    """int64[look]."""
    nats: np.ndarray
    """float64[look, taught, asked, seed]: per hidden token, above the least."""

    @property
    def last(self) -> np.ndarray:
        """At the end: float64[taught, asked, seed]."""
        return self.nats[-1]

    def best(self, asked: int) -> int:
        """The specialist that is best in the mean at a question."""
        return int(np.argmin(self.last[:_MIXTURE, asked].mean(axis=-1)))

    def pictures(self) -> tuple[Picture, ...]:
        """The course, the end, and both in numbers."""
        return (_course(self.steps, self.nats), _bars(self.last), self._table())

    def _table(self) -> Table:
        rows = {
            asked: tuple(str(mean_over(row, of=asked, unit="seeds")) for row in self.last[:, k])
            for k, asked in enumerate(_ASKED)
        }
        return Table("Nats per hidden token above the least", {"taught": _TAUGHT, **rows})


def _course(steps: np.ndarray, nats: np.ndarray) -> Curves:
    """The question each is worst at, against steps."""
    worst = nats.max(axis=2)
    mean, half = worst.mean(axis=-1), half_widths(worst)
    # In the order of the bars' legend, so that colours are the same in both.
    rows = sorted((name, k) for k, name in enumerate(_TAUGHT))
    lines = {name: mean[:, k] for name, k in rows}
    bands = {name: (mean[:, k] - half[:, k], mean[:, k] + half[:, k]) for name, k in rows}
    title = f"At the question each is worst at, {nats.shape[-1]} seeds"
    return Curves(
        title, steps.astype(float), lines, Axis("step"), Axis("above the least", "nats"), bands
    )


def _bars(nats: np.ndarray) -> Bars:
    """Every question of every model, in groups."""
    gap = np.full((len(_ASKED), 1), np.nan)
    heights = np.concatenate([nats.mean(axis=-1).T, gap], axis=1).ravel()
    halves = np.concatenate([half_widths(nats).T, gap], axis=1).ravel()
    ticks = tuple((5.0 * k + 1.5, name) for k, name in enumerate(_ASKED))
    kinds = (*_TAUGHT, _TAUGHT[-1]) * len(_ASKED)
    return Bars(
        "Every model at every question", heights, Axis("hidden is", ticks=ticks),
        Axis("above the least", "nats"), kinds, whiskers=(heights - halves, heights + halves),
    )  # fmt: skip


def frames(spec: DenoisersSpec) -> Iterator[Frame | Result]:
    """A frame per look, and more between them."""
    from engines.pointer.language.denoising import learning

    steps: list[int] = []
    nats: list[np.ndarray] = []
    for now in learning(n_seeds=spec.n_seeds, n_steps=spec.n_steps, n_looks=11, seed=spec.seed):
        if now.nats is not None:
            steps.append(now.step)
            nats.append(now.nats)
        yield DenoisersFrame(np.array(steps), np.stack(nats), fraction=now.fraction)
    yield Denoisers(spec, np.array(steps), np.stack(nats))


def known_answers() -> tuple[KnownAnswer, ...]:
    """How many words there are, and how few nats the end of one can take."""
    from engines.pointer.answers.denoisers import denoisers_answers

    return denoisers_answers()


def _tested(run: Denoisers) -> bool:
    return run.spec.n_seeds >= _SEEDS_MIN


def _mixture_at(asked: int) -> Callable[[Denoisers], Estimate | None]:
    def figure(run: Denoisers) -> Estimate | None:
        of = f"nats above the least, mixture, {_ASKED[asked]}"
        return mean_over(run.last[_MIXTURE, asked], of=of, unit="seeds") if _tested(run) else None

    return figure


def _specialist_at(asked: int) -> Callable[[Denoisers], Estimate | None]:
    def figure(run: Denoisers) -> Estimate | None:
        best = run.best(asked)
        of = f"nats above the least, {_TAUGHT[best]}, {_ASKED[asked]}"
        return mean_over(run.last[best, asked], of=of, unit="seeds")

    return figure


def _apart(asked: int) -> Callable[[Denoisers], Estimate]:
    def difference(run: Denoisers) -> Estimate:
        both = run.last[run.best(asked), asked], run.last[_MIXTURE, asked]
        return paired(*both, run.spec.seed).estimate("mixture less the best specialist", "seeds")

    return difference


def _worst(run: Denoisers) -> np.ndarray:
    """At the question each is worst at: float64[taught, seed]."""
    return run.last.max(axis=1)


def _worst_mixture(run: Denoisers) -> Estimate | None:
    of = "nats above the least, mixture at its worst"
    return mean_over(_worst(run)[_MIXTURE], of=of, unit="seeds") if _tested(run) else None


def _worst_specialist(run: Denoisers) -> Estimate | None:
    worst = _worst(run)[:_MIXTURE]
    best = int(np.argmin(worst.mean(axis=-1)))
    of = f"nats above the least, {_TAUGHT[best]} at its worst"
    return mean_over(worst[best], of=of, unit="seeds")


_UL2 = "Tay et al. 2022, arXiv 2205.05131"
CLAIMS = (
    *(
        Claim(
            "With as many lessons in all, the mixture is as good as the best specialist at "
            f"{_ASKED[k]}.",
            figure=_mixture_at(k),
            control=_specialist_at(k),
            holds_when=Alike(within=_WITHIN),
            source=_UL2 + "; 0.05 nats are our floor",
            difference=_apart(k),
        )
        for k in (_SHORT, _LAST)
    ),
    Claim(
        "Where it is worst, the mixture is better than any specialist where that is worst.",
        figure=_worst_mixture,
        control=_worst_specialist,
        holds_when=FallsBelow(),
        source=_UL2,
    ),
)

EXPERIMENT = Experiment(
    spec=DenoisersSpec,
    frames=frames,
    card=Card(
        title="A mixture of denoisers",
        claim="Small models fill hidden places of well-nested words. Taught what comes last alone "
        "they are lost elsewhere; taught short spans alone they are good at everything; a mixture "
        "lies between. Zero is the fewest nats there can be, counted over all words.",
        paper="Tay et al. 2022, UL2: Unifying language learning paradigms",
        link="https://arxiv.org/abs/2205.05131",
        related=("pointer/reversal",),
    ),
    presets={
        "Five seeds": DenoisersSpec(),
        "Longer": DenoisersSpec(n_steps=1_200),
        "Ten seeds": DenoisersSpec(n_seeds=10),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 0.025 * spec.n_seeds * spec.n_steps,
    order=74,
)
