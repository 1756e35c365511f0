"""Bundles: a run with everything that was made of it, and a script that makes it again.

One ZIP with the session, the specs, the data they name, figures, tables, numbers, versions, device
and the SHA-256 of each. All that ``run.py`` makes again is made from spec and result alone, here
and there by the same function, so equal results give equal bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

from engines.boundary.bundles import UNPACKED_MAX_BYTES, bundle_from_files, files_from_bundle
from engines.boundary.flat import npz_from_result
from engines.boundary.stamps import stamped
from engines.boundary.whole import write_whole
from engines.contract import InputError, Result, Spec
from engines.running import devices, registry
from explorer.carrying import files_of, keep_files, left_out
from explorer.sessions import (
    Session,
    json_from_spec,
    session_from_bytes,
    session_from_specs,
    session_to_bytes,
    specs_from_session,
)
from views.kit.catalog import view_type
from views.kit.generic import picture_tables
from views.kit.provenance import libraries, product_version, provenance
from views.kit.svg import svg_from_picture
from views.kit.text import csv_text

_SESSION, _ABOUT = "session.json", "about.json"
_DRAWN = "page/"
_DRAWN_MAX = 64

RUN = '''"""Makes every figure, table and number of this bundle again and compares the bytes.

    python run.py [FOLDER]      FOLDER is where they go, "again" beside this file without it

It needs an installed Neural Explorer and no network.
"""

import sys

from explorer.remake import remake

sys.exit(remake(__file__, *sys.argv[1:2]))
'''


@dataclass(frozen=True)
class Run:
    """A spec of an experiment and what came of it."""

    name: str
    spec: Spec
    result: Result


class Shown(Protocol):
    """A live workbench of a notebook."""

    @property
    def ran(self) -> Run | None:
        """What it shows, None until a result has come."""
        ...


def folder_of(k: int, name: str) -> str:
    """The folder of the bundle's k-th run, counted from one."""
    return f"{k}-{name.replace('/', '-')}"


def files_of_run(run: Run) -> dict[str, bytes]:
    """Spec, numbers, tables and figures by name; a function of spec and result alone.

    Figures and tables carry what a figure needs to be opened again: experiment, spec, seed, version
    and revision. Device and libraries, which change no content, stand in the bundle.
    """
    stamp = {
        name: value
        for name, value in provenance(run.name, run.spec).items()
        if name not in ("device", "libraries")
    }
    pictures = run.result.pictures()
    files = {"spec.json": run.spec.portable().to_json().encode() + b"\n"}
    for name, table in picture_tables(pictures).items():
        files[f"tables/{name}.csv"] = csv_text(table).encode()
    for k, picture in enumerate(pictures, start=1):
        svg = svg_from_picture(picture)
        if svg:
            files[f"figures/{k}-{plain(picture.title)}.svg"] = svg.encode()
    for name, content in view_type(run.name).own_figures(run.result).items():
        files[f"figures/{plain(name)}.svg"] = content
    made = {name: stamped(name, content, stamp) for name, content in files.items()}
    made["result.npz"] = npz_from_result(run.result)
    return made


