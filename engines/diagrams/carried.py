"""The file of a spec of `diagrams/values`, which goes with it in a bundle."""

from __future__ import annotations

from engines.boundary.arrays import KINDS
from engines.boundary.brought import carried_file
from engines.boundary.carried import Carried
from engines.contract import Spec
from engines.diagrams.watching.spec import UPLOAD_MAX_BYTES, WatchSpec


def carried(spec: Spec) -> tuple[Carried, ...]:
    """The input that was brought."""
    if not isinstance(spec, WatchSpec):
        return ()
    return carried_file(spec.upload, KINDS, UPLOAD_MAX_BYTES)
