"""The stage of the geometry workbench: scatters, RDMs, spectra and curves in the browser."""

from __future__ import annotations

from os import PathLike
from typing import ClassVar

import param
from panel.custom import JSComponent

from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm


class GeometryStage(JSComponent):
    """A film of activations, sent once and played in the browser; or one that still grows."""

    clock_id = param.String(doc="Names the clock shared with the timeline.")
    film = param.Bytes(default=b"", doc="What `views.geometry.payloads.film_bytes` made.")
    frame = param.Bytes(default=b"", doc="One more moment, from `frame_bytes`.")
    selected = param.List(default=[], doc="Places of the selected stimuli.")
    left = param.Integer(default=0, doc="Track on the left.")
    right = param.Integer(default=1, doc="Track on the right.")
    dims = param.Integer(default=2, doc="Dimensions of the scatter: 2 or 3.")
    drag = param.String(default="turn", doc="What dragging does in three dimensions.")
    trail = param.Integer(default=12, doc="Snapshots whose places are drawn as a trail.")
    colour = param.String(default="", doc="Label column that colours mean.")
    form = param.String(default="dissimilarity", doc="What the RDM shows.")
    low = param.Number(default=0.2, doc="Lower quantile of the geo-topological transform.")
    high = param.Number(default=0.8, doc="Upper quantile of the geo-topological transform.")
    order = param.String(default="as given", doc="Order of the RDM's rows.")
    close = param.Bytes(default=b"", doc="One moment looked at closely, from `close_bytes`.")
    start_at = param.Integer(default=-1, doc="Where the cursor is when a film comes, if not -1.")
    autoplay = param.Boolean(default=True, doc="Play as soon as a film comes.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.geometry",
        "film.js",
        "pictures.js",
        "closeup.js",
        "stage.js",
        shared=("base.js", "large.js", "clock.js", "svg.js"),
    )
    _stylesheets: ClassVar[list[str]] = [
        stylesheet("views.geometry", "stage.css"),
        stylesheet("views.kit", "large.css"),
    ]
