"""Known answers of model comparison: subjects that are alike, and distances without bias."""

from __future__ import annotations

import numpy as np

from engines.contract import KnownAnswer
from engines.geometry.explaining.ceilings import ceiling, likeness


def explaining_answers() -> tuple[KnownAnswer, ...]:
    """What is known by definition and by construction."""
    same, built = "definition", "by construction"
    return (
        KnownAnswer("ceiling from below of subjects that are alike", same, 1.0, 1e-12,
                    lambda: float(ceiling(_alike(), "Pearson")[0].min())),
        KnownAnswer("likeness of a stretched and shifted RDM by Pearson", same, 1.0, 1e-12,
                    lambda: _stretched("Pearson")),
        KnownAnswer("likeness of a monotone change by Spearman", same, 1.0, 1e-12, _monotone),
        KnownAnswer("ceiling from above less any model's likeness, least, by cosine",
                    "the mean is the best model", 0.0, 1e-12, no_model_above),
        KnownAnswer("mean crossnobis distance of a digit from itself, 400 subjects", built, 0.0,
                    0.03, copies_apart),
    )  # fmt: skip


def _alike() -> np.ndarray:
    return np.tile(np.random.default_rng(0).random(45), (4, 1))


def _stretched(how: str) -> float:
    one = np.random.default_rng(1).random(45)
    return float(likeness(one[None], 3.0 * one[None] + 2.0, how)[0, 0])


def _monotone() -> float:
    one = np.random.default_rng(2).random(45)
    return float(likeness(one[None], np.exp(5 * one)[None], "Spearman")[0, 0])


def no_model_above() -> float:
    """How far a thousand models and the subjects themselves reach above it, 0 where none does."""
    rng = np.random.default_rng(3)
    subjects = rng.random((6, 45))
    models = np.vstack([rng.random((1_000, 45)), subjects])
    best = float(likeness(models, subjects, "cosine").mean(axis=1).max())
    return max(0.0, best - float(ceiling(subjects, "cosine")[1].mean()))


def copies_apart() -> float:
    """Over the mean distance of all stimuli."""
    from engines.geometry.explaining.running import measured
    from engines.geometry.explaining.spec import ExplainingSpec
    from engines.geometry.measures.rdm import rdm, upper_triangle

    truth = np.random.default_rng(4).normal(size=(8, 12))
    truth = np.vstack([truth, truth[:1]])
    spec = ExplainingSpec(n_subjects=100, n_stimuli=8, n_runs=3, n_channels=40)
    mean = upper_triangle(rdm(truth, "squared euclidean")).mean()
    return float(np.mean([measured(spec, truth, 1.0, k)[0, :, 0, -1] for k in range(4)]) / mean)
