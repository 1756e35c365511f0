"""What a comparison of learners in a world that changes needs."""

from __future__ import annotations

from engines.contract import Seed, Spec, knob

INTERVALS = (0, 100, 20)
"""Batches between two swaps of labels; 0 for never."""
BATCH = 10
N_REMEMBERED = 20
"""Examples before a batch on which a learner tries what it may take."""
N_HIDDEN = (24, 24)
RATES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Learning rates that stay, and where those begin that change theirs."""
STEP = 0.01
"""By how much a rate changes at a time."""
LEAST = 1e-8
N_CLASSES = 10
FED = 5
"""Classes from this one on raise the rate of who takes them; those below lower it."""

NEED, UNITS, COIN = "by need", "by need, unit by unit", "by a coin"
CHANGING = (NEED, UNITS, COIN)
BEST, BEGAN = "best of six that stay", "stays where by need began"
STAYING = tuple(f"stays at {rate:g}" for rate in RATES)
ARMS = (*(f"{kind}, from {rate:g}" for kind in CHANGING for rate in RATES), *STAYING)
"""Every kind with every start, then the rates that stay."""
SHOWN = (*CHANGING, BEST)
"""The kinds, each with the start that is best for all other networks."""


class NeedsSpec(Spec):
    """Digits one after the other, whose labels change places now and then."""

    n_batches: int = knob(
        400, label="Batches", help="Of ten digits each, from each of which is learnt once.",
        group="World", ge=40, le=20_000, log=True, soft=(200, 2_000),
    )  # fmt: skip
    n_nets: int = knob(
        8, label="Networks", help="Of each kind and start; each has first weights, an order of "
        "digits and swaps of its own, the same for all.", group="Learning", ge=3, le=40,
        soft=(4, 20),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of data, first weights, order, swaps and coins.",
                      group="World")  # fmt: skip
