"""The control for who is in the array: parts and direction of every algotype."""

from __future__ import annotations

from os import PathLike
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from engines.contract import ExplorerError
from engines.sorting.model import ALGOTYPES, AlgotypeShare, SortSpec, cells_per_share
from views.kit.components import stylesheet, tokens_script
from views.kit.controls import Controls
from views.kit.esm import esm


class Mix(JSComponent):
    """One row per algotype with its parts and direction, and the bar they make."""

    shares = param.List(doc='Dicts {"name", "parts", "descending"} in the order of ALGOTYPES.')

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.sorting", "mix.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.sorting", "mix.css")]


def mix_of(controls: Controls[SortSpec]) -> Mix:
    """A mix that shows the algotypes of these controls and sets them."""
    mix = Mix(shares=rows_from_spec(controls.spec()), sizing_mode="stretch_width")

    def show(*_events: Any) -> None:
        spec = controls.spec_or_none()
        if spec is None:
            return
        rows = rows_from_spec(spec)
        shown = [row for row in mix.shares if isinstance(row, dict) and row.get("parts")]
        if shown != [row for row in rows if row["parts"]]:
            mix.shares = rows

    def take(_event: Any) -> None:
        spec = controls.spec_or_none()
        if spec is not None and mix.shares == rows_from_spec(spec):
            return  # rows say less than a spec: exact cells, or one algotype both ways
        try:
            controls.algotypes = shares_from_rows(mix.shares)
        except (ExplorerError, KeyError, TypeError, ValueError):
            show()

    mix.param.watch(take, "shares")
    controls.param.watch(show, ["algotypes", "n_cells"])
    return mix


def rows_from_spec(spec: SortSpec) -> list[dict[str, Any]]:
    """The rows that show a spec's algotypes; exact counts become parts."""
    rows = {name: {"name": name, "parts": 0, "descending": False} for name in ALGOTYPES}
    exact = any(share.n_cells is not None for share in spec.algotypes)
    for share, count in zip(spec.algotypes, cells_per_share(spec), strict=True):
        row = rows[share.algotype]
        row["parts"] += count if exact else share.parts
        row["descending"] = share.descending
    return list(rows.values())


def shares_from_rows(rows: list[dict[str, Any]]) -> tuple[AlgotypeShare, ...]:
    """The algotypes the rows ask for; all zero parts means bubble."""
    shares = tuple(
        AlgotypeShare(
            algotype=row["name"], parts=int(row["parts"]), descending=bool(row["descending"])
        )
        for row in rows
        if int(row["parts"]) > 0
    )
    return shares or (AlgotypeShare(),)
