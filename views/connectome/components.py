"""The stage of the connectome workbench: five pictures of one wiring on one selection."""

from __future__ import annotations

from os import PathLike
from typing import ClassVar

import param
from panel.custom import JSComponent

from views.kit.components import stylesheet, tokens_script
from views.kit.esm import esm

_SCRIPTS = ("data.js", "graph.js", "matrix.js", "body.js", "table.js", "stage.js", "start.js")


class WiringStage(JSComponent):
    """Graph, matrix, body and table; everything is sent once and linked in the browser."""

    wiring = param.Bytes(default=b"", doc="What `payloads.wiring_payload` made.")
    drawing = param.Bytes(default=b"", doc="What `payloads.drawing_payload` made.")
    numbers = param.Bytes(default=b"", doc="What `payloads.numbers_payload` made.")
    selected = param.List(default=[], doc="Places of the selected neurons, the last one last.")
    lit = param.List(default=[], doc="Neurons of motif instances, three after three.")
    paths = param.Dict(default={}, doc='{"columns": neurons per step, "edges": [pre, post, w]}.')
    layout = param.String(default="force", doc="Which drawing the graph uses.")
    order = param.String(default="class", doc="Which order the matrix uses.")
    colour = param.String(default="role", doc="What the colour of a neuron means.")
    swap_axes = param.Boolean(default=False, doc="Whether columns of the matrix are senders.")

    _esm: ClassVar[str | PathLike[str]] = tokens_script() + esm(
        "views.connectome", *_SCRIPTS, shared=("base.js", "svg.js")
    )
    _stylesheets: ClassVar[list[str]] = [stylesheet("views.connectome", "stage.css")]
