"""What bounds on a drawing need: a text, a middle of the box, how large it may get."""

from __future__ import annotations

from typing import Literal

from engines.contract import Seed, Spec, knob
from engines.diagrams.specs.drawing import TEXT_MAX, AxisSize

CERTAIN = """def Certain(x: b p) -> b c
  size h = 24
  size g = 24
  # what can these be, wherever x is in its box?
  u: b h = Linear+[In](x)
  r: b h = relu(u)
  v: b g = Linear+[Middle](r)
  t: b g = tanh(v)
  y: b c = Linear+[Out](t)
"""
N_SIZES = 12
"""Boxes of one example, the largest as large as the spec says, equal steps between them."""

Feed = Literal[
    "random numbers", "digits", "noisy digits", "clean digits", "letters", "XOR", "ring",
    "formula x y", "formula sin(8 x) cos(5 y)",
]  # fmt: skip


class BoundsSpec(Spec):
    """A diagram, and boxes around examples that may be all of its inputs."""

    text: str = knob(
        CERTAIN, label="Text", help="The diagram in words.", widget="hidden", max_length=TEXT_MAX
    )
    data: Feed = knob(
        "digits",
        label="Middle of the box",
        help="An example of the exam of a task that the text learns first, or random numbers for "
        "fresh weights.",
        group="Box",
    )
    n_examples: int = knob(
        6, label="Examples", help="Boxes are put around each.", group="Box", ge=1, le=20
    )
    reach: float = knob(
        0.06, label="Largest box",
        help="Every number of an input is its example's, give or take this; twelve boxes up to "
        "there are computed.", group="Box", gt=0.0, le=100.0, log=True, soft=(0.005, 1.0),
    )  # fmt: skip
    n_samples: int = knob(
        200, label="Inputs tried", help="In every box: half anywhere, half in corners.",
        group="Box", ge=2, le=5_000, soft=(50, 1_000),
    )  # fmt: skip
    n_steps: int = knob(
        300, label="Steps of learning",
        help="Changes of the weights before bounds are taken, by Adam; 0 for fresh weights.",
        group="Learning", ge=0, le=5_000, soft=(0, 1_000), when={"data": ("digits", "noisy digits",
        "clean digits", "letters", "XOR", "ring", "formula x y", "formula sin(8 x) cos(5 y)")},
    )  # fmt: skip
    learning_rate: float = knob(
        0.003, label="Learning rate", help="Of Adam.", group="Learning", gt=0.0, le=1.0, log=True,
        soft=(0.0003, 0.1),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of data, first weights and inputs tried.", group="Box")
    collapsed: tuple[str, ...] = knob(
        (), label="Folded blocks", help="Paths of blocks drawn as closed boxes.", widget="hidden"
    )
    sizes: tuple[AxisSize, ...] = knob(
        (), label="Sizes", help="Sizes of axes that no task gives.", widget="hidden"
    )
    width: int = knob(
        1100, label="Line width", help="Where long diagrams wrap, in pixels of the picture.",
        unit="px", group="Look", ge=300, le=100_000, soft=(500, 3000), step=50,
    )  # fmt: skip

    @property
    def learns(self) -> bool:
        """Whether a task is learnt before bounds are taken."""
        return self.data != "random numbers"
