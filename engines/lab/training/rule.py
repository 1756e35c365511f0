"""What a rule is, as a spec: how weights change, apart from the network whose weights they are.

A rule has two halves. The *signal* says in which direction each weight should go (the gradient, or
something local that stands in for it, see `signals`); the *optimiser* says how far. Reading a rule
loads no torch.
"""

from __future__ import annotations

from typing import Literal

from engines.contract import Spec, knob

Signal = Literal[
    "gradient", "feedback alignment", "direct feedback alignment", "last layer only", "Hebb", "Oja"
]
Optimiser = Literal["SGD", "momentum", "Adam", "AdamW"]


class Rule(Spec):
    """How weights change."""

    signal: Signal = knob(
        "gradient",
        label="Signal",
        help="Which way a weight should go: the gradient of the loss; the same with fixed random "
        "weights on the way back, layer by layer or straight from the output; or from its own two "
        "ends alone, without any loss.",
        group="Rule",
    )
    optimiser: Optimiser = knob(
        "Adam", label="Optimiser", help="How far a weight goes along its signal.", group="Rule"
    )
    learning_rate: float = knob(
        0.003,
        label="Learning rate",
        help="Length of a step.",
        group="Rule",
        gt=0,
        le=100,
        log=True,
        soft=(1e-4, 1.0),
    )
    momentum: float = knob(
        0.9,
        label="Momentum",
        help="Share of the last step that is kept.",
        group="Rule",
        ge=0,
        lt=1,
        when={"optimiser": ("momentum",)},
    )
    beta1: float = knob(
        0.9,
        label="Mean of",
        help="Memory of Adam's mean.",
        group="Rule",
        ge=0,
        lt=1,
        widget="hidden",
    )
    beta2: float = knob(
        0.999, label="Square of", help="Memory of Adam's mean square.", group="Rule", ge=0, lt=1,
        widget="hidden",
    )  # fmt: skip
    epsilon: float = knob(
        1e-8, label="Epsilon", help="Added to Adam's root mean square.", group="Rule", gt=0, le=1,
        widget="hidden",
    )  # fmt: skip
    weight_decay: float = knob(
        0.0,
        label="Weight decay",
        help="Pull of every weight to zero; with AdamW it is no part of the signal.",
        group="Rule",
        ge=0,
        le=10,
        soft=(0, 1),
    )
