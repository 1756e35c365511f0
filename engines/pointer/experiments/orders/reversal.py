"""The reversal curse: who reads that A is B does not know what B is, unless units are permuted."""

from __future__ import annotations

from collections.abc import Iterator
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
    SpecError,
    knob,
)
from engines.contract.claims import AtLeast, FallsBelow
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.lab.statistics import mean_over, paired
from engines.lab.statistics.intervals import half_widths
from engines.pointer.language.facts import TELLINGS, Telling

_QUESTIONS = ("A is …", "B is …", "B is …, told both ways")
_FORWARD, _REVERSED = 0, 1


class ReversalSpec(Spec):
    """Facts, and how long they are told."""

    n_facts: int = knob(
        60, label="Facts", group="Facts", ge=8, le=200,
        help="Sentences 'A is B'; every second one is told both ways to everybody.",
    )  # fmt: skip
    n_words: int = knob(
        12, label="Words", group="Facts", ge=4, le=40,
        help="First and second words there are; a name is one of each.",
    )  # fmt: skip
    n_seeds: int = knob(
        5, label="Seeds", group="Training", ge=2, le=20,
        help="Models with facts of their own, behind every interval.",
    )  # fmt: skip
    n_steps: int = knob(
        200, label="Steps", group="Training", ge=10, le=2_000,
        help="How often all facts are told, one after the other in four tellings.",
    )  # fmt: skip
    seed: Seed = knob(
        0, label="Seed", group="Training", help="Draws facts, tellings and first weights."
    )

    def model_post_init(self, _context: object) -> None:
        """As many pairs of words as there are facts."""
        if self.n_facts > self.n_words**2:
            raise SpecError(
                f"Words: {self.n_words} of each kind make {self.n_words**2} names, "
                f"for {self.n_facts} facts; take more words"
            )


@dataclass(frozen=True, eq=False)
class ReversalFrame(Frame):
    """Recall so far."""

    steps: np.ndarray
    """int64[look]."""
    right: np.ndarray
    """float64[look, telling, question, seed]: share of names right in both tokens."""

    def pictures(self) -> tuple[Picture, ...]:
        """How recall rises."""
        return (_course(self.steps, self.right),)


@dataclass(frozen=True, eq=False)
class Reversal(Result):
    """Recall of every telling, and what is named after each B."""

    spec: ReversalSpec
    steps: np.ndarray
    """int64[look]."""
    right: np.ndarray
    """float64[look, telling, question, seed]: share of names right in both tokens."""
    named: np.ndarray
    """float32[telling, fact, fact]: probability of A (column) after B (row), first seed, facts
    that are no controls."""

    def recall(self, telling: Telling, question: int = _REVERSED) -> np.ndarray:
        """At the end: float64[seed]."""
        return self.right[-1, TELLINGS.index(telling), question]

    def pictures(self) -> tuple[Picture, ...]:
        """The course, the end, and who is named."""
        return (
            _course(self.steps, self.right),
            _end(self.right[-1]),
            *(self._named(telling) for telling in TELLINGS[:3]),
            self._table(),
        )

    def _named(self, telling: Telling) -> Heatmap:
        values = self.named[TELLINGS.index(telling)].astype(np.float64)
        return Heatmap(
            f"Named after B, {telling}", values, Axis("name A"), Axis("asked B"),
            Axis("probability"), square=True,
        )  # fmt: skip

    def _table(self) -> Table:
        rows = {
            question: tuple(
                str(mean_over(self.recall(telling, k), of=question, unit="seeds"))
                for telling in TELLINGS
            )
            for k, question in enumerate(_QUESTIONS)
        }
        n = self.spec.n_words**2
        return Table(
            f"Names right in both words; a guess is right in 1 of {n}", {"told": TELLINGS, **rows}
        )


def _course(steps: np.ndarray, right: np.ndarray) -> Curves:
    """The reversed question against steps, with t intervals over seeds."""
    here = 100 * right[:, :, _REVERSED]
    mean, n = here.mean(axis=-1), here.shape[-1]
    half = half_widths(here)
    lines = {name: mean[:, k] for k, name in enumerate(TELLINGS)}
    bands = {
        name: (mean[:, k] - half[:, k], mean[:, k] + half[:, k]) for k, name in enumerate(TELLINGS)
    }
    return Curves(
        f"What is B? Facts told one way, {n} seeds", steps.astype(float), lines,
        Axis("step"), Axis("names right", "%"), bands,
    )  # fmt: skip


