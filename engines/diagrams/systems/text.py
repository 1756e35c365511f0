"""Texts of boxes and systems, read line by line; what is wrong is said with its line."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from engines.contract import InputError
from engines.diagrams.systems.boxes import Box
from engines.diagrams.systems.formulas import Formula, formula
from engines.diagrams.systems.wirings import Face

_HEAD = re.compile(r"(box|system)\s+(\w+)\s*\(([^()]*)\)\s*->\s*\(([^()]*)\)\s*")
_STATE = re.compile(r"([A-Za-z_]\w*)\s*'\s*=(.+)\bfrom\s+"
                    r"([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)\s*")  # fmt: skip
_NAMED = re.compile(r"([A-Za-z_]\w*)\s*=(.+)")
_PART = re.compile(r"([A-Za-z_]\w*)\s*:\s*(\w+)\s*")
_WIRE = re.compile(r"([\w.]+)\s*->\s*([\w.]+)\s*")
_PORT = re.compile(r"\s*([A-Za-z_]\w*)\s*:\s*(\w+)\s*")

Ports = tuple[tuple[str, str], ...]
"""Names and types."""
BOXES_MAX, DEPTH_MAX, FORMULAS_MAX = 60, 12, 500
"""Boxes in a system, all levels together, levels, and formulas of all boxes."""


@dataclass(frozen=True)
class Wire:
    """From where to where, as it is written, and on which line."""

    source: str
    target: str
    line: int


@dataclass
class Plan:
    """A system as it is written."""

    name: str
    ins: Ports
    outs: Ports
    parts: dict[str, Box | Plan] = field(default_factory=dict)
    wires: list[Wire] = field(default_factory=list)

    @cached_property
    def n_boxes(self) -> int:
        """Boxes in it, all levels together."""
        return sum(one.n_boxes if isinstance(one, Plan) else 1 for one in self.parts.values())

    @cached_property
    def n_formulas(self) -> int:
        """States and names on the way, all boxes together."""
        return sum(
            one.n_formulas if isinstance(one, Plan) else len(one.states) + len(one.named)
            for one in self.parts.values()
        )

    @cached_property
    def depth(self) -> int:
        """Levels."""
        inner = (one.depth for one in self.parts.values() if isinstance(one, Plan))
        return 1 + max(inner, default=0)


def face_of(part: Box | Plan) -> Face:
    """Its ports' types."""
    if isinstance(part, Box):
        return part.face
    return Face(*(tuple(kind for _, kind in ports) for ports in (part.ins, part.outs)))


def plan_from_text(text: str) -> Plan:
    """The last system of a text, with all that it is made of.

    Raises:
        InputError: what is wrong, and on which line.
    """
    known: dict[str, Box | Plan] = {}
    for line, head, body in _blocks(text):
        try:
            kind, name, ins, outs = _head(head)
            _check_new(name, known)
            made = _box if kind == "box" else _plan
            known[name] = made(name, ins, outs, body, known)
        except InputError as error:
            raise error if str(error).startswith("line ") else _at(line, error) from error
    last = [one for one in known.values() if isinstance(one, Plan)]
    if not last:
        raise InputError("there is no system; write one, say: system all() -> ()")
    return last[-1]


def _check_new(name: str, known: Collection[str]) -> None:
    if name in known:
        raise InputError(f"there are two called {name!r}; give one another name")


def _check_free(names: Iterable[str]) -> None:
    for name in names:
        if keyword.iskeyword(name):
            raise InputError(f"the word {name!r} is reserved; give it another name, say {name}_1")


def _at(line: int, error: object) -> InputError:
    return InputError(f"line {line}: {error}")


def _blocks(text: str) -> Iterable[tuple[int, str, list[tuple[int, str]]]]:
    """Heads, which begin at the margin, each with its indented lines."""
    found: list[tuple[int, str, list[tuple[int, str]]]] = []
    for k, full in enumerate(text.splitlines(), 1):
        line = full.partition("#")[0].rstrip()
        if not line:
            continue
        if not line[0].isspace():
            found.append((k, line, []))
        elif not found:
            raise _at(k, "a text begins with a box, say: box hares(foxes: fox) -> (x: hare)")
        else:
            found[-1][2].append((k, line.strip()))
    return found


