"""The file of a spec of `geometry/files`, which goes with it in a bundle."""

from __future__ import annotations

from engines.boundary.brought import carried_file
from engines.boundary.carried import Carried
from engines.contract import Spec
from engines.geometry.importing.arrays import KINDS
from engines.geometry.own_data.files import UPLOAD_MAX_BYTES, FilesSpec


def carried(spec: Spec) -> tuple[Carried, ...]:
    """The file that was brought; sets on this machine are made again by what recorded them."""
    if not isinstance(spec, FilesSpec):
        return ()
    return carried_file(spec.upload, KINDS, UPLOAD_MAX_BYTES)


def left_out(spec: Spec) -> str:
    """A sentence about a set or a path that a spec names and no bundle carries."""
    if isinstance(spec, FilesSpec) and spec.path and not spec.upload:
        return "the file at the path of the engine's machine stays there; bring it as a file"
    source = getattr(spec, "source", "")
    if isinstance(source, str) and source and not getattr(spec, "upload", ""):
        return f"the activation set {source!r} is not in here; what recorded it makes it again"
    return ""
