"""One run: a jumping walker, then models of every width, on the same maps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from engines.pointer.language.concepts import Concepts, Judged, judged
from engines.pointer.language.course import JUMPS, WIDTHS, Course
from engines.pointer.language.writing import Written, jumping, maps_of, writing


def rank_correlation(novelty: np.ndarray, utility: np.ndarray) -> float:
    """Spearman's, over paths; nan where all are alike in one."""
    if np.ptp(novelty) == 0 or np.ptp(utility) == 0:
        return float("nan")
    return float(np.corrcoef(rankdata(novelty), rankdata(utility))[0, 1])


def most_creative(concepts: Concepts, written: Written) -> np.ndarray:
    """Of all paths, the newest of the useful ones: int64[step + 1]."""
    paths = written.paths.reshape(-1, written.paths.shape[-1])
    found = judged(concepts, paths, np.tile(written.wanted, len(written.paths)))
    return paths[np.lexsort((found.novelty, found.utility))[-1]]


@dataclass(frozen=True)
class Seen:
    """A moment of the run."""

    fraction: float
    course: Course
    last: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray] | None = None
    """At the end, of the first map: places, seen edges, held edges, a path."""


def run_of(
    *, n_concepts: int, n_seeds: int, n_steps: int, n_paths: int, seed: int
) -> Iterator[Seen]:
    """The walker on every map, then a width after the other; what was seen of the map last."""
    maps = maps_of(n_concepts, n_seeds, seed)
    course = Course.empty(len(JUMPS), n_seeds)
    for k, told in enumerate(jumping(maps, n_paths, seed)):
        _note(course, len(WIDTHS), k, told)
    yield Seen(0.01, course.copy())
    written: list[Written] = []
    for row, width in enumerate(WIDTHS):
        for now in writing(maps, width, n_steps=n_steps, n_paths=n_paths, seed=seed):
            written = now.written or written
            for k, each in enumerate(now.written or ()):
                _note(course, row, k, each.judged)
            yield Seen((row + now.fraction) / len(WIDTHS), course.copy())
    first = maps[0]
    upper = np.triu(first.relation >= 0)
    edges = np.argwhere(upper & first.seen), np.argwhere(upper & ~first.seen)
    yield Seen(1.0, course, (first.places, *edges, most_creative(first, written[0])))


def _note(course: Course, writer: int, k: int, told: list[Judged]) -> None:
    """Enter what a writer wrote for map ``k``, from cautious to bold."""
    novelty = np.stack([each.novelty for each in told])
    utility = np.stack([each.utility for each in told])
    course.novelty[writer, :, k] = novelty.mean(axis=1)
    course.utility[writer, :, k] = utility.mean(axis=1)
    course.both[writer, :, k] = (novelty * utility).mean(axis=1)
    course.n_novel[writer, :, k] = [each.n_novel for each in told]
    course.n_found[writer, :, k] = [each.n_found for each in told]
    course.rank[writer, k] = rank_correlation(novelty.ravel(), utility.ravel())