def _head(text: str) -> tuple[str, str, Ports, Ports]:
    match = _HEAD.fullmatch(text)
    if match is None:
        raise InputError(
            f"{text!r} begins no box and no system; write: box hares(foxes: fox) -> (x: hare)"
        )
    return match[1], match[2], _ports(match[3]), _ports(match[4])


def _ports(text: str) -> Ports:
    if not text.strip():
        return ()
    found = []
    for one in text.split(","):
        match = _PORT.fullmatch(one)
        if match is None:
            raise InputError(f"{one.strip()!r} is no port; write its name and type, say x: hare")
        found.append((match[1], match[2]))
    names = [name for name, _ in found]
    _check_free(names)
    if len(set(names)) < len(names):
        raise InputError(f"ports of one side need different names, got {', '.join(names)}")
    return tuple(found)


def _box(
    name: str, ins: Ports, outs: Ports, body: list[tuple[int, str]], _known: dict[str, Box | Plan]
) -> Box:
    """States, in the order of their lines; names on the way may use states and earlier names."""
    states = [match[1] for _, line in body if (match := _STATE.fullmatch(line))]
    own = {*states, *(port for port, _ in ins)}
    if len(own) < len(states) + len(ins):
        raise InputError(f"states and inputs of {name!r} need different names")
    start: list[float] = []
    changes: list[Formula] = []
    named: list[tuple[str, Formula]] = []
    for k, line in body:
        try:
            if match := _STATE.fullmatch(line):
                _check_free([match[1]])
                changes.append(formula(match[2], own)[0])
                start.append(float(match[3]))
            else:
                before = {*states, *(one for one, _ in named)}
                named.append(_on_the_way(line, before))
                _check_new(named[-1][0], own)
                own.add(named[-1][0])
        except (InputError, ValueError) as error:
            raise _at(k, error) from error
    if not np.isfinite(start).all():
        raise InputError(f"states of {name!r} must begin with numbers, got {start}")
    if not states:
        raise InputError(f"box {name!r} holds no state; write one, say x' = -x from 1")
    for port, _ in outs:
        if port not in {*states, *(one for one, _ in named)}:
            raise InputError(f"output {port!r} of {name!r} is no state and no name of its own")
    face = Face(*(tuple(kind for _, kind in ports) for ports in (ins, outs)))
    return Box(name, face, tuple(p for p, _ in ins), tuple(p for p, _ in outs), tuple(states),
               tuple(start), tuple(named), tuple(changes))  # fmt: skip


def _on_the_way(line: str, known: Collection[str]) -> tuple[str, Formula]:
    match = _NAMED.fullmatch(line)
    if match is None:
        raise InputError(f"{line!r} is no line of a box; write x' = 2*x from 1, or k = 3")
    _check_free([match[1]])
    return match[1], formula(match[2], known)[0]


def _plan(
    name: str, ins: Ports, outs: Ports, body: list[tuple[int, str]], known: dict[str, Box | Plan]
) -> Plan:
    """Parts that were written before, and wires; whether wires fit is asked where they are laid."""
    made = Plan(name, ins, outs)
    for k, line in body:
        if match := _PART.fullmatch(line):
            part = known.get(match[2])
            if part is None:
                raise _at(k, f"nothing above is called {match[2]!r}; there are: "
                             f"{', '.join(known) or 'none'}")  # fmt: skip
            if match[1] in made.parts:
                raise _at(k, f"there are two parts called {match[1]!r} in {name!r}")
            made.parts[match[1]] = part
        elif match := _WIRE.fullmatch(line):
            made.wires.append(Wire(match[1], match[2], k))
        else:
            raise _at(k, f"{line!r} is no line of a system; write a: hares, or a.x -> b.food")
    if not made.parts:
        raise InputError(f"system {name!r} has no parts; write one, say a: hares")
    if made.n_boxes > BOXES_MAX or made.depth > DEPTH_MAX:
        raise InputError(f"a system may hold {BOXES_MAX} boxes in {DEPTH_MAX} levels, {name!r} "
                         f"holds {made.n_boxes:,} in {made.depth}")  # fmt: skip
    if made.n_formulas > FORMULAS_MAX:
        raise InputError(f"a system may hold {FORMULAS_MAX} states and names in all its boxes, "
                         f"{name!r} holds {made.n_formulas:,}")  # fmt: skip
    return made
