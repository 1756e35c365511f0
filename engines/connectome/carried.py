"""What a user brought and a connectome spec names, which goes with it in a bundle."""

from __future__ import annotations

from functools import partial

from engines.boundary.carried import Carried
from engines.contract import InputError, Spec


def carried(spec: Spec) -> tuple[Carried, ...]:
    """The imported connectomes (as NPZ) and recordings that a spec or a spec within it names."""
    parts = (spec, *dict(spec).values())
    wirings = _named(parts, "own")
    recordings = _named(parts, "own_recording")
    return (*map(_carried, wirings), *map(_carried_recording, recordings))


def _named(parts: tuple[object, ...], field: str) -> tuple[str, ...]:
    own = [getattr(part, field, "") for part in parts]
    return tuple(dict.fromkeys(digest for digest in own if isinstance(digest, str) and digest))


def _carried(digest: str) -> Carried:
    return Carried(
        f"connectomes/{digest}.npz",
        read=partial(_read, digest),
        is_here=partial(_is_here, digest),
        keep=partial(_keep, digest),
    )


def _read(digest: str) -> bytes:
    from engines.connectome.exporting import connectome_bytes
    from engines.connectome.wiring.kept import load_own

    return connectome_bytes(load_own(digest), ".npz")


def _is_here(digest: str) -> bool:
    from engines.connectome.wiring.kept import folder

    return (folder() / digest).exists()


def _keep(digest: str, data: bytes) -> None:
    from engines.connectome.importing.child import connectome_from_upload
    from engines.connectome.wiring.kept import keep

    found, _ = connectome_from_upload("the wiring of this bundle.npz", data)
    if found.digest[:16] != digest:
        raise InputError("the wiring in this bundle is not the one that its settings name")
    keep(found)


def _carried_recording(digest: str) -> Carried:
    return Carried(
        f"recordings/{digest}.recording",
        read=partial(_read_recording, digest),
        is_here=partial(_recording_is_here, digest),
        keep=partial(_keep_recording, digest),
    )


def _read_recording(digest: str) -> bytes:
    from engines.connectome.opening.kept import packed

    return packed(digest)


def _recording_is_here(digest: str) -> bool:
    from engines.connectome.opening.kept import folder

    return (folder() / digest).exists()


def _keep_recording(digest: str, data: bytes) -> None:
    from engines.connectome.opening.child import recording_from_kept
    from engines.connectome.opening.kept import keep

    if keep(recording_from_kept(data)) != digest:
        raise InputError("the recording in this bundle is not the one that its settings name")
