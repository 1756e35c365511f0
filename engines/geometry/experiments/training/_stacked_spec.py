"""What the training of many seeds needs: network, task, rule and interventions."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator, model_validator

from engines.contract import Seed, Spec, SpecError, knob
from engines.lab.data.catalog import TaskName
from engines.lab.interventions.text import parsed
from engines.lab.training.rule import Optimiser, Signal

_MOST_WORK = 2e9


class StackedSpec(Spec):
    """Perceptrons of one build, a task, a rule, and interventions at every kept moment."""

    task: TaskName = knob(
        "digits", label="Task", help="What is learnt; its chance level is drawn.", group="Task"
    )
    width: int = knob(
        64, label="Width", help="Units of each hidden layer.", group="Network", ge=4, le=256
    )
    depth: int = knob(2, label="Depth", help="Hidden layers.", group="Network", ge=1, le=4)
    function: Literal["ReLU", "tanh", "sigmoid", "GELU"] = knob(
        "ReLU", label="Function", help="Behind every hidden layer.", group="Network"
    )
    n_seeds: int = knob(
        16,
        label="Seeds",
        help="Networks that differ in their first weights alone and see the same batches.",
        group="Network",
        ge=2,
        le=64,
    )
    signal: Signal = knob(
        "gradient",
        label="Signal",
        help="Which way weights go: the gradient, the same through fixed random feedback, or from "
        "the two ends of a weight alone (Hebb, Oja), which knows no task.",
        group="Rule",
    )
    optimiser: Optimiser = knob(
        "Adam", label="Optimiser", help="How far weights go along their signal.", group="Rule"
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
    weight_decay: float = knob(
        0.0, label="Weight decay", help="Pull of weights to zero.", group="Rule", ge=0, le=10,
        soft=(0, 1),
    )  # fmt: skip
    n_steps: int = knob(
        600, label="Steps", help="Changes of the weights.", group="Rule", ge=10, le=20_000, log=True
    )
    batch: int = knob(
        64, label="Batch", help="Examples per step.", group="Rule", ge=1, le=512, log=True
    )
    n_moments: int = knob(
        20,
        label="Moments",
        help="Kept on the way, closer together at the start.",
        group="Rule",
        ge=3,
        le=60,
    )
    n_strongest: int = knob(
        8,
        label="Ablate strongest",
        help="So many units of the first hidden layer with the largest weights to what follows are "
        "silenced in every network; 0 for none.",
        group="Interventions",
        ge=0,
        le=255,
    )
    interventions: str = knob(
        "",
        label="And do",
        help="For example: ablate 1:3,4 how=mean; prune share=0.5; noise 0 sd=0.1. Layer 0 is the "
        "first linear one, 1 the function behind it, 2 the next linear one.",
        group="Interventions",
        widget="text",
        max_length=2_000,
    )
    n_controls: int = knob(
        10,
        label="Random controls",
        help="How often the same is done to as many units, edges or weights drawn at random.",
        group="Interventions",
        ge=1,
        le=100,
    )
    seed: Seed = knob(0, label="Seed", help="Of task, first weights and controls.", group="Network")

    @field_validator("interventions")
    @classmethod
    def _readable(cls, text: str) -> str:
        parsed(text)
        return "; ".join(
            part.strip() for part in text.replace("\n", ";").split(";") if part.strip()
        )

    @model_validator(mode="after")
    def _possible(self) -> StackedSpec:
        if self.n_strongest >= self.width:
            raise SpecError(
                f"of {self.width} units at most {self.width - 1} can be the strongest; got "
                f"{self.n_strongest}"
            )
        work = self.n_seeds * self.n_steps * self.batch * (self.width * self.depth + 64)
        if work > _MOST_WORK:
            raise SpecError(
                f"this is {work / _MOST_WORK:.1f} times more than a page should compute; take "
                "fewer seeds, steps, examples per batch or units"
            )
        return self
