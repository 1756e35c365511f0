"""A run of subset networks: with the superset and without, and the control that needs none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.contract import Frame, Result
from engines.contract.pictures import Axis, Bars, Curves, Picture, Points, Table
from engines.lab.statistics.intervals import half_widths
from engines.pointer.choosing.asked import SubsetSpec

KINDS: tuple[str, ...] = (
    "own mean, told",
    "own mean, not told",
    "origin, told",
    "origin, not told",
)
"""Networks by what they want (near to the set's own mean, or the origin) and what they know."""
_JACCARD = Axis("Jaccard index")
_PLACES = 9
"""Looks at the test sets while it learns."""
_N_LEARNT = 4_000
_BATCH = 64


@dataclass(frozen=True, eq=False)
class SubsetsFrame(Frame):
    """Jaccard indices so far."""

    step: np.ndarray
    """int64[place]: after how many updates."""
    score: np.ndarray
    """float64[kind, place, seed], nan where nothing is known yet."""

    def pictures(self) -> tuple[Picture, ...]:
        """Curves and bars."""
        return score_curves(self.step, self.score), score_bars(self.score)


@dataclass(frozen=True, eq=False)
class Subsets(Result):
    """What networks choose that know the superset, and what others choose."""

    spec: SubsetSpec
    step: np.ndarray
    """int64[place]."""
    score: np.ndarray
    """float64[kind, place, seed]: mean Jaccard index over test sets."""
    points: np.ndarray
    """float32[element, 2]: the set on stage."""
    wanted: np.ndarray
    """bool[element]."""
    chosen: np.ndarray
    """bool[2, element]: by the first network with the superset, and by the first without."""
    reordered: float
    """Largest change of a score with the order of superset and subset, over the largest score."""
    chance: float
    """Jaccard index of choosing at random, exact."""

    def ends(self, kind: str) -> np.ndarray:
        """float64[seed]."""
        return self.score[KINDS.index(kind), -1]

    def pictures(self) -> tuple[Picture, ...]:
        """Curves, bars, the set on stage, a table."""
        return (
            score_curves(self.step, self.score),
            score_bars(self.score, self.chance),
            set_picture("Told", self.points, self.wanted, self.chosen[0]),
            set_picture("Not told", self.points, self.wanted, self.chosen[1]),
            self._table(),
        )

    def _table(self) -> Picture:
        last = self.score[:, -1]
        columns: dict[str, np.ndarray | tuple[str, ...]] = {
            "network": KINDS,
            "Jaccard": last.mean(axis=1),
            "± 95 %": half_widths(last),
        }
        return Table(f"{last.shape[1]} seeds each, {self.spec.n_tested} test sets", columns)


def score_curves(step: np.ndarray, score: np.ndarray) -> Picture:
    """Mean over seeds against updates."""
    mean, half = score.mean(axis=2), half_widths(score)
    lines: dict[str, np.ndarray] = dict(zip(KINDS, mean, strict=True))
    bands = {name: (m - h, m + h) for name, m, h in zip(KINDS, mean, half, strict=True)}
    title = f"Chosen as wanted while it learns, {score.shape[2]} seeds (95 %)"
    return Curves(title, step, lines, Axis("updates"), _JACCARD, bands)


def score_bars(score: np.ndarray, chance: float = np.nan) -> Picture:
    """What every kind of network ends with."""
    last = score[:, -1]
    mean, half = last.mean(axis=1), half_widths(last)
    told = f", chance {chance:.2f}" if np.isfinite(chance) else ""
    axis = Axis("", ticks=tuple((float(k), name) for k, name in enumerate(KINDS)))
    return Bars(
        f"At the end (95 %{told})", mean, axis, _JACCARD, whiskers=(mean - half, mean + half)
    )


def set_picture(title: str, points: np.ndarray, wanted: np.ndarray, chosen: np.ndarray) -> Picture:
    """One set: what was wanted and what was chosen."""
    words = {
        (True, True): "won", (True, False): "wanted",
        (False, True): "chosen", (False, False): "neither",
    }  # fmt: skip
    pairs = zip(wanted.tolist(), chosen.tolist(), strict=True)
    kind = tuple(words[pair] for pair in pairs)
    shared = int((wanted & chosen).sum())
    head = f"{title}: {shared} of {int(wanted.sum())} won"
    return Points(head, points.astype(np.float64), Axis("x"), Axis("y"), kind, square=True)


def subset_frames(spec: SubsetSpec) -> Iterator[SubsetsFrame | Subsets]:
    """Four stacks of networks learn one after the other; looks at test sets on the way."""
    import torch

    from engines.lab.training import OrderedBatches, Rule, Training, run, stack_from_seeds
    from engines.pointer.choosing.choose import chosen_by, order_difference
    from engines.pointer.choosing.sets import SubsetScore, chance, examples, jaccard, sets, wanted

    yield SubsetsFrame(np.zeros(1, np.int64), np.full((len(KINDS), 1, 2), np.nan), fraction=0.0)
    learnt, tested = sets(spec, _N_LEARNT, 1), sets(spec, spec.n_tested, 2)
    step = np.unique(np.linspace(0, spec.n_updates, _PLACES).astype(np.int64))
    score = np.full((len(KINDS), len(step), spec.n_seeds), np.nan)
    shown = (spec.shown - 1) % spec.n_tested
    chosen, reordered = [], 0.0
    for kind in range(len(KINDS)):
        own_mean, told = kind < 2, kind % 2 == 0
        x, y = examples(
            np.tile(learnt, (4, 1, 1)),
            np.tile(wanted(learnt, spec.n_chosen, own_mean=own_mean), (4, 1)), spec.seed,
        )  # fmt: skip
        target = wanted(tested, spec.n_chosen, own_mean=own_mean)
        seeds = range(spec.seed, spec.seed + spec.n_seeds)
        stack = stack_from_seeds(lambda told=told: SubsetScore(spec.width, told=told), seeds)
        batches = OrderedBatches(x, y, _BATCH, spec.n_seeds, spec.seed)
        training = Training(stack, batches, rule=Rule(learning_rate=3e-3), exact=False)
        for pause in run(training, step.tolist()):
            if pause.scheduled:
                taken = chosen_by(stack, torch.from_numpy(tested), spec.n_chosen)
                place = int(np.searchsorted(step, pause.step))
                score[kind, place] = jaccard(taken, target[None]).mean(axis=1)
            done = (kind + pause.fraction) / len(KINDS)
            yield SubsetsFrame(step, score.copy(), fraction=done)
        if own_mean:
            one = torch.from_numpy(tested[shown : shown + 1])
            chosen.append(chosen_by(stack, one, spec.n_chosen)[0, 0])
            reordered = max(reordered, order_difference(stack, x[:50], spec.seed))
    yield Subsets(
        spec, step, score, tested[shown], wanted(tested, spec.n_chosen, own_mean=True)[shown],
        np.array(chosen), reordered, chance(spec.n_elements, spec.n_chosen),
    )  # fmt: skip
