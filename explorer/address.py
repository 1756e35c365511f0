"""State in the address bar: a spec's changed fields, or the id of a saved session."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, quote

from pydantic import JsonValue

from engines.boundary import reading
from engines.contract import Spec
from explorer.sessions import Session, SessionStore, json_from_spec, shown_name, spec_from_fields

QUERY_MAX = 1_800
_FIELDS_MAX = 200
_BARE = re.compile(r"[A-Za-z][A-Za-z0-9_ .:-]*")
_WORDS = frozenset({"true", "false", "null", "NaN", "Infinity"})
_KEYS = frozenset({"token", "session", "theme"})
"""Names in an address that are no settings."""


def query_from_spec(
    spec: Spec, base: Spec, *, session: Session, store: SessionStore | None = None
) -> str:
    """The query that leads back to ``spec``: the fields in which it differs from ``base``.

    Values are JSON; a plain word stays bare. Over 1,800 characters, ``session`` is stored and the
    query names it.

    Raises:
        InputError: the session cannot be stored (disk full, no place to write).
    """
    query = "&".join(f"{name}={_quoted(value)}" for name, value in _changes(spec, base).items())
    if len(query) <= QUERY_MAX:
        return query
    return f"session={(store or SessionStore()).save(session)}"


def _changes(spec: Spec, base: Spec) -> dict[str, JsonValue]:
    now, before = json_from_spec(spec), json_from_spec(base)
    return {name: value for name, value in now.items() if value != before[name]}


def _quoted(value: JsonValue) -> str:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    if isinstance(value, str) and _is_bare(value):
        text = value
    return quote(text, safe="-_.~,:[]{}()")


def _is_bare(text: str) -> bool:
    return bool(_BARE.fullmatch(text)) and text not in _WORDS


def spec_from_query(query: str, base: Spec) -> tuple[Spec, list[str]]:
    """``base`` with the fields of an address's query, and a sentence for each one left out."""
    fields: dict[str, Any] = {}
    notes: list[str] = []
    for name, text in _pairs(query, notes):
        if name in _KEYS:
            continue
        if name in fields:
            notes.append(f"{shown_name(name)} is in the address twice; the first one is used")
            continue
        try:
            fields[name] = text if _is_bare(text) else reading.strict_json(text)
        except reading.ReadingError as error:
            notes.append(f"{shown_name(name)} is left out: {error}")
    spec, more = spec_from_fields(base, fields)
    return spec, notes + more


def session_id_from_query(query: str) -> str | None:
    """The id of the saved session that an address names, or None."""
    return dict(_pairs(query, [])).get("session")


def _pairs(query: str, notes: list[str]) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            query.removeprefix("?"), keep_blank_values=True, max_num_fields=_FIELDS_MAX
        )
    except ValueError:
        notes.append(f"the address has more than {_FIELDS_MAX} settings; none is used")
        return []
