"""A wave over a graph: a press near an edge of the map cuts it, and the wave goes round."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from bokeh.events import Tap

from engines.connectome.experiments.learning.graph_network import Waves
from views.kit.figures import PictureFigure
from views.kit.generic import GenericView

REACH = 0.03
"""How near a press must be, as a share of the map's width and height."""


class WaveView(GenericView):
    """The generic view, with a map whose edges are cut by hand."""

    folded_groups: ClassVar[frozenset[str]] = frozenset({"Data", "Filter", "Layers"})

    def _made(self, drawn: PictureFigure) -> PictureFigure:
        drawn.figure.on_event(Tap, self._tap_on(drawn))
        return drawn

    def _tap_on(self, drawn: PictureFigure) -> Any:
        def tap(event: Any) -> None:
            title: Any = drawn.figure.title
            is_map = str(title.text).startswith(("The wave", "The network"))
            if is_map and event.x is not None and event.y is not None:
                self.cut(float(event.x), float(event.y))

        return tap

    def cut(self, x: float, y: float) -> None:
        """Cut the edge that runs by this place, and run anew; a press elsewhere does nothing."""
        found = self.result
        if not isinstance(found, Waves):
            return
        name = edge_at(found, np.array([x, y]))
        if name:
            kept = [part.strip() for part in self.controls.lesion.split(",") if part.strip()]
            self.controls.lesion = ", ".join([*kept, name])
            self.run()


def edge_at(found: Waves, place: np.ndarray) -> str:
    """The edge that is left and runs nearest to a place, as lesions name it; empty if none is near.

    Of edges that lie on each other it is the one on the shortest way.
    """
    edges = found.edges[~found.gone]
    if not len(edges):
        return ""
    size = np.ptp(found.xy, axis=0)
    size = np.where(size > 0, size, 1.0)
    start, end = (found.xy[edges[:, k]] / size for k in (0, 1))
    at, along = place / size, end - start
    length = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((at - start) * along).sum(axis=1) / length, 0.0, 1.0)
    apart = np.hypot(*(start + share[:, None] * along - at).T)
    way = set(zip(found.way[:-1].tolist(), found.way[1:].tolist(), strict=True))
    on_way = np.array([(int(i), int(j)) in way for i, j in edges])
    best = int(np.argmin(apart - 1e-6 * on_way))
    if apart[best] > REACH:
        return ""
    pre, post = (found.names[k] for k in edges[best])
    return f"{pre}->{post}"


VIEW = WaveView
