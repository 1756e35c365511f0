"""Dictionaries: sparse codes of what a small transformer holds, beside what else would say it."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import Alike, Exceeds, FallsBelow
from engines.geometry.dictionaries.found import (
    BY_LOSS,
    BY_OTHERS,
    KINDS_,
    LEARNT,
    PARTS_,
    PRINCIPAL,
    RANDOM,
    SHUFFLED,
    UNLEARNT,
)
from engines.geometry.dictionaries.result import DictionaryRun
from engines.geometry.dictionaries.spec import L1, SECOND, TOP, TRANSCODER, DictionarySpec
from engines.geometry.dictionaries.steering import LATENT, MEANS, OTHER_LATENT, RANDOM_WAY


def frames(spec: DictionarySpec) -> Iterator[Frame | Result]:
    """Frames on the way, and the run last."""
    from engines.geometry.dictionaries.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Planted dictionaries, a linear map, components, and the network read twice."""
    from engines.geometry.dictionaries.answers import dictionary_answers

    return dictionary_answers()


def _steers(sentence: str, way: int, other: int, family: int, source: str) -> Claim:
    """One way to steer against another one."""
    return Claim(
        sentence,
        figure=lambda run: run.found.steers(way, family),
        control=lambda run: run.found.steers(other, family),
        difference=lambda run: run.found.steers_more(way, other, family),
        holds_when=Exceeds(),
        source=source,
    )


_CHOSEN, _PRICED = "Chosen by the loss", "A price for amounts"


def _kinds(run: DictionaryRun, code: str) -> Estimate | None:
    """How well latents say kinds; None where the code is another."""
    return run.found.score(LEARNT, KINDS_) if run.found.spec.code == code else None


CLAIMS = (
    Claim(
        "Latents say kinds of words better than principal components that leave as little.",
        figure=lambda run: run.found.score(LEARNT, KINDS_),
        control=lambda run: run.found.score(PRINCIPAL, KINDS_),
        difference=lambda run: run.found.better(LEARNT, PRINCIPAL, KINDS_),
        holds_when=Exceeds(),
        source="after Cunningham et al. 2023, arXiv 2309.08600",
    ),
    Claim(
        "Where the largest few speak, learning the dictionary adds little: as many directions at "
        "random say kinds of words as well, within .15 of a correlation.",
        figure=lambda run: _kinds(run, TOP),
        control=lambda run: run.found.score(UNLEARNT, KINDS_),
        difference=lambda run: run.found.better(LEARNT, UNLEARNT, KINDS_),
        holds_when=Alike(0.15),
        source="after Korznikov et al. 2026, arXiv 2602.14111; the bound is ours",
    ),
    Claim(
        "Where amounts are paid for, learning the dictionary makes latents say kinds better than "
        "as many directions at random.",
        figure=lambda run: _kinds(run, L1),
        control=lambda run: run.found.score(UNLEARNT, KINDS_),
        difference=lambda run: run.found.better(LEARNT, UNLEARNT, KINDS_),
        holds_when=Exceeds(),
        source="what Korznikov et al. 2026 doubt, arXiv 2602.14111",
        preset=_PRICED,
    ),
    Claim(
        "Latents say what is learnt: parts of a sentence, which no word alone tells, better than "
        "in a network whose weights are dealt anew.",
        figure=lambda run: run.found.score(LEARNT, PARTS_),
        control=lambda run: run.found.score(RANDOM, PARTS_),
        difference=lambda run: run.found.better(LEARNT, RANDOM, PARTS_),
        holds_when=Exceeds(),
        source="the control of Heap et al. 2025, arXiv 2501.17727",
    ),
    Claim(
        "What a network holds is sparser than its numbers, or of fewer dimensions: as many latents "
        "leave less of it than of the same numbers shuffled.",
        figure=lambda run: run.found.unexplained(LEARNT),
        control=lambda run: run.found.unexplained(SHUFFLED),
        difference=lambda run: run.found.less_left(LEARNT, SHUFFLED),
        holds_when=FallsBelow(),
        source="after Bricken et al. 2023, Towards monosemanticity",
    ),
    _steers(
        "A latent steers to another kind of word: next words come nearer to those behind that kind "
        "than with a random direction.",
        LATENT,
        RANDOM_WAY,
        KINDS_,
        "after Bricken et al. 2023",
    ),
    _steers(
        "Which latent is added matters: another one that speaks brings next words less near.",
        LATENT,
        OTHER_LATENT,
        KINDS_,
        "our control",
    ),
    _steers(
        "The difference of means steers better than a latent does.",
        MEANS,
        LATENT,
        KINDS_,
        "after Wu et al. 2025, AxBench, arXiv 2501.17148",
    ),
    Claim(
        "In part, a line foretells what a dictionary misses (its dark matter).",
        figure=lambda run: run.found.foretold(0),
        control=lambda run: run.found.foretold(0, 1),
        difference=lambda run: run.found.foretold_more(0),
        holds_when=Exceeds(),
        source="after Engels, Riggs & Tegmark 2024, arXiv 2410.14670",
    ),
    Claim(
        "Latents chosen by their part in the loss leave fewer silent than those chosen by size.",
        figure=lambda run: run.found.speaking(BY_LOSS),
        control=lambda run: run.found.speaking(LEARNT),
        difference=lambda run: run.found.more_speak(BY_LOSS, LEARNT),
        holds_when=Exceeds(),
        source="Olmo et al. 2024, arXiv 2411.10397",
        preset=_CHOSEN,
    ),
    Claim(
        "A word's own gradient is not needed for that: chosen by gradients of other words, fewer "
        "are silent too.",
        figure=lambda run: run.found.speaking(BY_OTHERS),
        control=lambda run: run.found.speaking(LEARNT),
        difference=lambda run: run.found.more_speak(BY_OTHERS, LEARNT),
        holds_when=Exceeds(),
        source="our control",
        preset=_CHOSEN,
    ),
)


def _seconds(spec: DictionarySpec) -> float:
    learnt = spec.n_learnt * (6e-3 + 4e-3 * spec.n_seeds)
    coded = spec.n_steps * spec.n_seeds * 3e-5 * spec.n_latents
    coded *= 2.3 if spec.by_loss else 1.0
    return 3.0 + learnt + coded + (1.0 * spec.n_seeds if spec.factors else 0.0)


EXPERIMENT = Experiment(
    spec=DictionarySpec,
    frames=frames,
    card=Card(
        title="Dictionaries",
        claim="A network's numbers as sparse sums of directions. Do they name what it has "
        "learnt, and does adding one do what its name says? Beside random weights, shuffled "
        "numbers, principal components, a probe and the difference of means.",
        paper="Cunningham et al. 2023, Sparse autoencoders find highly interpretable features in "
        "language models",
        link="https://arxiv.org/abs/2309.08600",
        related=("geometry/patching", "geometry/induction"),
    ),
    presets={
        "After layer 1": DictionarySpec(),
        "After layer 2": DictionarySpec(reads=SECOND),
        "Transcoder": DictionarySpec(reads=TRANSCODER),
        _PRICED: DictionarySpec(code=L1, n_steps=600),
        "Beside semi-NMF": DictionarySpec(factors=True, n_latents=48),
        _CHOSEN: DictionarySpec(by_loss=1.0, n_seeds=10),
        "Before any learning of codes": DictionarySpec(n_steps=0),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=_seconds,
    order=49,
)
