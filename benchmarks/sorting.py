"""How fast arrays sort themselves, against a plain Python loop, and the two engines side by side.

    python benchmarks/sorting.py [--full]

Prints target, measured value and verdict, and last one line of JSON with every figure. Times are
CPU seconds of this process (best of several, since other work on the machine slows them too).
The default run takes about two minutes; ``--full`` repeats more and adds larger arrays.
"""

from __future__ import annotations

import argparse
import random
import time
from functools import partial

import numpy as np
from table import Figure, as_json, cpu_seconds

from engines.boundary import codec
from engines.running import devices, registry
from engines.sorting import AlgotypeShare, SortSpec, ensemble, inversions, simulate
from engines.sorting.experiments.arrays import run as run_experiment
from engines.sorting.paper.page import PaperSpec

N_CELLS = 100
ALGOTYPES = ("bubble", "insertion", "selection")


# A plain Python loop of the same rules under uniform activation, written to be fast.


def plain_bubble(values: list[int], rng: random.Random) -> None:
    n = len(values)
    n_wrong = sum(values[i] > values[i + 1] for i in range(n - 1))
    below = rng.random
    while n_wrong:
        p = int(below() * n)
        left = p if below() < 0.5 else p - 1
        if not 0 <= left < n - 1 or values[left] <= values[left + 1]:
            continue
        near = range(max(left - 1, 0), min(left + 2, n - 1))
        n_wrong -= sum(values[i] > values[i + 1] for i in near)
        values[left], values[left + 1] = values[left + 1], values[left]
        n_wrong += sum(values[i] > values[i + 1] for i in near)


def plain_insertion(values: list[int], rng: random.Random) -> None:
    n = len(values)
    n_wrong = sum(values[i] > values[i + 1] for i in range(n - 1))
    below = rng.random
    while n_wrong:
        p = int(below() * n)
        if p == 0:
            continue
        for i in range(p - 1):
            if values[i] > values[i + 1]:
                break
        else:
            if values[p] < values[p - 1]:
                near = range(max(p - 2, 0), min(p + 1, n - 1))
                n_wrong -= sum(values[i] > values[i + 1] for i in near)
                values[p - 1], values[p] = values[p], values[p - 1]
                n_wrong += sum(values[i] > values[i + 1] for i in near)


def plain_selection(values: list[int], rng: random.Random) -> None:
    n = len(values)
    order, position, ideal = list(range(n)), list(range(n)), [0] * n
    rank, below = list(values), rng.random
    while any(values[i] > values[i + 1] for i in range(n - 1)):
        for _ in range(50):
            cell = int(below() * n)
            p, q = position[cell], ideal[cell]
            if q == p or q >= n:
                continue
            other = order[q]
            if rank[cell] >= rank[other]:
                ideal[cell] = q + 1
                continue
            order[p], order[q] = other, cell
            position[cell], position[other] = q, p
            values[p], values[q] = values[q], values[p]


PLAIN = {"bubble": plain_bubble, "insertion": plain_insertion, "selection": plain_selection}


def plain_seconds(algotype: str, n_sorts: int) -> float:
    """CPU seconds per finished sort of the plain loop."""
    started = time.process_time()
    for seed in range(n_sorts):
        rng = random.Random(seed)
        values = list(range(N_CELLS))
        rng.shuffle(values)
        PLAIN[algotype](values, rng)
        assert values == sorted(values)
    return (time.process_time() - started) / n_sorts


def summarized_runs(specs: list[SortSpec]) -> None:
    """Every run with the row and the curves that an ensemble keeps of it."""
    from engines.sorting.ensembles.single_run import Scratch, sorted_run, summarized

    numbers, curves = np.zeros(9, np.int64), np.zeros((3, 101), np.int32)
    scratch = Scratch()
    for spec in specs:
        summarized(spec, sorted_run(spec, scratch), numbers, curves)


