"""What to run, on which numbers, after how much learning."""

from __future__ import annotations

from typing import Literal

from engines.contract import Seed, Spec, knob
from engines.diagrams.learning.spec import RaceTask
from engines.diagrams.specs.drawing import TEXT_MAX, AxisSize

ROWS = """\
def RowReader(x: b r s) -> b c
  size m = 24
  size h = 3
  size k = 8
  size g = 32
  # every row of a picture looks at every other
  e: b r m = Linear+[In](x)
  p: r m = param[Place]()
  z: b r m = add(e, p)
  q: b r h k = Linear[Q](z)
  w: b t m = rename[r -> t](z)
  l: b t h k = Linear[K](w)
  v: b t h k = Linear[V](w)
  s: b h r t = einsum(q, l) * k^(-1/2)
  a: b h r t = softmax[t](s)
  o: b r h k = einsum(a, v)
  n: b r m = Linear+[O](o)
  u: b r m = add(z, n)
  f: b g = Linear+[Up](u)
  j: b g = relu(f)
  y: b c = Linear+[Out](j)
"""
"""Attention that a small picture can be told with: it learns digits in seconds."""

UPLOAD_MAX_BYTES = 16 * 1024 * 1024
"""Of a file with an input of one's own."""
Feed = Literal["random numbers", RaceTask]
Fill = Literal["normal", "uniform", "ones", "ramp"]


class WatchSpec(Spec):
    """A diagram or a model, what it is fed, and how it is looked at."""

    text: str = knob(
        ROWS, label="Text", help="The diagram in words.", widget="hidden", max_length=TEXT_MAX
    )
    module: str = knob(
        "",
        label="Model instead of the text",
        help="torch.nn constructors or a model of the library, say GPT(2, 64, 4); empty for the "
        "text.",
        group="What runs",
        max_length=20_000,
    )
    shapes: str = knob(
        "",
        label="Shapes of the model's inputs",
        help="With commas between them; '2 16 in 50' are tokens below 50.",
        group="What runs",
        max_length=2_000,
    )
    data: Feed = knob(
        "digits",
        label="Fed with",
        help="Random numbers, or the exam of a task that the text fits; a model takes random "
        "numbers.",
        group="Numbers",
    )
    n_examples: int = knob(
        20, label="Examples", help="Of the task, side by side.", group="Numbers", ge=2, le=256
    )
    fill: Fill = knob(
        "normal",
        label="Random numbers",
        help="Normal of deviation 1, uniform between 0 and 1, all 1, or rising from -1 to 1.",
        group="Numbers",
        when={"data": ("random numbers",)},
    )
    scale: float = knob(
        1.0,
        label="Times",
        help="What random numbers are multiplied by: large ones saturate a softmax.",
        group="Numbers",
        ge=0.001,
        le=1000.0,
        log=True,
        when={"data": ("random numbers",)},
    )
    n_steps: int = knob(
        300,
        label="Steps of learning",
        help="Changes of the weights before the run, by Adam; 0 shows fresh weights.",
        group="Learning",
        ge=0,
        le=5_000,
        soft=(0, 1000),
    )
    learning_rate: float = knob(
        0.003, label="Learning rate", help="Of Adam.", group="Learning", gt=0.0, le=1.0, log=True,
        soft=(0.0003, 0.1),
    )  # fmt: skip
    n_seeds: int = knob(
        3,
        label="Seeds",
        help="Networks whose statistics are followed while they learn; the maps show the first.",
        group="Learning",
        ge=1,
        le=10,
    )
    seed: Seed = knob(0, label="Seed", help="Of data and first weights.", group="Numbers")
    collapsed: tuple[str, ...] = knob(
        (), label="Folded blocks", help="Paths of blocks drawn as closed boxes.", widget="hidden"
    )
    sizes: tuple[AxisSize, ...] = knob(
        (), label="Sizes", help="Sizes of axes that no task gives.", widget="hidden"
    )
    upload: str = knob(
        "", label="Own input", widget="hidden", max_length=80,
        help="Checksum and ending of the file whose numbers flow in place of drawn ones.",
    )  # fmt: skip
    title: str = knob(
        "", label="Its name", help="What that file is called.", widget="hidden", max_length=80
    )
    width: int = knob(
        1100,
        label="Line width",
        help="Where long diagrams wrap, in pixels of the picture.",
        unit="px",
        group="Look",
        ge=300,
        le=100_000,
        soft=(500, 3000),
        step=50,
    )

    @property
    def learns(self) -> bool:
        """Whether a task is learnt before the run."""
        return self.data != "random numbers" and not self.module.strip()
