"""What is known of masks without any training, and what a prototype of the same claim found."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import torch

from engines.contract import KnownAnswer
from engines.geometry.pruning.course import Course
from engines.geometry.pruning.pictures import TicketRun
from engines.geometry.pruning.running import frames_of
from engines.geometry.pruning.spec import AGAIN, DEALT, EARLY, TICKET, WIDTHS, TicketSpec
from engines.geometry.pruning.tickets import density, full, pruned, started
from engines.lab.data.pictures import digits
from engines.lab.training import Constraints, Rule, Training, arrays

_N_ROUNDS = 6


def _left() -> float:
    """Share of weights that six rounds leave, by counting."""
    sizes = [a * b for a, b in pairwise(WIDTHS)]
    whole = sum(sizes)
    for _ in range(_N_ROUNDS):
        sizes = [n - round(share * n) for n, share in zip(sizes, (0.2, 0.2, 0.1), strict=True)]
    return sum(sizes) / whole


def _found() -> float:
    spec = TicketSpec(n_seeds=3)
    stack = started(spec)
    kept = full(stack)
    for _ in range(_N_ROUNDS):
        kept = pruned(stack, kept, 0.2)
        for name, mask in kept.items():
            stack.parameters[name].masked_fill_(~mask, 0.0)
    return float(density(kept).max())


def _moved() -> float:
    """Masked weights that are not exactly 0 after any of ten steps of AdamW with decay."""
    spec, task = TicketSpec(n_seeds=3), digits(0)
    stack = started(spec)
    kept = pruned(stack, full(stack), 0.5)
    rule = Rule(optimiser="AdamW", learning_rate=0.01, weight_decay=0.5)
    training = Training(stack, arrays(task.x, task.y, size=64), rule=rule,
                        constraints=Constraints(masks=kept))  # fmt: skip
    n = 0
    for step in range(1, 11):
        training.advance(step)
        n += sum(int((stack.parameters[name][~mask] != 0).sum()) for name, mask in kept.items())
    return float(n)


def _rewound() -> float:
    """Weights left that are not the first ones to the bit, at the start of a round."""
    spec = TicketSpec(n_seeds=3)
    one, other = started(spec), started(spec)
    kept = pruned(one, full(one), 0.5)
    training = Training(other, arrays(*_digits(), size=64), constraints=Constraints(masks=kept))
    return float(sum(
        int((training.stack.parameters[name] != torch.where(mask, one.parameters[name], 0.0)).sum())
        for name, mask in kept.items()
    ))  # fmt: skip


def _digits() -> tuple:
    task = digits(0)
    return task.x, task.y


@cache
def _long() -> Course:
    """The prototype's setting: six rounds of 800 steps."""
    *_, run = frames_of(TicketSpec(n_steps=800, every=6))
    assert isinstance(run, TicketRun)
    return run.course


def ticket_answers() -> tuple[KnownAnswer, ...]:
    """Counts, and with ``--full`` the floors of a prototype of 800 steps on other draws."""
    closed = "closed form: 20, 20 and 10 % of what is left of each layer, rounded, six times"
    floor = "floors of the same sizes: 5 seeds, 800 steps, density .267"
    return (
        KnownAnswer("share of weights left after six rounds", closed, _left(), 1e-12, _found),
        KnownAnswer("masked weights that AdamW with decay moved", "definition", 0.0, 0.0, _moved),
        KnownAnswer("weights of a ticket that are not the first ones", "definition", 0.0, 0.0,
                    _rewound),
        KnownAnswer("ticket less re-initialised after 25 steps: above .25", floor, 0.55, 0.3,
                    lambda: _long().less(TICKET, AGAIN, EARLY).value, full=True),
        KnownAnswer("ticket less re-initialised at the end: above 0", floor, 0.02, 0.02,
                    lambda: _long().less(TICKET, AGAIN).value, full=True),
        KnownAnswer("ticket less random mask at the end: above 0", floor, 0.02, 0.02,
                    lambda: _long().less(TICKET, DEALT).value, full=True),
    )  # fmt: skip
