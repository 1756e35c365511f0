"""The file of a spec of `geometry/files`, which goes with it in a bundle."""

from __future__ import annotations

import re
from functools import partial

from engines.boundary.carried import Carried
from engines.contract import InputError, Spec
from engines.geometry.own_data.files import KIND, FilesSpec, inbox, keep_upload

_UPLOAD = re.compile(r"[0-9a-f]{24}\.[a-z0-9]{2,12}")


def carried(spec: Spec) -> tuple[Carried, ...]:
    """The file that was brought; sets on this machine are made again by what recorded them."""
    if not isinstance(spec, FilesSpec) or not _UPLOAD.fullmatch(spec.upload):
        return ()
    path = inbox() / spec.upload
    read, keep = partial(_read, spec.upload), partial(_keep, spec.upload)
    return (Carried(f"uploads/{spec.upload}", read, path.exists, keep),)


def left_out(spec: Spec) -> str:
    """A sentence about a set or a path that a spec names and no bundle carries."""
    if isinstance(spec, FilesSpec) and spec.path and not spec.upload:
        return "the file at the path of the engine's machine stays there; bring it as a file"
    source = getattr(spec, "source", "")
    if isinstance(source, str) and source and not getattr(spec, "upload", ""):
        return f"the activation set {source!r} is not in here; what recorded it makes it again"
    return ""


def _read(upload: str) -> bytes:
    path = inbox() / upload
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            "the file of activations is not on this machine any more; bring it again"
        ) from error
    KIND.check_name(path, "the file of activations")
    return data


def _keep(upload: str, data: bytes) -> None:
    if KIND.name_of(data, 24) != upload.partition(".")[0]:
        raise InputError("the activations in this bundle are not those that its settings name")
    keep_upload(f"brought.{upload.partition('.')[2]}", data)
