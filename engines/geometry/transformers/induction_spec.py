"""What a run of induction heads needs: which parts are held, the sequences, and what is drawn."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator, model_validator

from engines.contract import Seed, Spec, SpecError, knob
from engines.lab.interventions.text import parsed

FREE, PREVIOUS, TWO_BACK, MATCH, TOLD, COPIED, BOTH, KEPT = (
    "nothing held",
    "previous token held",
    "wrong offset held",
    "match held",
    "layer 1 held",
    "copy held",
    "layer 1 and copy held",
    "labels stay",
)
"""Arms by name. Held are: where one head of layer 1 looks (the place before, or two back), where
one head of layer 2 looks (behind the matching item), what layer 1 writes, what layer 2 copies."""
RUNS: dict[str, tuple[str, ...]] = {
    "previous token": (FREE, PREVIOUS, TWO_BACK),
    "three parts": (FREE, TOLD, COPIED, BOTH, MATCH),
    "labels that stay": (FREE, KEPT),
}
_MOST_WORK = 5e7


class InductionSpec(Spec):
    """Attention-only transformers of two layers that learn to find a label in their context."""

    run: Literal["previous token", "three parts", "labels that stay"] = knob(
        "previous token", label="Hold", help="What is held while networks learn, each beside the "
        "same networks with nothing held: one head of layer 1 on the place before (and, as a "
        "control, two places back); layer 1, the match or the copy; or labels that stay with their "
        "item, so that no context is needed.", group="Arms",
    )  # fmt: skip
    n_seeds: int = knob(
        5, label="Seeds", help="Networks per arm, with sequences of their own; arms share both.",
        group="Arms", ge=3, le=20, soft=(5, 12),
    )  # fmt: skip
    n_steps: int = knob(
        600, label="Steps", help="Of Adam.", group="Learning", ge=20, le=20_000, soft=(200, 3_000),
    )  # fmt: skip
    batch: int = knob(
        40, label="Batch", help="Sequences per step.", group="Learning", ge=4, le=256,
        soft=(16, 128), log=True,
    )  # fmt: skip
    rate: float = knob(
        0.002, label="Learning rate", help="Length of a step.", group="Learning", gt=0, le=1,
        soft=(3e-4, 0.03), log=True,
    )  # fmt: skip
    n_heads: int = knob(
        4, label="Heads", help="In each layer; all of them share 32 numbers per place.",
        group="Learning", ge=1, le=8,
    )  # fmt: skip
    n_items: int = knob(
        50, label="Items", help="Their vectors are drawn once and not learnt.", group="Sequences",
        ge=4, le=1_000, soft=(10, 200), log=True,
    )  # fmt: skip
    n_labels: int = knob(
        5, label="Labels", help="Two of them stand in each sequence.", group="Sequences", ge=2,
        le=50, soft=(3, 15),
    )  # fmt: skip
    n_moments: int = knob(
        31, label="Moments", help="Looked at on the way; onsets are known to one of them.",
        group="Learning", ge=6, le=100,
    )  # fmt: skip
    arm: int = knob(
        1, label="Arm", help="Whose heads are drawn, in the order of the legend.",
        group="Look inside", ge=1, le=5,
    )  # fmt: skip
    network: int = knob(
        1, label="Network", help="Which seed of that arm.", group="Look inside", ge=1, le=20,
    )  # fmt: skip
    first_head: int = knob(
        0, label="Head of layer 1", help="Whose attention is drawn; 0 for the one that looks back "
        "most at the end.", group="Look inside", ge=0, le=8,
    )  # fmt: skip
    second_head: int = knob(
        0, label="Head of layer 2", help="Whose attention is drawn; 0 for the one that matches "
        "most at the end.", group="Look inside", ge=0, le=8,
    )  # fmt: skip
    interventions: str = knob(
        "", label="And do", help="To this network at every moment, without learning: ablate "
        "blocks.1.heads:0 silences a head of layer 2 (blocks and heads count from 0), attend "
        "blocks.0.pattern:2 to=previous leads one (two-back, match, self, first, even, nothing).",
        group="Look inside", widget="text", max_length=1_000,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of networks and sequences.", group="Arms")

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms of this run."""
        return RUNS[self.run]

    @field_validator("interventions")
    @classmethod
    def _readable(cls, text: str) -> str:
        parsed(text)
        return "; ".join(
            part.strip() for part in text.replace("\n", ";").split(";") if part.strip()
        )

    @model_validator(mode="after")
    def _possible(self) -> InductionSpec:
        for said, asked, there in (
            ("arm", self.arm, len(self.arms)), ("network", self.network, self.n_seeds),
            ("head of layer 1", self.first_head, self.n_heads),
            ("head of layer 2", self.second_head, self.n_heads),
        ):  # fmt: skip
            if asked > there:
                raise SpecError(f"there is no {said} {asked}; this run has {there}")
        if 32 % self.n_heads:
            raise SpecError(
                f"32 numbers cannot be shared by {self.n_heads} heads; take 1, 2, 4 or 8"
            )
        if self.n_labels > self.n_items:
            raise SpecError(
                f"{self.n_labels} labels for {self.n_items} items: some would never stand in any "
                "sequence; take fewer labels or more items"
            )
        work = self.n_seeds * len(self.arms) * self.n_steps * self.batch
        if work > _MOST_WORK:
            raise SpecError(
                f"this is {work / _MOST_WORK:.1f} times more than a page should compute; take "
                "fewer steps, seeds or sequences per step"
            )
        return self
