"""What a swimming body needs: rods, water, muscles, a clock, and what was cut."""

from __future__ import annotations

from pydantic import field_validator

from engines.connectome.wiring.spec import LESION_MAX
from engines.contract import Spec, knob


class BodySpec(Spec):
    """A chain of rods in viscous water. Lengths are rods, times are steps."""

    n_joints: int = knob(
        5,
        label="Joints",
        help="Between rods of length 1; each has two B neurons and two muscles.",
        group="Body",
        ge=1,
        le=16,
        marks={5: "paper"},
    )
    drag_ratio: float = knob(
        2.0,
        label="Drag across",
        help="How much harder a rod moves sideways than along itself. With 1 nothing can swim "
        "here; 2 is the limit of a thin rod in water.",
        unit="times along",
        group="Body",
        ge=0.05,
        le=100.0,
        soft=(1.0, 30.0),
        step=0.1,
        log=True,
        marks={2.0: "water"},
    )
    gain: float = knob(
        0.8,
        label="Muscle",
        help="Torque of a muscle that pulls with all it has; a joint's own stiffness is 1.",
        group="Body",
        ge=0.0,
        le=1.5,
        step=0.05,
    )
    period: int = knob(
        60,
        label="Period",
        help="Of the clock that drives the first joint, half for each side.",
        unit="steps",
        group="Body",
        ge=8,
        le=240,
        soft=(20, 160),
        marks={60: "paper"},
    )
    n_cycles: int = knob(
        10, label="Cycles", help="How often the clock ticks.", group="Body", ge=5, le=40
    )
    lesion: str = knob(
        "",
        label="Lesioned",
        help="Names, /patterns/, class:VB, role:muscle or edges A->B, separated by commas; AVB is "
        "the drive, role:sensory all stretch. The whole animal swims beside it.",
        group="Lesions",
        widget="text",
        max_length=LESION_MAX,
    )

    @field_validator("lesion")
    @classmethod
    def _trimmed(cls, text: str) -> str:
        return ", ".join(part.strip() for part in text.split(",") if part.strip())
