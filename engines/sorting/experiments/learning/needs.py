"""Homeostatic networks: what they recognise and take changes how fast they learn."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Estimate, Experiment, KnownAnswer
from engines.contract.claims import Exceeds
from engines.sorting.needs.asked import COIN, INTERVALS, NEED, UNITS, NeedsSpec
from engines.sorting.needs.results import NeedsFrame, NeedsResult

_PAPER = "Man, Damasio and Neven 2022, Need is all you need, arXiv 2205.08645"
_OFTEN = INTERVALS[-1]
_MANY, _N_MANY = "Forty networks", 40
"""Of fewer, which of them are ahead changes with the seed."""


def frames(spec: NeedsSpec) -> Iterator[NeedsFrame | NeedsResult]:
    """The stream as it goes by."""
    from engines.sorting.needs.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Slopes by autograd, steps by torch's optimiser, swaps counted."""
    from engines.sorting.needs.answers import answers

    return answers()


def _ahead(sentence: str, behind: str, ahead: str, preset: str = "") -> Claim:
    """One is right more often than another where labels change places most often."""

    def figure(run: NeedsResult) -> Estimate | None:
        enough = run.spec.n_nets >= _N_MANY or not preset
        # As long as it has swaps in every world; longer streams were not looked at.
        tells = enough and 400 <= run.spec.n_batches < 1_600
        return run.mean(ahead, _OFTEN) if tells else None

    return Claim(
        sentence,
        figure=figure,
        control=lambda run: run.mean(behind, _OFTEN),
        difference=lambda run: run.apart(ahead, behind, _OFTEN),
        holds_when=Exceeds(),
        source=_PAPER,
        preset=preset,
    )


PRESETS = {
    "Digits, labels change places": NeedsSpec(),
    _MANY: NeedsSpec(n_nets=_N_MANY),
    "Four times as long": NeedsSpec(n_batches=1_600),
}
CLAIMS = (
    _ahead("Where labels change places most often, learners with a need are right more often than "
           "those that take by a coin what they see.", COIN, NEED, _MANY),
    _ahead("They are right more often if what is taken acts on units by their activity.", NEED,
           UNITS),
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
