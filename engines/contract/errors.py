"""What goes wrong and can be mended: sentences for people."""

from __future__ import annotations


class ExplorerError(Exception):
    """Something the user can mend; its text is a sentence that says how."""


class SpecError(ExplorerError, ValueError):
    """A request that cannot be run, with the field, what came and what was expected."""


class InputError(ExplorerError, ValueError):
    """Data from outside that cannot be used, with the place and the mend."""
