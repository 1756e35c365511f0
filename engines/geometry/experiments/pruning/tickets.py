"""The lottery ticket: few weights that learn as well as all, if they keep their first values."""

from __future__ import annotations

from collections.abc import Iterator

from engines.contract import Card, Claim, Experiment, Frame, KnownAnswer, Result
from engines.contract.claims import AtLeast, Exceeds
from engines.geometry.pruning.spec import AGAIN, DEALT, EARLY, TICKET, TicketSpec

_PAPER = "Frankle & Carbin 2019, The lottery ticket hypothesis"
_SIGNS = "Zhou et al. 2019, Deconstructing lottery tickets"


def frames(spec: TicketSpec) -> Iterator[Frame | Result]:
    """A frame per round, and the run last."""
    from engines.geometry.pruning.running import frames_of

    yield from frames_of(spec)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Counts of masks, and the floors of a prototype."""
    from engines.geometry.pruning.answers import ticket_answers

    return ticket_answers()


CLAIMS = (
    Claim(
        "A winning ticket learns faster than the same mask with other first weights.",
        figure=lambda run: run.course.share(TICKET, EARLY),
        control=lambda run: run.course.share(AGAIN, EARLY),
        difference=lambda run: run.course.less(TICKET, AGAIN, EARLY),
        holds_when=Exceeds(by=0.25),
        source=f"{_PAPER}; a quarter of the exam after {EARLY} steps is our floor",
    ),
    Claim(
        "A winning ticket ends no worse than the dense network.",
        figure=lambda run: run.course.less_dense(TICKET),
        control=lambda run: run.course.less_dense(AGAIN),
        holds_when=AtLeast(-0.005),
        source=f"{_PAPER}; half a hundredth of the exam is our floor",
    ),
    Claim(
        "With other first weights the same mask ends worse.",
        figure=lambda run: run.course.share(TICKET),
        control=lambda run: run.course.share(AGAIN),
        difference=lambda run: run.course.less(TICKET, AGAIN),
        holds_when=Exceeds(),
        source=_PAPER,
    ),
    Claim(
        "It matters which weights are left: as many at random end worse.",
        figure=lambda run: run.course.share(TICKET),
        control=lambda run: run.course.share(DEALT),
        difference=lambda run: run.course.less(TICKET, DEALT),
        holds_when=Exceeds(),
        source=_PAPER,
    ),
    Claim(
        "A ticket reads digits before it has learnt anything.",
        figure=lambda run: run.course.share(TICKET, 0),
        control=lambda run: run.course.share(DEALT, 0),
        difference=lambda run: run.course.less(TICKET, DEALT, 0),
        holds_when=Exceeds(),
        source=_SIGNS,
    ),
)

EXPERIMENT = Experiment(
    spec=TicketSpec,
    frames=frames,
    card=Card(
        title="Lottery ticket",
        claim="A quarter of the weights, back at their first values, learn faster than all of "
        "them; the same mask with other values, or another mask, does not.",
        paper=f"{_PAPER}; {_SIGNS}",
        link="https://arxiv.org/abs/1803.03635",
        related=("geometry/stacked", "geometry/matching"),
    ),
    presets={
        "Six rounds": TicketSpec(),
        "Six rounds of 800 steps": TicketSpec(n_steps=800, every=3),
        "Down to a 28th": TicketSpec(n_rounds=15, n_steps=400, every=5),
        "Half in each round": TicketSpec(n_rounds=3, share=0.5, every=1, n_steps=400),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: (
        1.0 + spec.n_seeds * spec.n_steps * 7e-4 * (1 + spec.n_rounds + 2 * len(spec.checked))
    ),
    order=60,
)
