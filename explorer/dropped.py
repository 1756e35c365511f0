"""A file that was dropped on a page: the run that made it, or the session it holds."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from engines.boundary.apart import said_of
from engines.boundary.bundles import is_bundle
from engines.boundary.labels import label
from engines.boundary.stamps import is_stamped_json, stamp_of
from engines.contract import ExplorerError, InputError
from engines.running import registry
from explorer.bundles import session_from_bundle
from explorer.desks import Desks
from explorer.links import link_to
from explorer.sessionlist import resumed
from explorer.sessions import session_from_bytes, shown_name


@contextlib.contextmanager
def said_with(name: object) -> Iterator[None]:
    """What is wrong inside is said of the file that the user calls ``name``, "" if unknown."""
    try:
        yield
    except InputError as error:
        raise InputError(_said(name, str(error))) from error


def refusal(message: Mapping[str, Any]) -> str:
    """Why the browser did not send a file, from its name and size."""
    if message.get("size") == 0:
        return _said(message.get("name"), "it is empty, 0 bytes")
    sentence = "too large to be opened here; of a bundle, unpack it and open its session.json"
    return _said(message.get("name"), f"this file is {sentence}.")


def _said(name: object, sentence: str) -> str:
    return said_of(label(name, 80), sentence) if name else sentence[:1].upper() + sentence[1:]


def is_session(data: bytes) -> bool:
    """Whether this looks like a session file, which is read as one."""
    return data.lstrip()[:1] == b"{" and not is_stamped_json(data)


async def link_from_dropped(data: bytes, desks: Desks | None) -> str:
    """Where a file that was dropped on the front page leads.

    Raises:
        InputError: it is none of ours, or a session and this browser keeps none.
    """
    if not is_session(data) and not is_bundle(data):
        return link_from_file(data)
    if desks is None:
        raise InputError("this browser keeps no sessions; drop the file on a workbench's page")
    if is_bundle(data):
        session, _ = await asyncio.to_thread(session_from_bundle, data)
    else:
        session = session_from_bytes(data)
    desks.open(session)
    return resumed(session)


def link_from_file(data: bytes) -> str:
    """The address of the run that made an exported figure or table.

    Raises:
        InputError: no stamp, a damaged one, or of an experiment that this version does not have.
    """
    stamp = stamp_of(data)
    name, text = stamp.get("experiment"), stamp.get("spec")
    listed = {n for bench in registry.workbenches() for n in registry.listed(bench)}
    if not isinstance(name, str) or name not in listed:
        raise InputError(f"this version has no experiment named {shown_name(name)}")
    try:
        spec = registry.experiment(name).spec.from_json(str(text))
    except ExplorerError as error:
        raise InputError(f"what this file says of its run does not fit: {error}") from error
    return link_to(name, spec)
