"""How fast wirings are measured, shuffled, drawn and simulated, against igraph in the same run.

    python benchmarks/connectome.py [--full]

Prints target, measured value and verdict, and last one line of JSON with every figure. Ratios are
medians of alternating repeats, so that other work on the machine slows both sides. The default
run uses a third of the fly-size graph's layout rounds; ``--full`` adds exact betweenness of 10,000
neurons against igraph, the whole layout, and a table as Codex exports them.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
from table import Figure, as_json

from engines.connectome.drawing import layouts
from engines.connectome.drawing.spec import LayoutSpec
from engines.connectome.drawing.wiring import drawing_of, wiring_of
from engines.connectome.dynamics.simulation import Graded
from engines.connectome.large.raster import raster_steps
from engines.connectome.large.run import spiking_setup
from engines.connectome.large.spec import RasterSpec
from engines.connectome.measures.centrality import betweenness, betweenness_steps
from engines.connectome.measures.spec import MeasuresSpec
from engines.connectome.nulls.run import NullRun, observed
from engines.connectome.nulls.shuffling import draw_of
from engines.connectome.wiring import synthetic
from engines.connectome.wiring.connectome import Connectome, layer_from_edges
from engines.connectome.wiring.graph import Graph, graph_from_matrix, graph_of
from engines.connectome.wiring.spec import WiringSpec


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def median(work: Callable[[], object], repeats: int = 3) -> float:
    """Median wall time after one call to compile."""
    work()
    return statistics.median(seconds(work) for _ in range(repeats))


def ratio(ours: Callable[[], object], theirs: Callable[[], object], repeats: int = 5) -> float:
    """Median of their CPU time over ours, one after the other each time."""
    ours()
    theirs()
    found = []
    for _ in range(repeats):
        began = time.process_time()
        theirs()
        between = time.process_time()
        ours()
        found.append((between - began) / max(time.process_time() - between, 1e-9))
    return statistics.median(found)


def null_figures() -> list[Figure]:
    """Degree-preserving nulls of the worm, alone and with their measures."""
    import igraph

    graph = graph_of(WiringSpec())
    n_attempts = 10 * graph.n_edges
    drawing = draw_of(graph, MeasuresSpec(), None)
    edges = list(zip(graph.pre.tolist(), graph.post.tolist(), strict=True))
    theirs = igraph.Graph(n=graph.n, edges=edges, directed=True)

    def ours_50() -> None:
        for seed in range(50):
            drawing.step(drawing.start(), n_attempts, np.uint64(seed))

    def theirs_50() -> None:
        for _ in range(50):
            theirs.copy().rewire(n=n_attempts)

    spec = MeasuresSpec(n_nulls=1_000)
    list(NullRun(graph, spec.replace(n_nulls=4)).batches())
    whole = seconds(lambda: list(NullRun(graph, spec).batches()))
    return [
        Figure(
            "nulls of the worm, igraph's rewire over ours",
            "x CPU",
            ratio(ours_50, theirs_50),
            at_least=5,
        ),
        Figure("1,000 nulls with clustering, paths, rich club, motifs", "s", whole, at_most=10),
    ]


def view_figures() -> list[Figure]:
    """What the page waits for when it opens on the worm."""
    wiring_of(WiringSpec())

    def fresh() -> None:
        wiring_of(WiringSpec())
        drawing_of(LayoutSpec())

    return [Figure("wiring and drawings of the worm", "s", median(fresh), at_most=1)]


def middle_figures(*, full: bool) -> list[Figure]:
    """10,000 neurons with 200,000 edges: betweenness exactly and sampled."""
    made = synthetic.block_model(10_000, 216_000, 20, 0.7, 1)
    graph = graph_from_matrix(made.layers[0].matrix(10_000))
    betweenness(graph, n_sources=4)
    started = time.perf_counter()
    n_sources = 0
    for estimate in betweenness_steps(graph, n_sources=2_000):
        n_sources = estimate.n_sources
        if time.perf_counter() - started > 1.0:
            break
    figures = [
        Figure("betweenness 10k: sources sampled in a second", "sources", n_sources, at_least=50)
    ]
    if full:
        import igraph

        edges = np.stack([graph.pre, graph.post], axis=1).tolist()
        theirs = igraph.Graph(n=graph.n, edges=edges, directed=True)
        ours_s, theirs_s = seconds(lambda: betweenness(graph)), seconds(theirs.betweenness)
        figures.append(
            Figure("betweenness 10k exactly, igraph over ours", "x", theirs_s / ours_s, at_least=1)
        )
    return figures


def fly_figures(*, full: bool) -> list[Figure]:
    """130,000 neurons and 2.7 million edges."""
    made = synthetic.fly_size()
    layer = made.layers[0]
    n = made.n_neurons
    shuffled = np.random.default_rng(0).permutation(layer.n_edges)
    arrays = layer.pre[shuffled], layer.post[shuffled], layer.weight[shuffled]

    def build() -> Graph:
        return graph_from_matrix(layer_from_edges("chemical", *arrays).matrix(n))

    build_s = median(build)
    tracemalloc.start()
    graph = build()
    kept_mb = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    started = time.perf_counter()
    start = layouts.spectral(graph.undirected, 0, n_rounds=8)
    spectral_s = time.perf_counter() - started
    n_rounds = 80 if full else 24
    started = time.perf_counter()
    *_, xy = layouts.force(graph.undirected, start, 0, n_rounds)
    force_s = (time.perf_counter() - started) * 80 / n_rounds
    xy = layouts.unit_square(xy)
    pre, post = arrays[:2]
    window = RasterSpec(left=0.3, bottom=0.3, width=0.4, height=0.4, columns=820, rows=560)
    list(raster_steps(RasterSpec(), xy, pre, post))
    first = median(lambda: list(raster_steps(RasterSpec(), xy, pre, post)))
    coarse = median(lambda: next(raster_steps(window, xy, pre, post)))
    return [
        Figure("fly size: building from arrays", "s", build_s, at_most=1),
        Figure("fly size: memory of the graph", "MB", kept_mb, at_most=150),
        Figure("fly size: spectral start", "s", spectral_s),
        Figure(
            "fly size: layout settled" + ("" if full else " (from 24 of 80 rounds)"),
            "s",
            spectral_s + force_s,
            at_most=30,
        ),
        Figure("fly size: raster of every edge", "s", first, at_most=1.5),
        Figure("fly size: coarse picture after a pan", "ms", 1_000 * coarse, at_most=150),
        spike_figure(),
        *rate_figures(made),
        *large_null_figures(made),
    ]


def spike_figure() -> Figure:
    """How fast the spiking model runs, biological over CPU time of its one thread."""
    from engines.connectome.dynamics.spiking import SpikingTrial

    stimulus, network, every = spiking_setup(synthetic.fly_size(), 100.0, 0)
    SpikingTrial(stimulus, network, 0, every).advance(0, 1)
    trial = SpikingTrial(stimulus, network, 0, every)
    began = time.process_time()
    trial.advance(0, stimulus.n_steps)
    taken = time.process_time() - began
    name = f"fly size: spiking model, {trial.n_spikes:,} spikes in 100 ms"
    return Figure(name, "x real time", 0.1 / taken, at_least=0.2)


def rate_figures(made: Connectome) -> list[Figure]:
    """One step of the rate model with 32 trials: scipy, and torch on the device there is."""
    from engines.connectome.dynamics.batched import BatchedGraded, BatchedTrials
    from engines.connectome.dynamics.simulation import ScipyGraded
    from engines.running import devices

    stimulus, network, every = spiking_setup(made, 20.0, 0)
    rate = stimulus.replace(model="rate", n_trials=32)
    device = devices.resolve("auto")
    device = device if devices.device_class(device) == "cuda" else "cpu"
    nothing = network.chemical * 0.0
    models = {
        "scipy": ScipyGraded(rate, network, network.chemical, nothing),
        f"torch on {device}": BatchedGraded(rate, network, network.chemical, nothing, device),
    }
    figures = []
    for name, model in models.items():

        def step(model: Graded = model) -> None:
            model.step(1.0, None)
            model.state()

        found = 1_000 * median(step, 2)
        figures.append(Figure(f"fly size: rate step of 32 trials, {name}", "ms", found))
    trials = BatchedTrials(stimulus, network, every, device)
    trials.advance(0, every)
    taken = seconds(lambda: trials.advance(every, 2 * every))
    name = f"fly size: spiking model in torch on {device}"
    real_time = 2 * every * stimulus.dt_ms / 1_000.0 / taken
    goal = 1.0 if device != "cpu" else float("nan")
    return [*figures, Figure(name, "x real time", real_time, at_least=goal)]


def large_null_figures(made: Connectome) -> list[Figure]:
    """A null of a fly's size: its swaps, and its measures."""
    graph = graph_from_matrix(made.layers[0].matrix(made.n_neurons))
    drawing = draw_of(graph, MeasuresSpec(swaps_per_edge=1.0), made)
    swap_s = seconds(lambda: drawing.step(drawing.start(), drawing.n_edges, np.uint64(1)))
    measured_s = seconds(lambda: observed(graph, MeasuresSpec()))
    return [
        Figure("fly size: a null, one attempted swap per edge", "s", swap_s),
        Figure("fly size: clustering, motifs, rich club and paths of it", "s", measured_s),
    ]


