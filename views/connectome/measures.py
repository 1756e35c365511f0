"""Measures beside their nulls: the table, the rich club, motifs to be pressed, degrees."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import panel as pn

from engines.connectome.model import Measures, MeasuresSpec, motifs, shown
from engines.contract.pictures import Picture
from views.kit.components import Facts
from views.kit.figures import PictureFigure
from views.kit.picturegrid import PictureGrid
from views.kit.text import label

EVERY_S = 0.2
"""How often figures follow a run."""


class MeasuresPanel:
    """Shows the newest measures; a press of a motif tells its name."""

    def __init__(self, on_motif: Callable[[str], None]) -> None:
        """``on_motif`` is told which triad was pressed."""
        wide: dict[str, Any] = {"sizing_mode": "stretch_width"}
        self._on_motif = on_motif
        self.table = Facts(sections=[], **wide)
        self.motifs = Facts(self._press, sections=[], **wide)
        self.pictures = PictureGrid(**wide, margin=(0, 0, 12, 0), followed=True)
        parts = (self.table, self.pictures, self.motifs)
        self.panel = pn.Column(*parts, **wide, margin=0, visible=False)
        self._newest: tuple[MeasuresSpec, Measures, Measures | None] | None = None
        self._figures: list[PictureFigure] = []
        self._shown_s = -EVERY_S

    def _press(self, action: str) -> None:
        self._on_motif(action)

    def show(
        self, spec: MeasuresSpec, measures: Measures, before: Measures | None, *, last: bool
    ) -> None:
        """Draw these numbers; moments between two updates are skipped unless they are the last."""
        now = time.monotonic()
        self._newest = spec, measures, before
        # What nobody looks at is drawn when somebody does.
        if not self.panel.visible or (not last and now - self._shown_s < EVERY_S):
            return
        self._shown_s = now
        self.table.sections = [table_section(spec, measures, before)]
        self.motifs.sections = [motif_section(measures)]
        first = measures.rich_picture(), measures.degree_picture()
        self._draw((*first, *measures.strength.pictures(), measures.motif_picture()))

    def turn(self, *, visible: bool) -> None:
        """Come on stage with the newest measures, or leave it."""
        self.panel.visible = visible
        if visible and self._newest is not None:
            spec, measures, before = self._newest
            self.show(spec, measures, before, last=True)

    def _draw(self, pictures: tuple[Picture, ...]) -> None:
        fits = len(self._figures) == len(pictures) and all(
            f.fits(p) for f, p in zip(self._figures, pictures, strict=True)
        )
        if fits:
            for figure, picture in zip(self._figures, pictures, strict=True):
                figure.update(picture)
            return
        self._figures = [PictureFigure(p) for p in pictures]  # type: ignore[arg-type]
        self.pictures.lay_out(self._figures)


def table_section(
    spec: MeasuresSpec, measures: Measures, before: Measures | None
) -> dict[str, Any]:
    """Every measure: value, before the lesion, nulls, z, p and the convention behind it."""
    columns = ["", "value", "null mean", "null sd", "z", "p", "convention"]
    if before is not None:
        columns.insert(1, "before lesion")
    rows = []
    for k, name in enumerate(measures.names):
        row: list[Any] = [name, shown(measures.values[k], measures.why[k])]
        if before is not None:
            there = name in before.names
            row.insert(1, shown(before.value(name)) if there else "")
        row += [shown(measures.null_mean[k]), shown(measures.null_sd[k])]
        row += [number(measures.z[k], 2), number(measures.p[k], 4)]
        rows.append([*row, {"text": measures.conventions[k], "tone": "text"}])
    nulls = f"{measures.n_nulls:,} of {spec.n_nulls:,} nulls" if spec.n_nulls else "no nulls"
    detail = f"{spec.null}, {spec.swaps_per_edge:g} accepted swaps per edge, seed {spec.seed}"
    return {
        "title": f"Measures, {nulls}",
        "columns": columns,
        "rows": rows,
        "note": f"{detail}; p two-sided, (r + 1) / (K + 1). {measures.null_note} Layers "
        + ", ".join(spec.layers)
        + (f"; at least {spec.min_weight:g}" if spec.min_weight else ""),
    }


def motif_section(measures: Measures) -> dict[str, Any]:
    """The thirteen triads, each with a button that lights its instances up."""
    rows = []
    for k, name in enumerate(motifs.NAMES):
        button = {"text": name, "action": name, "title": f"Light up instances of {name}"}
        p = measures.motif_p[k]
        tone = "good" if p < 0.05 else ""
        rows.append(
            [
                button,
                {"text": label(motifs.WORDS[name]), "tone": "text"},
                f"{measures.motif_count[k]:,.0f}",
                number(measures.motif_mean[k], 1),
                number(measures.motif_z[k], 2),
                {"text": shown(p), "tone": tone},
            ]
        )
    return {
        "title": "Motifs: press one to see where it is",
        "columns": ["", "what it is", "instances", "null mean", "z", "p, all 13"],
        "rows": rows,
    }


def number(value: float, digits: int) -> str:
    """A number with fixed digits; nothing for nan."""
    return f"{value:,.{digits}f}" if np.isfinite(value) else ""
