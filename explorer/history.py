"""Undo and redo: changes of settings and selection, each with a sentence of what it changed."""

from __future__ import annotations

import json
from typing import Any

from pydantic import JsonValue

from engines.contract import Spec
from explorer.sessions import STEPS_MAX, Json, Step

_PASSING = frozenset({"at", "step", "live", "camera"})
"""Where time stands and from where one looks; moving them is no change to take back."""
_LETTERS_MAX = 32
_BYTES_MAX = 400_000
"""Of all steps of a page; long texts and lists would fill a session."""


class History:
    """What was changed and taken back; it holds values only, no widgets."""

    def __init__(self, past: list[Step] | None = None, future: list[Step] | None = None) -> None:
        """Begin with what a session kept."""
        self.past, self.future = list(past or ()), list(future or ())

    def note(self, step: Step | None, *, joined: bool = False) -> None:
        """Remember a change; ``joined`` to the last one when both are of the same settings."""
        if step is None:
            return
        self.future.clear()
        if joined and self.past and _keys(self.past[-1]) == _keys(step):
            step = _joined(self.past.pop(), step)
        if step.fields or step.selection:
            self.past.append(step)
        self._trim()

    def back(self) -> Step | None:
        """The change to take back, which can be redone from now on."""
        return self._moved(self.past, self.future)

    def forth(self) -> Step | None:
        """The change to make again."""
        return self._moved(self.future, self.past)

    def _moved(self, source: list[Step], target: list[Step]) -> Step | None:
        if not source:
            return None
        target.append(source.pop())
        return target[-1]

    def _trim(self) -> None:
        kept = self.past[-STEPS_MAX:]
        sizes = [len(step.model_dump_json()) for step in kept]
        while len(kept) > 1 and sum(sizes) > _BYTES_MAX:
            kept, sizes = kept[1:], sizes[1:]
        self.past = kept


def _keys(step: Step) -> tuple[set[str], set[str]]:
    return set(step.fields), set(step.selection)


def _joined(first: Step, second: Step) -> Step:
    def pairs(a: dict[str, list[JsonValue]], b: dict[str, list[JsonValue]]) -> dict[str, Any]:
        return {name: [a[name][0], b[name][1]] for name in a if a[name][0] != b[name][1]}

    return Step(
        fields=pairs(first.fields, second.fields),
        selection=pairs(first.selection, second.selection),
    )


def step_between(before: tuple[Json, Json], after: tuple[Json, Json]) -> Step | None:
    """What changed from one (fields, selection) to another; None when nothing to take back."""
    fields, selection = (_pairs(a, b) for a, b in zip(before, after, strict=True))
    if not fields and not set(selection) - _PASSING:
        return None
    return Step(fields=fields, selection={k: v for k, v in selection.items() if k not in _PASSING})


def _pairs(before: Json, after: Json) -> dict[str, list[JsonValue]]:
    names = [*before, *(name for name in after if name not in before)]
    pairs = {name: [before.get(name), after.get(name)] for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def sentence_from_step(step: Step, spec: type[Spec], *, undone: bool) -> str:
    """What an undo or a redo did, say "Undone: Cells 40 → 30."."""
    told = [_told(_title(spec, name), pair, undone) for name, pair in step.fields.items()]
    told += [_told(name, pair, undone) for name, pair in step.selection.items()]
    more = f" and {len(told) - 1} more" if len(told) > 1 else ""
    return f"{'Undone' if undone else 'Redone'}: {told[0] if told else 'a change'}{more}."


def _title(spec: type[Spec], name: str) -> str:
    field = spec.model_fields.get(name)
    return (field.title if field else None) or name.replace("_", " ")


def _told(title: str, pair: list[JsonValue], undone: bool) -> str:
    old, new = pair[::-1] if undone else pair
    if isinstance(old, dict) and isinstance(new, dict):
        differ = next((name for name in new if old.get(name) != new[name]), "")
        if differ:
            inner = [old.get(differ), new[differ]]
            return _told(f"{title}, {differ.replace('_', ' ')}", inner, False)
    return f"{title} {_shown(old)} → {_shown(new)}"


def _shown(value: JsonValue) -> str:
    if value is None or value in ("", [], {}):
        return "none"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= _LETTERS_MAX else text[: _LETTERS_MAX - 1] + "…"
