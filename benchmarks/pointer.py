"""How fast the pointer workbench is, as ratios against named peers measured in the same run.

    python benchmarks/pointer.py [--full]

Prints target, measured value and verdict, and last one line of JSON with every figure. Times are
CPU seconds of one thread (best of several); the drag is wall clock in headless Chromium, so it
suffers from whatever else the machine does. ``--full`` adds more lengths and instances.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.spatial import ConvexHull
from table import Figure, as_json, cpu_seconds

from engines.pointer.answering.answer import answered
from engines.pointer.answering.races import optional_solvers
from engines.pointer.kernels import hulls, tours
from engines.pointer.model import Network, Recipe, SolveSpec
from engines.pointer.networks.build import network
from engines.pointer.tasks import task_named
from engines.pointer.training.teacher_forcing import batch, loss_of

ROOT = Path(__file__).resolve().parents[1]


class LoopedPtrNet(torch.nn.Module):
    """The design of ast0414/pointer-networks-pytorch, re-created as a plain loop.

    An LSTM cell per step, additive attention with both projections inside the loop, a mask that is
    updated step by step, log-softmax per step, and its own choices as inputs.
    """

    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.embed = torch.nn.Linear(2, d_model)
        self.encoder = torch.nn.LSTM(d_model, d_model, batch_first=True)
        self.cell = torch.nn.LSTMCell(d_model, d_model)
        self.w1 = torch.nn.Linear(d_model, d_model, bias=False)
        self.w2 = torch.nn.Linear(d_model, d_model, bias=False)
        self.v = torch.nn.Linear(d_model, 1, bias=False)
        self.start = torch.nn.Parameter(torch.zeros(d_model))

    def loss(self, points: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Mean cross-entropy over all steps."""
        x = self.embed(points)
        encoded, (h, c) = self.encoder(x)
        h, c, previous = h[0], c[0], self.start.expand(len(points), -1)
        mask = torch.zeros(points.shape[:2], dtype=torch.bool)
        total = torch.zeros(())
        rows = torch.arange(len(points))
        for k in range(targets.shape[1]):
            h, c, scores = self.step(encoded, previous, h, c)
            logp = scores.masked_fill(mask, -1e4).log_softmax(-1)
            total = total + torch.nn.functional.nll_loss(logp, targets[:, k])
            chosen = logp.argmax(-1)
            mask = mask.clone()
            mask[rows, chosen] = True
            previous = x[rows, chosen]
        return total / targets.shape[1]

    def step(self, encoded: torch.Tensor, x: torch.Tensor, h: torch.Tensor, c: torch.Tensor) -> Any:
        """State and scores of one step."""
        h, c = self.cell(x, (h, c))
        scores = self.v(torch.tanh(self.w1(encoded) + self.w2(h).unsqueeze(1))).squeeze(-1)
        return h, c, scores


class BlendedPtrNet(LoopedPtrNet):
    """The design of shirgur/PointerNet: gates by hand, and the context blended into the state."""

    def __init__(self, d_model: int) -> None:
        super().__init__(d_model)
        self.input_gates = torch.nn.Linear(d_model, 4 * d_model)
        self.hidden_gates = torch.nn.Linear(d_model, 4 * d_model)
        self.context = torch.nn.Conv1d(d_model, d_model, 1)
        self.blend = torch.nn.Linear(2 * d_model, d_model)

    def step(self, encoded: torch.Tensor, x: torch.Tensor, h: torch.Tensor, c: torch.Tensor) -> Any:
        """State and scores of one step."""
        i, f, g, o = (self.input_gates(x) + self.hidden_gates(h)).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        query = self.w2(h).unsqueeze(2).expand(-1, -1, encoded.shape[1])
        keys = self.context(encoded.permute(0, 2, 1))
        scores = torch.bmm(self.v.weight.expand(len(h), 1, -1), torch.tanh(query + keys)).squeeze(1)
        mixed = torch.bmm(keys, scores.softmax(-1).unsqueeze(2)).squeeze(2)
        return torch.tanh(self.blend(torch.cat([mixed, h], 1))), c, scores


def fused_against_loops(n: int, repeats: int) -> list[Figure]:
    """Forward and backward of one batch of 128 tours of n, hidden size 256."""
    recipe = Recipe(task="tour", n_min=n, n_max=n, canonical=False, batch=128)
    points, targets = batch(task_named("tour", canonical=False), recipe, 0)
    features, taught = torch.from_numpy(points).float(), torch.from_numpy(targets)
    ours = network(Network(kind="Ptr-Net", d_model=256), d_features=2, n_max=n, seed=0)

    def step(net: torch.nn.Module, loss: Callable[[], torch.Tensor]) -> None:
        net.zero_grad(set_to_none=True)
        loss().backward()

    fused = cpu_seconds(
        lambda: step(ours, lambda: loss_of(ours, features, taught, n_given=0)[0]), repeats
    )
    found = []
    for name, kind in (("ast0414", LoopedPtrNet), ("shirgur", BlendedPtrNet)):
        net = kind(256)
        looped = cpu_seconds(lambda net=net: step(net, lambda: net.loss(features, taught)), repeats)
        title = f"fused teacher forcing against {name}'s design, n = {n}"
        found.append(Figure(title, "x", looped / fused, at_least=3))
    return found


