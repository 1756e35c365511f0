"""A file that was dropped on a page: the run that made it, or the session it holds."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from engines.boundary.apart import said_of
from engines.boundary.labels import label
from engines.boundary.stamps import is_stamped_json, stamp_of
from engines.contract import ExplorerError, InputError
from engines.running import registry
from explorer.links import link_to
from explorer.sessions import shown_name

DROPPED_MAX = 16 * 1024**2


@contextlib.contextmanager
def said_with(name: object) -> Iterator[None]:
    """What is wrong inside is said of the file that the user calls ``name``."""
    try:
        yield
    except InputError as error:
        raise InputError(said_of(label(name or "the file", 80), str(error))) from error


def refusal(message: Mapping[str, Any]) -> str:
    """Why the browser did not send a dropped file, from its name and size."""
    title = label(message.get("name") or "the file", 80)
    if not message.get("size"):
        return f"'{title}' is empty, 0 bytes."
    return f"'{title}' is too large for a session or a figure: at most {DROPPED_MAX >> 20} MiB."


def is_session(data: bytes) -> bool:
    """Whether this looks like a session file, which is read as one."""
    return data.lstrip()[:1] == b"{" and not is_stamped_json(data)


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
