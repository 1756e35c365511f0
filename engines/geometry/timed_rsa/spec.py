"""Whose course is followed, and how it is compared."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from engines.contract import Seed, Spec, SpecError, knob

_TRAINED = {"source": ("",)}
_N_ARMS, _N_LAYERS = 2, 2
VALUES_MOST = 50_000_000
"""Distances of one run: 400 MB, and minutes by ranks."""


class TimedSpec(Spec):
    """Networks that are watched while they learn, or a recording, moment by moment."""

    source: str = knob(
        "", label="Activations", help="Name of a set on this machine with several snapshots, say a "
        "recording in time; networks learn digits when empty.", group="Course", max_length=80,
    )  # fmt: skip
    n_networks: int = knob(
        16, label="Networks, or parts", help="Networks from other first weights; of a recording, "
        "parts into which its units are dealt at random.", group="Course", ge=3, le=30,
        soft=(4, 16),
    )  # fmt: skip
    n_steps: int = knob(
        400, label="Steps", help="Of Adam at 0.001 on 64 digits.", group="Course", ge=10, le=5_000,
        soft=(100, 1_000), when=_TRAINED,
    )  # fmt: skip
    n_moments: int = knob(
        30, label="Moments", help="Log-spaced checkpoints at which networks are looked at.",
        group="Course", ge=4, le=60, soft=(8, 40), when=_TRAINED,
    )  # fmt: skip
    n_stimuli: int = knob(
        80, label="Stimuli", help="Digits that are not learnt; of a recording, at most as many, "
        "drawn at random.", group="Course", ge=6, le=300, soft=(20, 150),
    )  # fmt: skip
    dissimilarity: Literal["squared euclidean", "correlation", "cosine"] = knob(
        "squared euclidean", label="Dissimilarity", help="Between two stimuli, over units.",
        group="Compared",
    )  # fmt: skip
    compare: Literal["Pearson", "cosine", "Spearman"] = knob(
        "Pearson", label="Compared by", help="How like a model's RDM is to one of the moment.",
        group="Compared",
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of weights, batches, stimuli, parts and controls.",
                      group="Course")  # fmt: skip

    @model_validator(mode="after")
    def _fits(self) -> TimedSpec:
        n_pairs = self.n_stimuli * (self.n_stimuli - 1) // 2
        size = _N_ARMS * _N_LAYERS * self.n_networks * self.n_moments * n_pairs
        if not self.source and size > VALUES_MOST:
            raise SpecError(
                f"{self.n_networks} networks at {self.n_moments} moments with {self.n_stimuli} "
                f"stimuli are {size:,} distances, more than {VALUES_MOST:,}; take fewer stimuli or "
                "moments"
            )
        return self
