"""Errors of this workbench."""

from __future__ import annotations

from engines.contract import InputError


class OutputSizeError(InputError):
    """A network whose output has a fixed size is asked about more points than that."""


class InstanceError(InputError):
    """Points that cannot be asked about, with the rows that are wrong."""
