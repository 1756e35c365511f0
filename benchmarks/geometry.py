"""How fast the geometry workbench is, as ratios against a named peer in one run.

    python benchmarks/geometry.py [--full] [--browser]

CPU seconds of this process (best of several) with one thread, since other work on the machine
slows both sides alike. ``--full`` adds the 40-network phase diagram and the large RDM;
``--browser`` measures a scrub in a running page. A GPU is used for the last rows when there is one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from table import Figure, as_json, cpu_seconds
from threadpoolctl import threadpool_limits

from engines.geometry import ActivationWriter, barcode, rdm
from engines.geometry.film.layouts import pca_basis
from engines.geometry.learning.networks import initial_networks
from engines.geometry.learning.phase_diagram import PhaseSpec, frames_of
from engines.running import devices

ROOT = Path(__file__).resolve().parents[1]


def batched_training(n_nets: int = 64, n_steps: int = 100) -> list[Figure]:
    sizes = [50, 64, 1]
    names = ["tanh"] * (n_nets // 2) + ["relu"] * (n_nets // 2)
    draw = torch.Generator().manual_seed(0)
    x = torch.randn(n_steps, 32, 50, generator=draw)
    y = torch.randint(0, 2, (n_steps, 32, 1), generator=draw).float()
    nets = initial_networks(sizes, names, range(n_nets), frozen_readout=False)
    start = [w.clone() for w in nets.weights], [b.clone() for b in nets.biases]

    def together() -> None:
        for k in range(n_steps):
            nets.step(x[k].expand(n_nets, -1, -1), y[k][None], 0.1)

    def alone(k: int) -> list[torch.nn.Linear]:
        layers = [torch.nn.Linear(a, b) for a, b in pairwise(sizes)]
        for layer, w, b in zip(layers, *start, strict=True):
            layer.weight.data, layer.bias.data = w[k].T.clone(), b[k, 0].clone()
        act = torch.tanh if names[k] == "tanh" else torch.relu
        optimiser = torch.optim.SGD([p for m in layers for p in m.parameters()], 0.1)
        for t in range(n_steps):
            cost = torch.nn.functional.binary_cross_entropy_with_logits(
                layers[1](act(layers[0](x[t]))), y[t]
            )
            optimiser.zero_grad()
            cost.backward()
            optimiser.step()
        return layers

    batched = cpu_seconds(together, 1, warm=False)
    kept = [w.clone() for w in nets.weights]
    made: list[list[torch.nn.Linear]] = []
    loop = cpu_seconds(lambda: made.extend(alone(k) for k in range(n_nets)), 1, warm=False)
    far = max(
        float((kept[depth][k] - made[k][depth].weight.data.T).abs().max())
        for k in range(n_nets)
        for depth in (0, 1)
    )
    return [
        Figure(f"{n_nets} networks batched over one by one", "x", loop / batched, at_least=6.0),
        Figure("largest difference of weights", "", far, at_most=1e-6),
    ]


def correlation_rdm(n: int) -> list[Figure]:
    x = np.random.default_rng(0).standard_normal((n, 1000)).astype(np.float32)
    ours = cpu_seconds(lambda: rdm(x), 1, warm=False)
    found = [Figure(f"correlation RDM {n:,} x 1,000", "s", ours)]
    try:
        from rsatoolbox.data.dataset import Dataset
        from rsatoolbox.rdm.calc import calc_rdm
    except ImportError:
        return found
    data = Dataset(x)
    theirs = cpu_seconds(lambda: calc_rdm(data, method="correlation"), 1, warm=False)
    return [*found, Figure("the same over rsatoolbox", "x", theirs / ours, at_least=10.0)]


def persistence(n: int) -> list[Figure]:
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * np.pi, n)
    x = np.column_stack([np.cos(angle), np.sin(angle), *rng.normal(0, 0.02, (48, n))])
    d = rdm(x, "euclidean")
    barcode(d[:20, :20])  # compiled on the first call, then read from disk
    ours = cpu_seconds(lambda: barcode(d, n), 1, warm=False)
    found = [Figure(f"H0 and H1 of {n} points on a noisy ring", "s", ours)]
    try:
        from ripser import ripser
    except ImportError:
        return found
    radius = d.max(axis=1).min()
    theirs = cpu_seconds(lambda: ripser(d, 1, thresh=radius, distance_matrix=True), 1, warm=False)
    return [*found, Figure("the same over ripser", "x", theirs / ours, at_least=1.5)]


def snapshot() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        rng = np.random.default_rng(0)
        names = [str(k) for k in range(1000)]
        writer = ActivationWriter(Path(folder) / "a", {"h": 256}, names)
        for _ in range(20):
            writer.append({"h": rng.standard_normal((1000, 256))})
        stored = writer.close()
        mean, axes, _ = pca_basis(stored.at("h", 0))
        mean, axes = mean.astype(np.float32), axes.astype(np.float32)
        layer = stored.layer("h")
        times = []
        for k in range(20):
            started = time.perf_counter()
            _ = (layer[k] - mean) @ axes
            times.append(1000 * (time.perf_counter() - started))
    return [Figure("snapshot 1,000 x 256: read and project", "ms", float(np.median(times)),
                   at_most=5.0)]  # fmt: skip


def phase() -> list[Figure]:
    seconds = cpu_seconds(lambda: list(frames_of(PhaseSpec())), 1, warm=False)
    return [Figure("phase diagram, 40 networks, 1,500 steps", "CPU s", seconds, at_most=60.0)]


def on_gpu() -> list[Figure]:
    """The same sweep on the accelerator, and the RDM of 100,000 stimuli in tiles."""
    if not torch.cuda.is_available():
        return []
    with devices.using("cuda:0"):
        started = time.perf_counter()
        list(frames_of(PhaseSpec()))
        sweep = time.perf_counter() - started
    x = torch.randn(100_000, 1000, device="cuda")
    x = torch.nn.functional.normalize(x - x.mean(1, keepdim=True))
    torch.cuda.synchronize()
    started, total = time.perf_counter(), 0.0
    for tile in x.split(4096):
        total += float((1.0 - tile @ x.T).sum())
    torch.cuda.synchronize()
    tiles = time.perf_counter() - started
    return [
        Figure(f"phase diagram on {torch.cuda.get_device_name()}", "s", sweep),
        Figure("correlation RDM of 100,000 x 1,000 in tiles", "s", tiles),
    ]


def scrub() -> list[Figure]:
    """Milliseconds from a seek to the painted picture in a page of its own."""
    import importlib.util

    from playwright.sync_api import sync_playwright

    place = ROOT / "tests" / "ui"
    loaded = {}
    for name in ("conftest", "geometry_page"):
        spec = importlib.util.spec_from_file_location(name, place / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        loaded[name] = importlib.util.module_from_spec(spec)
        sys.modules[name] = loaded[name]
        spec.loader.exec_module(loaded[name])
    ui, pages = loaded["conftest"], loaded["geometry_page"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = ui.start_app(Path(folder))
        try:
            browser = playwright.chromium.launch(executable_path=ui.chromium_path(), args=ui.FLAGS)
            page = pages.GeometryPage(browser.new_page(), app.url, "n_steps=300").ready()
            times = [page.seek_ms(k % 60) for k in range(0, 1200, 7)]
            browser.close()
        finally:
            app.stop()
    p95 = float(np.quantile(times, 0.95))
    return [Figure("scrub to picture, p95 of 172", "ms", p95, at_most=100.0)]


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--full", action="store_true")
    options.add_argument("--browser", action="store_true")
    chosen = options.parse_args()
    torch.set_num_threads(1)
    limits = threadpool_limits(1)  # numpy's products too, or CPU seconds count waiting threads
    jobs: list[Callable[[], list[Figure]]] = [
        batched_training,
        lambda: correlation_rdm(10_000 if chosen.full else 2_000),
        lambda: persistence(1000),
        snapshot,
        *([phase] if chosen.full else []),
        *([scrub] if chosen.browser else []),
        on_gpu,
    ]
    figures = []
    for job in jobs:
        for figure in job():
            figures.append(figure)
            print(figure, flush=True)
    print(as_json(figures))
    limits.restore_original_limits()
    return 0


if __name__ == "__main__":
    sys.exit(main())
