"""Wirings of a fly's size: laid out in seconds, drawn as pixels by the engine, never shipped whole.

Edges lie in a random order, so that the first thousands are a fair sample of all: a coarse picture
comes at once and is refined.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from engines.connectome.large.layout_store import placed
from engines.connectome.large.spec import RasterSpec
from engines.contract import Frame, Result
from engines.contract.pictures import Axis, Heatmap, Picture

COARSE_EDGES = 60_000
_CHUNK = 400_000


@dataclass(frozen=True, eq=False)
class Raster(Result):
    """float32[row, column]: edges and neurons per pixel; edges of the selected neuron apart."""

    spec: RasterSpec
    edges: np.ndarray
    neurons: np.ndarray
    focus: np.ndarray
    share: float = 1.0
    """Share of all edges that was drawn; counts are scaled to all."""
    partners: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))

    def pictures(self) -> tuple[Picture, ...]:
        """The image."""
        title = f"{self.spec.graph.n_edges:,} edges asked for, synthetic"
        picture = np.log1p(self.edges.astype(float))
        return (Heatmap(title, picture, Axis("x"), Axis("y"), Axis("log of 1 + edges")),)


@dataclass(frozen=True, eq=False)
class RasterFrame(Frame):
    """A coarser picture of the same window."""

    raster: Raster | None = None


# Building and keeping ---------------------------------------------------------------------------


# Drawing ----------------------------------------------------------------------------------------


def raster_steps(
    spec: RasterSpec, xy: np.ndarray, pre: np.ndarray, post: np.ndarray
) -> Iterator[Raster]:
    """A coarse picture of a window at once, then finer ones, the whole last."""
    import numba

    from engines.connectome.kernels import raster

    window = np.array([spec.left, spec.bottom, spec.width, spec.height])
    n_threads = max(1, numba.get_num_threads())
    shape = (n_threads, spec.rows, spec.columns)
    images = np.zeros(shape, np.float32)
    neurons = np.zeros(shape[1:], np.float32)
    raster.points(xy, window, neurons)
    focus, partners = _focus(spec, xy, pre, post, window)
    done, m = 0, len(pre)
    with ThreadPoolExecutor(n_threads) as threads:
        while True:
            ahead = min(m, COARSE_EDGES if done == 0 else done + _CHUNK)
            cuts = np.linspace(done, ahead, n_threads + 1).astype(int)

            def work(k: int, cuts: np.ndarray = cuts) -> None:
                raster.lines(xy, pre, post, cuts[k], cuts[k + 1], window, images[k])

            list(threads.map(work, range(n_threads)))
            done = ahead
            share = done / m if m else 1.0
            edges = images.sum(axis=0) / max(share, 1e-12)
            yield Raster(spec, edges, neurons, focus, share, partners)
            if done >= m:
                return


def _focus(
    spec: RasterSpec, xy: np.ndarray, pre: np.ndarray, post: np.ndarray, window: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    from engines.connectome.kernels import raster

    image = np.zeros((spec.rows, spec.columns), np.float32)
    if not 0 <= spec.focus < len(xy):
        return image[:0], np.zeros(0, np.int32)
    mine = np.flatnonzero((pre == spec.focus) | (post == spec.focus))
    ends = pre[mine], post[mine]
    raster.lines(xy, *ends, 0, len(mine), window, image)
    partners = np.where(ends[0] == spec.focus, ends[1], ends[0])
    return image, np.unique(partners).astype(np.int32)[:5_000]


def raster_frames(spec: RasterSpec) -> Iterator[RasterFrame | Raster]:
    """Frames from coarse to fine, the picture last."""
    xy, pre, post = placed(spec.graph)
    last: Raster | None = None
    for last in raster_steps(spec, xy, pre, post):
        if last.share < 1.0:
            yield RasterFrame(raster=last, fraction=last.share)
    assert last is not None
    yield last