def plain(title: str) -> str:
    """A title as a part of a file's name."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:60].strip("-") or "figure"


def bundle_from_runs(
    session: Session,
    runs: Sequence[Run],
    *,
    device: str = "",
    drawn: Sequence[tuple[str, str]] = (),
) -> bytes:
    """The bundle of some runs and the session they belong to.

    Args:
        session: what was open; its specs' own data goes along.
        runs: what is made again by ``run.py``.
        device: where they were computed.
        drawn: title and SVG of what a page showed, kept as it was drawn.

    Raises:
        InputError: more than a bundle holds.
    """
    specs = [*(run.spec for run in runs), *specs_from_session(session)[0].values()]
    data, missing = files_of(specs)
    files = {_SESSION: session_to_bytes(_given_away(session)), "run.py": RUN.encode(), **data}
    notes = [*missing, *left_out(specs)]
    for k, run in enumerate(runs, start=1):
        made = files_of_run(run)
        if len(made["result.npz"]) > UNPACKED_MAX_BYTES // 2:
            del made["result.npz"]
            notes.append(f"the numbers of {run.name} are too many for a bundle; save its NPZ")
        files |= {f"{folder_of(k, run.name)}/{name}": text for name, text in made.items()}
    for k, (title, svg) in enumerate(drawn[:_DRAWN_MAX], start=1):
        files[f"{_DRAWN}{k}-{plain(title)}.svg"] = svg.encode("utf-8", "replace")
    files[_ABOUT] = _json(_about(runs, device, notes))
    files["README.txt"] = _readme(runs, notes, drawn=bool(drawn)).encode()
    return bundle_from_files(files)


def _given_away(session: Session) -> Session:
    """The session without what can be undone and without folders of this machine."""
    specs, _ = specs_from_session(session)
    pages = [
        page.model_copy(
            update={
                "fields": json_from_spec(specs[page.experiment].portable()),
                "past": [],
                "future": [],
            }
        )
        for page in session.pages
        if page.experiment in specs
    ]
    return session.model_copy(update={"pages": pages})


def _about(runs: Sequence[Run], device: str, notes: Sequence[str]) -> dict[str, Any]:
    return {
        "product": "Neural Explorer",
        "version": product_version(),
        "device": device,
        "libraries": libraries(),
        "left_out": list(notes),
        "runs": [
            {
                "folder": folder_of(k, run.name),
                "experiment": run.name,
                "spec": run.spec.portable().to_json(),
                "revision": registry.code_version(run.name),
            }
            for k, run in enumerate(runs, start=1)
        ],
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True, allow_nan=False).encode() + b"\n"


def _readme(runs: Sequence[Run], notes: Sequence[str], *, drawn: bool) -> str:
    lines = [
        "A bundle of Neural Explorer.",
        "",
        *(f"{folder_of(k, r.name)}: {_title(r.name)}" for k, r in enumerate(runs, start=1)),
        "",
        "python run.py makes every file of these folders again, with an installed Neural Explorer,",
        "and says of each whether its bytes are the same. manifest.json has the SHA-256 of all,",
        "about.json versions and device. session.json is what was open: drop it, or the whole",
        "bundle, on a page of the app. data/ holds the user's own files that it names.",
    ]
    if drawn:
        lines += ["page/ holds the figures as a browser drew them; run.py has none and leaves them"]
    return "\n".join([*lines, "", *(f"Not in here: {note}." for note in notes)]).rstrip() + "\n"


def _title(name: str) -> str:
    return registry.experiment(name).card.title


def bundle(to: str | PathLike[str], *what: Spec | Shown) -> Path:
    """Write a bundle of specs, which are run here, or of live workbenches that have a result.

    >>> bundle("hull.zip", SolveSpec(n_points=8))     # doctest: +SKIP

    Raises:
        InputError: nothing to bundle, or more than one holds.
        ExplorerError: a spec that does not run.
    """
    runs = [_ran(each) for each in what]
    if not runs:
        raise InputError("give bundle a spec or a live workbench beside the file's name")
    session = session_from_specs(runs[0].name.partition("/")[0], {r.name: r.spec for r in runs})
    place = Path(to)
    write_whole(place, bundle_from_runs(session, runs, device=devices.resolve("auto")))
    return place


def _ran(what: Spec | Shown) -> Run:
    if isinstance(what, Spec):
        name = registry.name_of(type(what))
        return Run(name, what, registry.experiment(name).result(what))
    if what.ran is None:
        raise InputError("this workbench has no result yet; await its run() first")
    return what.ran


def session_from_bundle(data: bytes) -> tuple[Session, tuple[str, ...]]:
    """The session of a bundle, its data kept; and sentences about what could not be.

    Nothing in a bundle is run, and no name in it leads to a file: what is kept is what the
    session's specs name, under the name that they give it. Blocks while data is read.

    Raises:
        InputError: no bundle, or one that is damaged, changed or made to do harm.
    """
    files = files_from_bundle(data)
    if _SESSION not in files:
        raise InputError("this bundle holds no session, so there is nothing to open")
    session = session_from_bytes(files[_SESSION])
    specs, _ = specs_from_session(session)
    return session, keep_files(specs.values(), files)


def runs_of_bundle(files: Mapping[str, bytes]) -> list[tuple[str, str, Spec]]:
    """Folder, experiment and spec of every run, from a bundle's files.

    Raises:
        InputError: a bundle of other experiments, or one that does not say what was run.
    """
    try:
        told = json.loads(files[_ABOUT])["runs"]
        rows = [(str(r["folder"]), str(r["experiment"]), str(r["spec"])) for r in told]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("this bundle does not say what was run (about.json)") from error
    return [(f, name, registry.experiment(name).spec.from_json(text)) for f, name, text in rows]


def version_of_bundle(files: Mapping[str, bytes]) -> str:
    """The version that made a bundle, as it says."""
    return str(json.loads(files[_ABOUT]).get("version", ""))
