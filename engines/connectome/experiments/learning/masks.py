"""Networks within masks: groups that feed groups, or a wiring that says who may hear whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from engines.connectome.experiments.learning import _movement
from engines.connectome.learning.spec import LearnerSpec
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
    knob,
)
from engines.contract.claims import Exceeds
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.lab.statistics import mean_over, paired

if TYPE_CHECKING:
    from engines.connectome.learning.masked import Masked

WIDTH, N_RANDOM = 256, 10
_ON_THE_WAY = 400
"""Images of the exam that are looked at before the end."""
_GROUPS = ("all to all", "narrow", "by chance", "groups", "rewired: chance", "rewired: Hebb")
_WIRING = ("all to all", "this wiring", "same degrees", "by chance")
FEEDING = "Who feeds whom"
_ALONE = " ".join("".join("01"[j == k] for j in range(8)) for k in range(8))
_SOURCE = "Konstantaropoulos et al. 2025; digits of 8 x 8 pixels and sizes are ours"


class MasksSpec(LearnerSpec):
    """Who may hear whom in networks that learn handwritten digits."""

    by: Literal["groups", "wiring"] = knob(
        "groups", label="Mask", help="Groups of units that feed groups, or the wiring that is "
        "chosen under Data, with every neuron also hearing itself.", group="Mask",
    )  # fmt: skip
    n_groups: int = knob(
        8, label="Groups", help="In each of two maps between layers of 256 units; each feeds "
        "itself and the next.", group="Mask", ge=1, le=64, when={"by": ("groups",)},
    )  # fmt: skip
    feeds: str = knob(
        "", label="Who feeds whom", help="A row of 0 and 1 for every group that hears, one digit "
        "for every group that may feed it; empty is a ring.", group="Mask", widget="text",
        pattern=r"^[01 ]*$", max_length=4_200, when={"by": ("groups",)},
    )  # fmt: skip
    by_fan_in: bool = knob(
        True, label="Start by inputs", help="First weights as large as a unit with so few inputs "
        "would have; else what is left of a whole network.", group="Learning",
    )  # fmt: skip
    n_epochs: int = knob(
        30, label="Epochs", help="400 images, 40 at a time.", group="Learning", ge=2, le=300
    )
    n_seeds: int = knob(
        5, label="Networks", help="Of every kind; intervals are over these. Each seed has its own "
        "start and its own split of the images.", group="Runs", ge=3, le=30,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws networks, images and masks.", group="Runs")

    @property
    def names(self) -> tuple[str, ...]:
        """Kinds of networks, as they are shown."""
        return _GROUPS if self.by == "groups" else _WIRING


@dataclass(frozen=True, eq=False)
class MasksFrame(Frame):
    """So far: ``accuracy`` float64[moment, kind, seed], ``mask`` bool[post, pre] of one network."""

    spec: MasksSpec
    epochs: np.ndarray
    accuracy: np.ndarray
    mask: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """Accuracy so far, and the mask as it is now."""
        made: list[Picture] = [_picture(self.spec, self.mask, "Mask now")]
        if len(self.accuracy) > 1:
            made.insert(0, _curves(self.spec, self.epochs, self.accuracy))
        return tuple(made)


@dataclass(frozen=True, eq=False)
class Masks(Result):
    """What networks within masks know.

    ``accuracy`` float64[moment, kind, seed] on images that nobody learnt from, after ``epochs``
    int64[moment]; on the way on the first 400 of them, at the end on all 1,397. ``n_weights``
    int64[kind]; ``masks`` bool[1 + moment, post, pre] are of a first inner map, from the start:
    that which Hebb rewires, or the wiring's. ``lesioned`` float64[lesion, seed]: whole, cut, and
    with as many random neurons cut; empty without a lesion.
    """

    spec: MasksSpec
    epochs: np.ndarray
    accuracy: np.ndarray
    n_weights: np.ndarray
    masks: np.ndarray
    lesioned: np.ndarray
    n_cut: int

    @property
    def before(self) -> np.ndarray:
        """bool[post, pre] at the start."""
        return self.masks[0]

    @property
    def after(self) -> np.ndarray:
        """bool[post, pre] at the end."""
        return self.masks[-1]

    def moments(self) -> tuple[MasksFrame, ...]:
        """The film of the mask and of what is learnt."""
        return tuple(
            MasksFrame(self.spec, self.epochs[: k + 1], self.accuracy[: k + 1], self.masks[k + 1])
            for k in range(len(self.epochs))
        )

    def of(self, name: str) -> Estimate:
        """Share right of a kind at the end."""
        values = self.accuracy[-1, self.spec.names.index(name)]
        return mean_over(values, of=f"share right, {name}", unit="networks")

    def less(self, name: str, other: str) -> Estimate:
        """One kind less another, seed by seed."""
        a, b = (self.accuracy[-1, self.spec.names.index(n)] for n in (other, name))
        return paired(a, b, self.spec.seed).estimate(f"{name} less {other}", "networks")

    def pictures(self) -> tuple[Picture, ...]:
        """Accuracies, through training, lesions, masks, numbers."""
        made: list[Picture] = [self._bars(), _curves(self.spec, self.epochs, self.accuracy)]
        if len(self.lesioned):
            made.append(_movement.lesions(self.lesioned, self.spec.lesion, self.n_cut))
        if self.spec.by == "groups":
            made.append(_feeding(self.spec))
        made.append(_picture(self.spec, self.before, "Mask at the start"))
        if (self.before != self.after).any():
            made.append(_picture(self.spec, self.after, "Mask after rewiring by Hebb"))
        return (*made, self._table())

    def _bars(self) -> Bars:
        whole, *names = self.spec.names
        found = [self.less(name, whole) for name in names]
        ticks = tuple((float(k), name) for k, name in enumerate(names))
        ends = np.array([e.low for e in found]), np.array([e.high for e in found])
        return Bars(
            "Digits told right, against all to all", 100 * np.array([e.value for e in found]),
            Axis("mask", ticks=ticks), Axis("more right", "%"),
            whiskers=(100 * ends[0], 100 * ends[1]),
        )  # fmt: skip

    def _table(self) -> Table:
        names = self.spec.names
        title = (
            f"After {self.spec.n_epochs} epochs: mean of {self.spec.n_seeds} networks, 95 % t "
            "interval; chance is about 0.1"
        )
        return Table(
            title,
            {
                "mask": names,
                "weights": tuple(f"{n:,}" for n in self.n_weights),
                "share right": tuple(str(self.of(name)) for name in names),
                "less all to all": tuple(
                    f"{e.value:+.4f} [{e.low:+.4f}, {e.high:+.4f}]" if k else ""
                    for k, e in enumerate(self.less(name, names[0]) for name in names)
                ),
            },
        )


def _curves(spec: MasksSpec, epochs: np.ndarray, accuracy: np.ndarray) -> Curves:
    lines = {name: accuracy[:, k].mean(axis=1) for k, name in enumerate(spec.names)}
    lines["chance"] = np.full(len(accuracy), 0.1)
    return Curves(
        "What is learnt", epochs.astype(float), lines, Axis("epochs"), Axis("share right")
    )


def _picture(spec: MasksSpec, mask: np.ndarray, title: str) -> Heatmap:
    what = "unit" if spec.by == "groups" else "neuron"
    share = f"{title}: {mask.mean():.1%} of all"
    axes = Axis(f"from {what}"), Axis(f"to {what}"), Axis("connected")
    return Heatmap(share, mask.astype(np.float32), *axes, square=True)


def _feeding(spec: MasksSpec) -> Heatmap:
    from engines.connectome.learning.masks import painted

    feeds = painted(spec.feeds, spec.n_groups).astype(np.float32)
    ticks = tuple((k + 0.5, str(k + 1)) for k in range(spec.n_groups))
    axes = Axis("from group", ticks=ticks), Axis("to group", ticks=ticks), Axis("feeds")
    return Heatmap(FEEDING, feeds, *axes, square=True)


def frames(spec: MasksSpec) -> Iterator[MasksFrame | Masks]:
    """A frame every epoch; the lesion last."""
    gone, edges = _lesion(spec)
    kept = _kept(spec.learnt)
    if not kept:
        for one in _learning(spec):
            if isinstance(one, _Learnt):
                kept.append(one)
            else:
                yield one
    found = kept[0]
    lesioned = np.zeros((0, spec.n_seeds))
    if spec.is_cut:
        lesioned = _after_lesions(spec, found.wide, gone, edges)
    yield Masks(
        spec=spec, epochs=found.epochs, accuracy=found.accuracy, n_weights=found.n_weights,
        masks=found.masks, lesioned=lesioned, n_cut=int(gone.sum()),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Learnt:
    """What a training left, kept so that a lesion is tested at once."""

    epochs: np.ndarray
    accuracy: np.ndarray
    n_weights: np.ndarray
    masks: np.ndarray
    wide: Masked
    """The networks of full width, trained."""


@lru_cache(maxsize=2)
def _kept(_text: str) -> list[_Learnt]:
    """Empty until the first run of this spec has learnt."""
    return []


def _learning(spec: MasksSpec) -> Iterator[MasksFrame | _Learnt]:
    from engines.connectome.learning import kinds as made_of
    from engines.connectome.learning.masked import Masked

    if spec.by == "groups":
        names, feeds = _GROUPS, spec.feeds
        kinds = made_of.groups(names, WIDTH, spec.n_groups, feeds, spec.n_seeds, spec.seed)
    else:
        kinds = made_of.wirings(_WIRING, spec.wiring, spec.n_seeds, spec.seed)
    widest = kinds[0].width
    wide = Masked(tuple(k for k in kinds if k.width == widest), spec.seed, spec.by_fan_in)
    narrow = [Masked((k,), spec.seed, spec.by_fan_in) for k in kinds if k.width != widest]
    runs = [(one, one.learn(spec.n_epochs)) for one in (wide, *narrow)]
    at = -1 if spec.by == "groups" else 1
    masks = [wide.masks[at, 0, 0].copy()]
    epochs, seen = _moments(spec.n_epochs), []
    for epoch in range(1, spec.n_epochs + 1):
        for k, (_, run) in enumerate(runs):
            for share in run:
                done = (epoch - 1 + (k + share) / len(runs)) / spec.n_epochs
                now = wide.masks[at, 0, 0].copy()
                yield MasksFrame(spec, epochs[: len(seen)], _joined(seen, spec), now, fraction=done)
                if share == 1.0:
                    break
        if epoch in epochs:
            found = {}
            for made, _ in runs:
                accuracy = made.accuracy(None if epoch == spec.n_epochs else _ON_THE_WAY)
                found |= dict(zip((one.name for one in made.kinds), accuracy, strict=True))
            seen.append(np.array([found[name] for name in spec.names]))
            masks.append(wide.masks[at, 0, 0].copy())
    weights = np.array([kind.n_weights for kind in kinds])
    yield _Learnt(epochs, _joined(seen, spec), weights, np.array(masks), wide)


def _moments(n_epochs: int) -> np.ndarray:
    """int64[moment]: epochs after which networks are looked at, log-spaced, the last among them."""
    from engines.lab.training import log_spaced

    return np.array(log_spaced(n_epochs, 7)[1:])


def _joined(seen: list[np.ndarray], spec: MasksSpec) -> np.ndarray:
    return np.array(seen) if seen else np.zeros((0, len(spec.names), spec.n_seeds))


def _lesion(spec: MasksSpec) -> tuple[np.ndarray, np.ndarray]:
    from engines.connectome.memory.wired import lesion

    if spec.by == "wiring":
        return lesion(spec.wiring, spec)
    if spec.is_cut:
        raise InputError("a lesion names neurons, and groups have none; choose the wiring as mask")
    return np.zeros(0, bool), np.zeros((0, 2), np.int64)


def _after_lesions(
    spec: MasksSpec, made: Masked, gone: np.ndarray, edges: np.ndarray
) -> np.ndarray:
    from engines.connectome.learning.masked import lesioned

    rng = np.random.Generator(np.random.Philox(key=[spec.seed, 2**46]))
    none = edges[:0]
    every: list[Any] = [(np.zeros_like(gone), none), (gone, edges)]
    every += [(rng.permutation(gone), none) for _ in range(N_RANDOM if gone.any() else 0)]
    return lesioned(made, _WIRING.index("this wiring"), every)


def _grouped(name: str) -> Any:
    return lambda found: found.of(name) if found.spec.by == "groups" else None


def _of_groups_less(other: str, name: str = "groups") -> Any:
    return lambda found: found.less(name, other)


CLAIMS = (
    Claim(
        "A quarter of the inner weights, in groups that feed groups, knows as much as all of them: "
        "at most one digit in a hundred is lost.",
        figure=_grouped("groups"),
        control=_grouped("all to all"),
        holds_when=Exceeds(by=-0.01),
        source=_SOURCE,
        difference=_of_groups_less("all to all"),
        preset="Sixty epochs",
    ),
    Claim(
        "Groups know more than a narrow network with as many weights.",
        figure=_grouped("groups"),
        control=_grouped("narrow"),
        holds_when=Exceeds(),
        source=_SOURCE,
        difference=_of_groups_less("narrow"),
    ),
    Claim(
        "Groups know more than as many connections by chance.",
        figure=_grouped("groups"),
        control=_grouped("by chance"),
        holds_when=Exceeds(),
        source=_SOURCE,
        difference=_of_groups_less("by chance"),
    ),
    Claim(
        "Rewiring by Hebb knows more than groups that stay.",
        figure=_grouped("rewired: Hebb"),
        control=_grouped("groups"),
        holds_when=Exceeds(),
        source=_SOURCE,
        difference=_of_groups_less("groups", "rewired: Hebb"),
    ),
    Claim(
        "A real wiring as a mask knows more than masks in which every neuron keeps its degrees.",
        figure=lambda found: found.of("this wiring") if found.spec.by == "wiring" else None,
        control=lambda found: found.of("same degrees"),
        holds_when=Exceeds(),
        source="a claim of our own",
        difference=_of_groups_less("same degrees", "this wiring"),
        preset="The worm as a mask",
    ),
)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Shares, counts and identities."""
    from engines.connectome.answers.networks.masks import masks_answers

    return masks_answers()


EXPERIMENT = Experiment(
    spec=MasksSpec,
    frames=frames,
    card=Card(
        title="Masks",
        claim="Most connections of a network can be missing from the start. Does it matter which? "
        "Let groups feed groups, rewire them, or let the worm be the mask.",
        paper="Konstantaropoulos et al. 2025, group-to-group networks (G2GNet); they report up to "
        "4.3 % more on larger images, which is not tested here",
        related=("connectome/wired_start",),
    ),
    presets={
        "Groups": MasksSpec(),
        "Sixty epochs": MasksSpec(n_epochs=60),
        "First weights as of a whole network": MasksSpec(by_fan_in=False),
        "Each group alone": MasksSpec(feeds=_ALONE),
        "The worm as a mask": MasksSpec(by="wiring"),
        "The worm without its interneurons": MasksSpec(by="wiring", lesion="role:interneuron"),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: 0.03 * spec.n_epochs * spec.n_seeds * len(spec.names),
    order=52,
)
