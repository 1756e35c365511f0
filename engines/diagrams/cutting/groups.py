"""Which rows of weights die together: an axis followed along wires into every array that has it.

A position of an axis can be taken out of a network when everything that has that axis is cut at
once, and when zeros put into the rows that make it arrive as zeros where it is summed away: then
nothing changes by cutting. A block that is repeated is cut in every turn, and where two blocks have
one size of the text, both are.
"""

from __future__ import annotations

from dataclasses import dataclass

from engines.diagrams.cutting.dying import lives
from engines.diagrams.cutting.following import Array, Follower, Place
from engines.diagrams.graph.circuit import Circuit


@dataclass(frozen=True)
class Group:
    """An axis as far as it reaches: what must be cut at once."""

    axes: tuple[str, ...]
    """Its names."""
    wires: tuple[str, ...]
    arrays: tuple[Array, ...]
    refuses: str = ""
    """Why cutting it would change what the network computes; empty where it would not."""

    def __str__(self) -> str:
        """Say "h: rows of In weight, rows of In bias, columns of Out weight"."""
        said = f"{' = '.join(self.axes)}: {', '.join(map(str, self.arrays)) or 'no learned array'}"
        return f"{said} (refused: {self.refuses})" if self.refuses else said


def groups(circuit: Circuit) -> tuple[Group, ...]:
    """Every axis that some learned array has, as far as it reaches, blocks included."""
    graph = circuit.graph
    made = Follower()
    made.follow(graph)
    _one_size(made)
    members = made.members()
    found = []
    for root, places in members.items():
        arrays = tuple(a for place, a in made.arrays if made.root(place) == root)
        if not arrays:
            continue
        axes = tuple(dict.fromkeys(axis for _, axis in places))
        wires = tuple(dict.fromkeys(wire for wire, _ in places))
        why = next((said for place, said in made.reasons if made.root(place) == root), "")
        why = why or _elsewhere(members, root, axes) or _follows(circuit, axes)
        why = why or lives(graph, set(places))
        found.append(Group(axes, wires, arrays, why))
    return tuple(found)


def _one_size(made: Follower) -> None:
    """Axes of one name in blocks that have no other wire in common are cut together."""
    by_name: dict[str, list[Place]] = {}
    for root, places in made.members().items():
        for axis in dict.fromkeys(axis for _, axis in places):
            by_name.setdefault(axis, []).append(root)
    for roots in by_name.values():
        first, *others = roots
        for other in others:
            members = made.members()
            one, two = made.root(first), made.root(other)
            if one != two and not _blocks(members[one]) & _blocks(members[two]):
                made.join(one, two)


def _blocks(places: list[Place]) -> set[str]:
    return {wire.rpartition("/")[0] for wire, _ in places}


def _elsewhere(members: dict[Place, list[Place]], root: Place, axes: tuple[str, ...]) -> str:
    """Another axis of the same name would change its size too."""
    for other, places in members.items():
        if other != root:
            for wire, axis in places:
                if axis in axes:
                    return f"{axis} of {wire} is another axis of the same name"
    return ""


def _follows(circuit: Circuit, axes: tuple[str, ...]) -> str:
    for known in (circuit.derived, circuit.sizes):
        for name, size in known.items():
            if name not in axes and set(size.names) & set(axes):
                return f"the size of {name} follows from it"
    return ""
