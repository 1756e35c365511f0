"""Task geometry of one layer: every dichotomy's parallelism, CCGP and separability."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.contract import Frame, InputError, Result, Seed, Spec, knob
from engines.contract.pictures import Axis, Bars, Picture, Points, Table
from engines.geometry.activations.store import ActivationSet
from engines.geometry.analyses.source import at_start, ensured
from engines.geometry.chance.dealt_splits import at_least_as_high
from engines.geometry.chance.resampled_dichotomies import (
    N_DRAWS,
    N_DRAWS_SEPARABLE,
    ccgp_interval,
    over_units,
    parallelism_null,
    parallelisms,
    separables,
)
from engines.geometry.chance.resampling import ABOUT, STABILITY
from engines.geometry.chance.scores import shuffled
from engines.geometry.film.layouts import one_basis
from engines.geometry.measures.dichotomies import ccgp_splits, dichotomies, parallelism
from engines.lab.statistics.halves import around

ALL_MAX = 8
"""Up to so many stimuli every balanced dichotomy is looked at; more are drawn."""
N_DRAWN = 40
N_SHUFFLES = 99


class DichotomySpec(Spec):
    """Which stimuli of which layer, and which dichotomy is drawn."""

    source: str = knob(
        "", label="Activations", max_length=80, group="Activations",
        help="Name of a set on this machine; empty trains eight points with every bit as target.",
    )  # fmt: skip
    layer: str = knob(
        "", label="Layer", help="Empty is the last layer of the first network.",
        group="Activations", max_length=120,
    )  # fmt: skip
    snapshot: int = knob(
        -1, label="Snapshot", help="Which; -1 is the last.", group="Activations", ge=-1, le=9_999,
    )  # fmt: skip
    stimuli: tuple[int, ...] = knob(
        (), label="Stimuli", help="Their places, an even number up to 16; empty takes the first.",
        group="Activations", max_length=16,
    )  # fmt: skip
    right: tuple[int, ...] = knob(
        (), label="Right side", max_length=8, group="Activations", widget="hidden",
        help="Places, half of the stimuli, of a dichotomy of your own that is always scored.",
    )  # fmt: skip
    pick: int = knob(
        0, label="Dichotomy", help="Number in the table of the one that is drawn, when none is "
        "split by hand.", group="Picture", ge=0, le=200, widget="hidden",
    )  # fmt: skip
    noise: float = knob(
        0.05, label="Noise of trials", group="CCGP", ge=0.0, le=2.0, step=0.05,
        help="Standard deviation around each stimulus, in mean distances of stimuli.",
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of trials and of the shuffled control.", group="CCGP")


@dataclass(frozen=True)
class DichotomyFrame(Frame):
    """How many are done."""


@dataclass(frozen=True, eq=False)
class Sided:
    """Scores of every dichotomy of one layer, [dichotomy].

    Ends are stability, not confidence, but those of CCGP.
    """

    parallelism: np.ndarray
    parallelism_ends: np.ndarray
    """float64[2, dichotomy], over units."""
    ccgp: np.ndarray
    ccgp_ends: np.ndarray
    """float64[2, dichotomy], for other conditions of the same kind."""
    separable: np.ndarray
    share_ends: tuple[float, float]
    """Of the shattering dimension, over units."""
    parallelism_p: np.ndarray
    """Share of `N_SHUFFLES` shuffles of the units that are at least as parallel."""


@dataclass(frozen=True, eq=False)
class TaskGeometry(Result):
    """Scores of every dichotomy, and of the same layer with shuffled units."""

    spec: DichotomySpec
    layer: str
    stimuli: tuple[str, ...]
    places: tuple[int, ...]
    """Of the stimuli in their set."""
    positive: np.ndarray
    """bool[dichotomy, stimulus]: the right side."""
    names: tuple[str, ...]
    """The label that a dichotomy follows, else the stimuli of its right side."""
    is_named: np.ndarray
    scores: Sided
    control: Sided
    start: np.ndarray
    """float64[(parallelism, CCGP, separable), dichotomy] before any learning, nan if not known."""
    coords: np.ndarray
    complete: bool

    @property
    def picked(self) -> int:
        """The dichotomy that is drawn: the one split by hand, else the number picked."""
        asked = np.isin(self.places, self.spec.right)
        if asked.any():
            same = (self.positive == (asked ^ asked[0])).all(axis=1)
            return int(same.argmax())
        return min(self.spec.pick, len(self.names) - 1)

    def pictures(self) -> tuple[Picture, ...]:
        """The picked dichotomy and its scores, the plane of all, and the tables."""
        kinds = tuple("a label" if named else "another dichotomy" for named in self.is_named)
        both = (self.scores, self.control)
        every = np.concatenate([np.column_stack([s.parallelism, s.ccgp]) for s in both])
        k = self.picked
        sides = tuple("right side" if p else "left side" for p in self.positive[k])
        if self.positive[k, 0] != np.isin(self.places[0], self.spec.right):
            sides = tuple("left side" if s == "right side" else "right side" for s in sides)
        return (
            Points(
                f"No. {k}: {self.names[k]}", self.coords[:, :2], Axis("PC 1"), Axis("PC 2"), sides,
                square=True,
            ),
            Points(
                f"Every dichotomy of {self.layer}", every, Axis("parallelism score"), Axis("CCGP"),
                (*kinds, *("units shuffled (control)",) * len(kinds)),
            ),
            self.bars(),
            self.table(),
            self.shattering_table(),
        )  # fmt: skip

    def bars(self) -> Bars:
        """Scores of the picked dichotomy and the shattering dimension, with intervals."""
        k, heights, low, high = self.picked, [], [], []
        for which in ("parallelism", "ccgp"):
            for s in (self.scores, self.control):
                heights.append(getattr(s, which)[k])
                low.append(getattr(s, f"{which}_ends")[0, k])
                high.append(getattr(s, f"{which}_ends")[1, k])
        for s in (self.scores, self.control):
            heights.append(s.separable.mean())
            low.append(s.share_ends[0])
            high.append(s.share_ends[1])
        ticks = ((0.0, "parallelism"), (1.0, "CCGP"), (2.0, "shattering, of all"))
        return Bars(
            f"No. {k} beside its control; whiskers: {STABILITY}, but for CCGP",
            np.array(heights),
            Axis("score", ticks=ticks),
            Axis("value"),
            ("layer", "units shuffled") * 3,
            np.add.outer(np.arange(3), [-0.22, 0.22]).ravel(),
            whiskers=(np.array(low), np.array(high)),
        )  # fmt: skip

    def table(self) -> Table:
        """Dichotomies by number; intervals and controls beside each."""
        s, c = self.scores, self.control
        return Table(
            f"n = {len(self.stimuli)} stimuli, seed {self.spec.seed}; intervals: {STABILITY}: "
            f"95 % of {N_DRAWS} random halves of the units (parallelism); {ABOUT}, for other "
            f"conditions of the same kind, of which these are {len(self.stimuli)} (CCGP); control: "
            "units shuffled; other splits: the control task, the same conditions parted otherwise",
            {
                "no.": np.arange(len(self.names)),
                "dichotomy": self.names,
                "parallelism": s.parallelism,
                "low": s.parallelism_ends[0],
                "high": s.parallelism_ends[1],
                "control": c.parallelism,
                f"p of {N_SHUFFLES} shuffles": s.parallelism_p,
                "CCGP": s.ccgp,
                "CCGP low": s.ccgp_ends[0],
                "CCGP high": s.ccgp_ends[1],
                "CCGP control": c.ccgp,
                "CCGP, other splits": self.others[0],
                "share of splits as high": self.others[1],
                "separable": tuple("yes" if yes else "no" for yes in s.separable),
                "separable, control": tuple("yes" if yes else "no" for yes in c.separable),
                "parallelism before any learning": self.start[0],
                "CCGP before any learning": self.start[1],
            },
        )

    @property
    def others(self) -> np.ndarray:
        """float64[(mean CCGP of others, share that is as high, this one counted), dichotomy]."""
        every = self.scores.ccgp
        beside = [np.delete(every, k) for k in range(len(every))]
        return np.array([
            [other.mean() if len(other) else np.nan for other in beside],
            [at_least_as_high(value, other) for value, other in zip(every, beside, strict=True)],
        ])  # fmt: skip

    def shattering_table(self) -> Table:
        """The shattering dimension, which belongs to all dichotomies together."""
        both = (self.scores, self.control)
        made = f"linear programming; {STABILITY}, {N_DRAWS_SEPARABLE} halves of the units"
        what = "all balanced" if self.complete else "labels and drawn"
        return Table(
            "Shattering dimension",
            {
                "of": ("the layer", "units shuffled (control)", "before any learning"),
                "share separable": np.array(
                    [*(s.separable.mean() for s in both), self.start[2].mean()]
                ),
                "low": np.array([*(s.share_ends[0] for s in both), np.nan]),
                "high": np.array([*(s.share_ends[1] for s in both), np.nan]),
                "dichotomies": (f"{what} {len(self.names)}",) * 3,
                "estimator": (made,) * 3,
                "seed": np.array([self.spec.seed] * 3),
            },
        )  # fmt: skip


def frames_of(spec: DichotomySpec) -> Iterator[Frame | TaskGeometry]:
    """A frame per dichotomy, and all of them last."""
    activations: ActivationSet | None = None
    for item in ensured(spec.source):
        if isinstance(item, ActivationSet):
            activations = item
        else:
            yield item
    assert activations is not None
    layer = spec.layer or _last_layer(activations)
    chosen = _chosen(spec, activations)
    x = activations.at(layer, spec.snapshot)[chosen]
    if not np.ptp(x, axis=0).any():
        raise InputError(f"nothing varies in {layer}: task geometry is undefined")
    every, names, named = _dichotomies(activations, chosen, spec)
    sided: list[Sided] = []
    for half, layer_or_control in enumerate((x, shuffled(x, spec.seed % 2**32))):
        for item in _scored(layer_or_control, every, spec):
            if isinstance(item, Sided):
                sided.append(item)
            else:
                yield DichotomyFrame(fraction=0.5 + 0.25 * (half + item))
    yield TaskGeometry(
        spec,
        layer,
        tuple(activations.stimuli[k] for k in chosen),
        tuple(chosen),
        every,
        names,
        named,
        sided[0],
        sided[1],
        _before(activations, layer, chosen, every, spec),
        one_basis(x[None])[0][0],
        len(chosen) <= ALL_MAX,
    )


def _scored(x: np.ndarray, every: np.ndarray, spec: DichotomySpec) -> Iterator[float | Sided]:
    """The share that is done, and the scores last."""
    seed = spec.seed % 2**32
    drawn = over_units(x, N_DRAWS, seed)
    rows = []
    for k, positive in enumerate(every):
        splits = ccgp_splits(x, positive, noise=spec.noise, n_trials=8, n_splits=8, seed=seed)
        found = parallelisms(drawn, positive, seed=seed)
        own = parallelism(x, positive, seed=seed)
        parallel_ends = around(own, found, within=(-1.0, 1.0))
        p = parallelism_null(x, positive, own, N_SHUFFLES, seed)[1]
        value = float(splits.mean())
        rows.append((own, value, *parallel_ends, *ccgp_interval(value, len(x)), p))
        yield k / len(every)
    table = np.array(rows, float).T
    separable = separables(np.asarray(x, np.float64)[None], every)[0]
    shares = separables(drawn[:N_DRAWS_SEPARABLE], every).mean(axis=1)
    share_ends = around(float(separable.mean()), shares, within=(0.0, 1.0))
    yield Sided(table[0], table[2:4], table[1], table[4:6], separable, share_ends, table[6])


def _before(
    activations: ActivationSet,
    layer: str,
    chosen: list[int],
    every: np.ndarray,
    spec: DichotomySpec,
) -> np.ndarray:
    """Scores at the random start: float64[(parallelism, CCGP, separable), dichotomy]."""
    start = at_start(activations, layer)
    if start is None or not np.ptp(start[chosen], axis=0).any():
        return np.full((3, len(every)), np.nan)
    x, seed = start[chosen], spec.seed % 2**32
    rows = [(parallelism(x, side, seed=seed),
             ccgp_splits(x, side, noise=spec.noise, n_trials=8, n_splits=8, seed=seed).mean())
            for side in every]  # fmt: skip
    return np.array([*np.array(rows).T, separables(np.asarray(x, np.float64)[None], every)[0]])


def _last_layer(activations: ActivationSet) -> str:
    first = activations.layers[0].partition(", layer")[0]
    return [name for name in activations.layers if name.startswith(first)][-1]


def _chosen(spec: DichotomySpec, activations: ActivationSet) -> list[int]:
    n = activations.n_stimuli
    chosen = list(spec.stimuli) or list(range(min(n - n % 2, ALL_MAX if n > 16 else 16)))
    outside = [k for k in chosen if not 0 <= k < n]
    if outside or len(chosen) % 2 or len(chosen) < 4:
        raise InputError(
            f"choose an even number of 4 to 16 of the {n} stimuli, got {len(chosen)}"
            + (f" with {outside[0]}, which is not there" if outside else "")
        )
    return chosen


def _own_split(spec: DichotomySpec, chosen: list[int]) -> np.ndarray | None:
    """bool[stimulus] of the split made by hand, the first stimulus False; None without one."""
    if not spec.right:
        return None
    side = np.isin(chosen, spec.right)
    outside = [k for k in spec.right if k not in chosen]
    if outside or 2 * side.sum() != len(chosen):
        raise InputError(
            f"a dichotomy needs as many stimuli on each side: {len(chosen) // 2} of the "
            f"{len(chosen)} on the right, got {int(side.sum())}"
            + (f"; {outside[0]} is not among them" if outside else "")
        )
    return side ^ side[0]


def _dichotomies(
    activations: ActivationSet, chosen: list[int], spec: DichotomySpec
) -> tuple[np.ndarray, tuple[str, ...], np.ndarray]:
    """Those that labels define come first, then all others or some that are drawn."""
    n = len(chosen)
    known: dict[bytes, str] = {}
    for name, values in activations.labels.items():
        here = [values[k] for k in chosen]
        side = np.array([v == here[0] for v in here])
        if len(set(here)) == 2 and 2 * side.sum() == n:
            key = (~side).tobytes()
            known[key] = f"{known[key]} = {name}" if key in known else name
    own = _own_split(spec, chosen)
    if n <= ALL_MAX:
        every = list(dichotomies(n))
    else:
        rng = np.random.default_rng(spec.seed % 2**32)
        half = np.arange(n) < n // 2
        drawn = [rng.permutation(half) for _ in range(N_DRAWN)]
        every = [np.frombuffer(k, bool) for k in known] + [d ^ d[0] for d in drawn]
        if own is not None and not any((own == side).all() for side in every):
            every.append(own)
    every.sort(key=lambda side: side.tobytes() not in known)
    names = tuple(known.get(side.tobytes(), _in_words(side, activations, chosen)) for side in every)
    return np.stack(every), names, np.array([side.tobytes() in known for side in every])


def _in_words(side: np.ndarray, activations: ActivationSet, chosen: list[int]) -> str:
    return " ".join(
        activations.stimuli[k][:12] for k, here in zip(chosen, side, strict=True) if here
    )
