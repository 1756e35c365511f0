"""Tensors and chains whose answer is known, held against what we find in recordings."""

from __future__ import annotations

from functools import cache

import numpy as np

from engines.connectome.recordings.affinity import differential_graph
from engines.connectome.recordings.factors import best_of, decompositions, elbow
from engines.connectome.recordings.motifs import motifs, scores, shifted_motifs
from engines.connectome.recordings.recovery import factor_match
from engines.connectome.recordings.sources import planted_motifs
from engines.contract import KnownAnswer
from engines.lab.data.structures import cp_tensor

_FLOOR = "floor of the plan, measured on other planted data of the same size by other code"


def planted_tensor(
    seed: int = 0, shape: tuple[int, int, int] = (60, 8, 300), rank: int = 6, noise: float = 0.1
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """A sum of sparse products with positive noise, and its factors (three in ten entries)."""
    made = cp_tensor(seed, shape=shape, rank=rank, noise=0.0)
    rough = np.abs(np.random.Generator(np.random.Philox(seed)).standard_normal(shape))
    scale = noise * np.linalg.norm(made.values) / np.linalg.norm(rough)
    one, two, three = made.factors
    return made.values + scale * rough, (one, two, three)


def match_of_planted(shape: tuple[int, int, int] = (60, 8, 300)) -> float:
    """Factor match of the best of four starts."""
    tensor, truth = planted_tensor(shape=shape)
    found = best_of(tensor, 6, 4, 0)
    return factor_match(truth, (found.time, found.animal, found.pair))


def rank_of_planted() -> float:
    """The rank at which the curve of what is left bends most, among 2 to 9."""
    tensor, _ = planted_tensor()
    ranks = range(2, 10)
    found = decompositions(tensor, [r for r in ranks for _ in range(3)], 1)
    left = [min(f.error for f in found[3 * k : 3 * k + 3]) for k in range(len(ranks))]
    return float(ranks[elbow(left)])


def rank_one_left() -> float:
    """What is left of a product of three vectors."""
    rng = np.random.Generator(np.random.Philox(3))
    one, two, three = (rng.random(n) for n in (30, 6, 90))
    tensor = np.einsum("t,a,p->tap", one, two, three)
    found = best_of(tensor, 1, 1, 0)
    again = np.einsum("tr,ar,pr->tap", found.time, found.animal, found.pair)
    return float(np.linalg.norm(tensor - again) / np.linalg.norm(tensor))


def affinity_of_sines() -> float:
    """Mean affinity of two sines a quarter turn apart, at SD 1."""
    step = np.arange(4_000)
    turn = 2 * np.pi * step / 100
    traces = np.stack([np.sin(turn), np.cos(turn), np.sin(turn)], axis=1)[None]
    return float(differential_graph(traces)[50:-50, 0, 0].mean())


@cache
def floors(n_seeds: int = 5) -> np.ndarray:
    """float64[(found, shifted), (AUC, match)]: means over planted recordings of noise 0.6."""
    made = []
    for seed in range(n_seeds):
        source = planted_motifs(seed, 0.6, 4.0)
        assert source.truth is not None
        both = motifs(source.traces, 5), shifted_motifs(source.traces, 5)
        made.append([scores(source.truth, one) for one in both])
    return np.mean(made, axis=0)


def motif_answers() -> tuple[KnownAnswer, ...]:
    """Decompositions of tensors that were made, sines, and the floors of the plan."""
    return (
        KnownAnswer(
            "factor match of a planted tensor 60 x 8 x 300 of rank 6",
            "the factors it was made of (1 is all; 10 % positive noise)", 1.0, 0.02,
            match_of_planted,
        ),
        KnownAnswer(
            "rank at which the curve over ranks bends most",
            "the rank it was made with", 6.0, 0.0, rank_of_planted,
        ),
        KnownAnswer(
            "what is left of a tensor of rank one", "a product of three vectors: nothing",
            0.0, 1e-6, rank_one_left,
        ),
        KnownAnswer(
            "mean affinity of two sines a quarter turn apart",
            "closed form: the positive part of sin 2x has the mean 1/pi", 1 / np.pi, 2e-3,
            affinity_of_sines,
        ),
        KnownAnswer(
            "AUC of pairs at noise 0.6, mean of 5", _FLOOR + ": at least 0.95", 1.0, 0.05,
            lambda: float(floors()[0, 0]),
        ),
        KnownAnswer(
            "AUC of pairs at noise 0.6, recordings shifted",
            "pairs that mean nothing: 0.5", 0.5, 0.15, lambda: float(floors()[1, 0]),
        ),
        KnownAnswer(
            "factor match at noise 0.6, mean of 5", _FLOOR + ": at least 0.4", 1.0, 0.6,
            lambda: float(floors()[0, 1]),
        ),
        KnownAnswer(
            "factor match of a planted tensor 200 x 10 x 1,770 of rank 6",
            "the plan's measurement on the same shape, 0.999", 0.999, 0.01,
            lambda: match_of_planted((200, 10, 1_770)), full=True,
        ),
    )  # fmt: skip


def _slope_off() -> float:
    """Largest gap between the gradient of the lead and its central differences."""
    from engines.connectome.grouping import stimuli

    rng = np.random.Generator(np.random.Philox(0))
    cells = stimuli.planted(rng, 12, jitter=1.0, noise=1.0)
    at, group = stimuli.smooth(rng, 3), np.arange(12) % 3
    share, none = stimuli.shares(group, 3), np.zeros(3, bool)
    ours = stimuli.slope(cells.filters, share, none, at, 3.0)
    gaps = []
    for pixel in range(0, 144, 13):
        step = 1e-5 * np.eye(144)[pixel]
        up, down = (stimuli.lead(cells.filters, group, at + s, 3.0) for s in (step, -step))
        gaps.append(np.abs(ours[:, pixel] - (up - down) / 2e-5).max())
    return float(max(gaps))


def _types_found() -> float:
    from engines.connectome.grouping import stimuli
    from engines.connectome.partitions.agreement import ari

    rng = np.random.Generator(np.random.Philox(1))
    cells = stimuli.planted(rng, 40, jitter=0.0, noise=0.0)
    made = [stimuli.sought(rng, cells.filters, 4, 3.0) for _ in range(6)]
    return ari(max(made, key=lambda one: one.score).group, cells.kind)


def stimulus_answers() -> tuple[KnownAnswer, ...]:
    """Of the search for stimuli."""
    return (
        KnownAnswer("gradient of a stimulus' lead less its central differences", "closed form",
                    0.0, 1e-7, _slope_off),
        KnownAnswer("agreement of types where all cells of a type are one",
                    "nothing to mistake", 1.0, 0.0, _types_found),
    )  # fmt: skip
