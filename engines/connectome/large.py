"""Wirings of a fly's size: laid out in seconds, drawn as pixels by the engine, never shipped whole.

Edges lie in a random order, so that the first thousands are a fair sample of all: a coarse picture
comes at once and is refined.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import platformdirs

from engines.connectome import own, synthetic
from engines.connectome.connectome import Connectome
from engines.connectome.large_spec import LargeSpec, RasterSpec
from engines.connectome.measured import Measures
from engines.contract import Frame, InputError, Result
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Table

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


@dataclass(frozen=True, eq=False)
class LargeFrame(Frame):
    """The layout as it settles: what is being done, and a coarse picture."""

    doing: str = ""
    raster: Raster | None = None


@dataclass(frozen=True, eq=False)
class Large(Result):
    """A large wiring, settled: float32[neuron, 2] places, degrees, groups, numbers with errors.

    ``numbers`` are (name, value, standard error, how) rows; ``rates`` float32[bin, group] spikes
    per second and neuron when spikes were asked for.
    """

    spec: LargeSpec
    title: str
    synthetic: bool
    xy: np.ndarray
    in_degree: np.ndarray
    out_degree: np.ndarray
    group: np.ndarray
    group_names: tuple[str, ...]
    number_names: tuple[str, ...]
    number_values: np.ndarray
    number_errors: np.ndarray
    number_how: tuple[str, ...]
    top: np.ndarray
    """int32: neurons with most partners."""
    top_names: tuple[str, ...]
    raster: Raster
    times_ms: np.ndarray
    rates: np.ndarray
    measures: Measures | None = None
    """Beside nulls, when there are any."""

    def pictures(self) -> tuple[Picture, ...]:
        """Numbers, degrees, the raster, and nulls and spikes if any."""
        table = {
            "": self.number_names,
            "value": self.number_values,
            "standard error": self.number_errors,
            "how": self.number_how,
        }
        made: list[Picture] = [Table(self.title, table), self.degree_picture()]
        if self.measures is not None:
            made += self.null_pictures(self.measures)
        if len(self.rates):
            made.append(self.rate_picture())
        return (*made, *self.raster.pictures())

    def null_pictures(self, measures: Measures) -> list[Picture]:
        """The measures beside their nulls, the rich club, strengths and motifs."""
        table = measures.table(self.spec.measures, self.title)
        strong = measures.strength.pictures()
        return [table, measures.rich_picture(), *strong, measures.motif_picture()]

    def degree_picture(self) -> Curves:
        """Share of neurons with more partners than k, both ways, k on a log scale of ten."""
        k = np.unique(
            np.logspace(0, np.log10(max(2, self.in_degree.max(initial=1))), 60).astype(int)
        )
        lines = {
            "in-degree": np.array([np.mean(self.in_degree > x) for x in k]),
            "out-degree": np.array([np.mean(self.out_degree > x) for x in k]),
        }
        x, y = Axis("log10 of degree"), Axis("share of neurons above")
        return Curves("Degrees", np.log10(k), lines, x, y)

    def rate_picture(self) -> Heatmap:
        """Spikes per second of each group through time."""
        n = len(self.times_ms)
        marks = tuple((float(k), f"{self.times_ms[k]:.0f}") for k in range(0, n, max(1, n // 6)))
        y, rate = Axis("group"), Axis("rate", "spikes/s")
        return Heatmap("Spikes", self.rates.T.astype(float), Axis("time", "ms", marks), y, rate)


# Building and keeping ---------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Arrays:
    """Ends of edges in random order, and the layout once it has settled."""

    pre: np.ndarray
    post: np.ndarray
    weight: np.ndarray
    n: int


@lru_cache(maxsize=2)
def _connectome(text: str) -> Connectome:
    spec = LargeSpec.from_json(text)
    if spec.own:
        return own.load_own(spec.own)
    return synthetic.block_model(
        spec.n_neurons, spec.n_edges, spec.n_blocks, spec.within, spec.seed,
        name="fly_size", title="Block model (synthetic, not a fly)",
    )  # fmt: skip


def connectome_of(spec: LargeSpec) -> Connectome:
    """The wiring of a spec, without regard to how it is drawn."""
    return _connectome(spec.laid_out.replace(n_rounds=LargeSpec().n_rounds).to_json())


def _folder(spec: LargeSpec) -> Path:
    root = os.environ.get("EXPLORER_CACHE") or platformdirs.user_cache_path("neural-explorer")
    return Path(root) / "connectome-large" / spec.laid_out.digest()[:24]


def _save(folder: Path, **arrays: np.ndarray) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            np.save(file, array, allow_pickle=False)
        Path(file.name).replace(folder / f"{name}.npy")


@lru_cache(maxsize=2)
def _stored(folder: str) -> tuple[np.ndarray, ...]:
    names = ("xy", "pre", "post")
    return tuple(np.load(Path(folder) / f"{name}.npy", allow_pickle=False) for name in names)


def placed(spec: LargeSpec) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places and edges of a wiring that was laid out before, on this machine.

    Raises:
        InputError: it was not, or its files are gone.
    """
    try:
        xy, pre, post = _stored(str(_folder(spec)))
    except (OSError, ValueError):
        raise InputError(
            "this wiring has not been laid out on this machine yet; press Run"
        ) from None
    return xy, pre, post


def arrays_of(spec: LargeSpec) -> Arrays:
    """Edges of the first layer in an order drawn by the seed."""
    connectome = connectome_of(spec)
    layer = connectome.layers[0]
    order = np.random.Generator(np.random.Philox([spec.seed, 3])).permutation(layer.n_edges)
    return Arrays(layer.pre[order], layer.post[order], layer.weight[order], connectome.n_neurons)


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
