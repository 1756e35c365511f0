"""One box of one diagram, drawn at once: for notebooks and scripts."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from engines.diagrams.bounding.bounds import Interval, bounds
from engines.diagrams.bounding.reading import box_of, net_of
from engines.diagrams.drawing.formats.svg import Mode, svg_from_scene
from engines.diagrams.drawing.picture import scene_of
from engines.diagrams.graph.circuit import Circuit
from engines.diagrams.reaching.bands import ROOM, with_bands
from engines.diagrams.reaching.boxes import operations_of, stacked
from engines.diagrams.running.module import DiagramModule
from engines.lab.data.task import rng_of

N_SAMPLES = 500


def svg_of_bounds(
    circuit: Circuit, module: DiagramModule, low: Sequence[Any], high: Sequence[Any], mode: Mode
) -> str:
    """A drawing whose wires say what they can be for all inputs between two arrays each.

    Raises:
        DiagramError: arrays that do not fit, or an operation that bounds do not know.
    """
    boxes = box_of(module, low, high)
    shapes = [np.shape(value) for value in low]
    net, reader = net_of(deepcopy(module).double().eval(), shapes)
    intervals, lines = (bounds(net, boxes, back=back).wires for back in (False, True))
    rng, inputs = rng_of(0), {}
    for name, (least, most) in boxes.items():
        place = rng.uniform(size=(N_SAMPLES, least.shape[1]))
        inputs[name] = np.clip(least + (most - least) * place, least, most)
    seen = net.values(inputs)
    found: dict[str, np.ndarray] = {}
    for path, wires in operations_of(module, reader, lines).items():
        last = wires[-1]
        found[path] = _one(intervals[last], lines[last], seen[last])
    return svg_from_scene(with_bands(scene_of(circuit, below=ROOM)[0], found), mode)


def _one(intervals: Interval, lines: Interval, seen: np.ndarray) -> np.ndarray:
    return stacked(intervals, lines, (seen.min(axis=0)[None], seen.max(axis=0)[None]))[0]