_READING = """
import pathlib, re, sys, time
from engines.connectome import read_connectome
def peak_mb():
    # What getrusage tells on Linux begins with the parent's.
    said = pathlib.Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\\s+(\\d+)", said)[1]) / 1e3
before, began = peak_mb(), time.process_time()
found, _ = read_connectome(sys.argv[1])
print(time.process_time() - began, peak_mb() - before, found.layers[0].n_edges)
"""


def import_figures(made: Connectome) -> list[Figure]:
    """A CSV as Codex exports connections, ids of 64 bits, read by a process of its own."""
    import pandas as pd

    layer, rng = made.layers[0], np.random.default_rng(0)
    order = rng.permutation(layer.n_edges)
    ids = 720_575_940_600_000_001 + 7 * rng.permutation(made.n_neurons)
    table = pd.DataFrame(
        {
            "pre_root_id": ids[layer.pre[order]],
            "post_root_id": ids[layer.post[order]],
            "neuropil": rng.choice(np.array(["LOP_R", "ME_L", "GNG"]), layer.n_edges),
            "syn_count": layer.weight[order].astype(int),
            "nt_type": rng.choice(np.array(["ACH", "GABA", "GLUT"]), layer.n_edges),
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "connections.csv"
        table.to_csv(path, index=False)
        call = [sys.executable, "-c", _READING, str(path)]
        said = subprocess.run(call, check=True, capture_output=True, text=True).stdout
    taken_s, peak_mb, n_edges = map(float, said.split())
    name = f"Codex table of {n_edges:,.0f} edges: "
    return [
        Figure(name + "reading", "s CPU", taken_s, at_most=15),
        Figure(name + "memory while it is read", "MB", peak_mb, at_most=1_000),
    ]


def main() -> int:
    """Print the table and the JSON; the exit status is 0, figures decide nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="exact betweenness and all rounds")
    full = parser.parse_args().full
    figures: list[Figure] = []
    for group in (
        null_figures,
        view_figures,
        lambda: middle_figures(full=full),
        lambda: fly_figures(full=full),
        lambda: import_figures(synthetic.fly_size()) if full else [],
    ):
        for figure in group():
            figures.append(figure)
            print(figure, flush=True)
    print(as_json(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
