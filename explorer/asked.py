"""What the address of a request asks for: experiment, tour, session, settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from engines.boundary import reading

RESERVED = ("x", "view", "tour", "step", "session", "theme", "preset", "resume", "play")
"""Words of the address that are not fields of a spec."""
_STEP = re.compile(r"[1-9][0-9]{0,5}")


@dataclass(frozen=True)
class Address:
    """What a page's address says."""

    leaf: str
    tour: str
    step: int
    session: str
    view: dict[str, Any]
    query: str
    """The rest: fields of the spec."""
    preset: str = ""
    """Which preset to begin with; the fields change it."""
    resume: bool = False
    """Whether to go on as this browser left the experiment."""

    play: bool = False
    """Whether the tour goes on by itself."""

    @property
    def says_nothing(self) -> bool:
        """Whether it asks for an experiment as it comes, without a tour."""
        return not (
            self.tour or self.session or self.view or self.query or self.preset or self.resume
        )


def address_from_arguments(arguments: dict[str, list[bytes]]) -> Address:
    """The address of the request that opened the session; nonsense is as good as nothing."""
    plain = {k: v[0].decode("utf-8", "replace") for k, v in arguments.items() if v}
    fields = {k: v for k, v in plain.items() if k not in RESERVED and not k.startswith("bokeh-")}
    step = plain.get("step", "1")
    return Address(
        leaf=plain.get("x", ""),
        tour=plain.get("tour", ""),
        step=int(step) - 1 if _STEP.fullmatch(step) else 0,
        session=plain.get("session", ""),
        view=_json_object(plain.get("view", "")),
        query=urlencode(fields),
        preset=plain.get("preset", ""),
        resume="resume" in plain,
        play="play" in plain,
    )


def _json_object(text: str) -> dict[str, Any]:
    try:
        found = reading.strict_json(text) if len(text) <= 2000 else {}
    except reading.ReadingError:
        return {}
    return found if isinstance(found, dict) else {}