def hulls_against_scipy(n: int) -> Figure:
    """Labels per CPU second against scipy's."""
    points = np.random.default_rng(0).random((20_000, n, 2))
    few = points[:500]
    ours = cpu_seconds(lambda: hulls.hulls(points), 5) / len(points)
    theirs = cpu_seconds(lambda: [ConvexHull(p).vertices for p in few], 3) / len(few)
    target = {"at_least": 50.0} if n <= 10 else {}
    return Figure(f"hull labels against scipy, n = {n}", "x", theirs / ours, **target)


def search_against_lkh(n: int, n_instances: int) -> list[Figure]:
    """Gap of local search from every city to LKH, where it is installed."""
    lkh = optional_solvers().get("elkai (LKH)")
    points = np.random.default_rng(1).random((n_instances, n, 2))
    between = [tours.distances(p) for p in points]
    seconds = cpu_seconds(lambda: [tours.local_search(b, n) for b in between], 1) / n_instances
    figures = [Figure(f"local search from every city, n = {n}", "ms", 1e3 * seconds)]
    if lkh is not None:
        ours = [tours.tour_length(b, tours.local_search(b, n)) for b in between]
        theirs = [tours.tour_length(b, lkh(p)) for b, p in zip(between, points, strict=True)]
        gap = 100 * float(np.mean(np.array(ours) / np.array(theirs)) - 1)
        figures.append(Figure(f"local search above LKH, n = {n}", "%", gap, at_most=0.05))
    return figures


def answer_ms(task: str, n: int) -> Figure:
    """What the engine spends on one moved point: decode, reference, scores."""
    spec = SolveSpec(task=task, n_points=n)  # type: ignore[arg-type]
    answered(spec)
    times = []
    for seed in range(20):
        started = time.process_time()
        answered(spec.replace(seed=seed))
        times.append(1e3 * (time.process_time() - started))
    return Figure(f"engine time of a moved point, {task} of {n}, p95", "ms",
                  float(np.percentile(times, 95)), at_most=100)  # fmt: skip


def drag_ms(n: int) -> Figure:
    """p95 from a pointer move to the painted answer, in headless Chromium."""
    sys.path.insert(0, str(ROOT / "tests" / "ui"))
    import tempfile

    import conftest
    from test_pointer_main import DRAG, PointerPage

    app = conftest.start_app(Path(tempfile.mkdtemp()))
    try:
        with conftest.playwright_api.sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=conftest.chromium_path(), args=conftest.FLAGS
            )
            points = np.random.default_rng(3).random((n, 2)).round(4)
            points[0] = 0.5, 0.5
            query = "points=" + json.dumps(points.tolist(), separators=(",", ":"))
            page = PointerPage(browser.new_page(), app.url, query)
            page.done()
            way = page.pixel(0.5, 0.5), page.pixel(0.6, 0.95)
            plane = page.plane.element_handle()
            page.page.evaluate(DRAG, [plane, 5, *way])  # the first words and colours
            page.page.wait_for_timeout(1_000)
            took: Any = page.page.evaluate(DRAG, [plane, 60, way[1], page.pixel(0.2, 0.4)])
            browser.close()
    finally:
        app.stop()
    return Figure(f"drag to painted answer, hull of {n}, p95", "ms",
                  float(np.percentile(took, 95)), at_most=100)  # fmt: skip


def examples_per_second() -> list[Figure]:
    """Training examples per CPU second of the default networks."""
    found = []
    for kind, d_model in (("set pointer", 64), ("set pointer", 128), ("Ptr-Net", 256)):
        recipe = Recipe(n_min=10, n_max=10, network=Network(kind=kind, d_model=d_model))  # type: ignore[arg-type]
        points, targets = batch(task_named("hull"), recipe, 0)
        features, taught = torch.from_numpy(points).float(), torch.from_numpy(targets)
        net = network(recipe.network, d_features=2, n_max=10, seed=0)
        seconds = cpu_seconds(
            lambda net=net, f=features, t=taught: loss_of(net, f, t, n_given=0)[0].backward(), 4
        )
        found.append(Figure(f"{kind} {d_model}, hull of 10", "examples/s", 128 / seconds))
    return found


def figures(*, full: bool) -> list[Figure]:
    """Every figure, the ones with targets first."""
    lengths = (10, 20, 50) if full else (10, 20)
    found = [figure for n in lengths for figure in fused_against_loops(n, 3)]
    found += [hulls_against_scipy(n) for n in (5, 10, 50)]
    found += [answer_ms("hull", 50), answer_ms("tour", 20)]
    found += search_against_lkh(50, 100 if full else 20)
    found += examples_per_second()
    return [*found, drag_ms(50)]


def main() -> None:
    """Measure, print, and end with JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="more lengths and instances")
    torch.set_num_threads(1)
    found = figures(full=parser.parse_args().full)
    print(*found, sep="\n")
    print(as_json(found))


if __name__ == "__main__":
    main()
