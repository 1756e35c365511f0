"""``run.py`` of a bundle: everything in it made again, and compared byte by byte."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from engines.boundary.bundles import files_from_bundle, files_from_folder
from engines.boundary.whole import write_whole
from engines.contract import ExplorerError, InputError
from engines.running import registry
from explorer.bundles import Run, files_of_run, runs_of_bundle, version_of_bundle
from explorer.carrying import keep_files
from views.kit.provenance import product_version

_AGAIN = "again"


def remake(place: str, to: str = "", out: TextIO | None = None) -> int:
    """Make a bundle's files again; the exit status, 0 when every byte is the same.

    Args:
        place: the bundle, or a file of one that was unpacked.
        to: the folder to write into; ``again`` beside the bundle without it.
        out: where sentences go; the standard output without it.
    """
    return _remade(Path(place), to, out or sys.stdout)


def _remade(place: Path, to: str, out: TextIO) -> int:
    try:
        files = _files(place)
        made = made_again(files)
        target = Path(to) if to else place.resolve().parent / _AGAIN
        for name, content in made.items():
            write_whole(target / name, content, sync=False)
    except (ExplorerError, OSError) as error:
        out.write(f"{error}\n")
        return 1
    return _compared(files, made, out)


def made_again(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of every run of a bundle by name, computed anew in this process.

    Raises:
        ExplorerError: what the bundle names is not in this version, or does not run.
    """
    runs = runs_of_bundle(files)
    made: dict[str, bytes] = {}
    with _own_data():
        notes = keep_files([spec for _, _, spec in runs], files)
        if notes:
            raise InputError("; ".join(notes))
        for folder, name, spec in runs:
            result = registry.experiment(name).result(spec)
            again = files_of_run(Run(name, spec, result))
            made |= {f"{folder}/{file}": content for file, content in again.items()}
    return {name: content for name, content in made.items() if name in files}


@contextmanager
def _own_data() -> Iterator[None]:
    """The bundle's data and nobody else's: what the user has is neither read nor changed."""
    before = os.environ.get("EXPLORER_DATA")
    with tempfile.TemporaryDirectory(prefix="bundle-") as folder:
        os.environ["EXPLORER_DATA"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["EXPLORER_DATA"]
            else:
                os.environ["EXPLORER_DATA"] = before


def _files(place: Path) -> dict[str, bytes]:
    """A bundle's files, from the archive or from the folder it was unpacked to, checked alike."""
    if place.suffix == ".zip":
        return files_from_bundle(place.read_bytes())
    return files_from_folder(place.resolve().parent)


def _compared(files: Mapping[str, bytes], made: Mapping[str, bytes], out: TextIO) -> int:
    other = [name for name, content in made.items() if files[name] != content]
    for name in made:
        out.write(f"{'differs' if name in other else 'same bytes'}: {name}\n")
    out.write(f"{len(made) - len(other)} of {len(made)} files have the same bytes.\n")
    ours, theirs = product_version(), version_of_bundle(files)
    if other and ours != theirs:
        out.write(f"The bundle was made by version {theirs}; this is {ours}.\n")
    return 1 if other or not made else 0
