"""What a comparison of one network of many widths with many of one needs."""

from __future__ import annotations

from typing import Literal

from engines.contract import Seed, Spec, knob

WIDTHS = (4, 8, 16, 32, 64)
N_HIDDEN = WIDTHS[-1]
BATCH = 64
SORTED, ALONE = "one run, all widths", "a network for each"
FIRST, LARGEST = "cut to its first units", "cut to its largest units"
ARMS = (SORTED, ALONE, FIRST, LARGEST)
TEXT = """def Digits(x: b p) -> b c
  size h = 64
  u: b h = Linear+[In](x)
  a: b h = relu(u)
  y: b c = Linear+[Out](a)
"""
"""All networks here, as a diagram."""


class SortedSpec(Spec):
    """Perceptrons that learn a task; one of them with its width drawn anew at every step."""

    task: Literal["digits", "noisy digits", "letters"] = knob(
        "digits", label="Task", help="Pictures to tell apart.", group="Learning"
    )
    n_steps: int = knob(
        600, label="Steps", help="Changes of the weights, by Adam, 64 examples each.",
        group="Learning", ge=50, le=20_000, log=True, soft=(100, 5_000),
    )  # fmt: skip
    n_nets: int = knob(
        10, label="Networks", help="Of each kind; each has first weights and an order of examples "
        "of its own.", group="Learning", ge=2, le=50, soft=(3, 20),
    )  # fmt: skip
    learning_rate: float = knob(
        0.003, label="Learning rate", help="Of all.", group="Learning", gt=0, le=1, log=True,
        soft=(1e-4, 0.1),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of data, first weights and order.",
                      group="Learning")  # fmt: skip