def speed(repeats: int, n_plain: int) -> list[Figure]:
    """A hundred sorts from spec to log, what an ensemble adds to them, and the ratios."""
    from engines.sorting.ensembles.single_run import Scratch, sorted_run

    scratch = Scratch()
    limits = {"bubble": 0.05, "insertion": 0.02}
    figures, per_sort = [], {}
    for scheduler in ("uniform", "burst", "synchronous"):
        for algotype in ALGOTYPES:
            spec = SortSpec(algotypes=(AlgotypeShare(algotype=algotype),), scheduler=scheduler)
            specs = [spec.replace(seed=seed) for seed in range(100)]
            run = lambda specs=specs: [sorted_run(s, scratch) for s in specs]  # noqa: E731
            taken = cpu_seconds(run, repeats)
            per_sort[scheduler, algotype] = taken / 100
            limit = limits.get(algotype, float("nan")) if scheduler == "uniform" else float("nan")
            name = f"100 {algotype} runs of 100 cells, {scheduler}"
            figures.append(Figure(name, "CPU s", taken, at_most=limit))
            taken = cpu_seconds(partial(summarized_runs, specs), repeats)
            figures.append(Figure("   with curves, clusters and their null", "CPU s", taken))
    for algotype in ALGOTYPES:
        plain = plain_seconds(algotype, max(1, n_plain // (20 if algotype == "insertion" else 1)))
        ratio = plain / per_sort["uniform", algotype]
        figures.append(Figure(f"{algotype}: plain Python loop, per sort", "CPU s", plain))
        figures.append(Figure(f"{algotype}: faster than plain Python", "times", ratio, at_least=10))
    return figures


def large(n_cells: int, at_most: float) -> list[Figure]:
    """One large array, start to trajectory."""
    spec = SortSpec(n_cells=n_cells, scheduler="uniform", max_swaps=200_000_000)
    simulate(spec.replace(n_cells=50))
    taken = cpu_seconds(lambda: simulate(spec), 2)
    run = simulate(spec.replace(max_swaps=0))
    n_swaps = inversions(run.rank)
    name = f"one bubble run of {n_cells:,} cells, trajectory included"
    return [
        Figure(name, "CPU s", taken, at_most=at_most),
        Figure(f"swaps of it, {n_cells:,} cells", "swaps", n_swaps),
        Figure(f"swaps per second, {n_cells:,} cells", "1/s", n_swaps / taken),
    ]


def logs_and_seeks(n_seeks: int) -> list[Figure]:
    """What is stored, and how long it takes to go to any step."""
    runs = [simulate(SortSpec(seed=seed)) for seed in range(100)]
    megabytes = sum(run.left.nbytes + run.right.nbytes for run in runs) / 1e6
    thousand = simulate(SortSpec(n_cells=1000))
    rng = np.random.default_rng(0)
    times = []
    for step in rng.integers(0, thousand.n_steps, n_seeks):
        started = time.process_time()
        thousand.at(int(step))
        times.append(1e3 * (time.process_time() - started))
    frame = next(
        run_experiment.frames(
            SortSpec(algotypes=tuple(AlgotypeShare(algotype=a) for a in ALGOTYPES))
        )
    )
    return [
        Figure("swap logs of 100 runs of 100 cells", "MB", megabytes, at_most=0.6),
        Figure("seek to any step, 1,000 cells, median", "ms", float(np.median(times)), at_most=1),
        Figure("seek to any step, 1,000 cells, p99", "ms", float(np.percentile(times, 99))),
        Figure("one frame of 100 cells", "bytes", len(codec.pack(frame)), at_most=1000),
    ]


def ensembles() -> list[Figure]:
    """A hundred runs with statistics on one thread and on all, and every known answer."""
    import numba

    spec = SortSpec(algotypes=(AlgotypeShare(), AlgotypeShare(algotype="selection")))
    ensemble(spec, 4)
    walls = {}
    n_all = numba.get_num_threads()
    for n_threads in sorted({1, n_all}):
        numba.set_num_threads(n_threads)
        started = time.perf_counter()
        ensemble(spec, 400)
        walls[n_threads] = time.perf_counter() - started
    started = time.process_time()
    verdicts = [
        answer.verdict()
        for name in ("run", "ensemble", "paper", "grid")
        for answer in registry.experiment(f"sorting/{name}").known_answers()
    ]
    taken = time.process_time() - started
    return [
        *(Figure(f"400 runs, {n} thread(s)", "wall s", wall) for n, wall in walls.items()),
        Figure("all known answers", "CPU s", taken, at_most=40),
        Figure("known answers not reproduced", "", sum(not v.reproduced for v in verdicts), 0),
    ]


def engines_side_by_side(n_runs: int) -> list[Figure]:
    """Synchronous ensembles, the same bytes by numba on all cores and by torch on the device."""
    from engines.sorting.ensembles.choice import costs

    device = devices.resolve("auto")
    figures = []
    for n_cells in (20, 100):
        spec = SortSpec(n_cells=n_cells, scheduler="synchronous")
        found = costs(spec, device, n_runs.bit_length())
        for name, seconds in (("numba", found.numba_s), (f"torch, {device}", found.torch_s)):
            title = f"synchronous bubble runs of {n_cells} cells, {name}"
            figures.append(Figure(title, "runs/s", 1.0 / seconds))
        name = f"   numba over torch on {device}, {n_cells} cells"
        figures.append(Figure(name, "times", found.torch_s / found.numba_s))
    return figures


def pages() -> list[Figure]:
    """The paper page, and a map of 20 x 20 settings with 100 runs of 100 cells in each."""
    from engines.sorting.ensembles.sweeps import SweepSpec
    from engines.sorting.ensembles.sweeps import frames_of as sweep_of
    from engines.sorting.paper.page import frames_of as page_of

    figures = []
    for name, frames, limits in (
        ("the paper page", lambda: page_of(PaperSpec()), (60.0, float("nan"))),
        (
            "20 x 20 settings x 100 runs",
            lambda: sweep_of(SweepSpec(n_x=20, n_y=20)),
            (float("nan"), 60.0),
        ),
    ):
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in frames():
            pass
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        figures.append(Figure(name, "CPU s", cpu, at_most=limits[0]))
        figures.append(Figure(name, "wall s", wall, at_most=limits[1]))
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="repeat more, larger arrays")
    full = parser.parse_args().full
    figures = [
        *speed(20 if full else 5, 200 if full else 20),
        *large(10_000, 2.0),
        *(large(20_000, float("nan")) if full else []),
        *logs_and_seeks(2000 if full else 300),
        *ensembles(),
        *engines_side_by_side(4096 if full else 512),
        *pages(),
    ]
    print(*figures, sep="\n")
    print(as_json(figures))


if __name__ == "__main__":
    main()
