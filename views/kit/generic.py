"""The view of an experiment that has none of its own: everything from its spec and its pictures."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from typing import Any

import numpy as np
import pandas as pd
import panel as pn

from engines.contract import Frame, Result, Spec
from engines.contract.pictures import Bars, Curves, Heatmap, Picture, Points, Table
from engines.running.compute import Compute, Job
from views.kit.components import Downloads, Facts, Timeline
from views.kit.figures import Figured, PictureFigure
from views.kit.picturegrid import PictureGrid
from views.kit.text import csv_text, distinct, label
from views.kit.workbench import ExperimentView

_MOMENTS_MAX = 400
_ROWS_SHOWN = 200
_CELL_LETTERS = 40
"""A cell with more is read as a sentence."""
SAVES = [
    {"id": "csv", "label": "CSV", "title": "The numbers of every picture, one file each, zipped"},
    {"id": "npz", "label": "NPZ", "title": "The numbers of every picture as numpy arrays"},
    {
        "id": "svg",
        "label": "SVG",
        "title": "Every figure as it is drawn here, zipped",
        "figures": True,
    },
    {"id": "json", "label": "JSON", "title": "The spec, which repeats this run anywhere"},
]


class GenericView(ExperimentView):
    """Controls from the spec, pictures declared by frames and result, scrubber, tables, files."""

    def __init__(
        self, name: str, compute: Compute, *, owner: str = "", spec: Spec | None = None
    ) -> None:
        super().__init__(name, compute, owner=owner, spec=spec)
        self.clock = Timeline(
            clock_id=uuid.uuid4().hex,
            steppers=[{"id": "frame", "label": "frame"}],
            unit="frame",
            tell_every_ms=200,
            sizing_mode="stretch_width",
        )
        self.facts = Facts(sections=[self._provenance()], sizing_mode="stretch_width")
        self.saves = Downloads(self._save, items=SAVES, sizing_mode="stretch_width")
        self.tables = Facts(sections=[], sizing_mode="stretch_width")
        self.pictures = PictureGrid(sizing_mode="stretch_width", margin=0)
        self.moments: list[Frame | Result] = []
        self._every = 1
        self._came = 0
        self._job: Job | None = None
        self._figures: list[PictureFigure] = []
        self._shown: Frame | Result | None = None
        self.clock.param.watch(self._moved, "position")

    def stage(self) -> list[Any]:
        """The pictures, and the tables under them."""
        return [self.pictures, self.tables]

    def inspector(self) -> list[Any]:
        """Provenance and files."""
        return [self.facts, pn.Spacer(height=12), self.saves]

    def timeline(self) -> list[Any]:
        """Scrubs through the frames that came."""
        return [self.clock]

    def show_frame(self, frame: Frame) -> None:
        """Keep the moment and show it."""
        if self.runner.job is not self._job:
            self._job, self.moments, self._every, self._came = self.runner.job, [], 1, 0
        if self._came % self._every == 0:
            self.moments.append(frame)
        self._came += 1
        if len(self.moments) > _MOMENTS_MAX:
            self.moments, self._every = self.moments[::2], 2 * self._every
        self._draw(frame)

    def show_result(self, result: Result, job: Job) -> None:
        """The result is the last moment."""
        if job is not self._job:
            self.moments, self._job = [], job
        # Frames that came late were left out, and none come from the store.
        self.moments = [*(result.moments() or self.moments), result]
        self._draw(result)
        self.clock.length = len(self.moments) - 1
        self.clock.seek_to = -1
        self.clock.seek_to = len(self.moments) - 1
        # Known here before the browser tells it, or a quick way back would be no change.
        self.clock.position = len(self.moments) - 1

    def selection(self) -> dict[str, Any]:
        """Nothing is selected here."""
        return {}

    def _moved(self, event: Any) -> None:
        if self.moments:
            self._draw(self.moments[max(0, min(event.new, len(self.moments) - 1))])

    def _draw(self, moment: Frame | Result) -> None:
        if moment is self._shown:
            return
        self._shown = moment
        drawn = [p for p in moment.pictures() if not isinstance(p, Table)]
        before = self._figures
        self._figures = [
            self._figure_of(picture, before[k] if k < len(before) else None)
            for k, picture in enumerate(drawn)
        ]
        if self._figures != before:
            self._lay_out()
        self.tables.sections = [table_section(p) for p in moment.pictures() if isinstance(p, Table)]
        self.pictures.followed = bool(self.tables.sections)

    def _figure_of(self, picture: Figured, there: PictureFigure | None) -> PictureFigure:
        """The figure that stands there with new data, or another where it does not fit."""
        if there is None or not there.fits(picture):
            return self._made(PictureFigure(picture))
        there.update(picture)
        return there

    def _made(self, drawn: PictureFigure) -> PictureFigure:
        """A figure that is not on the page yet; a view may listen to it."""
        return drawn

    def _lay_out(self) -> None:
        """New figures come on stage."""
        self.pictures.lay_out(self._figures)

    def _provenance(self) -> dict[str, Any]:
        card = self.experiment.card
        return {"title": "Source", "sentence": card.claim, "note": card.source}

    def _save(self, kind: str) -> tuple[str, bytes] | None:
        if not self.moments or self._job is None:
            self._complain("There is nothing to save yet; press Run first.")
            return None
        spec = self._job.spec
        name = f"{self.experiment_name.replace('/', '-')}-{spec.digest()[:8]}"
        tables = picture_tables(self.moments[-1].pictures())
        match kind:
            case "csv":
                return f"{name}.zip", zipped_csv(tables)
            case "npz":
                return f"{name}.npz", npz_from_tables(tables)
            case "svg":
                return f"{name}-figures.zip", zipped_svg(self.saves.drawn)
            case _:
                return f"{name}.json", spec.portable().to_json().encode()


def table_section(table: Table) -> dict[str, Any]:
    """A declared table as an inspector section; long ones are cut, and say so."""
    names = list(table.columns)
    columns = [list(values) for values in table.columns.values()]
    said = {k for k, values in enumerate(columns) if k and any(map(_is_sentence, values))}
    rows = [
        [_as_text(_shown(value)) if k in said else _shown(value) for k, value in enumerate(row)]
        for row in zip(*columns, strict=True)
    ]
    cut = len(rows) > _ROWS_SHOWN
    return {
        "title": label(table.title),
        "columns": [_as_text(label(n)) if k in said else label(n) for k, n in enumerate(names)],
        "rows": rows[:_ROWS_SHOWN],
        "note": f"first {_ROWS_SHOWN} of {len(rows):,} rows; the files have all" if cut else "",
    }


def _is_sentence(value: Any) -> bool:
    return isinstance(value, str) and len(value) > _CELL_LETTERS


def _as_text(text: str) -> dict[str, str]:
    """A cell of words, which begin at its left."""
    return {"text": text, "tone": "text"}


def _shown(value: Any) -> str:
    if isinstance(value, float | np.floating):
        if not np.isfinite(value):
            return "–" if np.isnan(value) else "∞" if value > 0 else "−∞"
        return f"{value:,.0f}" if 1e4 <= abs(value) < 1e15 else f"{value:.4g}"
    return label(value)


def picture_tables(pictures: tuple[Picture, ...]) -> dict[str, pd.DataFrame]:
    """The numbers of every picture, by a file name made from its place and kind."""
    found = {}
    for k, picture in enumerate(pictures, start=1):
        found[f"{k}-{type(picture).__name__.lower()}"] = _numbers(picture)
    return found


def _numbers(picture: Picture) -> pd.DataFrame:
    match picture:
        case Curves():
            bands = {
                f"{name} {end}": values
                for name, band in picture.bands.items()
                for end, values in zip(("low", "high"), band, strict=True)
            }
            dots = {f"{name} observed": values for name, values in picture.dots.items()}
            return _columns(
                (picture.x_axis.title, picture.x),
                *picture.lines.items(),
                *bands.items(),
                *dots.items(),
            )
        case Bars():
            places = np.arange(len(picture.heights)) if picture.x is None else picture.x
            pairs = [(picture.x_axis.title, places), (picture.y_axis.title, picture.heights)]
            pairs += list(zip(("low", "high"), picture.whiskers or (), strict=False))
            return _columns(*pairs, *_kinds(picture.kind))
        case Points():
            titles = picture.x_axis.title, picture.y_axis.title
            pairs = zip(titles, np.asarray(picture.xy).T, strict=True)
            return _columns(*pairs, *_kinds(picture.kind))
        case Heatmap():
            return pd.DataFrame(picture.values)
        case Table():
            return _columns(*picture.columns.items())


def _kinds(kind: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [("kind", kind)] if kind else []


def _columns(*pairs: tuple[str, Any]) -> pd.DataFrame:
    """A column per pair; a name that comes twice is numbered, so that no column is lost."""
    names = distinct([name for name, _ in pairs])
    return pd.DataFrame(dict(zip(names, (values for _, values in pairs), strict=True)))


def zipped_csv(tables: dict[str, pd.DataFrame]) -> bytes:
    """One CSV per table, safe to open in a spreadsheet."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, table in tables.items():
            archive.writestr(f"{name}.csv", csv_text(table))
    return stream.getvalue()


def zipped_svg(drawn: list[tuple[str, str]]) -> bytes:
    """One SVG per figure, named by its place and title."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for k, (title, svg) in enumerate(drawn, start=1):
            plain = "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:60]
            archive.writestr(f"{k}-{plain or 'figure'}.svg", svg)
    return stream.getvalue()


def npz_from_tables(tables: dict[str, pd.DataFrame]) -> bytes:
    """Every column as one array named ``<table>/<column>``."""
    stream = io.BytesIO()
    arrays = {
        f"{name}/{column}": table[column].to_numpy()
        for name, table in tables.items()
        for column in table.columns
    }
    plain = {k: a if a.dtype.kind in "biuf" else a.astype(str) for k, a in arrays.items()}
    np.savez_compressed(stream, allow_pickle=False, **plain)
    return stream.getvalue()
