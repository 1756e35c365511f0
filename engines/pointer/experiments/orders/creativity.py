"""Combinatorial creativity: what small models write is new or useful, seldom both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    KnownAnswer,
    Result,
    Seed,
    Spec,
    knob,
)
from engines.contract.claims import Alike, AtMost, Exceeds
from engines.contract.pictures import Axis, Bars, Curves, Picture, Table
from engines.lab.statistics import mean_over, paired
from engines.lab.statistics.intervals import half_widths
from engines.pointer.language.course import TEMPERATURES, WIDTHS, Course

_WALKER = "jumping walker"
_NAMES = tuple(f"width {width}" for width in WIDTHS)


class CreativitySpec(Spec):
    """A map of concepts, and how long paths over it are learnt."""

    n_concepts: int = knob(
        200, label="Concepts", group="Map", ge=20, le=1_000,
        help="Points of a plane of meaning; each is related to its nearest ones.",
    )  # fmt: skip
    n_seeds: int = knob(
        5, label="Seeds", group="Training", ge=2, le=20,
        help="Maps of their own, with a model of each width for each.",
    )  # fmt: skip
    n_steps: int = knob(
        300, label="Steps", group="Training", ge=10, le=3_000,
        help="Batches of 128 paths that every model reads.",
    )  # fmt: skip
    n_paths: int = knob(
        100, label="Paths", group="Writing", ge=10, le=1_000,
        help="Written at every temperature by every model.",
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", group="Training", help="Draws maps, paths and weights.")


@dataclass(frozen=True, eq=False)
class CreativityFrame(Frame):
    """The frontier so far."""

    course: Course

    def pictures(self) -> tuple[Picture, ...]:
        """New against useful."""
        return (_frontier(self.course),)


@dataclass(frozen=True, eq=False)
class Creativity(Result):
    """What was written, and one map with a path."""

    spec: CreativitySpec
    course: Course
    places: np.ndarray
    """float64[concept, 2], of the first map."""
    seen: np.ndarray
    """int64[edge, 2]: walked over in training."""
    held: np.ndarray
    """int64[edge, 2]: kept from training."""
    path: np.ndarray
    """int64[step + 1]: the most creative one that the widest model wrote."""

    def pictures(self) -> tuple[Picture, ...]:
        """Frontier, correlations, the product, what was found, the map."""
        return (
            _frontier(self.course),
            self._map(),
            self._product(),
            self._found(),
            self._ranks(),
            self._table(),
        )

    def _map(self) -> Curves:
        path = np.stack([self.path[:-1], self.path[1:]], axis=1)
        kinds = {"seen": self.seen, "kept from training": self.held, "written": path}
        ends = np.concatenate([self.places[edges] for edges in kinds.values()])
        gapped = np.concatenate([ends, np.full((len(ends), 1, 2), np.nan)], axis=1).reshape(-1, 2)
        of_kind = np.repeat(np.arange(3), [3 * len(edges) for edges in kinds.values()])
        lines = {name: np.where(of_kind == k, gapped[:, 1], np.nan) for k, name in enumerate(kinds)}
        return Curves(
            "A map, a path over it", gapped[:, 0], lines, Axis("meaning"),
            Axis("meaning"), square=True,
        )  # fmt: skip

    def _product(self) -> Curves:
        both = 100 * self.course.both[:-1]
        mean, n = both.mean(axis=-1), both.shape[-1]
        half = half_widths(both)
        lines = dict(zip(_NAMES, mean, strict=True))
        bands = {name: (m - h, m + h) for name, m, h in zip(_NAMES, mean, half, strict=True)}
        return Curves(
            f"New and useful at once, {n} seeds", np.array(TEMPERATURES), lines,
            Axis("temperature"), Axis("novelty × utility", "%"), bands,
        )  # fmt: skip

    def _found(self) -> Bars:
        return _bars("New steps that are true", 100 * self.course.found, "share", "%")

    def _ranks(self) -> Bars:
        return _bars("Novelty against utility", self.course.rank, "rank correlation", "")

    def _table(self) -> Table:
        told = (*_NAMES, _WALKER)
        columns = {"rank correlation": self.course.rank, "true of new steps": self.course.found}
        shown = {
            name: tuple(str(mean_over(row, of=name, unit="maps")) for row in values)
            for name, values in columns.items()
        }
        return Table(f"All temperatures, {self.spec.n_seeds} maps", {"writer": told, **shown})


def _frontier(course: Course) -> Curves:
    """Mean utility against mean novelty, a line per writer from cautious to bold."""
    novelty, utility = 100 * course.novelty.mean(axis=-1), 100 * course.utility.mean(axis=-1)
    n_writers, size = novelty.shape
    x = np.concatenate([novelty, np.full((n_writers, 1), np.nan)], axis=1).ravel()
    lines = {}
    for k, name in enumerate((*_NAMES, _WALKER)):
        y = np.full((n_writers, size + 1), np.nan)
        y[k, :size] = utility[k]
        lines[name] = y.ravel()
    return Curves(
        "From cautious to bold", x, lines, Axis("novelty: steps nobody showed", "%"),
        Axis("utility", "%"), dots=lines,
    )  # fmt: skip


def _bars(title: str, values: np.ndarray, label: str, unit: str) -> Bars:
    """Means of values[writer, seed] with t intervals over seeds."""
    mean, n = values.mean(axis=-1), values.shape[-1]
    half = half_widths(values)
    names = (*map(str, WIDTHS), "walker")
    ticks = tuple((float(k), name) for k, name in enumerate(names))
    return Bars(
        f"{title}, {n} maps", mean, Axis("width of the model", ticks=ticks), Axis(label, unit),
        whiskers=(mean - half, mean + half),
    )  # fmt: skip


def frames(spec: CreativitySpec) -> Iterator[Frame | Result]:
    """The walker first, then a width after the other."""
    from engines.pointer.language.creating import run_of

    for now in run_of(
        n_concepts=spec.n_concepts, n_seeds=spec.n_seeds, n_steps=spec.n_steps,
        n_paths=spec.n_paths, seed=spec.seed,
    ):  # fmt: skip
        if now.last is None:
            yield CreativityFrame(now.course, fraction=now.fraction)
        else:
            yield Creativity(spec, now.course, *now.last)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Walks without a jump, and jumps that hit an edge."""
    from engines.pointer.answers.language import creativity_answers

    return creativity_answers()


