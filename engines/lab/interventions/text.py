"""Interventions as people write them: ``ablate 1:3,4 how=mean; prune share=0.5``.

A line is a kind, where it acts, and options. Where: a layer or parameter, then after a colon its
units or edges (``0.weight:2->3``). In a wiring nothing stands before the colon: ``:AVAL->AVAR``.
"""

from __future__ import annotations

import re
from typing import Any

from engines.contract import SpecError
from engines.lab.interventions.spec import KINDS, Change, Intervention

_NUMBER = re.compile(r"[-+]?\d+")


def parsed(text: str) -> tuple[Intervention, ...]:
    """The interventions of a text, parted by semicolons or lines.

    Raises:
        SpecError: a part that is none, with what was expected.
    """
    parts = [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]
    return tuple(_one(part) for part in parts)


def written(interventions: tuple[Intervention, ...]) -> str:
    """The same as text, which `parsed` reads back."""
    return "; ".join(_as_text(one) for one in interventions)


def _one(part: str) -> Any:
    kind, *words = part.split()
    if kind.lower() not in KINDS:
        raise SpecError(f"{kind!r} is no intervention; there are: {', '.join(KINDS)}")
    made = KINDS[kind.lower()]
    fields: dict[str, Any] = {}
    for k, word in enumerate(words):
        name, equals, value = word.partition("=")
        if equals:
            fields[name] = _value(made, name, value)
        elif k == 0:
            fields |= _place(word)
        else:
            raise SpecError(f"{word!r} in {part!r} must be an option such as value=0.5")
    return made(**fields)


def _place(word: str) -> dict[str, Any]:
    at, colon, rest = word.partition(":")
    found: dict[str, Any] = {"at": at}
    if not colon:
        return found
    names = [name for name in rest.split(",") if name]
    edges = [tuple(map(_name, name.split("->", 1))) for name in names if "->" in name]
    units = [_name(name) for name in names if "->" not in name]
    if edges and units:
        raise SpecError(f"{word!r} names units and edges; write two interventions")
    return found | ({"edges": tuple(edges)} if edges else {"units": tuple(units)})


def _name(text: str) -> int | str:
    return int(text) if _NUMBER.fullmatch(text) else text


def _value(made: type[Change], name: str, text: str) -> Any:
    """As the field's default is: a number, a list of numbers, or a word."""
    info = made.model_fields.get(name)
    if info is None:
        return text
    try:
        if isinstance(info.default, tuple):
            return tuple(int(one) for one in text.split(",") if one)
        if isinstance(info.default, float):
            return float(text)
        return int(text) if isinstance(info.default, int) else text
    except ValueError as error:
        raise SpecError(f"{name} must be a number, got {text!r}") from error


def _as_text(one: Any) -> str:
    changes = {**one.changes()}
    changes.pop("kind", None)
    at = changes.pop("at", "")
    units = [str(unit) for unit in changes.pop("units", ())]
    edges = [f"{pre}->{post}" for pre, post in changes.pop("edges", ())]
    place = f"{at}:{','.join(units + edges)}" if units or edges else at
    options = [
        f"{name}={','.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in changes.items()
    ]
    return " ".join(filter(None, [one.kind, place, *options]))