def _end(right: np.ndarray) -> Bars:
    """Every question of every telling at the end, in groups."""
    share = 100 * right
    n = share.shape[-1]
    mean = share.mean(axis=-1)
    half = half_widths(share)
    gap = np.full((len(TELLINGS), 1), np.nan)
    heights = np.concatenate([mean, gap], axis=1).ravel()
    halves = np.concatenate([half, gap], axis=1).ravel()
    ticks = tuple((4.0 * k + 1.0, name.split()[0]) for k, name in enumerate(TELLINGS))
    kinds = (*_QUESTIONS, _QUESTIONS[-1]) * len(TELLINGS)
    return Bars(
        f"After the last step, {n} seeds", heights, Axis("how facts are told", ticks=ticks),
        Axis("names right", "%"), kinds, whiskers=(heights - halves, heights + halves),
    )  # fmt: skip


def frames(spec: ReversalSpec) -> Iterator[Frame | Result]:
    """A frame per look, and more between them."""
    from engines.pointer.language.retelling import learning

    steps: list[int] = []
    right: list[np.ndarray] = []
    named = np.zeros((0, 0, 0))
    for now in learning(
        n_seeds=spec.n_seeds, n_facts=spec.n_facts, n_words=spec.n_words, n_steps=spec.n_steps,
        n_looks=11, seed=spec.seed,
    ):  # fmt: skip
        if now.right is not None:
            steps.append(now.step)
            right.append(now.right)
        if now.named is not None:
            named = now.named
        yield ReversalFrame(np.array(steps), np.stack(right), fraction=now.fraction)
    yield Reversal(spec, np.array(steps), np.stack(right), named.astype(np.float32))


def known_answers() -> tuple[KnownAnswer, ...]:
    """Torch's own encoder, and the counts of tellings."""
    from engines.pointer.answers.language import reversal_answers

    return reversal_answers()


def _figure(telling: Telling, question: int = _REVERSED) -> object:
    def figure(run: Reversal) -> Estimate | None:
        if run.spec.n_seeds < 5:
            return None
        of = f"{_QUESTIONS[question]}, {telling}"
        return mean_over(run.recall(telling, question), of=of, unit="seeds")

    return figure


def _curse(run: Reversal) -> Estimate:
    both = run.recall("as written", _FORWARD), run.recall("as written")
    return paired(*both, run.spec.seed).estimate("reversed less forward", "seeds")


def _shuffled(run: Reversal) -> Estimate:
    both = run.recall("units permuted"), run.recall("tokens shuffled")
    return paired(*both, run.spec.seed).estimate("tokens less units", "seeds")


_SPT = "Guo et al. 2024, arXiv 2403.00758"
CLAIMS = (
    Claim(
        "Who has read that A is B, and recalls it, does not know what B is.",
        figure=_figure("as written"),  # type: ignore[arg-type]
        control=_figure("as written", _FORWARD),  # type: ignore[arg-type]
        holds_when=FallsBelow(by=0.5),
        source="Berglund et al. 2023, arXiv 2309.12288",
        difference=_curse,
    ),
    Claim(
        "Told with its units in any order, the same model knows four of five or more.",
        figure=_figure("units permuted"),  # type: ignore[arg-type]
        control=_figure("as written"),  # type: ignore[arg-type]
        holds_when=AtLeast(0.8),
        source=_SPT + "; 80 % are our floor",
    ),
    Claim(
        "Names must stay whole: with all tokens shuffled it knows fewer.",
        figure=_figure("tokens shuffled"),  # type: ignore[arg-type]
        control=_figure("units permuted"),  # type: ignore[arg-type]
        holds_when=FallsBelow(),
        source=_SPT,
        difference=_shuffled,
    ),
)

EXPERIMENT = Experiment(
    spec=ReversalSpec,
    frames=frames,
    card=Card(
        title="The reversal curse",
        claim="A model that has read two hundred times that A is B cannot say what B is, though it "
        "has read other facts both ways. Permuting the units of a sentence mends it; shuffling its "
        "tokens mends half.",
        paper="Guo, Wang, Guo, Tan, Bian & Yang 2024, Mitigating reversal curse in large language "
        "models via semantic-aware permutation training",
        link="https://arxiv.org/abs/2403.00758",
    ),
    presets={
        "Sixty facts": ReversalSpec(),
        "Few words": ReversalSpec(n_words=8),
        "Ten seeds": ReversalSpec(n_seeds=10),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 0.02 * spec.n_seeds * spec.n_steps * spec.n_facts / 60,
    order=70,
)
