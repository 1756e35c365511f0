"""Known places: cells that compete for a stretch of a route, and those that fire everywhere."""

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
    InputError,
    KnownAnswer,
    Result,
    Seed,
    Spec,
    knob,
)
from engines.contract.claims import Exceeds
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.lab.statistics import half_widths, mean_over, paired

ARMS = ("all cells", "hyperactive removed", "as many at random", "nearest view")
ALL, REMOVED, RANDOM, NEAREST = range(len(ARMS))
RIGHT, RECALL = 0, 1
_MEASURES = ("places right", "recall at full precision")
SHARES = np.linspace(0.0, 0.5, 11)
_SOURCE = (
    "Hussaini, Milford & Fischer 2023, Ensembles of compact, region-specific and regularized "
    "spiking neural networks for scalable place recognition; routes, cells and sizes are ours"
)


class PlacesSpec(Spec):
    """A route, the groups of cells that learn it, and how many of them are removed."""

    removed: float = knob(
        0.2, label="Removed", help="Share of all cells: those that fire most at places outside the "
        "stretch of their group.", group="Cells", ge=0.0, le=0.9, soft=(0.0, 0.5), step=0.05,
    )  # fmt: skip
    n_cells: int = knob(
        50, label="Cells", help="Of a group.", group="Cells", ge=2, le=400, soft=(10, 100)
    )
    n_groups: int = knob(
        8, label="Groups", help="Each learns its own stretch and knows nothing of the others.",
        group="Cells", ge=2, le=50, soft=(2, 20),
    )  # fmt: skip
    n_rounds: int = knob(
        40, label="Rounds", help="How often a group goes along its stretch.", group="Cells", ge=1,
        le=400, soft=(5, 100),
    )  # fmt: skip
    n_places: int = knob(
        200, label="Places", help="Of the route.", group="Route", ge=10, le=1_000, soft=(50, 400)
    )
    change: float = knob(
        0.4, label="Change", help="Deviation of light and detail when the route is gone "
        "again; that of what is a place's own is 1, that of a whole view about 1.3.",
        group="Route", ge=0.0, le=5.0, soft=(0.0, 1.5), step=0.1,
    )  # fmt: skip
    n_routes: int = knob(
        8, label="Routes", help="Drawn anew; intervals are over these.", group="Runs", ge=3, le=50
    )
    seed: Seed = knob(0, label="Seed", help="Of routes, cells and spikes.", group="Runs")


@dataclass(frozen=True, eq=False)
class PlacesFrame(Frame):
    """What was found so far: float64[route, arm, (right, recall)]."""

    found: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """Means over the routes so far, from two on."""
        return (_bars(self.found),) if len(self.found) > 1 else ()


