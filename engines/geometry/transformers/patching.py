"""Looking through a small transformer: what is asked, what was measured, how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import model_validator

from engines.contract import Estimate, Frame, Result, Seed, Spec, SpecError, knob
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.lab.statistics import mean_over, paired

PLACES = ("A", "its label", "B", "other label", "A?")
_SHORT = ("A", "its", "B", "other", "A?")
LEVELS = ("read", "after layer 1", "after layer 2")
ITEM, LABEL, OTHER_ITEM, OTHER_LABEL, QUERY = range(5)
READ, FIRST, SECOND = range(3)
HELD, FREE, BY_HAND = "one head held", "nothing held", "weights by hand"
Place = tuple[int, int]
"""Level and place, from 0."""
PICKED: tuple[Place, Place] = ((FIRST, LABEL), (FIRST, LABEL))
"""From where to where, as the page opens."""


class PatchingSpec(Spec):
    """Transformers that find a label in their context, and pairs of sequences to look at."""

    learns: Literal["one head held", "nothing held", "weights by hand"] = knob(
        "one head held", label="Networks", help="How they come about: one head of layer 1 is held "
        "on the place before while all else is learnt, which is soon done; nothing is held; or two "
        "heads written by hand, which need no learning.", group="Networks",
    )  # fmt: skip
    n_seeds: int = knob(
        5, label="Seeds", help="Networks that are learnt, each from sequences of its own.",
        group="Networks", ge=3, le=12,
    )  # fmt: skip
    n_steps: int = knob(
        300, label="Steps", help="Of Adam at 0.002 on 40 sequences.", group="Networks", ge=0,
        le=4_000, soft=(100, 1_500),
    )  # fmt: skip
    wide: bool = knob(
        True, label="Layers on each place", help="Two layers on each place after the attention; "
        "else attention only.", group="Networks",
    )  # fmt: skip
    n_sequences: int = knob(
        100, label="Sequences", help="Pairs of sequences that differ in the order of their labels; "
        "shown are means over them.", group="Look", ge=10, le=1_000,
    )  # fmt: skip
    network: int = knob(
        1, label="Network", help="Which seed is drawn.", group="Look", ge=1, le=12,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of networks and sequences.", group="Networks")

    @property
    def n_networks(self) -> int:
        """Networks there are: one where weights are written by hand."""
        return 1 if self.learns == BY_HAND else self.n_seeds

    @model_validator(mode="after")
    def _possible(self) -> PatchingSpec:
        if self.network > self.n_networks:
            raise SpecError(f"there is no network {self.network}; this run has {self.n_networks}")
        return self


@dataclass(frozen=True, eq=False)
class PatchingFrame(Frame):
    """How the learning goes: ``loss`` float64[look] on the sequences that are looked at."""

    steps: np.ndarray
    loss: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """The loss so far."""
        return (Curves("Loss while they learn", self.steps.astype(float), {"loss": self.loss},
                       Axis("step"), Axis("loss", "nats")),)  # fmt: skip


@dataclass(frozen=True, eq=False)
class PatchingRun(Result):
    """What every level says, and what putting one place elsewhere does.

    Sequences come in pairs: in one A has its label, in the other both labels have changed places.
    ``lens`` float64[network, level, place]: chance of A's label that the last readout gives to what
    stands there. ``moved`` float64[network, level, place, level, place]: how much of the answer
    comes along when what stands at the first pair in one sequence is put at the second pair in the
    other; 0 nothing, 1 all. ``heads`` float64[network, layer, head, place]: the same for what one
    head says at a place. ``chance`` float64[network, (as it is, labels changed)]: of A's label.
    ``right`` float64[network]: share of right answers.
    """

    spec: PatchingSpec
    lens: np.ndarray
    moved: np.ndarray
    heads: np.ndarray
    chance: np.ndarray
    right: np.ndarray

    def read(self, level: int, place: int) -> Estimate | None:
        """Chance of the right label at a level, mean over networks; None of fewer than two."""
        if len(self.lens) < 2:
            return None
        of = f"chance of the right label at {PLACES[place]}, {LEVELS[level]}"
        return mean_over(self.lens[:, level, place], of=of, unit="networks")

    def comes_along(self, source: Place, target: Place) -> Estimate | None:
        """How much of the answer moves, mean over networks; None of fewer than two."""
        if len(self.moved) < 2:
            return None
        of = f"answer moved from {named(source)} to {named(target)}"
        return mean_over(self.moved[(slice(None), *source, *target)], of=of, unit="networks")

    def more(self, one: tuple[Place, Place], other: tuple[Place, Place]) -> Estimate | None:
        """The difference of two of them, network by network."""
        if len(self.moved) < 2:
            return None
        a, b = (self.moved[(slice(None), *source, *to)] for source, to in (other, one))
        return paired(a, b, self.spec.seed).estimate("difference", "networks")

    def later(self, place: int, level: int, before: int) -> Estimate | None:
        """Chance at a level less that at an earlier one, network by network."""
        if len(self.lens) < 2:
            return None
        found = paired(self.lens[:, before, place], self.lens[:, level, place], self.spec.seed)
        return found.estimate(f"{LEVELS[level]} less {LEVELS[before]}", "networks")

    def pictures(self, picked: tuple[Place, Place] = PICKED) -> tuple[Picture, ...]:
        """The lens, one place put elsewhere, the answer with and without, heads, a table."""
        k = self.spec.network - 1
        source, target = picked
        return (
            self._moved(k, source, target),
            self._answers(k, source, target),
            _grid("Logit lens: chance of A's label", self.lens[k], "chance"),
            _grid("Answer that comes along, each place to itself", _diagonal(self.moved[k]),
                  "share"),
            self._heads(k),
            self._table(),
        )  # fmt: skip

    def _moved(self, k: int, source: Place, target: Place) -> Heatmap:
        """Where what stands at the source can be put, with the way that is picked."""
        way = np.array([_at(source), _at(target)])
        return _grid(f"From {named(source)} to ...", self.moved[k][source], "share of the answer",
                     {"picked": way})  # fmt: skip

    def _answers(self, k: int, source: Place, target: Place) -> Bars:
        share = float(self.moved[(k, *source, *target)])
        names = ("changed", "put in", "as it is")
        ticks = tuple((float(i), name) for i, name in enumerate(names))
        heights = np.array([0.0, share, 1.0])
        return Bars(f"{share:.2f} of the answer: put at {named(target)}", heights,
                    Axis("labels", ticks=ticks), Axis("answer, 0 to 1"))  # fmt: skip

    def _heads(self, k: int) -> Heatmap:
        rows = self.heads[k].reshape(-1, len(PLACES))
        n = self.heads.shape[2]
        ticks = tuple((i + 0.5, f"{1 + i // n}.{1 + i % n}") for i in range(len(rows)))
        return Heatmap("Answer that comes along with one head", rows, _places(),
                       Axis("layer.head", ticks=ticks), Axis("share"), diverging=True)  # fmt: skip

    def _table(self) -> Table:
        rows = {
            "share right": self.right,
            "chance of A's label": self.chance[:, 0],
            "the same, labels changed": self.chance[:, 1],
        }
        columns = {name: tuple(f"{v:.3f}" for v in values) for name, values in rows.items()}
        names = tuple(str(k + 1) for k in range(len(self.right)))
        return Table(f"Networks, {self.spec.n_sequences} pairs of sequences",
                     {"network": names, **columns})  # fmt: skip


def named(place: Place) -> str:
    """A place for people.

    >>> named((1, 1))
    'its label, after layer 1'
    """
    return f"{PLACES[place[1]]}, {LEVELS[place[0]]}"


def picked_at(column: float, row: float) -> Place:
    """The place that a click on a picture of levels and places means.

    >>> picked_at(1.2, 0.4), picked_at(9.0, 2.9)
    ((0, 1), (2, 4))
    """
    level = int(np.clip(row, 0, len(LEVELS) - 1e-9))
    return level, int(np.clip(column, 0, len(PLACES) - 1e-9))


def _at(place: Place) -> tuple[float, float]:
    """Column and row of a place, from the top."""
    return place[1] + 0.5, len(LEVELS) - 1 - place[0] + 0.5


def _places() -> Axis:
    return Axis(
        "place; its and other are labels",
        ticks=tuple((k + 0.5, name) for k, name in enumerate(_SHORT)),
    )


def _grid(
    title: str, values: np.ndarray, said: str, over: dict[str, np.ndarray] | None = None
) -> Heatmap:
    """Levels from below, as a network is read."""
    ticks = tuple((k + 0.5, name) for k, name in enumerate(reversed(LEVELS)))
    return Heatmap(title, values[::-1], _places(), Axis("", ticks=ticks), Axis(said),
                   over=over or {})  # fmt: skip


def _diagonal(moved: np.ndarray) -> np.ndarray:
    """float64[level, place]: each place put at itself."""
    return np.einsum("lplp->lp", moved)
