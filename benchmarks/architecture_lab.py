"""What racing diagrams costs: all seeds of a text at once beside one network after the other.

    python benchmarks/architecture_lab.py [--full]

CPU seconds of this process with one thread, both sides in one run. The peer is plain torch with the
same module made from the same text: ``backward`` and `torch.optim.Adam`, one seed after the other.
``--full`` takes the median of more repeats.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

import numpy as np
import torch
from table import Figure, as_json
from threadpoolctl import threadpool_limits
from torch.nn import functional as fn

from engines.diagrams.bounding.asked import BranchSpec
from engines.diagrams.bounding.bounds import bounds
from engines.diagrams.bounding.programs import Program
from engines.diagrams.bounding.running import network
from engines.diagrams.edges import running as functions_on_edges
from engines.diagrams.edges.asked import GAUSSIANS, RECURSION, SPLINES, KanSpec
from engines.diagrams.learning.presets import PRESETS
from engines.diagrams.learning.racing import Race, Racer, frames_of
from engines.diagrams.watching.feeding import Learning, learned
from engines.diagrams.watching.spec import WatchSpec
from engines.diagrams.wires.followed import N_PROBES
from engines.diagrams.wires.statistics import Probe, followed_at
from engines.lab.training.losses import loss_of

N_SEEDS, N_STEPS, RATE = 16, 60, 0.003
ROWS = {
    "one wide layer, digits": ("Wide or deep, equal parameters", 0),
    "three narrow layers, digits": ("Wide or deep, equal parameters", 1),
    "two layers of 128, characters": ("ReLU or GELU, 500 steps", 0),
    "a word of one's own, characters": ("CRReLU, a word of one's own", 2),
    "quadratic neurons, ring": ("Quadratic neurons on a ring", 2),
    "convolution, digits": ("Convolution or dense", 1),
}


def stacked(race: Race, racer: Racer) -> None:
    training = race.training(racer, (RATE,), list(range(N_SEEDS)))
    training.advance(N_STEPS)


def alone(race: Race, racer: Racer) -> None:
    batches = race.training(racer, (RATE,), list(range(N_SEEDS))).batches
    for seed in range(N_SEEDS):
        torch.manual_seed(seed)
        module = racer.contestant.module()
        optimiser = torch.optim.Adam(module.parameters(), RATE)
        for step in range(N_STEPS):
            x, y = batches.batch(step)
            optimiser.zero_grad()
            fn.cross_entropy(module(x[seed]), y[seed]).backward()
            optimiser.step()


def row(name: str, repeats: int, at_least: float) -> Figure:
    """Both sides in turn, so that what else the machine does slows them alike."""
    preset, place = ROWS[name]
    race = Race(PRESETS[preset])
    racer = race.line_up()[place]
    stacked(race, racer)  # loads what is loaded once
    ratios = []
    for _ in range(repeats):
        begun = time.process_time()
        alone(race, racer)
        between = time.process_time()
        stacked(race, racer)
        ratios.append((between - begun) / (time.process_time() - between))
    said = f"{name}, {N_SEEDS} seeds: plain torch over stacked"
    return Figure(said, "x CPU", statistics.median(ratios), at_least=at_least)


def bases(repeats: int, slower: str, faster: str, at_least: float) -> Figure:
    """Networks with functions on edges that differ in how bumps are computed, in turn."""
    made = functions_on_edges.Comparison(KanSpec(recursion=True))
    sides = [made.trainings[made.spec.names.index(name)] for name in (slower, faster)]
    ratios = []
    for k in range(repeats + 1):
        took = []
        for training in sides:
            begun = time.process_time()
            training.advance((k + 1) * N_STEPS)
            took.append(time.process_time() - begun)
        ratios.append(took[0] / took[1])
    said = f"{slower} over {faster}, {made.spec.n_nets} networks"
    return Figure(said, "x CPU", statistics.median(ratios[1:]), at_least=at_least)  # first: loading


def bounded(repeats: int) -> list[Figure]:
    """Bounds of a thousand boxes at once, box by box, and the linear program of a single one."""
    spec = BranchSpec(function="ReLU", n_inputs=4, n_hidden=14, n_layers=2, reach=0.45)
    net, _ = network(spec, 0)
    high = np.random.default_rng(0).uniform(0.05, 0.45, (1_000, 4))
    took: dict[str, list[float]] = {"at once": [], "box by box": [], "program": []}
    for _ in range(repeats + 1):
        begun = time.process_time()
        known = bounds(net, {"x": (-high, high)})
        took["at once"].append(time.process_time() - begun)
        begun = time.process_time()
        for k in range(1_000):
            bounds(net, {"x": (-high[k : k + 1], high[k : k + 1])})
        took["box by box"].append(time.process_time() - begun)
        program, begun = Program(net), time.process_time()
        for k in range(100):
            program.least(known, k)
        took["program"].append(10.0 * (time.process_time() - begun))
    found = {name: statistics.median(each[1:]) for name, each in took.items()}
    return [
        Figure("bounds of 1,000 boxes: box by box over at once", "x CPU",
               found["box by box"] / found["at once"], at_least=10.0),
        Figure("bounds of 1,000 boxes: linear programs over at once", "x CPU",
               found["program"] / found["at once"], at_least=5.0),
    ]  # fmt: skip


def watched(n_steps: int, repeats: int) -> Figure:
    """Learning with the statistics of every wire taken at its looks, over learning alone.

    The text that *Values on every wire* opens with, three seeds; goal at most 1.05.
    """
    ratios = []
    for _ in range(repeats + 1):
        took = []
        for looked_at in (False, True):
            learning = Learning(WatchSpec(n_steps=n_steps))
            probe = Probe(*learning.exam(N_PROBES), loss_of(learning.task.loss))
            at = followed_at(n_steps)
            begun = time.process_time()
            for step in learned(learning):
                if looked_at and step in at and (step or not learning.training.step):
                    probe.look(learning.training.stack)
            took.append(time.process_time() - begun)
        ratios.append(took[1] / took[0])
    name = f"{n_steps:,} steps with statistics of all wires over without"
    return Figure(name, "x CPU", statistics.median(ratios[1:]), at_most=1.1)


def elapsed(preset: str) -> Figure:
    """CPU seconds of a whole race, as the page runs it."""
    begun = time.process_time()
    for _ in frames_of(PRESETS[preset]):
        pass
    return Figure(f"race {preset!r}", "CPU s", time.process_time() - begun, at_most=20.0)


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--full", action="store_true")
    full = options.parse_args().full
    repeats = 5 if full else 1
    torch.set_num_threads(1)
    limits = threadpool_limits(1)
    figures = []
    for name in ROWS:
        figures.append(row(name, repeats, 1.0 if name.startswith("convolution") else 2.0))
        print(figures[-1], flush=True)
    for slower, at_least in ((RECURSION, 2.0), (GAUSSIANS, 0.5)):
        figures.append(bases(repeats, slower, SPLINES, at_least))
        print(figures[-1], flush=True)
    for figure in bounded(repeats):
        figures.append(figure)
        print(figure, flush=True)
    for n_steps in (300, 2_000) if full else (300,):
        figures.append(watched(n_steps, repeats))
        print(figures[-1], flush=True)
    figures.append(elapsed(next(iter(PRESETS))))
    print(figures[-1], flush=True)
    print(as_json(figures))
    limits.restore_original_limits()
    return 0


if __name__ == "__main__":
    sys.exit(main())
