"""The user's own wiring of a connectome spec, which goes with it in a bundle."""

from __future__ import annotations

from functools import partial

from engines.boundary.carried import Carried
from engines.contract import InputError, Spec


def carried(spec: Spec) -> tuple[Carried, ...]:
    """The imported connectomes that a spec or a spec within it names, as NPZ."""
    own = [getattr(part, "own", "") for part in (spec, *dict(spec).values())]
    found = dict.fromkeys(digest for digest in own if isinstance(digest, str) and digest)
    return tuple(_carried(digest) for digest in found)


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
