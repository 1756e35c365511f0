"""Stimuli that tell types of cells apart, beside random ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

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
from engines.contract.claims import AtLeast, Exceeds
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Table
from engines.lab.statistics import mean_over, paired

ARMS = ("most discriminative stimuli", "random stimuli, groups known", "random stimuli, k-means")
SOUGHT, RANDOM, MEANS = range(len(ARMS))
ROUNDS = (1, 2, 4, 8, 16)
"""How often each of the stimuli is shown."""
_SOURCE = "Burg et al. 2024; cells, sizes and objective are ours"
_MANY = len(ROUNDS) - 1


class CellTypesSpec(Spec):
    """Which cells are planted, and how many groups are looked for."""

    n_groups: int = knob(
        4, label="Groups", help="How many stimuli, one for each group; four types are planted.",
        group="Search", ge=2, le=8, marks={4: "planted"},
    )  # fmt: skip
    n_cells: int = knob(
        80, label="Cells", help="That stimuli are sought for; as many others are told by them.",
        group="Cells", ge=8, le=400,
    )  # fmt: skip
    jitter: float = knob(
        1.0, label="Places", help="Cells lie this far from the middle, to either side.",
        unit="pixels", group="Cells", ge=0.0, le=4.0, step=0.25,
    )  # fmt: skip
    noise: float = knob(
        1.0, label="Noise of filters", help="A cell's own, over what its type has in common.",
        group="Cells", ge=0.0, le=4.0, step=0.1,
    )  # fmt: skip
    contrast: float = knob(
        3.0, label="Contrast", help="Of all stimuli.", group="Cells", gt=0.0, le=10.0, step=0.5
    )
    n_populations: int = knob(
        8, label="Populations", help="Drawn anew; intervals are over these.", group="Runs", ge=3,
        le=50,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws cells, stimuli and spikes.", group="Runs")


@dataclass(frozen=True, eq=False)
class CellTypesFrame(Frame):
    """Agreement so far: float64[population, arm, rounds]."""

    spec: CellTypesSpec
    agreement: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """The curves so far."""
        return (_curves(self.spec, self.agreement),) if len(self.agreement) else ()


@dataclass(frozen=True, eq=False)
class CellTypes(Result):
    """How well cells nobody sought stimuli for are told, and what was sought.

    Adjusted Rand indices with the planted types: ``agreement`` float64[population, arm, rounds] of
    new cells, ``own`` float64[population, (sought, k-means)] of those that stimuli were sought for,
    both from the same filters.
    Of the first population: ``stimuli`` float64[group, y, x], ``filters`` float64[group, y, x]
    means of the new cells that are told to be of each group, and ``response`` float64[stimulus,
    cell] of those cells, ordered by ``kind`` int64[cell].
    """

    spec: CellTypesSpec
    agreement: np.ndarray
    own: np.ndarray
    stimuli: np.ndarray
    filters: np.ndarray
    response: np.ndarray
    kind: np.ndarray

    def of(self, arm: int, rounds: int = _MANY) -> Estimate:
        """Agreement of new cells with its interval over populations."""
        n = ROUNDS[rounds] * self.spec.n_groups
        said = f"adjusted Rand index, {ARMS[arm]}, {n} presentations"
        return mean_over(self.agreement[:, arm, rounds], of=said, unit="populations")

    def own_estimate(self, *, by_means: bool = False) -> Estimate:
        """Agreement of the cells that stimuli were sought for; or of k-means on their filters."""
        said = "adjusted Rand index, cells sought for"
        said += ", k-means on their filters" if by_means else ""
        return mean_over(self.own[:, int(by_means)], of=said, unit="populations")

    def pictures(self) -> tuple[Picture, ...]:
        """Agreement over presentations, stimuli and filters, responses, numbers."""
        return (_curves(self.spec, self.agreement), self.sought(), self.responses(), self.table())

    def sought(self) -> Heatmap:
        """Stimuli above, mean filters of the cells that they tell below."""
        rows = [np.concatenate(list(_level(part)), axis=1) for part in (self.stimuli, self.filters)]
        n, side = len(self.stimuli), self.stimuli.shape[1]
        columns = tuple((side * (k + 0.5), f"{k + 1}") for k in range(n))
        ticks = ((side * 0.5, "stimulus"), (side * 1.5, "filters"))
        return Heatmap("Stimuli, and mean filters of the cells they tell", np.concatenate(rows),
                       Axis("group", ticks=columns), Axis("", ticks=ticks), Axis("of the largest"),
                       diverging=True, square=True)  # fmt: skip

    def responses(self) -> Heatmap:
        """What new cells say to each stimulus, by their type."""
        from engines.connectome.grouping.stimuli import TYPES

        size = np.bincount(self.kind, minlength=len(TYPES))
        middle = np.cumsum(size) - size / 2
        columns = tuple((float(m), name) for m, name in zip(middle, TYPES, strict=True))
        rows = tuple((k + 0.5, f"{k + 1}") for k in range(len(self.response)))
        return Heatmap("New cells by their type: expected spikes", self.response,
                       Axis("", ticks=columns), Axis("stimulus", ticks=rows),
                       Axis("spikes"))  # fmt: skip

    def table(self) -> Table:
        """Agreement after few and many presentations."""
        columns: dict[str, Any] = {"": ARMS}
        for k in (0, 2, _MANY):
            name = f"{ROUNDS[k] * self.spec.n_groups} presentations"
            columns[name] = tuple(str(self.of(arm, k)) for arm in range(len(ARMS)))
        own, means = self.own_estimate(), self.own_estimate(by_means=True)
        title = (
            f"Adjusted Rand index of new cells; of those sought for {own}, by k-means on the same "
        )
        return Table(title + f"filters {means}", columns)


def _level(parts: np.ndarray) -> np.ndarray:
    """Each image over its largest size."""
    most = np.abs(parts).max(axis=(1, 2), keepdims=True)
    return parts / np.maximum(most, 1e-300)


def _curves(spec: CellTypesSpec, agreement: np.ndarray) -> Curves:
    lines = {name: agreement[:, k].mean(axis=0) for k, name in enumerate(ARMS)}
    clouds = {name: agreement[:, k] for k, name in enumerate(ARMS)}
    x = np.log2(ROUNDS)
    ticks = tuple((float(p), str(n * spec.n_groups)) for p, n in zip(x, ROUNDS, strict=True))
    return Curves(
        f"New cells told, {len(agreement)} populations", x, lines,
        Axis("presentations", ticks=ticks), Axis("adjusted Rand index"), clouds=clouds, large=True,
    )  # fmt: skip


def frames(spec: CellTypesSpec) -> Iterator[CellTypesFrame | CellTypes]:
    """Population by population; all arms see the same new cells."""
    from engines.connectome.grouping import stimuli as made_of
    from engines.connectome.grouping.means import by_means
    from engines.connectome.partitions.agreement import ari

    agreement, own = [], []
    first: tuple[Any, Any] | None = None
    for k in range(spec.n_populations):
        rng = np.random.Generator(np.random.Philox(key=[spec.seed, k]))
        known, new = (
            made_of.planted(rng, spec.n_cells, jitter=spec.jitter, noise=spec.noise)
            for _ in range(2)
        )
        best: Any = None
        for start in range(made_of.N_STARTS):
            one = made_of.sought(rng, known.filters, spec.n_groups, spec.contrast)
            best = one if best is None or one.score > best.score else best
            done = (k + start / made_of.N_STARTS) / spec.n_populations
            yield CellTypesFrame(spec, _so_far(agreement), fraction=done)
        labels = by_means(known.filters, spec.n_groups, spec.seed)
        own.append([ari(one, known.kind) for one in (best.group, labels)])
        labels = _labels(spec, rng, known, new, best)
        agreement.append([[ari(one, new.kind) for one in row] for row in labels])
        first = first or (best, new)
    assert first is not None
    yield _result(spec, np.array(agreement), np.array(own), *first)


def _so_far(agreement: list[Any]) -> np.ndarray:
    return np.reshape(agreement, (-1, len(ARMS), len(ROUNDS)))


def _labels(spec: CellTypesSpec, rng: Any, known: Any, new: Any, best: Any) -> list[Any]:
    """int64[cell] groups of new cells, by arm and by how often stimuli are shown."""
    from engines.connectome.grouping import stimuli as made_of
    from engines.connectome.grouping.means import by_means

    found: list[list[np.ndarray]] = [[], [], []]
    share = made_of.shares(best.group, spec.n_groups)
    for n in ROUNDS:
        said = made_of.counted(rng, new, best.stimuli, spec.contrast, n)
        found[SOUGHT].append(said.argmax(axis=0))
        others = made_of.smooth(rng, n * spec.n_groups)
        said = made_of.counted(rng, new, others, spec.contrast, 1)
        expected = made_of.responses(known.filters, others, spec.contrast) @ share
        there = share.sum(axis=0) > 0
        found[RANDOM].append(made_of.likeliest(said, expected.T[there]))
        found[MEANS].append(by_means(np.sqrt(said.T), spec.n_groups, spec.seed))
    return found


def _result(
    spec: CellTypesSpec, agreement: np.ndarray, own: np.ndarray, best: Any, new: Any
) -> CellTypes:
    from engines.connectome.grouping import stimuli as made_of

    response = new.gain * made_of.responses(new.filters, best.stimuli, spec.contrast)
    share = made_of.shares(response.argmax(axis=0), spec.n_groups)
    order, shape = np.argsort(new.kind, kind="stable"), (-1, made_of.SIDE, made_of.SIDE)
    return CellTypes(
        spec=spec, agreement=agreement, own=own, stimuli=best.stimuli.reshape(shape),
        filters=(share.T @ new.filters).reshape(shape), response=response[:, order],
        kind=new.kind[order],
    )  # fmt: skip


def _less(control: int, rounds: int) -> Callable[[CellTypes], Estimate]:
    def less(found: CellTypes) -> Estimate:
        a, b = (found.agreement[:, arm, rounds] for arm in (control, SOUGHT))
        both = paired(a, b, found.spec.seed)
        return both.estimate(f"{ARMS[SOUGHT]} less {ARMS[control]}", "populations")

    return less


def _claim(sentence: str, control: int, rounds: int) -> Claim:
    return Claim(
        sentence,
        figure=lambda found: found.of(SOUGHT, rounds),
        control=lambda found: found.of(control, rounds),
        difference=_less(control, rounds),
        holds_when=Exceeds(),
        source=_SOURCE,
    )


CLAIMS = (
    Claim(
        "Types are found to an adjusted Rand index of 0.9 in the filters that stimuli are sought "
        "for.",
        figure=lambda found: found.own_estimate(),
        control=lambda found: found.own_estimate(by_means=True),
        holds_when=AtLeast(0.9),
        source=_SOURCE,
    ),
    _claim("New cells, of which spikes are all that is known, are told by one look at each of "
           "these stimuli better than by as many random ones.", RANDOM, 0),
    _claim("So they are after sixteen looks.", RANDOM, _MANY),
    _claim("They are told better than by k-means on responses to as many random stimuli.", MEANS,
           _MANY),
)  # fmt: skip


def known_answers() -> tuple[KnownAnswer, ...]:
    """Gradients by differences, and cells that cannot be mistaken."""
    from engines.connectome.answers.activity import stimulus_answers

    return stimulus_answers()


EXPERIMENT = Experiment(
    spec=CellTypesSpec,
    frames=frames,
    card=Card(
        title="Stimuli that tell types",
        claim="Which few pictures would you show a cell to know its type? Stimuli and types are "
        "sought in turns, and then tell cells that nobody sought them for.",
        paper="Burg et al. 2024, Most discriminative stimuli for functional cell type clustering",
        link="https://arxiv.org/abs/2401.05342",
        related=("connectome/regimes",),
    ),
    presets={
        "Four types": CellTypesSpec(),
        "Cells that are much alike": CellTypesSpec(noise=0.3),
        "Three groups for four types": CellTypesSpec(n_groups=3),
        "Break it: filters that are four parts noise": CellTypesSpec(noise=4.0),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: 0.4 * spec.n_populations * spec.n_cells / 80 + 1.5,
    order=69,
)
