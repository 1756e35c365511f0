"""The Atlas: every experiment on one page, searched and filtered in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from explorer import demo
from explorer.catalogue import entries
from explorer.enginemenu import EngineMenu
from explorer.header import Header
from explorer.links import links
from explorer.manual.contents import manual_address
from explorer.palette import Palette
from explorer.plain import plain_page
from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm


class AtlasList(JSComponent):
    """Search field, filters and one card per experiment."""

    entries = param.List(doc="What `explorer.catalogue.entries` tells.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "explorer", "matching.js", "atlas.js", shared=("base.js",)
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("explorer", "atlas.css")]


def atlas_page(runs: Sequence[dict[str, Any]] = ()) -> str:
    """The page as it stands now, with what was measured since, and the kept ``runs``."""
    return plain_page(
        "Atlas · Neural Explorer",
        [
            (
                "top",
                Header,
                {
                    "links": links(),
                    "in_atlas": True,
                    "can_share": False,
                    "manual": manual_address(),
                },
            ),
            ("top", EngineMenu, {"runs": list(runs), "still": True}),
            ("main", AtlasList, {"entries": entries()}),
            ("over", Palette, {}),
            *([("over", demo.Stage, values)] if (values := demo.stage_values()) else []),
        ],
    )
