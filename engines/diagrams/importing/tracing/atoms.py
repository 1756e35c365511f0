"""Axes of an imported model, known by where they come from and never by how long they are.

A dimension of a tensor is a list of atoms: merging dimensions joins lists and moves no number, so
views and transposes leave no trace in a diagram. Atoms that must be one are united; an atom that a
view splits has parts from then on, in every value that holds it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count


@dataclass(eq=False)
class Atom:
    """One axis, or part of one."""

    uid: int
    size: int
    born: str
    """What made it: input, linear, table, const, view."""
    hint: str = ""
    hinted: bool = False
    """Whether a person named it."""
    united: Atom | None = None
    parts: tuple[Atom, ...] = ()
    rigid: bool = False
    """Whether an operation names it as one axis, so that it can have no parts."""
    values: set[int] = field(default_factory=set)
    """Numbers of the values that hold it."""


Dim = tuple[Atom, ...]
"""One dimension of a tensor; () for a dimension of length one that no axis makes."""


class Atoms:
    """All atoms of one import."""

    def __init__(self) -> None:
        self._uids = count()
        self.conflicts: list[str] = []

    def new(self, size: int, born: str, hint: str = "", *, hinted: bool = False) -> Atom:
        """A further atom."""
        return Atom(next(self._uids), int(size), born, hint, hinted)

    def find(self, atom: Atom) -> Atom:
        """What an atom is now."""
        while atom.united is not None:
            atom = atom.united
        return atom

    def resolved(self, dim: Dim) -> Dim:
        """A dimension in atoms that are neither united with older ones nor split."""
        found: list[Atom] = []
        for atom in dim:
            root = self.find(atom)
            found.extend(self.resolved(root.parts) if root.parts else (root,))
        return tuple(found)

    def unite(self, a: Atom, b: Atom) -> bool:
        """Make two atoms one; False when a value holds both, so that they must stay two."""
        a, b = self.find(a), self.find(b)
        if a is b:
            return True
        if a.size != b.size:
            self.conflicts.append(f"{a.hint or a.uid} ({a.size}) and {b.hint or b.uid} ({b.size})")
            return False
        if a.values & b.values or a.parts or b.parts:
            return False
        a.rigid = b.rigid = a.rigid or b.rigid
        older, newer = (
            (a, b) if (a.born == "input", -a.uid) >= (b.born == "input", -b.uid) else (b, a)
        )
        newer.united = older
        older.values |= newer.values
        older.hint = older.hint or newer.hint
        return True

    def split(self, atom: Atom, sizes: list[int]) -> Dim:
        """Give an atom parts, everywhere."""
        atom = self.find(atom)
        parts = tuple(self.new(size, atom.born) for size in sizes)
        atom.parts = parts
        for name, part in zip(("g", ""), parts, strict=False):
            part.hint = part.hint or (atom.hint if not name else "")
        for part in parts:
            part.values |= atom.values
        return parts

    def may_split(self, atom: Atom) -> bool:
        """Whether splitting everywhere says more than a bar at this place would.

        True for what a learned map has just made: its weight then has the parts as axes.
        """
        root = self.find(atom)
        return root.born == "linear" and not root.rigid


def size_of(dim: Dim) -> int:
    """The length of a dimension."""
    total = 1
    for atom in dim:
        total *= atom.size
    return total
