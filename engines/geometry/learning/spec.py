"""What the task studio and the phase diagram are asked for."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from engines.contract import Seed, Spec, SpecError, knob

Task = Literal["aligned points", "digits"]
Nonlinearity = Literal["tanh", "relu", "softplus", "linear"]
Pairing = Literal["tanh and ReLU", "tanh", "relu", "softplus", "linear"]

N_DIMENSIONS = 100
"""Input dimensions of the aligned points."""


class StudioSpec(Spec):
    """Networks trained together on one task, watched while they learn."""

    task: Task = knob(
        "aligned points",
        label="Task",
        help="Points whose inputs share a chosen part of their structure with the classes, or "
        "8 x 8 pictures of handwritten digits.",
        group="Task",
    )
    n_points: Literal[4, 8, 16, 32] = knob(
        8,
        label="Points",
        help="Corners of a hypercube, each a stimulus.",
        group="Task",
        when={"task": ("aligned points",)},
    )
    targets: Literal["parity", "every bit"] = knob(
        "parity",
        label="Targets",
        help="What is learnt: the parity of all bits, or each bit as an output of its own.",
        group="Task",
        when={"task": ("aligned points",)},
    )
    alignment: float = knob(
        0.5,
        label="Alignment c / c_max",
        help="How much of the classes is in the inputs already: 0 is nothing, 1 is as much as in "
        "inputs without structure, c = c_max = sqrt(k / (P - 1)).",
        group="Task",
        ge=0.0,
        le=1.0,
        step=0.05,
        when={"task": ("aligned points",)},
    )
    noise: float = knob(
        1.0,
        label="Input noise",
        help="Standard deviation per input dimension, drawn anew in every step.",
        group="Task",
        ge=0.0,
        le=10.0,
        soft=(0.0, 3.0),
        step=0.1,
        when={"task": ("aligned points",)},
    )
    nonlinearity: Pairing = knob(
        "tanh and ReLU",
        label="Nonlinearity",
        help="Of every hidden unit; two of them train from the same weights side by side.",
        group="Network",
        widget="choice",
    )
    depth: int = knob(
        1, label="Hidden layers", help="How many.", group="Network", ge=1, le=10, soft=(1, 5)
    )
    width: int = knob(
        128, label="Width", help="Units of each hidden layer.", group="Network", ge=4, le=1024,
        soft=(16, 256), step=16,
    )  # fmt: skip
    n_seeds: int = knob(
        2,
        label="Seeds",
        help="Networks per nonlinearity, each with its own weights and its own turn of the inputs.",
        group="Network",
        ge=1,
        le=32,
        soft=(1, 8),
    )
    frozen_readout: bool = knob(
        True,
        label="Freeze the readout",
        help="Only hidden layers learn, as in the paper; the readout keeps its random weights.",
        group="Network",
    )
    learning_rate: float = knob(
        0.1,
        label="Learning rate",
        help="Of plain gradient descent on batches.",
        group="Training",
        gt=0.0,
        le=10.0,
        soft=(0.001, 1.0),
        log=True,
    )
    n_steps: int = knob(
        1500,
        label="Steps",
        help="How many batches are learnt.",
        group="Training",
        ge=1,
        le=200_000,
        soft=(100, 5_000),
    )
    batch_size: int = knob(
        32, label="Batch", help="Stimuli per step.", group="Training", ge=1, le=1024, soft=(8, 128)
    )
    n_snapshots: int = knob(
        100,
        label="Snapshots",
        help="Moments that are kept, closer together early in training (log-spaced).",
        group="Training",
        ge=2,
        le=400,
        soft=(20, 200),
    )
    seed: Seed = knob(0, label="Seed", help="Draws everything that is random.", group="Training")
    n_threads: int = knob(
        0,
        label="Threads",
        help="Threads of torch; 0 times a few steps with one and with all, and takes the faster. "
        "Small products are often faster with one.",
        group="Engine",
        ge=0,
        le=64,
    )

    @model_validator(mode="after")
    def _fits(self) -> StudioSpec:
        numbers = self.n_nets * self.depth * self.n_snapshots * self.width * self.n_points
        if numbers > 250_000_000:
            raise SpecError(
                f"{self.n_nets} networks x {self.depth} layers x {self.n_snapshots} snapshots are "
                f"{4 * numbers / 2**30:.1f} GiB of activations; take fewer seeds, units or "
                "snapshots (at most 0.9 GiB)"
            )
        return self

    @property
    def nonlinearities(self) -> tuple[str, ...]:
        """One name per network: stretches of equal ones."""
        names = ("tanh", "relu") if self.nonlinearity == "tanh and ReLU" else (self.nonlinearity,)
        return tuple(name for name in names for _ in range(self.n_seeds))

    @property
    def n_nets(self) -> int:
        """Networks in all."""
        return len(self.nonlinearities)

    @property
    def n_targets(self) -> int:
        """Outputs of the aligned points."""
        return 1 if self.targets == "parity" else self.n_points.bit_length() - 1
