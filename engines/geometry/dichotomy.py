"""Task geometry of one layer: every dichotomy's parallelism, CCGP and separability."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.contract import Frame, InputError, Result, Seed, Spec, knob
from engines.geometry.ensure import ensured
from engines.geometry.layout import one_basis
from engines.geometry.scores import shuffled
from engines.geometry.store import ActivationSet
from engines.geometry.taskgeometry import ccgp, dichotomies, is_separable, parallelism
from engines.pictures import Axis, Bars, Picture, Points, Table

ALL_MAX = 8
"""Up to so many stimuli every balanced dichotomy is looked at; more are drawn."""
N_DRAWN = 40


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
    pick: int = knob(
        0, label="Dichotomy", help="Number in the table of the one whose points are drawn.",
        group="Picture", ge=0, le=200,
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
class TaskGeometry(Result):
    """Scores of every dichotomy, and of the same layer with shuffled units."""

    spec: DichotomySpec
    layer: str
    stimuli: tuple[str, ...]
    positive: np.ndarray
    """bool[dichotomy, stimulus]."""
    names: tuple[str, ...]
    """The label that a dichotomy follows, else its stimuli."""
    is_named: np.ndarray
    parallelism: np.ndarray
    ccgp: np.ndarray
    separable: np.ndarray
    control_parallelism: np.ndarray
    control_ccgp: np.ndarray
    control_separable: np.ndarray
    coords: np.ndarray
    complete: bool

    def pictures(self) -> tuple[Picture, ...]:
        """The plane of scores, the picked dichotomy, and the table."""
        kinds = tuple("a label" if named else "another dichotomy" for named in self.is_named)
        plane = np.column_stack([self.parallelism, self.ccgp])
        shuffled_plane = np.column_stack([self.control_parallelism, self.control_ccgp])
        every = np.concatenate([plane, shuffled_plane])
        pick = min(self.spec.pick, len(self.names) - 1)
        sides = tuple("positive side" if p else "negative side" for p in self.positive[pick])
        shares = np.array([self.separable.mean(), self.control_separable.mean()])
        what = "all" if self.complete else "drawn"
        return (
            Points(
                f"Every dichotomy of {self.layer}",
                every,
                Axis("parallelism score"),
                Axis("CCGP"),
                (*kinds, *("units shuffled (control)",) * len(plane)),
            ),
            Points(
                f"No. {pick}: {self.names[pick]}", self.coords[:, :2], Axis("PC 1"), Axis("PC 2"),
                sides, square=True,
            ),
            Bars(
                f"Separable share of {what} {len(self.names)} dichotomies (shattering dimension)",
                shares,
                Axis("", ticks=((0, self.layer), (1, "units shuffled"))),
                Axis("share"),
            ),
            self.table(),
        )  # fmt: skip

    def table(self) -> Table:
        """Dichotomies by number; controls beside each."""
        n = len(self.names)
        return Table(
            f"n = {len(self.stimuli)} stimuli, seed {self.spec.seed}, control: units shuffled",
            {
                "no.": np.arange(n),
                "dichotomy": self.names,
                "parallelism": self.parallelism,
                "control": self.control_parallelism,
                "CCGP": self.ccgp,
                "CCGP control": self.control_ccgp,
                "separable": tuple("yes" if s else "no" for s in self.separable),
            },
        )


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
    control = shuffled(x, spec.seed % 2**32)
    every, names, named = _dichotomies(activations, chosen, spec.seed % 2**32)
    rows: list[list[float]] = []
    for k, positive in enumerate(every):
        rows.append([*_scores(x, positive, spec), *_scores(control, positive, spec)])
        yield DichotomyFrame(fraction=0.5 + 0.5 * k / len(every))
    found = np.array(rows)
    yield TaskGeometry(
        spec,
        layer,
        tuple(activations.stimuli[k] for k in chosen),
        every,
        names,
        named,
        found[:, 0],
        found[:, 1],
        found[:, 2] > 0,
        found[:, 3],
        found[:, 4],
        found[:, 5] > 0,
        one_basis(x[None])[0][0],
        len(chosen) <= ALL_MAX,
    )


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


def _scores(x: np.ndarray, positive: np.ndarray, spec: DichotomySpec) -> list[float]:
    seed = spec.seed % 2**32
    return [
        parallelism(x, positive, seed=seed),
        ccgp(x, positive, noise=spec.noise, n_trials=8, n_splits=6, seed=seed),
        float(is_separable(x, positive)),
    ]


def _dichotomies(
    activations: ActivationSet, chosen: list[int], seed: int
) -> tuple[np.ndarray, tuple[str, ...], np.ndarray]:
    """Those that labels define come first, then all others or some that are drawn."""
    n = len(chosen)
    known: dict[bytes, str] = {}
    for name, values in activations.labels.items():
        here = [values[k] for k in chosen]
        side = np.array([v == here[0] for v in here])
        if len(set(here)) == 2 and 2 * side.sum() == n:
            known.setdefault((~side).tobytes(), name)
    if n <= ALL_MAX:
        every = list(dichotomies(n))
    else:
        rng = np.random.default_rng(seed)
        half = np.arange(n) < n // 2
        drawn = [rng.permutation(half) for _ in range(N_DRAWN)]
        every = [np.frombuffer(k, bool) for k in known] + [d ^ d[0] for d in drawn]
    every.sort(key=lambda side: side.tobytes() not in known)
    names = tuple(known.get(side.tobytes(), _in_words(side, activations, chosen)) for side in every)
    return np.stack(every), names, np.array([side.tobytes() in known for side in every])


def _in_words(side: np.ndarray, activations: ActivationSet, chosen: list[int]) -> str:
    return " ".join(
        activations.stimuli[k][:12] for k, here in zip(chosen, side, strict=True) if here
    )