@dataclass(frozen=True, eq=False)
class Places(Result):
    """How many places are known again, with all cells and without some.

    ``found`` float64[route, arm, (right, recall at full precision)]; ``by_share`` float64[route,
    share of `SHARES`, (hyperactive, at random)] is that recall. Of the first route: ``score``
    float64[(all, removed), query, place] spikes, ``outside`` float64[cell] and ``trained`` spikes
    at the own place, most outside first, ``curve`` float64[arm, (precision, recall), query].
    """

    spec: PlacesSpec
    found: np.ndarray
    by_share: np.ndarray
    score: np.ndarray
    outside: np.ndarray
    trained: np.ndarray
    curve: np.ndarray

    def of(self, arm: int, measure: int = RECALL) -> Estimate:
        """A measure of an arm with its interval over routes."""
        said = f"{_MEASURES[measure]}, {ARMS[arm]}"
        return mean_over(self.found[:, arm, measure], of=said, unit="routes")

    def less(self, a: int, b: int, measure: int) -> Estimate:
        """One arm less another, route by route."""
        both = paired(self.found[:, b, measure], self.found[:, a, measure], self.spec.seed)
        return both.estimate(f"{ARMS[a]} less {ARMS[b]}", "routes")

    def pictures(self) -> tuple[Picture, ...]:
        """Recall, shares, scores before and after, cells, precision, numbers."""
        befores = zip(self.score, ARMS, strict=False)
        maps = (
            Heatmap(f"Spikes for each place, {name}", one, Axis("place", ticks=()),
                    Axis("where one is"), Axis("spikes"))
            for one, name in befores
        )  # fmt: skip
        return (_bars(self.found), self.shares(), *maps, self.cells(), self.precision(),
                self.table())  # fmt: skip

    def shares(self) -> Curves:
        """Recall at full precision over the share that is removed."""
        names = ("most outside first", "at random")
        mean = self.by_share.mean(axis=0)
        lines = {name: mean[:, k] for k, name in enumerate(names)}
        half = half_widths(self.by_share, axis=0)
        bands = {n: (mean[:, k] - half[:, k], mean[:, k] + half[:, k]) for k, n in enumerate(names)}
        return Curves("How many to remove", SHARES, lines, Axis("share of cells removed"),
                      Axis(_MEASURES[RECALL]), bands=bands)  # fmt: skip

    def cells(self) -> Curves:
        """What every cell of the first route fires, inside and outside its stretch."""
        x = np.arange(1, len(self.outside) + 1, dtype=float)
        cut = np.full(len(x), np.nan)
        n_gone = round(self.spec.removed * len(x))
        cut[:n_gone] = self.outside[:n_gone]
        lines = {"at its own place": self.trained, "outside its stretch, mean": self.outside,
                 "removed": cut}  # fmt: skip
        return Curves("Cells, most active outside first", x, lines, Axis("cell"), Axis("spikes"))

    def precision(self) -> Curves:
        """Precision over recall on the first route."""
        n = self.curve.shape[2]
        grid = np.linspace(0.0, 1.0, n)
        lines = {}
        for arm, (precision, recall) in zip(ARMS, self.curve, strict=True):
            reached = grid <= recall[-1]
            best = [precision[recall >= at].max() if ok else np.nan for at, ok in
                    zip(grid, reached, strict=True)]  # fmt: skip
            lines[arm] = np.array(best)
        return Curves("Precision over recall, first route", grid, lines, Axis("recall"),
                      Axis("precision"))  # fmt: skip

    def table(self) -> Table:
        """Both measures of every arm."""
        columns = {
            _MEASURES[m]: tuple(str(self.of(k, m)) for k in range(len(ARMS)))
            for m in (RIGHT, RECALL)
        }
        return Table("Planted routes (synthetic), 95 % t interval", {"": ARMS, **columns})


def _bars(found: np.ndarray) -> Bars:
    slots = [(m, arm) for m in (RIGHT, RECALL) for arm in range(len(ARMS))]
    mean = np.array([found[:, arm, m].mean() for m, arm in slots])
    half = np.array([half_widths(found[:, arm, m]) for m, arm in slots])
    n = len(ARMS) + 1.0
    ticks = tuple((n * m + (n - 2) / 2, _MEASURES[m]) for m in (RIGHT, RECALL))
    return Bars(
        f"Places known again, {len(found)} routes", mean, Axis("", ticks=ticks),
        Axis("share of places"), tuple(ARMS[arm] for _, arm in slots),
        np.array([arm + n * m for m, arm in slots]),
        (np.maximum(mean - half, 0.0), np.minimum(mean + half, 1.0)),
    )  # fmt: skip


def frames(spec: PlacesSpec) -> Iterator[PlacesFrame | Places]:
    """Route by route; all arms hear the same spikes."""
    from engines.connectome.memory import places as made_of

    if spec.n_groups > spec.n_places // 2:
        raise InputError(
            f"{spec.n_groups} groups have less than two of {spec.n_places} places each; ask for at "
            f"most {spec.n_places // 2} groups"
        )
    found, by_share, first = [], [], ()
    for k in range(spec.n_routes):
        rng, draws = (np.random.Generator(np.random.Philox(key=[spec.seed, 2 * k + part]))
                      for part in (0, 1))  # fmt: skip
        seen = made_of.views(rng, spec.n_places)
        asked = made_of.again(rng, seen, spec.change)
        groups = None
        learning = made_of.learning(rng, seen, spec.n_groups, spec.n_cells, spec.n_rounds)
        for number, made in enumerate(learning):
            groups = made
            yield _so_far(spec, found, 0.5 * number / spec.n_rounds)
        assert groups is not None
        mean = made_of.mean_spikes(groups.weight, groups.threshold, made_of.encoded(asked))
        counts = draws.poisson(mean)
        order = draws.permutation(groups.outside.size)
        scores = _scores(spec.removed, groups, counts, order)
        near = made_of.encoded(asked) @ made_of.encoded(seen).T
        rows = [_row(score) for score in (*scores, near)]
        found.append([row[0] for row in rows])
        recalls = []
        for number, share in enumerate(SHARES):
            apart = _scores(share, groups, counts, order)[1:]
            recalls.append([_row(score)[0][RECALL] for score in apart])
            yield _so_far(spec, found[:k], 0.5 + 0.5 * number / len(SHARES))
        by_share.append(recalls)
        if not first:
            rank = np.argsort(-groups.outside.ravel(), kind="stable")
            own = np.where(groups.stretch[:, None], groups.spikes, 0.0).max(axis=2)
            curve = np.array([row[1] for row in rows])
            first = np.array(scores[:2]), groups.outside.ravel()[rank], own.ravel()[rank], curve
    yield Places(spec, np.array(found), np.array(by_share), *first)


