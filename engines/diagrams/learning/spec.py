"""What a race needs: entrants as texts, a task, a price that is held equal, seeds and steps."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from typing import Literal

from pydantic import field_validator, model_validator

from engines.contract import Seed, Spec, SpecError, knob

TEXT_MAX = 6_000
ENTRANTS_MAX = 6
RaceTask = Literal[
    "digits", "noisy digits", "clean digits", "letters", "characters", "XOR", "ring", "formula x y",
    "formula sin(8 x) cos(5 y)",
]  # fmt: skip
LearningRule = Literal[
    "backprop", "feedback alignment", "direct feedback alignment", "last layer only"
]
Match = Literal["nothing", "parameters", "FLOPs", "time"]

WIDE = """def Wide(x: b p) -> b c
  size h = 64
  u: b h = Linear+[In](x)
  a: b h = relu(u)
  y: b c = Linear+[Out](a)
"""
DEEP = """def Deep(x: b p) -> b c
  size h = 32
  size g = h
  size k = h
  u: b h = Linear+[In](x)
  a: b h = relu(u)
  v: b g = Linear+[Second](a)
  d: b g = relu(v)
  w: b k = Linear+[Third](d)
  e: b k = relu(w)
  y: b c = Linear+[Out](e)
"""


class Entrant(Spec):
    """One diagram in the race."""

    name: str = knob("Wide", label="Name", help="What it is called.", min_length=1, max_length=40)
    text: str = knob(WIDE, label="Text", help="The diagram in words.", max_length=TEXT_MAX)
    rule: LearningRule = knob(
        "backprop",
        label="Rule",
        help="How weights change: by the gradient, by errors that go back through fixed random "
        "weights, layer by layer or straight from the output, or in the last layer alone.",
    )


_DEFINITION = re.compile(r"^\s*def\s+([^\s(]+)", re.MULTILINE)


def named(text: str, taken: Collection[str]) -> Entrant:
    """A text under the name of its definition, or the next name that nobody has."""
    found = _DEFINITION.search(text)
    return Entrant(name=free_name(found.group(1) if found else "Entrant", taken), text=text)


def free_name(name: str, taken: Collection[str]) -> str:
    """A name, or with the next number where somebody has it."""
    names = [name[:32], *(f"{name[:32]} {k}" for k in range(2, ENTRANTS_MAX + 2))]
    return next((one for one in names if one not in taken), names[-1])


class RaceSpec(Spec):
    """Diagrams that learn one task from the same examples in the same order, many seeds each."""

    entrants: tuple[Entrant, ...] = knob(
        (Entrant(), Entrant(name="Deep", text=DEEP)),
        label="Entrants",
        help="Diagrams to train; every one is compared with the first.",
        widget="hidden",
        min_length=1,
        max_length=ENTRANTS_MAX,
    )
    control: bool = knob(
        True,
        label="Control",
        help="The first entrant races once more with other first weights: what no difference is.",
        group="Entrants",
    )
    task: RaceTask = knob(
        "digits",
        label="Task",
        help="What is learnt. Inputs are b p (pictures also b r s or b c r s), characters are "
        "t: b w in v; outputs are b c.",
        group="Race",
    )
    match: Match = knob(
        "parameters",
        label="Equal",
        help="What entrants after the first are sized to have as much of; FLOPs are those of "
        "contractions, forward and backward; time is that of a step of all seeds, measured here "
        "before the race, so that another machine may find another size.",
        group="Race",
    )
    match_axis: str = knob(
        "",
        label="By the size of",
        help="The axis that is changed for it; empty for the first that is free.",
        group="Race",
        max_length=64,
        when={"match": ("parameters", "FLOPs", "time")},
    )
    n_steps: int = knob(
        600, label="Steps", help="Changes of the weights.", group="Race", ge=50, le=20_000,
        log=True, soft=(100, 5_000),
    )  # fmt: skip
    n_seeds: int = knob(
        10,
        label="Seeds",
        help="Networks per entrant: other first weights and another order of examples.",
        group="Race",
        ge=1,
        le=50,
        soft=(3, 20),
    )
    learning_rates: str = knob(
        "0.001 0.003 0.01",
        label="Learning rates",
        help="Tried for every entrant with seeds of their own; the one with the least loss on "
        "examples that are neither learnt from nor in the exam is raced. A single one is taken.",
        group="Learning",
        max_length=100,
    )
    batch: int = knob(
        64, label="Batch", help="Examples per step.", group="Learning", ge=1, le=512, log=True
    )
    seed: Seed = knob(0, label="Seed", help="Of data, first weights and order.", group="Learning")

    @field_validator("learning_rates")
    @classmethod
    def _readable(cls, text: str) -> str:
        rates = rates_from_text(text)
        return " ".join(f"{rate:g}" for rate in rates)

    @model_validator(mode="after")
    def _told_apart(self) -> RaceSpec:
        names = [entrant.name for entrant in self.entrants]
        twice = next((name for k, name in enumerate(names) if name in names[:k]), None)
        if twice is not None:
            raise SpecError(f"two entrants are called {twice!r}; give each a name of its own")
        return self

    @property
    def rates(self) -> tuple[float, ...]:
        """The learning rates that are tried."""
        return rates_from_text(self.learning_rates)


def race_of(text: str) -> RaceSpec:
    """A race of a text against the usual first entrant, each as it is written."""
    first = Entrant()
    return RaceSpec(entrants=(first, named(text, {first.name})), match="nothing")


def rates_from_text(text: str) -> tuple[float, ...]:
    """One to five learning rates with spaces between them.

    Raises:
        SpecError: none, more than five, or something that is no number above zero.
    """
    parts = text.replace(",", " ").split()
    try:
        rates = tuple(float(part) for part in parts)
    except ValueError:
        rates = ()
    if not 1 <= len(rates) <= 5 or not all(0 < r <= 100 and math.isfinite(r) for r in rates):
        raise SpecError(
            f"learning rates are one to five numbers above 0 and up to 100, such as "
            f"'0.001 0.003 0.01'; got {text!r}"
        )
    return tuple(sorted(set(rates)))


def budgets_of(n_steps: int) -> tuple[int, ...]:
    """Five budgets, spaced about evenly by their logarithm, at which a verdict is given.

    >>> budgets_of(1000)
    (20, 50, 125, 400, 1000)
    """
    return tuple(max(1, round(share * n_steps)) for share in (0.02, 0.05, 0.125, 0.4, 1.0))
