"""What visitors of this start may do; a demo in front of people allows less than a desk does."""

from __future__ import annotations

from dataclasses import dataclass

from engines.contract import InputError


@dataclass(frozen=True)
class Policy:
    """What is allowed; the usual start allows everything."""

    uploads: bool = True
    """Whether files, pasted data and sessions come in."""
    saves: bool = True
    """Whether files are saved from pages and sessions are kept."""


_now = Policy()


def policy() -> Policy:
    """What holds in this process."""
    return _now


def set_policy(chosen: Policy) -> None:
    """Decide for this process, before any page is built."""
    global _now
    _now = chosen


NO_UPLOADS = "This demo takes no files or data of its visitors."
NO_SAVES = "This demo saves nothing."


def check_allowed(kind: str) -> None:
    """Hold what a page's header asks for against the policy.

    Raises:
        InputError: it is not allowed here.
    """
    if kind in ("open", "dropped") and not _now.uploads:
        raise InputError(NO_UPLOADS)
    if kind in ("save", "keep", "bundle") and not _now.saves:
        raise InputError(NO_SAVES)
