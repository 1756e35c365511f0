"""Motifs of a recording: who moves together, when, and in which animals; each beside a control."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.connectome.recordings.affinity import WINDOW, differential_graph, pairs
from engines.connectome.recordings.factors import Factors, best_of, decompositions
from engines.connectome.recordings.recovery import auc, congruence, factor_match, matching
from engines.connectome.recordings.shifting import shifted
from engines.contract import InputError

N_STARTS = 3


@dataclass(frozen=True, eq=False)
class Truth:
    """What was planted, as the factors of a tensor of affinities."""

    time: np.ndarray
    """float64[moment, motif]."""
    animal: np.ndarray
    """float64[animal, motif]."""
    pair: np.ndarray
    """float64[pair, motif]: 1 where both belong to the motif."""

    @property
    def factors(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All three."""
        return self.time, self.animal, self.pair


def motifs(
    traces: np.ndarray, rank: int, *, n_starts: int = N_STARTS, window: float = WINDOW,
    seed: int = 0,
) -> Factors:  # fmt: skip
    """Motifs of traces float64[animal, step, neuron]: time courses, animals, pairs of neurons."""
    return best_of(differential_graph(traces, window=window), rank, n_starts, seed)


def shifted_motifs(
    traces: np.ndarray, rank: int, *, n_starts: int = N_STARTS, window: float = WINDOW,
    seed: int = 0,
) -> Factors:  # fmt: skip
    """The same of traces that are turned in a circle, each by its own number of steps."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 1]))
    return motifs(shifted(traces, rng), rank, n_starts=n_starts, window=window, seed=seed)


def planted_truth(
    window: np.ndarray, gain: np.ndarray, member: np.ndarray, at: np.ndarray
) -> Truth:
    """Affinities grow with the square of a signal, so that window and gain count squared.

    Args:
        window: float64[step, motif].
        gain: float64[animal, motif].
        member: bool[motif, neuron].
        at: int64[moment]: steps that are kept.
    """
    i, j = pairs(member.shape[1])
    return Truth(window[at] ** 2, gain**2, (member[:, i] & member[:, j]).T.astype(float))


def scores(truth: Truth, found: Factors) -> tuple[float, float]:
    """Mean AUC of pairs by the matched component, and the factor match score."""
    parts = found.time, found.animal, found.pair
    partner = matching(congruence(truth.factors, parts))
    areas = [
        auc(found.pair[:, k], truth.pair[:, m] > 0) if k >= 0 else 0.5
        for m, k in enumerate(partner)
    ]
    return float(np.mean(areas)), factor_match(truth.factors, parts)


def in_order(found: Factors, truth: Truth) -> Factors:
    """Components that belong to what was planted first, in its order, then the others."""
    partner = matching(congruence(truth.factors, (found.time, found.animal, found.pair)))
    first = [int(k) for k in partner if k >= 0]
    order = first + [k for k in range(found.rank) if k not in first]
    return Factors(found.time[:, order], found.animal[:, order], found.pair[:, order], found.error)


def scan(
    traces: np.ndarray, ranks: tuple[int, ...], *, window: float = WINDOW, seed: int = 0,
    n_starts: int = 2,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """float64[rank] each: what the best start leaves, and how far two starts agree (0 to 1)."""
    tensor = differential_graph(traces, window=window)
    asked = [rank for rank in ranks for _ in range(n_starts)]
    found = decompositions(tensor, asked, seed, n_rounds=40)
    left, agreed = np.empty(len(ranks)), np.empty(len(ranks))
    for k in range(len(ranks)):
        starts = found[k * n_starts : (k + 1) * n_starts]
        left[k] = min(one.error for one in starts)
        one, other = ((f.time, f.animal, f.pair) for f in starts[:2])
        agreed[k] = factor_match(one, other)
    return left, agreed


def membership(pair: np.ndarray, n_neurons: int) -> np.ndarray:
    """float64[neuron, component]: mean affinity of a neuron with all others, strongest is 1."""
    i, j = pairs(n_neurons)
    total = np.zeros((n_neurons, pair.shape[1]))
    np.add.at(total, i, pair)
    np.add.at(total, j, pair)
    most = total.max(axis=0, initial=0.0)
    return total / np.where(most > 0, most, 1.0)


def matrix(pair: np.ndarray, n_neurons: int) -> np.ndarray:
    """float64[neuron, neuron]: values of pairs on both sides, 0 between a neuron and itself."""
    made = np.zeros((n_neurons, n_neurons))
    i, j = pairs(n_neurons)
    made[i, j] = made[j, i] = pair
    return made


def check_left(silenced: np.ndarray) -> None:
    """Refuse a lesion bool[neuron] after which nobody can move together.

    Raises:
        InputError: fewer than three neurons are left.
    """
    if (~silenced).sum() < 3:
        raise InputError("fewer than three neurons are left after this lesion; silence fewer")


def left_without(
    whole: Factors, traces: np.ndarray, silenced: np.ndarray, *, n_starts: int = N_STARTS,
    window: float = WINDOW, seed: int = 0,
) -> np.ndarray:  # fmt: skip
    """float64[component]: how much of each motif is found again without some neurons' traces.

    The matched component of the rest, projected on the whole one: 1 is all of it.

    Args:
        whole: motifs of all neurons.
        traces: float64[animal, step, neuron].
        silenced: bool[neuron].
        n_starts: random starts.
        window: SD of the Gaussian over affinities, in steps.
        seed: of the starts.

    Raises:
        InputError: fewer than three neurons are left.
    """
    check_left(silenced)
    rest = motifs(traces[:, :, ~silenced], whole.rank, n_starts=n_starts, window=window, seed=seed)
    i, j = pairs(len(silenced))
    padded = np.zeros((len(i), rest.rank))
    padded[~silenced[i] & ~silenced[j]] = rest.pair
    parts = (whole.time, whole.animal, whole.pair), (rest.time, rest.animal, padded)
    alike = congruence(*parts)
    alike *= rest.strength / np.maximum(whole.strength, 1e-300)[:, None]
    partner = matching(alike)
    return np.where(partner >= 0, alike[np.arange(len(alike)), partner], 0.0)
