"""Homeostatic networks: what they recognise and take changes how fast they learn."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Experiment, KnownAnswer
from engines.contract.claims import Exceeds
from engines.sorting.needs.asked import BEGAN, BEST, COIN, INTERVALS, NEED, UNITS, NeedsSpec
from engines.sorting.needs.results import NeedsFrame, NeedsResult

_PAPER = "Man, Damasio and Neven 2022, Need is all you need, arXiv 2205.08645"
_OFTEN, _NEVER = INTERVALS[-1], INTERVALS[0]
_LONG, _MANY = "Four times as long", "Forty networks"
_N_MANY = 40
"""Of fewer, which of them are ahead changes with the seed."""


def frames(spec: NeedsSpec) -> Iterator[NeedsFrame | NeedsResult]:
    """The stream as it goes by."""
    from engines.sorting.needs.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Slopes by autograd, steps by torch's optimiser, swaps counted."""
    from engines.sorting.needs.answers import answers

    return answers()


def _tells(run: NeedsResult, preset: str) -> bool:
    """Whether a run is what a preset is for: swaps in every world, and enough networks."""
    n_batches, n_nets = run.spec.n_batches, run.spec.n_nets
    if preset == _LONG:
        return n_batches >= 1_600
    return 400 <= n_batches < 1_600 and (n_nets >= _N_MANY or not preset)


def _ahead(sentence: str, one: str, other: str, preset: str = "") -> Claim:
    """One is right more often than another where labels change places most often."""
    return Claim(
        sentence,
        figure=lambda run: run.mean(one, _OFTEN) if _tells(run, preset) else None,
        control=lambda run: run.mean(other, _OFTEN),
        difference=lambda run: run.apart(one, other, _OFTEN),
        holds_when=Exceeds(),
        source=_PAPER,
        preset=preset,
    )


PRESETS = {
    "Digits, labels change places": NeedsSpec(),
    _MANY: NeedsSpec(n_nets=_N_MANY),
    _LONG: NeedsSpec(n_batches=1_600),
}
CLAIMS = (
    _ahead("Where labels change places most often, learners with a need are right more often than "
           "those whose rate stays where theirs began.", NEED, BEGAN, _MANY),
    _ahead("They are right more often than with the best of six rates that stay.", NEED, BEST,
           _MANY),
    _ahead("They are right more often than those that take by a coin what they see.", NEED, COIN,
           _MANY),
    _ahead("They are right more often if what is taken acts on units by their activity.", UNITS,
           NEED),
    Claim(
        "What they gain on the best rate that stays is more where labels change places most often "
        "than where they never do.",
        figure=lambda run: run.gap(_OFTEN) if _tells(run, _MANY) else None,
        control=lambda run: run.gap(_NEVER),
        difference=lambda run: run.gap_apart(_OFTEN, _NEVER),
        holds_when=Exceeds(),
        source=_PAPER,
        preset=_MANY,
    ),
    _ahead("In four times the stream they are right more often than with the best of six rates "
           "that stay.", NEED, BEST, _LONG),
)  # fmt: skip

EXPERIMENT = Experiment(
    spec=NeedsSpec,
    frames=frames,
    card=Card(
        title="Homeostatic networks",
        claim="Digits are food: some raise the learning rate of who takes them, others lower it. A "
        "learner takes what it thinks would make it better on what it saw last, and gets what it "
        "really was. The labels change places now and then; beside it are rates that stay.",
        paper="Man, Damasio and Neven 2022, Need is all you need: homeostatic neural networks "
        "adapt to concept shift",
        link="https://arxiv.org/abs/2205.08645",
    ),
    presets=PRESETS,
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 1.0 + spec.n_batches * (0.004 + spec.n_nets * 1e-3),
    order=71,
)
