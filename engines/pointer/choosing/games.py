"""A run of games: every way on every landscape, its results and pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.contract import Frame, Result
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.lab.statistics.intervals import half_widths
from engines.pointer.choosing.asked import GameSpec
from engines.pointer.choosing.landscapes import Landscape, landscape
from engines.pointer.choosing.players import WAYS, Meter

NAMES = tuple(WAYS)
_WORTH = Axis("best word so far, worth")


@dataclass(frozen=True, eq=False)
class GamesFrame(Frame):
    """Courses of the landscapes that are done."""

    courses: np.ndarray
    """float64[way, landscape, measurement], nan where nothing has been measured."""

    def pictures(self) -> tuple[Picture, ...]:
        """Courses and ends."""
        return courses_picture(self.courses), ends_picture(self.courses)


@dataclass(frozen=True, eq=False)
class Games(Result):
    """What every way found, measurement by measurement."""

    spec: GameSpec
    courses: np.ndarray
    """float64[way, landscape, measurement]: worth of the best word so far."""
    word: np.ndarray
    """int64[site]: the best word that equilibria of the model found on the first landscape."""
    deviations: np.ndarray
    """float64[site, letter]: what the word is worth less when one site takes another letter."""

    def ends(self, name: str) -> np.ndarray:
        """The last worth on every landscape: float64[landscape]."""
        return self.courses[NAMES.index(name), :, -1]

    def pictures(self) -> tuple[Picture, ...]:
        """Courses, ends, the game at its end, and a table."""
        return (
            courses_picture(self.courses),
            ends_picture(self.courses),
            self._game(),
            self._table(),
        )

    def _game(self) -> Picture:
        n_sites, n_letters = self.deviations.shape
        letters = tuple((k + 0.5, chr(65 + k)) for k in range(n_letters))
        sites = tuple((k + 0.5, str(k + 1)) for k in range(n_sites))
        word = "".join(chr(65 + letter) for letter in self.word)
        return Heatmap(
            f"What one site gains by another letter: {word}, the first landscape",
            self.deviations, Axis("letter", ticks=letters), Axis("site", ticks=sites),
            Axis("gain in worth"), diverging=True,
        )  # fmt: skip

    def _table(self) -> Picture:
        columns: dict[str, np.ndarray | tuple[str, ...]] = {"way": NAMES}
        for n in (50, 100, 200, self.spec.budget):
            if n <= self.spec.budget:
                columns[f"after {n}"] = self.courses[:, :, n - 1].mean(axis=1)
        columns["± 95 % at the end"] = half_widths(self.courses[:, :, -1])
        return Table(f"Mean worth of the best word, {self.courses.shape[1]} landscapes", columns)


def _whole(courses: np.ndarray) -> np.ndarray:
    """Landscapes on which every way has ended."""
    return courses[:, np.isfinite(courses).all(axis=(0, 2))]


def courses_picture(courses: np.ndarray) -> Picture:
    """Mean of the best word so far against measurements."""
    whole = _whole(courses)
    n = np.arange(1, courses.shape[2] + 1)
    none = np.full(len(n), np.nan)
    lines, bands = {}, {}
    half = half_widths(whole, axis=1)
    for k, name in enumerate(NAMES):
        mean = whole[k].mean(axis=0) if whole.shape[1] else none
        lines[name] = mean
        bands[name] = (mean - half[k], mean + half[k])
    title = f"Best word so far, mean of {whole.shape[1]} landscapes (95 %)"
    return Curves(title, n, lines, Axis("words measured"), _WORTH, bands)


def ends_picture(courses: np.ndarray) -> Picture:
    """What every way ends with, with its interval."""
    ends = _whole(courses)[:, :, -1]
    mean = ends.mean(axis=1) if ends.shape[1] else np.full(len(NAMES), np.nan)
    half = half_widths(ends, axis=1)
    axis = Axis("", ticks=tuple((float(k), name) for k, name in enumerate(NAMES)))
    title = f"After {courses.shape[2]} measurements (95 %)"
    return Bars(title, mean, axis, Axis("worth"), whiskers=(mean - half, mean + half))


def game_frames(spec: GameSpec) -> Iterator[GamesFrame | Games]:
    """Every way on every landscape; frames while they play."""
    courses = np.full((len(NAMES), spec.n_landscapes, spec.budget), np.nan)
    first: Meter | None = None
    for k in range(spec.n_landscapes):
        on = landscape(spec.n_sites, spec.n_letters, spec.n_others, spec.seed + 1_000 * k)
        for row, name in enumerate(NAMES):
            meter = Meter(on, spec.budget, spec.boldness)
            rng = np.random.Generator(np.random.Philox(key=[spec.seed + k, row]))
            for _ in WAYS[name](meter, rng):
                done = k + (row + len(meter.course) / spec.budget) / len(NAMES)
                yield GamesFrame(courses.copy(), fraction=done / spec.n_landscapes)
            courses[row, k] = meter.best_so_far()
            if name == "GameOpt" and first is None:
                first = meter
        yield GamesFrame(courses.copy(), fraction=(k + 1) / spec.n_landscapes)
    if first is None:
        raise AssertionError("a run has at least one landscape")
    word = first.best_word()
    yield Games(spec, courses, word, deviations(first.on, word))


def deviations(on: Landscape, word: np.ndarray) -> np.ndarray:
    """What the word gains when one site takes another letter: float64[site, letter]."""
    n_letters = on.n_letters
    words = np.tile(word, (on.n_sites, n_letters, 1))
    for site in range(on.n_sites):
        words[site, :, site] = np.arange(n_letters)
    worth = on.worth(words.reshape(-1, on.n_sites)).reshape(on.n_sites, n_letters)
    return worth - on.worth(word[None])[0]
