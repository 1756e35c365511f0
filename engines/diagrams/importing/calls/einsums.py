"""``torch.einsum``: every letter is an axis, different letters are different axes."""

from __future__ import annotations

from string import ascii_letters
from typing import Any

from engines.diagrams.importing.calls.elementwise import UncoveredError, call
from engines.diagrams.importing.tracing.tracer import Sym, Tracer


@call("einsum.default")
def einsum(t: Tracer, equation: str, operands: list[Sym], *_path: Any) -> Sym:
    """As torch writes it."""
    groups, right = _spelled(equation, [len(o.dims) for o in operands])
    if any(len(set(g)) != len(g) for g in (*groups, right)) or any(o.dtype for o in operands):
        raise UncoveredError
    at: dict[str, tuple[int, int]] = {}
    for n, group in enumerate(groups):
        for k, letter in enumerate(group):
            if letter in at:
                m, j = at[letter]
                operands[m], operands[n] = t.meet(operands[m], j, operands[n], k)
            at.setdefault(letter, (n, k))
    _told_apart(t, groups, operands)
    dims = tuple(operands[at[c][0]].dims[at[c][1]] for c in right)
    return t.emit("einsum", tuple(t.read(o) for o in operands), dims)


def _spelled(equation: str, ranks: list[int]) -> tuple[list[str], str]:
    """The letters of every operand and of the result, an ellipsis as letters of its own."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    groups = left.split(",")
    if not arrow:
        letters = left.replace(",", "").replace(".", "")
        once = sorted(c for c in set(letters) if letters.count(c) == 1)
        right = ("..." if "..." in left else "") + "".join(once)
    free = [c for c in ascii_letters if c not in equation]
    wide = [r - len(g.replace("...", "")) for g, r in zip(groups, ranks, strict=True)]
    most = max((w for w, g in zip(wide, groups, strict=True) if "..." in g), default=0)
    rest = "".join(free[:most])
    spelled = [g.replace("...", rest[most - w :]) for g, w in zip(groups, wide, strict=True)]
    return spelled, right.replace("...", rest)


def _told_apart(t: Tracer, groups: list[str], operands: list[Sym]) -> None:
    """An axis that two letters have is a copy of itself for the second."""
    letter_of: dict[Any, str] = {}
    copies: dict[tuple[Any, str], Any] = {}
    for n, group in enumerate(groups):
        for k, letter in enumerate(group):
            for atom in t.atoms.resolved(operands[n].dims[k]):
                if letter_of.setdefault(atom, letter) == letter:
                    continue
                key = (atom, letter)
                if key not in copies:
                    copies[key] = t.atoms.new(atom.size, "copy", atom.hint)
                    letter_of[copies[key]] = letter
                operands[n] = t.rename(operands[n], atom, copies[key])
