"""Sessions in files: specs and selections as strict, versioned JSON with a checksum.

Opening one never runs code and never reads a path named in it: the text is checked for size and
depth before it is parsed, a spec is built by the experiment's own strict type, and whatever does
not fit is left out with a sentence.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from engines.boundary import reading
from engines.boundary.whole import data_root, write_whole
from engines.contract import InputError, Spec, SpecError, sentence_from_validation
from engines.running.registry import UnknownExperimentError, experiment

SCHEMA = 2
SESSION_MAX_BYTES = 4 * 1024 * 1024
_ID = re.compile(r"[0-9a-f]{32}")
_SUFFIX = ".session.json"
_FLOAT = "$float"

Name = Annotated[str, Field(max_length=120, pattern=r"^[a-z0-9_]+(/[a-z0-9_]+)?$")]
Json = dict[str, JsonValue]


_STRICT = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
Pair = Annotated[list[JsonValue], Field(min_length=2, max_length=2)]


class Step(BaseModel):
    """One change: what was before and after, of settings and of what is selected."""

    model_config: ClassVar[ConfigDict] = _STRICT

    fields: dict[str, Pair] = {}
    selection: dict[str, Pair] = {}
    """None stands for nothing selected."""


STEPS_MAX = 100
"""Changes that can be undone; older ones are forgotten."""
Steps = Annotated[list[Step], Field(max_length=STEPS_MAX)]


class SavedPage(BaseModel):
    """One experiment as it was left: settings, selection, what can be undone and redone."""

    model_config: ClassVar[ConfigDict] = _STRICT

    experiment: Name
    fields: Json = {}
    selection: Json = {}
    past: Steps = []
    future: Steps = []


class Session(BaseModel):
    """What was open, what was open last first."""

    model_config: ClassVar[ConfigDict] = _STRICT

    schema_version: Literal[2] = SCHEMA
    app_version: Annotated[str, Field(max_length=64)] = ""
    title: Annotated[str, Field(max_length=120)] = ""
    workbench: Name
    pages: Annotated[list[SavedPage], Field(max_length=512)] = []

    def page(self, name: str) -> SavedPage | None:
        """An experiment as it was left, None when it was not open."""
        return next((page for page in self.pages if page.experiment == name), None)


def app_version() -> str:
    """The installed version, or "development" for a tree that is not installed."""
    try:
        return version("neural-explorer")
    except PackageNotFoundError:
        return "development"


def session_from_specs(
    workbench: str, specs: Mapping[str, Spec], selections: Mapping[str, JsonValue] | None = None
) -> Session:
    """The session that shows these specs (experiment name to spec) with this selection.

    Raises:
        InputError: selections that are no JSON values, say nan.
    """
    try:
        return Session(
            app_version=app_version(),
            workbench=workbench,
            pages=[
                SavedPage(
                    experiment=name, fields=json_from_spec(spec), selection=dict(selections or {})
                )
                for name, spec in specs.items()
            ],
        )
    except ValidationError as error:
        raise InputError(sentence_from_validation(Session, error)) from error


def session_selection(session: Session, name: str) -> dict[str, Any]:
    """What an experiment had selected; nothing when it was not open."""
    page = session.page(name)
    return dict(page.selection) if page is not None else {}


def specs_from_session(session: Session) -> tuple[dict[str, Spec], list[str]]:
    """The session's specs by experiment name, and a sentence for each thing left out."""
    found: dict[str, Spec] = {}
    notes: list[str] = []
    for saved in session.pages:
        try:
            base = experiment(saved.experiment).default()
        except UnknownExperimentError:
            notes.append(f"this version has no experiment named '{saved.experiment}'; left out")
            continue
        found[saved.experiment], more = spec_from_fields(base, saved.fields)
        notes += more
    return found, notes


def spec_from_fields(base: Spec, fields: Mapping[str, Any]) -> tuple[Spec, list[str]]:
    """``base`` with these fields (JSON values); what does not fit is left out with a sentence."""
    known = {name: value for name, value in fields.items() if name in type(base).model_fields}
    notes = [
        f"this version has no setting named {shown_name(name)}; it is left out"
        for name in fields
        if name not in known
    ]
    while known:
        try:
            return _with_fields(base, known), notes
        except SpecError as error:
            name = _culprit(base, known)
            notes.append(f"{str(error)[:300]}; {shown_name(name)} keeps its usual value")
            known.pop(name)
    return base, notes


def _with_fields(base: Spec, fields: Mapping[str, Any]) -> Spec:
    plain = {name: _with_infinity(value) for name, value in fields.items()}
    return type(base).from_json(json.dumps({**base.model_dump(mode="json"), **plain}))


def json_from_spec(spec: Spec) -> Json:
    """All fields as strict JSON, which has no infinity: it is written {"$float": "inf"}."""
    told = spec.model_dump(mode="json")
    told = {name: told.get(name, getattr(spec, name)) for name in type(spec).model_fields}
    return {name: _without_infinity(value) for name, value in told.items()}


