"""What a comparison of searches through nested networks needs."""

from __future__ import annotations

import itertools
from typing import Literal

from engines.contract import Seed, Spec, knob

WIDTHS = (4, 8, 12, 16, 24, 32, 64)
N_LAYERS, N_HIDDEN, BATCH = 3, WIDTHS[-1], 64
CHOICES = tuple(itertools.product(range(len(WIDTHS)), repeat=N_LAYERS))
"""Places in WIDTHS, layer by layer: every nested network."""
GUIDED, EVOLVED, SHUFFLED, RANDOM = (
    "evolution by a guess", "evolution alone", "the guess learns shuffled errors", "at random"
)  # fmt: skip
WAYS = (GUIDED, EVOLVED, SHUFFLED, RANDOM)
N_FIRST, N_EACH = 10, 10
"""Networks that every search begins with, and those looked at between two guesses."""
LEVELS = (0.9, 0.95, 0.99)
"""Shares of the area under all networks."""
SEARCHED, KEPT = 0, 1
"""Halves of the exam: searches are told errors in one, what they found is examined in the other."""
TEXT = """def Nested(x: b p) -> b c
  size h = 64
  size k = 64
  size m = 64
  u: b h = Linear+[First](x)
  a: b h = relu(u)
  v: b k = Linear+[Second](a)
  d: b k = relu(v)
  w: b m = Linear+[Third](d)
  e: b m = relu(w)
  y: b c = Linear+[Out](e)
"""
"""All networks here, as a diagram."""


class GuidedSpec(Spec):
    """Networks in which 343 are nested, and searches for those worth their products."""

    task: Literal["digits", "noisy digits", "letters"] = knob(
        "digits", label="Task", help="Pictures to tell apart.", group="Learning"
    )
    n_steps: int = knob(
        400, label="Steps", help="Changes of the weights, by Adam, 64 examples each; at every step "
        "three widths are drawn anew.", group="Learning", ge=50, le=20_000, log=True,
        soft=(100, 5_000),
    )  # fmt: skip
    n_nets: int = knob(
        20, label="Networks", help="Of which each is searched once in every way; each has first "
        "weights and an order of examples of its own.", group="Learning", ge=2, le=100,
        soft=(5, 50),
    )  # fmt: skip
    learning_rate: float = knob(
        0.003, label="Learning rate", help="Of all.", group="Learning", gt=0, le=1, log=True,
        soft=(1e-4, 0.1),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of data, first weights, order and searches.",
                      group="Learning")  # fmt: skip
