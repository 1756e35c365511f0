"""One liquid with an astrocyte, without, tuned by trying, and with fixed weights, on one set."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits

from engines.connectome.liquid.telling import best_lines, right
from engines.connectome.liquid.watching import (
    COPIES,
    Plasticity,
    Seen,
    branching,
    input_spikes,
    shown,
)
from engines.connectome.liquid.wiring import Liquid, liquid

N_SETTLED, N_CHOSEN, N_KEPT = 100, 150, 20
"""Pictures that weights settle on, that settings are chosen by, and whose rasters are looked at."""
FIRST = 1.0
"""Size of all weights before anything is plastic; they may grow to three times that."""
TIMES = (1.0, 1.25, 1.5, 2.0, 3.0)
"""What is taken away over what is added, tried without an astrocyte."""
SIZES = (0.0, 0.25, 0.5, 1.0, 2.0)
"""Sizes of fixed weights that are tried."""


@dataclass(frozen=True, eq=False)
class Digits:
    """Spikes bool[picture, step, input] to settle on, and of pictures with their digits.

    Of the latter the first ``n_learnt`` are learnt from, settings are chosen by the next
    `N_CHOSEN`, and the rest are the exam.
    """

    settling: np.ndarray
    spikes: np.ndarray
    digit: np.ndarray
    n_learnt: int

    @property
    def n_told(self) -> int:
        """Pictures before the exam."""
        return self.n_learnt + N_CHOSEN

    def chosen(self, count: np.ndarray) -> tuple[float, np.ndarray]:
        """Share right of those by which settings are chosen, and the lines, of these counts."""
        return best_lines(count[: self.n_told], self.digit[: self.n_told], self.n_learnt)

    def exam(self, count: np.ndarray, line: np.ndarray) -> float:
        """Share right of the exam, from counts of all pictures."""
        return right(count[self.n_told :], self.digit[self.n_told :], line)


def digits(rng: np.random.Generator, seed: int, n_learnt: int, n_steps: int) -> Digits:
    """Handwritten digits, split by the seed; spikes are drawn by ``rng``."""
    from engines.lab.data import pictures

    task = pictures.digits(seed)
    last = N_SETTLED + n_learnt + N_CHOSEN
    pixels = np.concatenate([task.x[N_SETTLED:last], task.x_test])
    digit = np.concatenate([task.y[N_SETTLED:last], task.y_test])
    settling = input_spikes(rng, task.x[:N_SETTLED], n_steps)
    return Digits(settling, input_spikes(rng, pixels, n_steps), digit, n_learnt)


@dataclass(frozen=True, eq=False)
class Found:
    """Of one setting: share right where it is chosen and in the exam (nan where none was sat).

    ``sigma`` is the branching of the first pictures that are learnt from, ``ratio`` the liquid's
    spikes for each that comes in.
    """

    chosen: float
    exam: float
    sigma: float
    ratio: float
    raster: np.ndarray
    settled: Seen | None
    level: float
    """Mean of what was taken away while pictures were learnt from."""


def found(made: Liquid, data: Digits, settling: Plasticity, rule: Plasticity, size: float,
          *, sits: bool) -> Found:  # fmt: skip
    """Settle, where weights are plastic, then show pictures; the exam only where one ``sits`` it.

    Every picture begins with the weights that settling left.
    """
    start, settled = made.weights(size), None
    if settling.up > 0.0:
        settled = shown(made, data.settling, start, settling, carries=True)
        start = settled.weight
    spikes = data.spikes if sits else data.spikes[: data.n_told]
    seen = shown(made, spikes, start, rule, carries=False, n_kept=N_KEPT)
    with threadpool_limits(1):
        share, line = data.chosen(seen.count)
        exam = data.exam(seen.count, line) if sits else np.nan
    return Found(share, exam, branching(seen.raster, made.joined()),
                 seen.count.sum() / max(1, spikes.sum()), seen.raster[0], settled,
                 float(seen.level[: data.n_learnt].mean()))  # fmt: skip


@dataclass(frozen=True, eq=False)
class Network:
    """A liquid, its digits, and the plasticity that an astrocyte watches."""

    made: Liquid
    data: Digits
    rule: Plasticity

    def with_astrocyte(self) -> Found:
        """As the spec has it."""
        return found(self.made, self.data, self.rule, self.rule, FIRST, sits=True)

    def at_mean(self, other: Found) -> Found:
        """Taking away all the time what the astrocyte took on average, settling and learning."""
        assert other.settled is not None
        plain = replace(self.rule, hears=0.0)
        settling = replace(plain, down=float(other.settled.level.mean()))
        return found(self.made, self.data, settling, replace(plain, down=other.level), FIRST,
                     sits=True)  # fmt: skip

    def constant(self, times: float, *, sits: bool) -> Found:
        """Taking away a constant multiple of what is added."""
        plain = replace(self.rule, hears=0.0, down=times * self.rule.up)
        return found(self.made, self.data, plain, plain, FIRST, sits=sits)

    def fixed(self, size: float, *, sits: bool) -> Found:
        """Weights of one size that do not change."""
        return found(self.made, self.data, Plasticity(), Plasticity(), size, sits=sits)

    def of_input(self) -> float:
        """Share right in the exam, from spikes that come in."""
        count = self.data.spikes.sum(axis=1)
        with threadpool_limits(1):
            return self.data.exam(count, self.data.chosen(count)[1])


def network(
    seed: int, k: int, depth: int, n_learnt: int, n_steps: int, rule: Plasticity
) -> Network:
    """The k-th network of a seed, wiring and spikes from streams of their own."""
    wiring, drawing = (
        np.random.Generator(np.random.Philox(key=[seed, 2**53 + k], counter=[0, 0, 0, place]))
        for place in (0, 1)
    )
    data = digits(drawing, (1_000 * seed + k) % 2**63, n_learnt, n_steps)
    return Network(liquid(wiring, depth, 64 * COPIES), data, rule)
