"""Boxes with a differential equation each, and what wired boxes are together: a box again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engines.diagrams.systems.formulas import Formula
from engines.diagrams.systems.wirings import OUTSIDE, Face, Source, Wiring, substituted


@dataclass(frozen=True)
class Box:
    """A system with states of its own; outputs are read from states alone."""

    name: str
    face: Face
    ins: tuple[str, ...]
    outs: tuple[str, ...]
    states: tuple[str, ...]
    start: tuple[float, ...]
    named: tuple[tuple[str, Formula], ...]
    """What is named on the way, in order: of states alone."""
    changes: tuple[Formula, ...]
    """Of every state, how fast it changes: of states, names and inputs."""

    def _values(self, states: Sequence[float]) -> dict[str, float]:
        values = dict(zip(self.states, states, strict=True))
        for name, of in self.named:
            values[name] = of(values)
        return values

    def given(self, states: Sequence[float]) -> list[float]:
        """What its outputs are."""
        values = self._values(states)
        return [values[name] for name in self.outs]

    def slopes(self, states: Sequence[float], brought: Sequence[float]) -> list[float]:
        """How fast its states change with these inputs."""
        values = self._values(states) | dict(zip(self.ins, brought, strict=True))
        return [of(values) for of in self.changes]


@dataclass(frozen=True)
class System:
    """Parts by name and their wiring; a part is a box or a system."""

    name: str
    ins: tuple[str, ...]
    outs: tuple[str, ...]
    wiring: Wiring
    parts: tuple[tuple[str, Box | System], ...]

    @property
    def face(self) -> Face:
        """Of its outer box."""
        return self.wiring.outer


def leaves(part: Box | System, path: str = "") -> list[tuple[str, Box]]:
    """Every box in it with its path, in order: the order of states."""
    if isinstance(part, Box):
        return [(path, part)]
    return [
        leaf
        for name, inner in part.parts
        for leaf in leaves(inner, f"{path}/{name}" if path else name)
    ]


def flat(part: System) -> tuple[Wiring, list[Box]]:
    """All boxes wired at one level: every system in it is put in place."""
    wiring, boxes = part.wiring, list[Box]()
    for _, inner in part.parts:
        if isinstance(inner, Box):
            boxes.append(inner)
            continue
        own, held = flat(inner)
        wiring = substituted(wiring, len(boxes), own)
        boxes += held
    return wiring, boxes


def slopes(wiring: Wiring, boxes: Sequence[Box], states: np.ndarray) -> np.ndarray:
    """float64[state]: of boxes wired at one level, nothing brought from outside."""
    parts = _dealt(boxes, states)
    given = [box.given(own) for box, own in zip(boxes, parts, strict=True)]

    def read(source: Source) -> float:
        return given[source[0]][source[1]] if source[0] >= 0 else 0.0

    found: list[float] = []
    for box, own, feeds in zip(boxes, parts, wiring.feeds, strict=True):
        found += box.slopes(own, [read(one) for one in feeds])
    return np.array(found, float)


def nested_slopes(
    part: Box | System, states: np.ndarray, brought: Sequence[float] = ()
) -> np.ndarray:
    """float64[state]: the same level by level, without putting anything in place."""
    if isinstance(part, Box):
        return np.array(part.slopes(states.tolist(), brought), float)
    sizes = [n_states(inner) for _, inner in part.parts]
    own = np.split(states, np.cumsum(sizes)[:-1])
    given = [_given(inner, one) for (_, inner), one in zip(part.parts, own, strict=True)]

    def read(source: Source) -> float:
        if source[0] == OUTSIDE:
            return brought[source[1]] if len(brought) else 0.0
        return given[source[0]][source[1]] if source[0] >= 0 else 0.0

    found = [
        nested_slopes(inner, one, [read(source) for source in feeds])
        for (_, inner), one, feeds in zip(part.parts, own, part.wiring.feeds, strict=True)
    ]
    return np.concatenate(found)


def n_states(part: Box | System) -> int:
    """How many numbers it is at a moment."""
    return sum(len(box.states) for _, box in leaves(part))


def start_of(part: Box | System) -> np.ndarray:
    """float64[state]: where it begins."""
    return np.array([value for _, box in leaves(part) for value in box.start])


def state_names(part: Box | System) -> tuple[str, ...]:
    """Paths of all states, say "hares.x"."""
    return tuple(f"{path}.{name}" for path, box in leaves(part) for name in box.states)


def _given(part: Box | System, states: np.ndarray) -> list[float]:
    if isinstance(part, Box):
        return part.given(states.tolist())
    sizes = [n_states(inner) for _, inner in part.parts]
    own = np.split(states, np.cumsum(sizes)[:-1])
    known: Mapping[int, list[float]] = {
        k: _given(inner, own[k]) for k, (_, inner) in enumerate(part.parts)
    }
    return [known[k][j] if k >= 0 else 0.0 for k, j in part.wiring.gives]


def _dealt(boxes: Sequence[Box], states: np.ndarray) -> list[list[float]]:
    sizes = [len(box.states) for box in boxes]
    return [one.tolist() for one in np.split(states, np.cumsum(sizes)[:-1])]
