"""What was read of the layers: falls of I(T; X), verdicts, and what goes with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate
from engines.geometry.information.spec import (
    ARMS,
    COMPRESSED,
    DECAY,
    ESTIMATORS,
    LAST,
    MASS,
    RELU,
    TANH,
    InformationSpec,
)
from engines.lab.statistics import bootstrap, mean_over, paired, rate

_LEARNT = (TANH, RELU, DECAY)
"""Groups that were taught the rule."""
_N_ORDERS = 2_000


@dataclass(frozen=True, eq=False)
class Reading:
    """Everything that was read, nan where nothing was yet."""

    spec: InformationSpec
    steps: np.ndarray
    """int64[moment]."""
    information: np.ndarray
    """float32[group, estimator, moment, net, layer, 2]: I(T; X) and I(T; Y) in bits."""
    scores: np.ndarray
    """float64[group, moment, net, 2]: share right of what is learnt and of the exam."""
    signal: np.ndarray
    """float64[group, moment, net, weight layer]: mean gradient over its spread."""

    def of_input(self, arm: int, estimator: int) -> np.ndarray:
        """float64[moment, net]: I(T; X) of the last hidden layer in bits."""
        return self.information[arm, estimator, :, :, LAST, 0].astype(np.float64)

    def falls(self, arm: int, estimator: int, n: int | None = None) -> np.ndarray:
        """float64[net]: bits that it fell from its maximum, of the first n moments."""
        found = self.of_input(arm, estimator)[:n]
        if not len(found) or np.isnan(found).any():
            return np.full(self.spec.n_seeds, np.nan)
        return found.max(axis=0) - found[-1]

    def compressed(self, arm: int, estimator: int) -> Estimate:
        """Share of a group's networks that compress."""
        hits = int((self.falls(arm, estimator) > COMPRESSED).sum())
        said = f"{ARMS[arm]} networks that compress, {ESTIMATORS[estimator]}"
        return rate(hits, self.spec.n_seeds, of=said, unit="networks")

    def fall(self, arm: int, estimator: int) -> Estimate:
        """Mean over a group."""
        said = f"bits that I(T; X) falls, {ARMS[arm]}, {ESTIMATORS[estimator]}"
        return mean_over(self.falls(arm, estimator), of=said, unit="networks")

    def falls_apart(self, arm: int, other: int, estimator: int) -> Estimate:
        """The fall in one group less that in another, paired over first weights."""
        a, b = self.falls(other, estimator), self.falls(arm, estimator)
        said = f"fall in {ARMS[arm]} less that in {ARMS[other]}"
        return paired(a, b, self.spec.seed).estimate(said, "networks")

    def turned(self, arm: int, one: int, other: int) -> Estimate:
        """Share of networks that compress by one of two estimators only."""
        a, b = (self.falls(arm, e) > COMPRESSED for e in (one, other))
        said = f"{ARMS[arm]} networks whose verdict turns"
        return rate(int((a != b).sum()), self.spec.n_seeds, of=said, unit="networks")

    def final(self, arm: int, estimator: int) -> Estimate:
        """I(T; X) at the end, mean over a group."""
        said = f"bits of I(T; X) at the end, {ARMS[arm]}"
        return mean_over(self.of_input(arm, estimator)[-1], of=said, unit="networks")

    def final_apart(self, arm: int, other: int, estimator: int) -> Estimate:
        """The same in one group less another, paired over first weights."""
        a, b = self.of_input(other, estimator)[-1], self.of_input(arm, estimator)[-1]
        said = f"{ARMS[arm]} less {ARMS[other]}"
        return paired(a, b, self.spec.seed).estimate(said, "networks")

    def drifts(self, arm: int) -> Estimate:
        """Share of networks whose gradient is steadier than it varies at first, and not at last."""
        median = np.median(self.signal[arm], axis=-1)
        hits = int(((median[0] > 1.0) & (median[-1] < 1.0)).sum())
        said = f"{ARMS[arm]} networks whose gradient goes from drift to diffusion"
        return rate(hits, self.spec.n_seeds, of=said, unit="networks")

    def _ranked(self) -> tuple[np.ndarray, np.ndarray]:
        """float64[group, net] twice: ranks of the fall (equal mass) and of exam accuracy."""
        falls = np.stack([self.falls(arm, MASS) for arm in _LEARNT])
        exams = np.stack([self.scores[arm, -1, :, 1] for arm in _LEARNT])
        return _centred_ranks(falls), _centred_ranks(exams)

    def rank_correlation(self) -> Estimate | None:
        """Of fall and exam accuracy, ranks within groups, over all networks taught the rule."""
        fall, exam = (values.ravel() for values in self._ranked())
        if not fall.any() or not exam.any():
            return None
        return bootstrap(
            lambda rows: _correlation(fall[rows], exam[rows]), len(fall), seed=self.spec.seed,
            of="rank correlation of the fall with exam accuracy", unit="networks", batched=True,
        )  # fmt: skip

    def by_chance(self) -> Estimate:
        """The same when accuracies are dealt anew within groups: mean and 95 % of the orders."""
        fall, exam = self._ranked()
        rng = np.random.Generator(np.random.Philox(key=[self.spec.seed, 11]))
        dealt = [
            float(_correlation(fall.ravel(), rng.permuted(exam, axis=1).ravel()))
            for _ in range(_N_ORDERS)
        ]
        low, high = np.quantile(dealt, [0.025, 0.975])
        return Estimate("the same with accuracies dealt anew", float(np.mean(dealt)), float(low),
                        float(high), fall.size, "networks", f"{_N_ORDERS:,} orders")  # fmt: skip


def _centred_ranks(values: np.ndarray) -> np.ndarray:
    """Ranks within each row, ties shared, around 0."""
    from scipy.stats import rankdata

    return rankdata(values, axis=1) - (values.shape[1] + 1) / 2


def _correlation(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Pearson's over the last axis; nan without spread."""
    a, b = (v - v.mean(axis=-1, keepdims=True) for v in (a, b))
    size = np.sqrt((a**2).sum(-1) * (b**2).sum(-1))
    return np.divide((a * b).sum(-1), size, out=np.full(size.shape, np.nan), where=size > 0)
