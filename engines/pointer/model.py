"""What the experiments of this workbench share: recipes, and names of tasks and networks.

Nothing here loads torch or numba, so the page can read it.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from engines.contract import Seed, Spec, SpecError, knob
from engines.contract.sending import came_from

TaskName = Literal["hull", "tour", "delaunay", "sorting", "inverse", "permutation"]
Metric = Literal["plane", "EUC_2D", "CEIL_2D", "ATT", "GEO", "EXPLICIT"]
NetworkKind = Literal["set pointer", "Ptr-Net", "seq2seq"]
N_POINTS_MAX = 500
"""The most points a network is asked about."""


class Network(Spec):
    """A network without its weights."""

    kind: NetworkKind = knob(
        "set pointer",
        label="Network",
        help="Set pointer: attention, blind to the order of the points. Ptr-Net: the LSTM of "
        "2015. seq2seq: an LSTM that names places in the input instead of pointing.",
        group="Network",
    )
    d_model: int = knob(
        64, label="Width", help="Numbers per point inside.", group="Network", ge=8, le=512, step=8
    )
    n_encoder: int = knob(
        3,
        label="Encoder layers",
        help="How often the points look at each other.",
        group="Network",
        ge=1,
        le=8,
        when={"kind": ("set pointer",)},
    )
    n_decoder: int = knob(
        2,
        label="Decoder layers",
        help="How often a step looks at earlier steps and at the points.",
        group="Network",
        ge=1,
        le=8,
        when={"kind": ("set pointer",)},
    )
    attention: Literal["additive", "dot"] = knob(
        "additive",
        label="Pointer",
        help="Additive: v tanh(W1 e + W2 d), as in 2015. Dot: a product of two vectors.",
        group="Network",
        when={"kind": ("Ptr-Net",)},
    )
    embedded: bool = knob(
        False,
        label="Embed coordinates",
        help="Off: the LSTM reads raw coordinates, as in 2015.",
        group="Network",
        when={"kind": ("Ptr-Net", "seq2seq")},
    )
    bidirectional: bool = knob(
        False,
        label="Read both ways",
        help="Whether the encoder also reads the points backwards.",
        group="Network",
        when={"kind": ("Ptr-Net",)},
    )

    @model_validator(mode="after")
    def _heads_fit(self) -> Self:
        if self.d_model % 8:
            raise SpecError(f"Width must be a multiple of 8, got {self.d_model}")
        return self


class Recipe(Spec):
    """Everything that training needs; equal recipes give equal weights."""

    task: TaskName = knob(
        "hull", label="Task", help="What is asked.", group="Task", widget="choice"
    )
    n_min: int = knob(
        5, label="Fewest points", help="Shortest instances.", group="Task", ge=2, le=100
    )
    n_max: int = knob(5, label="Most points", help="Longest instances.", group="Task", ge=2, le=100)
    canonical: bool = knob(
        True,
        label="Canonical answers",
        help="On: answers start where geometry says. Off: at the lowest index, as in 2015, which "
        "a network that knows no order cannot see.",
        group="Task",
    )
    network: Network = knob(Network(), label="Network", help="What learns.")
    n_examples: int = knob(
        60_000,
        label="Examples",
        help="How many instances are seen, each once.",
        group="Training",
        ge=1,
        le=50_000_000,
        soft=(5_000, 2_000_000),
        log=True,
    )
    n_polish: int = knob(
        0,
        label="Polish",
        help="Instances seen after that, on a second and lower cosine; 0 for none.",
        group="Training",
        ge=0,
        le=50_000_000,
        soft=(0, 1_000_000),
    )
    n_short: int = knob(
        0,
        label="Short ones",
        help="Instances seen last, on a third cosine, short ones more often: every length would "
        "have few batches of its own. 0 for none.",
        group="Training",
        ge=0,
        le=50_000_000,
        soft=(0, 1_000_000),
    )
    batch: int = knob(
        128, label="Batch", help="Instances per step.", group="Training", ge=1, le=4096
    )
    optimizer: Literal["adamw", "sgd"] = knob(
        "adamw",
        label="Optimizer",
        help="AdamW with a cosine, or SGD at a fixed rate as in 2015.",
        group="Training",
    )
    learning_rate: float = knob(
        1e-3, label="Learning rate", help="Its peak.", group="Training", gt=0, le=10
    )
    clip: float = knob(
        2.0, label="Clip", help="Largest norm of a gradient.", group="Training", gt=0, le=100
    )
    seed: Seed = knob(0, label="Seed", help="Draws weights and instances.", group="Training")

    @property
    def n_seen(self) -> int:
        """How many instances are seen in all."""
        return self.n_examples + self.n_polish + self.n_short

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.n_min > self.n_max:
            raise SpecError(
                f"Fewest points ({self.n_min}) must not exceed Most points ({self.n_max})"
            )
        if self.n_min < 3 and self.task in ("hull", "tour", "delaunay"):
            raise SpecError(f"Fewest points must be at least 3 for this task, got {self.n_min}")
        return self


Distribution = Literal["uniform", "clustered", "grid", "circle", "near-collinear"]
Point = tuple[float, float]
WeightsName = Annotated[str, Field(max_length=80, pattern=r"^[A-Za-z0-9-]*$")]
UNTRAINED = "untrained"
"""Stands for a network with random weights."""


class SolveSpec(Spec):
    """One instance, answered by a network and by a solver."""

    task: TaskName = knob(
        "hull", label="Task", help="What is asked.", group="Task", widget="choice"
    )
    weights: WeightsName = knob(
        "",
        label="Network",
        help="Which weights answer; empty for the bundled ones of the task.",
        group="Task",
    )
    points: tuple[Point, ...] = knob(
        (),
        label="Own points",
        help="Points drawn by hand or read from a file; none: drawn at random as below.",
        group="Points",
    )
    origin: str = came_from("Points")
    metric: Metric = knob(
        "plane",
        label="Metric",
        help="How a tour is measured: in the plane, or as a TSPLIB file says.",
        group="Points",
        widget="hidden",
    )
    distances: tuple[float, ...] = knob(
        (),
        label="Distances",
        help="Of every two points, row by row above the diagonal, where the metric is EXPLICIT.",
        group="Points",
        widget="hidden",
    )
    distribution: Distribution = knob(
        "uniform",
        label="Distribution",
        help="Where random points lie.",
        group="Points",
        widget="choice",
    )
    n_points: int = knob(
        12, label="Points", help="How many are drawn.", group="Points", ge=1, le=N_POINTS_MAX,
        soft=(3, 100),
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws the points, and samples.", group="Points")
    decoder: Literal["greedy", "beam", "sampling"] = knob(
        "greedy",
        label="Decoder",
        help="Greedy: the most probable choice at each step. Beam: several answers at once. "
        "Sampling: the best of random answers.",
        group="Decoding",
    )
    width: int = knob(
        8,
        label="Beam width",
        help="Answers kept at each step.",
        group="Decoding",
        ge=1,
        le=64,
        when={"decoder": ("beam",)},
    )
    samples: int = knob(
        32,
        label="Samples",
        help="Random answers, of which the best is kept.",
        group="Decoding",
        ge=1,
        le=256,
        when={"decoder": ("sampling",)},
    )
    temperature: float = knob(
        1.0,
        label="Temperature",
        help="Above 1 is bolder, below 1 closer to greedy.",
        group="Decoding",
        gt=0,
        le=5,
        when={"decoder": ("sampling",)},
    )
    mask: bool = knob(
        True,
        label="Only valid choices",
        help="Off: nothing keeps the network from choosing a point twice or crossing its own line.",
        group="Decoding",
    )
    starts: bool = knob(
        False,
        label="From every city",
        help="Decode once from each start and keep the shortest.",
        group="Decoding",
        when={"task": ("tour",)},
    )
    symmetries: bool = knob(
        False,
        label="Eight symmetries",
        help="Turn and mirror the square, and keep the best answer.",
        group="Decoding",
        when={"task": ("tour", "hull", "delaunay")},
    )
    maps: bool = knob(
        False,
        label="Encoder attention",
        help="Also show what every head of a set pointer's encoder looks at.",
        group="Picture",
    )
    polish: bool = knob(
        False,
        label="Polish with 2-opt",
        help="Improve the network's tour by local search, shown beside it.",
        group="Decoding",
        when={"task": ("tour",)},
    )

    @model_validator(mode="after")
    def _few_enough(self) -> Self:
        if len(self.points) > N_POINTS_MAX:
            raise SpecError(
                f"at most {N_POINTS_MAX} points can be asked about, got {len(self.points)}"
            )
        n = len(self.points)
        wanted = n * (n - 1) // 2 if self.metric == "EXPLICIT" else 0
        if len(self.distances) != wanted:
            raise SpecError(
                f"Distances: the metric {self.metric} with {n} own points has {wanted} of them, "
                f"got {len(self.distances)}"
            )
        return self


class TrainSpec(Spec):
    """One training run and how it is watched."""

    recipe: Recipe = knob(Recipe(), label="Recipe", help="What is trained, and how.")
    n_scores: int = knob(
        30,
        label="Scores",
        help="How often fresh instances are answered while it trains.",
        group="Watching",
        ge=2,
        le=200,
    )
    n_tested: int = knob(
        200,
        label="Test instances",
        help="Instances behind each score.",
        group="Watching",
        ge=20,
        le=5000,
    )