def _so_far(spec: PlacesSpec, found: list, done: float) -> PlacesFrame:
    """The routes before this one, of which a share is done."""
    rows = np.reshape(found, (-1, len(ARMS), 2))
    return PlacesFrame(rows, fraction=(len(found) + done) / spec.n_routes)


def _scores(
    share: float, groups: object, counts: np.ndarray, order: np.ndarray
) -> list[np.ndarray]:
    """float64[query, place] with all cells, without the hyperactive ones, without random ones."""
    from engines.connectome.memory import places as made_of

    assert isinstance(groups, made_of.Groups)
    gone = made_of.kept_after(groups.outside, share)
    random = gone.ravel()[order].reshape(gone.shape)
    return [made_of.scores(groups, counts, kept) for kept in (np.ones_like(gone), gone, random)]


def _row(score: np.ndarray) -> tuple[tuple[float, float], tuple[np.ndarray, np.ndarray]]:
    """Share right and recall at full precision; precision and recall of the surest so many."""
    from engines.connectome.memory import places as made_of

    said, sure = made_of.matched(score)
    right = said == np.arange(len(score))
    recall = made_of.recall_at_full_precision(right, sure)
    return (float(right.mean()), recall), made_of.precision_recall(right, sure)


def _claim(sentence: str, control: int, measure: int = RECALL) -> Claim:
    return Claim(
        sentence,
        figure=lambda found: found.of(REMOVED, measure),
        control=lambda found: found.of(control, measure),
        difference=lambda found: found.less(REMOVED, control, measure),
        holds_when=Exceeds(),
        source=_SOURCE,
    )


CLAIMS = (
    _claim("Without hyperactive cells more places are answered before the first mistake.", ALL),
    _claim("It matters which cells go: as many at random do not help as much.", RANDOM),
    _claim("More places are right, too.", ALL, RIGHT),
    _claim(
        "Cells, read by the Poisson spikes of one visit, know more places again than the nearest "
        "view does, which is read without noise.",
        NEAREST,
    ),
)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Recall where right answers come in random order, and a route that did not change."""
    from engines.connectome.answers.networks.places import place_answers

    return place_answers()


EXPERIMENT = Experiment(
    spec=PlacesSpec,
    frames=frames,
    card=Card(
        title="Known places",
        claim="Groups of cells each learn a stretch of a route and vote when it is gone again. "
        "Some cells fire everywhere: how many places are known once they are removed?",
        paper="Hussaini, Milford & Fischer 2023, Ensembles of compact, region-specific and "
        "regularized spiking neural networks for scalable place recognition",
        link="https://arxiv.org/abs/2209.08723",
        related=("connectome/completion",),
    ),
    presets={
        "A fifth of the cells removed": PlacesSpec(),
        "Nobody removed": PlacesSpec(removed=0.0),
        "Another day": PlacesSpec(change=0.8),
        "Trained half as long": PlacesSpec(n_rounds=20),
        "Break it: most are removed": PlacesSpec(removed=0.8),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: (
        spec.n_routes
        * spec.n_places
        * (1.2e-7 * spec.n_cells * (spec.n_rounds + spec.n_groups) + 1.5e-6 * spec.n_places)
    ),
    order=47,
)
