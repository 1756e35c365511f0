"""What a comparison of ways to prove needs."""

from __future__ import annotations

from typing import Literal

from engines.contract import Seed, Spec, knob

NONE, RAW, STRENGTHENED = "no cuts", "raw cuts", "strengthened cuts"
MIDDLE, ZERO, AREA, RANDOM = "at the middle", "at 0", "least area", "at random"
Function = Literal["tanh", "sigmoid", "GELU", "sine", "product", "ReLU"]
WORDS = {"tanh": "tanh", "sigmoid": "sigmoid", "GELU": "gelu", "sine": "sin", "product": "square",
         "ReLU": "relu"}  # fmt: skip
"""What the language calls them; a product is the square of half a sum less that of half a
difference."""
CUTS = (NONE, RAW, STRENGTHENED)
POINTS = (MIDDLE, ZERO, AREA, RANDOM)


class BranchSpec(Spec):
    """Random networks, a box of inputs, and the question whether the output is above 0 in it."""

    function: Function = knob(
        "tanh", label="Function", help="Between layers. ReLU is always cut at 0, and what is "
        "learnt from proved regions is compared; of the others, where intervals are cut. A product "
        "is of two sums, cut in their half sum or half difference.",
        group="Networks",
    )  # fmt: skip
    n_nets: int = knob(
        14, label="Networks", help="With weights of their own.", group="Networks", ge=2, le=100,
        soft=(2, 50),
    )  # fmt: skip
    n_inputs: int = knob(3, label="Inputs", help="Numbers that come in.", group="Networks", ge=1,
                         le=8)  # fmt: skip
    n_hidden: int = knob(10, label="Width", help="Of every layer between.", group="Networks", ge=2,
                         le=32)  # fmt: skip
    n_layers: int = knob(1, label="Layers", help="Between input and output.", group="Networks",
                         ge=1, le=3)  # fmt: skip
    reach: float = knob(
        0.8, label="Box", help="Every input is between minus this and this.", group="Question",
        gt=0, le=2,
    )  # fmt: skip
    margin: float = knob(
        0.35, label="Margin", help="Least output of 20,000 inputs, in standard deviations of the "
        "output: below 0 a counterexample is known to be there.", group="Question", ge=-1, le=3,
    )  # fmt: skip
    limit: int = knob(
        250, label="Regions", help="Looked at before the search gives up.", group="Question", ge=1,
        le=5_000, log=True, soft=(50, 1_000),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of the weights.", group="Networks")

    @property
    def ways(self) -> tuple[str, ...]:
        """What is compared, by name."""
        return CUTS if self.function == "ReLU" else POINTS
