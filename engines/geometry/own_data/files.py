"""Your own activations: a file, or a set that is already on this machine."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from engines.boundary.apart import STRANGERS, said_of
from engines.boundary.brought import keep_brought, place_of
from engines.boundary.labels import label
from engines.contract import Frame, InputError, Result, Seed, Spec, knob
from engines.contract.pictures import Picture
from engines.contract.sending import Activations, Gift, Places, came_from
from engines.geometry.activations import library
from engines.geometry.activations.store import ActivationSet
from engines.geometry.analyses.source import ensured
from engines.geometry.film.film import SCATTER_MAX, Film, film_from_set
from engines.geometry.film.spec import FilmSpec
from engines.geometry.importing.arrays import KINDS
from engines.geometry.importing.reading_apart import OWN, contents_read_apart
from engines.geometry.importing.sets import Axes, Missing, set_from_arrays, thinned
from engines.geometry.importing.tables import FirstRow, Ids, Reading

UPLOAD_MAX_BYTES = 256 * 1024 * 1024


class FilesSpec(Spec):
    """A set by name, or a file that was brought."""

    source: str = knob(
        "", label="Activations", max_length=80, group="Activations",
        help="Name of a set on this machine: recorded, trained or opened before.",
    )  # fmt: skip
    upload: str = knob(
        "", label="File", help="Checksum and ending of the file that came.", widget="hidden",
        max_length=80, group="Activations",
    )  # fmt: skip
    missing: Missing = knob(
        "refuse", label="Nan and infinity", group="Activations", widget="choice",
        help="Refuse the file, or leave out the stimuli or units that have any.",
    )  # fmt: skip
    title: str = knob(
        "", label="Name", help="What the file is called.", widget="hidden", max_length=80,
        group="Activations",
    )  # fmt: skip
    path: str = knob(
        "", label="Path", max_length=400, group="Activations", local=True,
        help="Of a file on the machine of the engine, for files larger than an upload.",
    )  # fmt: skip
    axes: Axes = knob(
        "", label="Axes", group="Activations",
        help="What the axes of an array with three or four are; [stimulus, unit] needs no words.",
    )  # fmt: skip
    first_row: FirstRow = knob(
        "as found", label="First row", group="Activations", widget="choice",
        help="Of a table: names of its columns, or a stimulus; what was found is told.",
    )  # fmt: skip
    ids: Ids = knob(
        "as found", label="Ids", group="Activations", widget="choice",
        help="Of a table: whether a column of numbers says what stimuli are, or all are units.",
    )  # fmt: skip
    seed: Seed = knob(
        0, label="Seed", group="Activations",
        help="Which stimuli are drawn when there are more than 2,000.",
    )  # fmt: skip
    origin: str = came_from("Activations")
    over: str = knob("snapshots", label="Scrub", help="What time is.", widget="hidden")


def keep_upload(name: str, data: bytes) -> str:
    """Store the bytes of a file where the engine can read them; returns ``FilesSpec.upload``.

    Raises:
        InputError: a kind that is not read, or too many bytes.
    """
    return keep_brought(name, data, KINDS, UPLOAD_MAX_BYTES)


def spec_from_activations(sent: Activations, came: str) -> FilesSpec:
    """Keep activations that another workbench sent, as a file that was brought.

    Raises:
        InputError: too many bytes, or a disk that does not take them.
    """
    texts = {"stimulus": sent.stimuli, **sent.labels}
    arrays = {label(name, 60): np.asarray(values) for name, values in sent.layers.items()}
    arrays |= {label(name, 60): np.array(values, str) for name, values in texts.items()}
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **arrays)
    title = label(sent.title, 70)
    return FilesSpec(
        upload=keep_upload(f"{title}.npz", stream.getvalue()), title=title, origin=came
    )


@dataclass(frozen=True, eq=False)
class FilesRun(Result):
    """The film of a set."""

    spec: FilesSpec
    film: Film

    def pictures(self) -> tuple[Picture, ...]:
        """Those of the film."""
        return self.film.pictures()

    def gives(self) -> tuple[Gift, ...]:
        """Where every stimulus lies in the picture of a layer, at the last moment."""
        return tuple(
            Gift(f"The picture of {track} as places", Places, partial(self.as_places, k))
            for k, track in enumerate(self.film.tracks)
        )

    def as_places(self, track: int) -> Places:
        """The first two axes of a layer's picture."""
        film = self.film
        title = f"{len(film.stimuli)} stimuli in {film.tracks[track]}"
        return Places(title, film.coords[track, -1, :, :2].astype(np.float64), film.stimuli)


def frames_of(spec: FilesSpec) -> Iterator[Frame | FilesRun]:
    """The film, after whatever had to be made first."""
    found: ActivationSet | None = None
    if spec.upload or spec.path:
        found = _opened(spec)
    else:
        for item in ensured(spec.source):
            if isinstance(item, ActivationSet):
                found = item
            else:
                yield item
    assert found is not None
    if found.n_stimuli > SCATTER_MAX:
        found = _drawn(found, spec.seed)
    yield FilesRun(spec, film_from_set(found, FilmSpec(source=found.folder.name,
                                                       layers=found.layers[:8])))  # fmt: skip


def _drawn(whole: ActivationSet, seed: int) -> ActivationSet:
    """`SCATTER_MAX` stimuli as a set of their own, which every analysis then shares."""
    told = hashlib.sha256(f"{whole.folder.name} {whole.n_stimuli} {seed}".encode()).hexdigest()
    name = f"{whole.folder.name[:50]}-drawn-{told[:8]}"
    if name in library.names():
        return ActivationSet.named(name)
    writing = library.fresh_folder(name)
    thinned(whole, writing, SCATTER_MAX, seed)
    return ActivationSet(library.publish(writing, name))


def _opened(spec: FilesSpec) -> ActivationSet:
    path, shown, told = _place(spec)
    if spec.missing != "refuse" or spec.axes:
        told = f"{told} {spec.missing} {spec.axes}"
    reading = Reading(spec.first_row, spec.ids)
    if reading != Reading():
        told = f"{told} {spec.first_row} {spec.ids}"
    name = f"file-{hashlib.sha256(told.encode()).hexdigest()[:16]}-{spec.missing.split()[-1]}"
    if name in library.names():
        return ActivationSet.named(name)
    found = contents_read_apart(
        path, shown, limits=OWN if spec.path else STRANGERS, reading=reading
    )
    writing = library.fresh_folder(name)
    about = {"title": label(shown, 60), "kind": path.suffix, "notes": [found.how, *found.notes]}
    try:
        set_from_arrays(
            found.arrays, writing, labels=found.labels, missing=spec.missing, provenance=about,
            axes=spec.axes,
        )  # fmt: skip
    except InputError as error:
        raise InputError(said_of(label(shown, 60), str(error))) from error
    return ActivationSet(library.publish(writing, name))


def _place(spec: FilesSpec) -> tuple[Path, str, str]:
    """The file, what it is called, and what tells it from others."""
    if spec.path:
        path = Path(spec.path).expanduser()
        if not path.exists():
            raise InputError(f"{label(path.name, 60)!r} is not there; give the whole path")
        about = path.stat()
        return path, path.name, f"{path.absolute()} {about.st_size} {about.st_mtime_ns}"
    path, shown = place_of(spec.upload, spec.title)
    return path, shown, spec.upload
