"""Laying the wires of a plan: from names to a wiring, with those that are cut left out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from engines.contract import InputError
from engines.diagrams.systems.boxes import Box, System
from engines.diagrams.systems.text import Plan, Ports, Wire, face_of
from engines.diagrams.systems.wirings import NOTHING, OUTSIDE, Source, Wiring


@dataclass(frozen=True)
class Laid:
    """One wire where it lies: by the path of its system and the port that it feeds."""

    path: str
    wire: Wire
    kind: str
    cut: bool

    @property
    def key(self) -> str:
        """Its name: no two wires feed one port."""
        return f"{self.path}/{self.wire.target}" if self.path else self.wire.target

    @property
    def said(self) -> str:
        """For people."""
        where = f" in {self.path}" if self.path else ""
        return f"{self.wire.source} → {self.wire.target}{where}"


def laid(plan: Plan, cut: Collection[str] = ()) -> tuple[System, tuple[Laid, ...]]:
    """The system of a plan and all its wires, level by level.

    Raises:
        InputError: a wire that does not fit, with its line; a cut that names no wire.
    """
    wires: list[Laid] = []
    made = _system(plan, "", frozenset(cut), wires)
    missing = sorted(set(cut) - {one.key for one in wires})
    if missing:
        raise InputError(f"there is no wire to {missing[0]!r} that could be cut; there are wires "
                         f"to: {', '.join(one.key for one in wires)}")  # fmt: skip
    return made, tuple(wires)


def _system(plan: Plan, path: str, cut: frozenset[str], wires: list[Laid]) -> System:
    sources: dict[str, Source] = {}
    for wire in plan.wires:
        try:
            source, kind = _joined(plan, wire, sources)
        except InputError as error:
            raise InputError(f"line {wire.line}: {error}") from error
        one = Laid(path, wire, kind, cut=False)
        one = Laid(path, wire, kind, cut=one.key in cut)
        wires.append(one)
        sources[wire.target] = NOTHING if one.cut else source
    parts = {
        name: part
        if isinstance(part, Box)
        else _system(part, f"{path}/{name}" if path else name, cut, wires)
        for name, part in plan.parts.items()
    }
    feeds = tuple(
        tuple(sources.get(f"{name}.{port}", NOTHING) for port in part.ins)
        for name, part in parts.items()
    )
    gives = tuple(sources.get(port, NOTHING) for port, _ in plan.outs)
    wiring = Wiring(face_of(plan), tuple(part.face for part in parts.values()), feeds, gives)
    ins, outs = (tuple(port for port, _ in ports) for ports in (plan.ins, plan.outs))
    return System(plan.name, ins, outs, wiring, tuple(parts.items()))


def _joined(plan: Plan, wire: Wire, there: dict[str, Source]) -> tuple[Source, str]:
    """Where a wire begins, and the type that both of its ends have."""
    source, kind = _begin(plan, wire.source)
    wanted = _end(plan, wire.target)
    if wire.target in there:
        raise InputError(f"{wire.target} has a wire already; a port reads from one")
    if kind != wanted:
        raise InputError(f"{wire.source} gives {kind} and {wire.target} wants {wanted}")
    if "." not in wire.target and source[0] == OUTSIDE:
        raise InputError(f"an output comes from a part; {wire.source} comes from outside")
    return source, kind


def _begin(plan: Plan, text: str) -> tuple[Source, str]:
    part, _, port = text.rpartition(".")
    if not part:
        j, kind = _port(plan.ins, port, f"inputs of {plan.name}")
        return (OUTSIDE, j), kind
    j, kind = _port(_ports(plan, part, 1), port, f"outputs of {part}")
    return (list(plan.parts).index(part), j), kind


def _end(plan: Plan, text: str) -> str:
    part, _, port = text.rpartition(".")
    if not part:
        return _port(plan.outs, port, f"outputs of {plan.name}")[1]
    return _port(_ports(plan, part, 0), port, f"inputs of {part}")[1]


def _ports(plan: Plan, name: str, side: int) -> Ports:
    part = plan.parts.get(name)
    if part is None:
        raise InputError(f"{plan.name} has no part {name!r}; there are: {', '.join(plan.parts)}")
    if isinstance(part, Plan):
        return (part.ins, part.outs)[side]
    names, kinds = ((part.ins, part.face.ins), (part.outs, part.face.outs))[side]
    return tuple(zip(names, kinds, strict=True))


def _port(ports: Ports, name: str, of: str) -> tuple[int, str]:
    for j, (one, kind) in enumerate(ports):
        if one == name:
            return j, kind
    names = ", ".join(one for one, _ in ports) or "none"
    raise InputError(f"there is no {name!r} among the {of}; there are: {names}")