def _without_infinity(value: Any) -> Any:
    if isinstance(value, float) and math.isinf(value):
        return {_FLOAT: str(value)}
    if isinstance(value, list):
        return [_without_infinity(item) for item in value]
    if isinstance(value, dict):
        return {name: _without_infinity(item) for name, item in value.items()}
    return value


def _with_infinity(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_infinity(item) for item in value]
    if isinstance(value, dict):
        if list(value) == [_FLOAT] and value[_FLOAT] in ("inf", "-inf"):
            return float(value[_FLOAT])
        return {name: _with_infinity(item) for name, item in value.items()}
    return value


def _culprit(base: Spec, known: Mapping[str, Any]) -> str:
    """The field to leave out: one that is wrong by itself, else the last one."""
    for name, value in known.items():
        try:
            _with_fields(base, {name: value})
        except SpecError:
            return name
    return list(known)[-1]


def shown_name(name: object) -> str:
    """A name from outside, short and in quotes."""
    return f"'{str(name)[:60]}'"


def session_to_bytes(session: Session) -> bytes:
    """The session as a file: JSON with the SHA-256 of its own canonical text."""
    body = session.model_dump(mode="json")
    return canonical({"sha256": _digest(body), "session": body}) + b"\n"


def session_from_bytes(data: bytes) -> Session:
    """The session a file holds.

    Raises:
        InputError: anything that is not a whole, unchanged session of this schema.
    """
    if len(data) > SESSION_MAX_BYTES:
        raise InputError(f"this file has {len(data):,} bytes; {SESSION_MAX_BYTES:,} are read")
    try:
        content = reading.strict_json(reading.text_from_bytes(data))
    except reading.ReadingError as error:
        raise InputError(f"this is not a session file: {error}") from error
    if not isinstance(content, dict) or set(content) != {"sha256", "session"}:
        raise InputError("this is not a session file: it needs 'sha256' and 'session'")
    body = content["session"]
    if content["sha256"] != _digest(body):
        raise InputError("this session file was changed or damaged after it was saved")
    try:
        return Session.model_validate(_migrated(body))
    except ValidationError as error:
        raise InputError(sentence_from_validation(Session, error)) from error


def _migrated(body: Any) -> Any:
    """The body of a session file in this schema, whichever it was written in."""
    if not isinstance(body, dict):
        return body
    found = body.get("schema_version")
    if type(found) is int and found == 1:
        return _from_schema_1(body)
    if type(found) is not int or found != SCHEMA:
        raise InputError(
            f"this session has schema {found!r}, this version reads 1 to {SCHEMA}; "
            "open it with the version that wrote it"
        )
    return body


def _from_schema_1(body: dict[str, Any]) -> dict[str, Any]:
    """Schema 1 had specs and one selection for all of them, and nothing to undo."""
    rest = {name: value for name, value in body.items() if name not in ("specs", "selections")}
    specs, selection = body.get("specs", []), body.get("selections", {})
    is_whole = isinstance(specs, list) and all(isinstance(each, dict) for each in specs)
    if not is_whole or any(set(each) - {"experiment", "fields"} for each in specs):
        raise InputError("specs: each must have an experiment and its fields")
    pages = [{**each, "selection": selection} for each in specs]
    return {**rest, "schema_version": SCHEMA, "pages": pages}


def canonical(value: Any) -> bytes:
    """Strict JSON in one spelling: equal values give equal bytes."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    ).encode()


def _digest(body: Any) -> str:
    return hashlib.sha256(canonical(body)).hexdigest()


class SessionStore:
    """Sessions by content hash in one private folder; an id is never a path."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use ``folder``, or the one named by ``EXPLORER_DATA``, or the system's own."""
        self.folder = folder or data_root(appauthor=False) / "sessions"

    def save(self, session: Session) -> str:
        """Store the session and return its id: the first half of its content's SHA-256.

        Raises:
            InputError: nothing could be written; the earlier file, if any, is untouched.
        """
        data = session_to_bytes(session)
        if len(data) > SESSION_MAX_BYTES:
            raise InputError(f"this session has {len(data):,} bytes; {SESSION_MAX_BYTES:,} fit")
        identity = _identity(data)
        try:
            write_whole(self._path(identity), data)
        except OSError as error:
            raise InputError(
                f"the session could not be saved ({error.strerror}); "
                "download it as a file instead, or free some space"
            ) from error
        return identity

    def load(self, identity: str) -> Session:
        """The session of this id.

        Raises:
            InputError: no id, no such session, or a damaged file, which is set aside.
        """
        if not _ID.fullmatch(identity):
            raise InputError("a session's id has 32 hexadecimal digits; copy the address again")
        path = self._path(identity)
        try:
            with path.open("rb") as file:
                data = file.read(SESSION_MAX_BYTES + 1)
        except OSError as error:
            raise InputError(
                "no session of this id is saved on this machine; open its file instead"
            ) from error
        if _identity(data) != identity:
            path.replace(path.with_suffix(".damaged"))
            raise InputError("this saved session was damaged on disk and has been set aside")
        return session_from_bytes(data)

    def _path(self, identity: str) -> Path:
        return self.folder / f"{identity}{_SUFFIX}"


def _identity(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]
