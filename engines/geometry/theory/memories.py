"""What a modern Hopfield network keeps: single patterns, clusters of them, or one average."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engines.contract import Frame, Result, Seed, Spec, knob
from engines.contract.pictures import Axis, Bars, Curves, Picture, Points, Table
from engines.geometry.theory import modern_hopfield as memory
from engines.lab.statistics import mean_over

DIMENSIONS = (8, 16, 32, 64, 128)
BETAS = tuple(float(2.0 ** (k / 2)) for k in range(13))
"""1 to 64, four of each factor of four."""
N_QUERIES = 50
_ATTENTION, _UNIT = "β = 1/√d", "β = 1"
_CLASSICAL = "control: classical"
SCALINGS = (_UNIT, _ATTENTION, _CLASSICAL)
_CLUSTERED, _EVEN = "patterns in clusters", "control: no clusters"
_STEPS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 26, 32, 42, 56, 75, 100, 150, 250, 500, 1_000)
_LEAST = 1e-60


def _powers(exponents: range) -> tuple[tuple[float, str], ...]:
    return tuple((float(k), "1" if k == 0 else f"1e{k}") for k in exponents)


_BETA = Axis("inverse temperature β", ticks=tuple((float(k), f"{2**k}") for k in range(7)))
_COUNT = tuple((float(np.log2(n)), f"{n}") for n in (1, 2, 4, 8, 16, 32, 64, 128))


class ModernHopfieldSpec(Spec):
    """Patterns in clusters, how sharply they are looked up, and how noisy queries are."""

    beta: float = knob(
        8.0, label="β", help="Inverse temperature of the look-up that is shown; the curves hold 1 "
        "to 64.", group="Look-up", gt=0.0, le=1e4, soft=(0.25, 128.0), log=True,
    )  # fmt: skip
    n_clusters: int = knob(
        8, label="Clusters", help="Random directions around which patterns lie.", group="Patterns",
        ge=1, le=16,
    )  # fmt: skip
    n_each: int = knob(
        5, label="Patterns of each", help="In every cluster.", group="Patterns", ge=1, le=10
    )
    spread: float = knob(
        0.12, label="Spread", help="Standard deviation around the cluster's direction, per "
        "dimension; patterns have norm 1.", group="Patterns", ge=0.0, le=1.0, soft=(0.02, 0.4),
        step=0.01,
    )  # fmt: skip
    dimension: int = knob(
        32, label="Dimensions", help="Of the patterns in clusters.", group="Patterns", ge=2, le=256,
        soft=(4, 64),
    )  # fmt: skip
    n_stored: int = knob(
        500, label="Stored", help="Random patterns of the retrieval curve, of norm √d.",
        group="Retrieval", ge=60, le=1_000,
    )  # fmt: skip
    noise: float = knob(
        0.3, label="Query noise", help="Standard deviation around the pattern that is asked for, "
        "per dimension.", group="Retrieval", ge=0.0, le=2.0, soft=(0.0, 1.0), step=0.05,
    )  # fmt: skip
    n_sets: int = knob(
        10, label="Sets", help="Of patterns drawn anew; intervals are over these.", group="Runs",
        ge=5, le=50,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws patterns and queries.", group="Runs")

    @property
    def n_patterns(self) -> int:
        """Patterns in all clusters."""
        return self.n_clusters * self.n_each


@dataclass(frozen=True, eq=False)
class ModernHopfieldFrame(Frame):
    """One-step errors so far: float64[scaling, dimension, set], nan where not measured yet."""

    spec: ModernHopfieldSpec
    error: np.ndarray
    theory: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """The retrieval curve so far."""
        if not np.isfinite(self.error[:, :, 0]).any():
            return ()
        return (_retrieval(self.spec, self.error, self.theory),)


@dataclass(frozen=True, eq=False)
class ModernHopfieldStep(Frame):
    """One step of the look-up, for the scrubber."""

    run: ModernHopfieldRun
    step: int

    def pictures(self) -> tuple[Picture, ...]:
        """The map and attention as they are then."""
        return self.run.at(self.step)


@dataclass(frozen=True, eq=False)
class ModernHopfieldRun(Result):
    """Errors of one step, fixed points at every temperature, and one look-up step by step.

    ``error`` float64[scaling, dimension, set] is the median over queries for `SCALINGS`, in
    `DIMENSIONS`; ``theory`` float64[2, dimension] estimates the first two. ``n_fixed`` and
    ``averaged`` float64[kind, beta, set] count fixed points and the patterns that each averages,
    for patterns in clusters and without, at ``betas``; ``iterations`` int64[kind, beta, set]. Of
    the first set: ``patterns`` float64[pattern, dimension], ``path`` float64[step, query,
    dimension] of queries that begin at the patterns, at steps ``_STEPS``; ``energy`` float64[step,
    query].
    """

    spec: ModernHopfieldSpec
    error: np.ndarray
    theory: np.ndarray
    betas: np.ndarray
    n_fixed: np.ndarray
    averaged: np.ndarray
    iterations: np.ndarray
    patterns: np.ndarray
    path: np.ndarray
    energy: np.ndarray

    def place(self, beta: float) -> int:
        """Where a temperature stands among `betas`."""
        return int(np.abs(np.log(self.betas / beta)).argmin())

    def log_error(self, scaling: int, dimension: int) -> np.ndarray:
        """float64[set]: log10 of the median one-step error."""
        return _log(self.error[scaling, DIMENSIONS.index(dimension)])

    def moments(self) -> tuple[Frame, ...]:
        """The look-up as a film."""
        n = len(_STEPS)
        return tuple(ModernHopfieldStep(self, k, fraction=k / n) for k in range(n))

    def pictures(self) -> tuple[Picture, ...]:
        """The end of the look-up, and the numbers."""
        return (*self.at(len(_STEPS) - 1), self._table())

    def at(self, step: int) -> tuple[Picture, ...]:
        """The four pictures at one step of the look-up."""
        return (
            self._map(step),
            self._kinds(),
            self._attention(step),
            _retrieval(self.spec, self.error, self.theory),
        )

    def _map(self, step: int) -> Points:
        """Patterns and states on the two widest axes of the patterns."""
        centre = self.patterns.mean(axis=0)
        axes = np.linalg.svd(self.patterns - centre, full_matrices=False)[2][:2]
        here = (self.path[step] - centre) @ axes.T
        xy = np.concatenate([(self.patterns - centre) @ axes.T, here])
        kind = ("pattern",) * len(self.patterns) + ("state of a query",) * len(here)
        n = int(memory.n_distinct(self.path[step][None])[0])
        title = f"After {_STEPS[step]:,} steps at β = {self.spec.beta:g}: {n} different states"
        return Points(title, xy, Axis("first axis of the patterns"), Axis("second axis"), kind)

    def _kinds(self) -> Curves:
        lines, bands, dots = {}, {}, {}
        for k, name in enumerate((_CLUSTERED, _EVEN)):
            mean = self.n_fixed[k].mean(axis=1)
            spread = np.quantile(self.n_fixed[k], (0.0, 1.0), axis=1)
            lines[name] = np.log2(mean)
            bands[name] = (np.log2(spread[0]), np.log2(spread[1]))
            dots[name] = np.log2(mean)
        flat = np.ones(len(self.betas))
        lines["as many as clusters"] = np.log2(self.spec.n_clusters) * flat
        lines["as many as patterns"] = np.log2(self.spec.n_patterns) * flat
        title = f"Fixed points: {self.spec.n_sets} sets, mean and range"
        y = Axis("different fixed points", ticks=_COUNT)
        return Curves(title, np.log2(self.betas), lines, _BETA, y, bands=bands, dots=dots)

    def _attention(self, step: int) -> Bars:
        query = self.path[step][:1]
        weights = memory.attention(self.patterns, query, self.spec.beta)[0]
        n = float(memory.effective_patterns(weights))
        own = np.arange(self.spec.n_patterns) < self.spec.n_each
        kind = tuple("its own cluster" if inside else "other clusters" for inside in own)
        title = f"Attention of query 0, over {n:.1f} patterns"
        return Bars(title, weights, Axis("pattern"), Axis("softmax weight"), kind=kind)

    def _table(self) -> Table:
        columns: dict[str, tuple[str, ...]] = {"β": tuple(f"{b:.4g}" for b in self.betas)}
        for k, name in enumerate((_CLUSTERED, _EVEN)):
            found = [mean_over(row, of=name, unit="sets") for row in self.n_fixed[k]]
            columns[f"fixed points, {name}"] = tuple(str(e) for e in found)
            columns[f"patterns averaged, {name}"] = tuple(
                f"{row.mean():.4g}" for row in self.averaged[k]
            )
        columns["most iterations"] = tuple(f"{row.max():,}" for row in self.iterations[0])
        title = (
            f"{self.spec.n_patterns} patterns in {self.spec.dimension} dimensions, 95 % t interval "
            f"over {self.spec.n_sets} sets; energy of the queries shown rises by at most "
            f"{max(float(np.diff(self.energy, axis=0).max()), 0.0):.2g}"
        )
        return Table(title, columns)


def _log(values: np.ndarray) -> np.ndarray:
    return np.log10(np.maximum(values, _LEAST))


def _retrieval(spec: ModernHopfieldSpec, error: np.ndarray, theory: np.ndarray) -> Curves:
    """Error of one step over dimension: lines are estimates, points medians over queries."""
    x = np.log2(np.array(DIMENSIONS, float))
    logs = _log(error)
    known = np.isfinite(logs)
    total, n = np.where(known, logs, 0.0).sum(axis=2), known.sum(axis=2)
    mean = np.where(n > 0, total / np.maximum(n, 1), np.nan)
    lines = {name: _log(theory[k]) for k, name in enumerate(SCALINGS[:2])}
    lines[_CLASSICAL] = mean[2]
    dots = {name: mean[k] for k, name in enumerate(SCALINGS)}
    clouds = {name: logs[k].T for k, name in enumerate(SCALINGS)}
    ticks = tuple((float(np.log2(d)), str(d)) for d in DIMENSIONS)
    title = f"One step, {spec.n_stored} stored: lines theory"
    y = Axis("relative error", ticks=_powers(range(-60, 1, 10)))
    return Curves(title, x, lines, Axis("dimensions d", ticks=ticks), y, clouds=clouds, dots=dots)


def frames_of(spec: ModernHopfieldSpec) -> Iterator[ModernHopfieldFrame | ModernHopfieldRun]:
    """A frame per set of patterns, then the temperatures, then the look-up that is shown."""
    error = np.full((len(SCALINGS), len(DIMENSIONS), spec.n_sets), np.nan)
    theory = np.array(
        [
            [memory.error_in_theory(d, spec.n_stored, spec.noise, b) for d, b in row]
            for row in ([(d, 1.0) for d in DIMENSIONS], [(d, d**-0.5) for d in DIMENSIONS])
        ]
    )
    n_moments = spec.n_sets + len(BETAS) + 1
    kept = spec.replace(beta=1.0).to_json()
    for k in range(spec.n_sets):
        error[:, :, k] = _errors(kept, k)
        yield ModernHopfieldFrame(spec, error.copy(), theory, fraction=(k + 1) / n_moments)
    betas = tuple(sorted({*BETAS, spec.beta})) if 1.0 <= spec.beta <= 64.0 else BETAS
    found = []
    for beta in betas:
        found.append(_fixed(kept, beta))
        done = min((spec.n_sets + len(found)) / n_moments, 0.99)
        yield ModernHopfieldFrame(spec, error.copy(), theory, fraction=done)
    counted, averaged, iterations = (np.stack(part, axis=1) for part in zip(*found, strict=True))
    patterns = _patterns(kept)[0, 0]
    path = _path(patterns, spec.beta)
    yield ModernHopfieldRun(
        spec=spec, error=error, theory=theory, betas=np.array(betas), n_fixed=counted,
        averaged=averaged, iterations=iterations, patterns=patterns, path=path,
        energy=memory.energy(patterns, path, spec.beta),
    )  # fmt: skip


@lru_cache(maxsize=128)
def _errors(text: str, number: int) -> np.ndarray:
    """Median one-step error float64[scaling, dimension] of one set."""
    spec = ModernHopfieldSpec.from_json(text)
    found = np.empty((len(SCALINGS), len(DIMENSIONS)))
    for j, d in enumerate(DIMENSIONS):
        rng = np.random.Generator(np.random.Philox(key=[spec.seed, number * 1_000 + d]))
        patterns = memory.random_patterns(rng, spec.n_stored, d)
        query = patterns[:N_QUERIES] + spec.noise * rng.standard_normal((N_QUERIES, d))
        for k, beta in enumerate((1.0, d**-0.5)):
            found[k, j] = np.median(memory.one_step_error(patterns, query, beta)[0])
        found[2, j] = np.median(memory.classical_error(patterns, query))
    return found


@lru_cache(maxsize=4)
def _patterns(text: str) -> np.ndarray:
    """float64[kind, set, pattern, dimension]: in clusters, and as many without."""
    spec = ModernHopfieldSpec.from_json(text)
    made = np.empty((2, spec.n_sets, spec.n_patterns, spec.dimension))
    for k in range(spec.n_sets):
        rng = np.random.Generator(np.random.Philox(key=[spec.seed, 10**6 + k]))
        sizes = spec.dimension, spec.spread
        made[0, k] = memory.clustered_patterns(rng, spec.n_clusters, spec.n_each, *sizes)
        made[1, k] = memory.clustered_patterns(rng, spec.n_patterns, 1, *sizes)
    return made


@lru_cache(maxsize=128)
def _fixed(text: str, beta: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fixed points, patterns that each averages, iterations; [kind, set] each.

    Queries begin at the patterns.
    """
    patterns = _patterns(text)
    shape = patterns.shape[:2]
    flat = patterns.reshape(-1, *patterns.shape[2:])
    found, taken = memory.settled(flat, flat, np.full(len(flat), beta))
    spread = memory.effective_patterns(memory.attention(flat, found, beta)).mean(axis=1)
    counted = memory.n_distinct(found).astype(np.float64)
    return counted.reshape(shape), spread.reshape(shape), taken.reshape(shape)


def _path(patterns: np.ndarray, beta: float) -> np.ndarray:
    """States float64[step, query, dimension] at the steps that are kept."""
    state, kept = patterns.copy(), [patterns.copy()]
    for step in range(1, _STEPS[-1] + 1):
        state = memory.update(patterns, state, beta)
        if step in _STEPS:
            kept.append(state)
    return np.stack(kept)
