"""Names for the axes of an imported model: given ones first, then usual ones, then letters."""

from __future__ import annotations

from collections.abc import Iterable

from engines.diagrams.importing.tracing.atoms import Atom, Atoms

_BY_BIRTH = {
    "linear": "fgnpqrsu",
    "conv": "c",
    "table": "m",
    "window": "x",
    "const": "z",
    "cut": "d",
    "view": "w",
    "weight": "w",
    "opaque": "o",
    "copy": "t",
    "input": "b",
}


def named(atoms: Atoms, order: Iterable[Atom]) -> tuple[dict[Atom, str], dict[str, str]]:
    """A different name for every root atom, and where each name came from."""
    names: dict[Atom, str] = {}
    taken: set[str] = set()
    source: dict[str, str] = {}
    roots = list(dict.fromkeys(r for a in order for r in atoms.resolved((a,))))
    for root in sorted(roots, key=lambda a: not a.hinted):
        base = root.hint or _BY_BIRTH.get(root.born, "a")[0]
        name = _free(root, base, taken)
        taken.add(name)
        names[root] = name
        source[name] = "hinted" if root.hinted else "inferred"
    return names, source


def _free(root: Atom, base: str, taken: set[str]) -> str:
    base = base.rstrip("'0123456789") or "a"
    if root.born == "copy":
        name = base + "'"
        while name in taken:
            name += "'"
            if name.count("'") > 3:
                break
        if name not in taken:
            return name
    for letter in (base, *([] if root.hint else _BY_BIRTH.get(root.born, ""))):
        if letter not in taken:
            return letter
    k = 1
    while f"{base}{k}" in taken:
        k += 1
    return f"{base}{k}"