def _rank(writer: int, run: Creativity) -> Estimate | None:
    values = run.course.rank[writer]
    if run.spec.n_seeds < 5 or not np.isfinite(values).all():
        return None
    name = (*_NAMES, _WALKER)[writer]
    return mean_over(values, of=f"rank correlation, {name}", unit="maps")


def _wider(run: Creativity) -> Estimate:
    apart = paired(run.course.rank[0], run.course.rank[2], run.spec.seed)
    return apart.estimate("width 64 less width 16", "maps")


def _pooled(run: Creativity) -> np.ndarray:
    """Of the new steps of all widths, the share that are edges: float64[seed]."""
    found, novel = run.course.n_found[:-1], run.course.n_novel[:-1]
    return found.sum(axis=(0, 1)) / np.maximum(novel.sum(axis=(0, 1)), 1.0)


def _true(run: Creativity) -> Estimate | None:
    if run.spec.n_seeds < 5:
        return None
    return mean_over(_pooled(run), of="new steps that are true, models", unit="maps")


def _blind(run: Creativity) -> Estimate:
    return mean_over(run.course.found[-1], of="new steps that are true, walker", unit="maps")


def _truer(run: Creativity) -> Estimate:
    apart = paired(run.course.found[-1], _pooled(run), run.spec.seed)
    return apart.estimate("models less walker", "maps")


_PAPER = "Schapiro et al. 2025, arXiv 2509.21043"
CLAIMS = (
    *(
        Claim(
            f"What is newer is less useful, {name}.",
            figure=lambda run, k=k: _rank(k, run),
            control=lambda run: _rank(-1, run),
            holds_when=AtMost(0.0),
            source=_PAPER,
        )
        for k, name in enumerate(_NAMES)
    ),
    Claim(
        "The trade-off is as strong in a model four times as wide.",
        figure=lambda run: _rank(2, run),
        control=lambda run: _rank(0, run),
        holds_when=Alike(0.1),
        source=_PAPER,
        difference=_wider,
    ),
    Claim(
        "Some new steps are true: models find relations that nobody showed them more often than "
        "jumps anywhere do.",
        figure=_true,
        control=_blind,
        holds_when=Exceeds(),
        source="our claim",
        difference=_truer,
    ),
)

EXPERIMENT = Experiment(
    spec=CreativitySpec,
    frames=frames,
    card=Card(
        title="New or useful",
        claim="Small models learn paths over a map of concepts, a fifth of whose edges is kept "
        "from them, and write paths of their own. Bolder ones are newer and less useful; so are "
        "those of a walker that knows nothing and jumps, which is the control.",
        paper="Schapiro, Shashidhar, Gladstone, Black, Moon, Hakkani-Tur & Varshney 2025, "
        "Combinatorial creativity: a new frontier in generalization abilities",
        link="https://arxiv.org/abs/2509.21043",
    ),
    presets={
        "200 concepts": CreativitySpec(),
        "Fewer concepts": CreativitySpec(n_concepts=100),
        "Read for longer": CreativitySpec(n_steps=900),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 0.035 * spec.n_steps * spec.n_seeds,
    order=80,
)
