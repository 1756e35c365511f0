"""The control for who is in the array: parts and direction of every algotype."""

from __future__ import annotations

from os import PathLike
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from engines.sorting.model import ALGOTYPES, AlgotypeShare, SortSpec, cells_per_share
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm


class Mix(JSComponent):
    """One row per algotype with its parts and direction, and the bar they make."""

    shares = param.List(doc='Dicts {"name", "parts", "descending"} in the order of ALGOTYPES.')

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.sorting", "mix.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.sorting", "mix.css")]


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
