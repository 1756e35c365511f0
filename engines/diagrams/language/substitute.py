"""A definition used inside another: its axes become those of the caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from engines.diagrams.graph.nodes import Value
from engines.diagrams.graph.poly import Poly
from engines.diagrams.language.phrases import (
    BlockStatement,
    Call,
    Definition,
    GroupStatement,
    Name,
    Option,
    SizeStatement,
    Statement,
    Typed,
)


@dataclass(frozen=True)
class Fit:
    """New names of a definition's axes, and inputs that must be renamed on entry."""

    axes: Mapping[str, str]
    entries: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    """(parameter, pairs of caller's axis and the name it has inside)."""

    @property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """Every (caller's axis, name inside) that differs."""
        return tuple(pair for _, pairs in self.entries for pair in pairs)


def fitted(  # noqa: C901 - each refusal has its sentence
    definition: Definition, args: tuple[Value, ...], outs: tuple[Value, ...]
) -> Fit | str:
    """How the definition fits the call; a sentence when it does not.

    Two axes of the definition that the caller gives the same axis stay two: the second gets a
    name of its own, because self-attention is no diagonal.
    """
    name = definition.name.text
    if len(args) != len(definition.params):
        return f"{name} takes {len(definition.params)} values, but {len(args)} came"
    if len(outs) != len(definition.outs):
        return f"{name} gives {len(definition.outs)} values, but {len(outs)} are named"
    axes: dict[str, str] = {}
    entries = []
    for param, value in zip(definition.params, args, strict=True):
        formal = tuple(n.text for n in param.axes)
        if len(formal) != len(value.axes):
            there = f"{value.name} has {' '.join(value.axes) or 'none'}"
            return f"{name} wants {param.name.text} with {' '.join(formal)}, but {there}"
        wrong = _entry(axes, formal, value, entries, param.name.text)
        if wrong:
            return f"{name}: {wrong}"
    for formal_out, out in zip(definition.outs, outs, strict=True):
        if len(formal_out) != len(out.axes):
            return f"{name} gives {' '.join(n.text for n in formal_out)}"
        for formal_axis, axis in zip(formal_out, out.axes, strict=True):
            axes.setdefault(formal_axis.text, axis)
    taken = set(axes.values()) | {inside for _, pairs in entries for _, inside in pairs}
    for inner in sorted(_axis_names(definition) - set(axes)):
        if inner in taken:
            axes[inner] = _fresh(inner, taken)
    return Fit(axes, tuple(entries))


def _entry(
    axes: dict[str, str],
    formal: tuple[str, ...],
    value: Value,
    entries: list[tuple[str, tuple[tuple[str, str], ...]]],
    param: str,
) -> str:
    pairs = []
    for inside, axis in zip(formal, value.axes, strict=True):
        if inside in axes and axes[inside] != axis:
            if (axis, axes[inside]) not in [p for _, done in entries for p in done]:
                other = axes[inside]
                return f"{inside} would be both {other} and {axis}; rename one of them first"
            pairs.append((axis, axes[inside]))
        elif inside not in axes and axis in axes.values():
            axes[inside] = _fresh(axis, set(axes.values()) | set(value.axes))
            pairs.append((axis, axes[inside]))
        else:
            axes[inside] = axis
    if pairs:
        entries.append((param, tuple(pairs)))
    return ""


def _fresh(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "'"
    taken.add(name)
    return name


def _axis_names(definition: Definition) -> set[str]:
    found: set[str] = set()
    _gather(definition, found)
    return found


def _gather(phrase: Any, found: set[str]) -> None:
    if isinstance(phrase, Typed):
        found.update(name.text for name in phrase.axes)
    elif isinstance(phrase, tuple):
        for part in phrase:
            _gather(part, found)
    elif is_dataclass(phrase):
        for f in fields(phrase):
            _gather(getattr(phrase, f.name), found)


def instantiated(definition: Definition, fit: Fit) -> Definition:
    """The definition with the caller's axes."""
    renamed = _Renamer(fit.axes).phrase(definition)
    entries = dict(fit.entries)
    params, entry_statements = [], []
    for param in renamed.params:
        pairs = entries.get(param.name.text)
        if not pairs:
            params.append(param)
            continue
        back = {inside: outside for outside, inside in pairs}
        outer = tuple(replace(n, text=back.get(n.text, n.text)) for n in param.axes)
        came = replace(param.name, text=param.name.text + "_in")
        params.append(Typed(came, outer, param.dtype))
        span = param.name.span
        arrow = Option(
            words=tuple(Name(outside, span) for outside, _ in pairs),
            arrow=tuple(Name(inside, span) for _, inside in pairs),
            span=span,
        )
        call = Call(Name("rename", span), (came,), (arrow,))
        entry_statements.append(Statement((param,), call, span))
    return replace(renamed, params=tuple(params), body=(*entry_statements, *renamed.body))


class _Renamer:
    """Renames axes wherever a phrase names one; names of values stay."""

    def __init__(self, axes: Mapping[str, str]) -> None:
        self.axes = {old: new for old, new in axes.items() if old != new}
        self.polys = {old: Poly.of(new) for old, new in self.axes.items()}

    def phrase(self, phrase: Any) -> Any:
        if not self.axes:
            return phrase
        match phrase:
            case Poly():
                return phrase.replaced(self.polys)
            case tuple():
                return tuple(self.phrase(part) for part in phrase)
            case Typed():
                dtype = self.name(phrase.dtype) if phrase.dtype else None
                return Typed(phrase.name, self.names(phrase.axes), dtype)
            case Option():
                arrow = self.names(phrase.arrow) if phrase.arrow is not None else None
                value = phrase.value
                if isinstance(value, str) and phrase.key and phrase.key.text != "name":
                    value = self.axes.get(value, value)
                value = self.phrase(value) if isinstance(value, Poly) else value
                return replace(phrase, words=self.names(phrase.words), arrow=arrow, value=value)
            case SizeStatement():
                return SizeStatement(self.name(phrase.name), self.phrase(phrase.value), phrase.span)
            case GroupStatement():
                return GroupStatement(phrase.name, self.names(phrase.axes))
            case _:
                return self.inside(phrase)

    def inside(self, phrase: Any) -> Any:
        if isinstance(phrase, Definition):
            return replace(
                phrase,
                params=self.phrase(phrase.params),
                outs=tuple(self.names(axes) for axes in phrase.outs),
                body=self.phrase(phrase.body),
            )
        if isinstance(phrase, Statement):
            return replace(phrase, outs=self.phrase(phrase.outs), call=self.phrase(phrase.call))
        if isinstance(phrase, Call):
            options, scale = self.phrase(phrase.options), phrase.scale
            scale = self.phrase(scale) if scale is not None else None
            return replace(phrase, options=options, scale=scale)
        if isinstance(phrase, BlockStatement):
            over = self.name(phrase.over) if phrase.over else None
            repeat = self.phrase(phrase.repeat) if phrase.repeat is not None else None
            return replace(phrase, body=self.phrase(phrase.body), over=over, repeat=repeat)
        return phrase

    def name(self, name: Name) -> Name:
        return replace(name, text=self.axes.get(name.text, name.text))

    def names(self, names: tuple[Name, ...]) -> tuple[Name, ...]:
        return tuple(self.name(n) for n in names)
