"""Who is measured, how noisy, and what explains it."""

from __future__ import annotations

from typing import Literal

from engines.contract import Seed, Spec, knob

MODELS = ("pixels", "layer 1", "layer 2", "logits", "layer 2, other seed", "layer 2, not trained",
          "labels")  # fmt: skip
PIXELS, LAYER_1, LAYER_2, LOGITS, OTHER, UNTRAINED, LABELS = range(len(MODELS))


class ExplainingSpec(Spec):
    """Noisy measurements of one layer of a network that reads digits, and models of it."""

    measured: Literal["pixels", "layer 1", "layer 2"] = knob(
        "layer 2", label="What is measured", help="Channels of every subject are random mixtures "
        "of its units; the models should name it.", group="Measured",
    )  # fmt: skip
    n_subjects: int = knob(
        12, label="Subjects", help="Each with mixtures and noise of its own; intervals are over "
        "these.", group="Measured", ge=3, le=100, soft=(5, 40),
    )  # fmt: skip
    n_runs: int = knob(
        4, label="Runs", help="In which all stimuli are shown once.", group="Measured", ge=2,
        le=20, soft=(2, 10),
    )  # fmt: skip
    n_channels: int = knob(
        60, label="Channels", help="Of each subject.", group="Measured", ge=2, le=500,
        soft=(10, 200),
    )  # fmt: skip
    noise: float = knob(
        2.0, label="Noise", help="Its standard deviation over that of the signal, in one run.",
        group="Measured", gt=0, le=100, soft=(0.25, 10.0), log=True,
    )  # fmt: skip
    n_stimuli: int = knob(
        40, label="Stimuli", help="Digits that were not learnt; the first is shown a second time "
        "as if it were another one.", group="Measured", ge=5, le=200, soft=(10, 100),
    )  # fmt: skip
    compare: Literal["Pearson", "cosine", "Spearman"] = knob(
        "Pearson", label="Compared by", help="How like a model's RDM is to a measured one.",
        group="Models",
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of networks, digits, mixtures and noise.",
                      group="Measured")  # fmt: skip

    @property
    def truth(self) -> int:
        """The model that is measured."""
        return MODELS.index(self.measured)
