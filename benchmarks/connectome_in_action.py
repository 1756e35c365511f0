"""What inference, networks on wirings and the body cost beside named peers, in one run.

    python benchmarks/connectome_in_action.py [--full]

CPU seconds of this process with one thread, both sides in turn. Peers are no dependencies:
tensorly, hmmlearn, reservoirpy, snntorch and torch_geometric are measured where they are installed;
a row without its peer says so and counts for nothing. ``--full`` takes the median of more repeats.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from io import StringIO
from typing import Any

import numpy as np
import torch
from table import Figure, as_json, cpu_seconds
from threadpoolctl import threadpool_limits

PLAYED_PER_S = 30
"""Steps of the body's clock that the page plays in a second."""


def peer(name: str) -> Any:
    """A library that may not be there, or None."""
    try:
        with redirect_stderr(StringIO()), redirect_stdout(StringIO()):
            return import_module(name)
    except ImportError:
        return None


def missing(row: str, library: str) -> list[Figure]:
    """A row that was not measured: it has no target, so it cannot pass."""
    return [Figure(f"{row}: not measured", f"no {library}", float("nan"))]


def ratio(theirs: Callable[[], object], ours: Callable[[], object], repeats: int) -> float:
    """Median of CPU time over CPU time, both in turn, so that others slow them alike."""
    theirs()
    ours()
    found = []
    for _ in range(repeats):
        started = time.process_time()
        theirs()
        between = time.process_time()
        ours()
        found.append((between - started) / max(time.process_time() - between, 1e-9))
    return float(np.median(found))


def planted_tensor(seed: int = 0) -> np.ndarray:
    """float64[200, 10, 1770]: six products of sparse non-negative factors and a tenth of noise."""
    rng = np.random.default_rng(seed)
    factors = [
        rng.random((size, 6)) * (rng.random((size, 6)) < density)
        for size, density in ((200, 0.3), (10, 0.8), (1770, 0.3))
    ]
    tensor = np.einsum("tr,ar,pr->tap", *factors)
    return tensor + 0.1 * tensor.mean() * rng.random(tensor.shape)


def decomposition(repeats: int) -> list[Figure]:
    """Non-negative CP at equal rounds; the error must not be larger."""
    row = "CP of 200 x 10 x 1770, rank 6, 30 rounds"
    library = peer("tensorly.decomposition")
    from engines.connectome.recordings.factors import best_of

    tensor = planted_tensor()
    ours: Any = best_of(tensor, 6, 1, 0, n_rounds=30)
    own = Figure(f"{row}: error", "share", ours.error)
    if library is None:
        return [*missing(f"{row}, tensorly's HALS over ours", "tensorly"), own]
    kept: dict[str, Any] = {}

    def theirs() -> None:
        kept["found"] = library.non_negative_parafac_hals(
            tensor, 6, n_iter_max=30, init="random", random_state=0, tol=0
        )

    found = ratio(theirs, lambda: best_of(tensor, 6, 1, 0, n_rounds=30), repeats)
    left = tensor - peer("tensorly").cp_to_tensor(kept["found"])
    error = float(np.linalg.norm(left) / np.linalg.norm(tensor))
    return [
        Figure(f"{row}: tensorly's HALS over ours", "x CPU", found, at_least=3),
        own,
        Figure(f"{row}: error of tensorly", "share", error),
    ]


def chains(repeats: int) -> list[Figure]:
    """Forward-backward with expected moves over 30 sequences of 1,000 steps and 5 states."""
    from engines.connectome.recordings.chain import posterior

    row = "forward-backward, 30 x 1,000 steps, 5 states"
    rng = np.random.default_rng(0)
    emission = rng.normal(size=(30, 1_000, 5)) * 3.0
    initial, transition = np.full(5, 0.2), np.eye(5) * 0.93 + 0.014
    transition /= transition.sum(axis=1, keepdims=True)
    library = peer("hmmlearn._hmmc")
    if library is None:
        seconds = cpu_seconds(lambda: posterior(emission, initial, transition), repeats)
        return [
            *missing(f"{row}: hmmlearn over ours", "hmmlearn"),
            Figure(f"{row}: ours", "ms CPU", 1e3 * seconds),
        ]
    kept: dict[str, np.ndarray] = {}

    def logs() -> None:
        states = []
        for one in emission:
            _, ahead = library.forward_log(initial, transition, one)
            back = library.backward_log(initial, transition, one)
            both = ahead + back
            states.append(np.exp(both - np.logaddexp.reduce(both, axis=1, keepdims=True)))
            library.compute_log_xi_sum(ahead, transition, back, one)
        kept["state"] = np.array(states)

    def scaled() -> None:
        for one in emission:
            plain = np.exp(one - one.max(axis=1, keepdims=True))
            _, ahead, scale = library.forward_scaling(initial, transition, plain)
            back = library.backward_scaling(initial, transition, plain, scale)
            both = ahead * back
            both /= both.sum(axis=1, keepdims=True)
            library.compute_scaling_xi_sum(ahead, transition, back, plain)

    def ours() -> None:
        kept["ours"] = posterior(emission, initial, transition).state

    by_logs = ratio(logs, ours, 3 * repeats)
    by_scale = ratio(scaled, ours, 3 * repeats)
    apart = float(np.abs(kept["state"] - kept["ours"]).max())
    return [
        Figure(f"{row}: hmmlearn (logs, its default) over ours", "x CPU", by_logs, at_least=3),
        Figure(f"{row}: hmmlearn (scaling) over ours", "x CPU", by_scale),
        Figure(f"{row}: largest difference", "", apart, at_most=1e-9),
    ]


def reservoirs(repeats: int) -> list[Figure]:
    """The same tanh network, 300 units and 5,000 steps: one input, and ten side by side."""
    from engines.connectome.memory.driving import driven

    row = "reservoir, 300 units, 5,000 steps"
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(300, 300)) * (rng.random((300, 300)) < 0.1)
    weights *= 0.9 / np.abs(np.linalg.eigvals(weights)).max()
    entry, drive = rng.uniform(-0.5, 0.5, (300, 10)), rng.uniform(-1, 1, (5_000, 10))
    kept: dict[str, np.ndarray] = {}

    def ours(n: int) -> None:
        parts = list(driven(weights[None], entry[:, :n], drive[:, :n], np.tanh))
        kept["ours"] = np.concatenate(parts)[:, 0, :, 0]

    library = peer("reservoirpy.nodes")
    if library is None:
        return missing(f"{row}: reservoirpy over ours", "reservoirpy")

    def theirs(n: int) -> None:
        for k in range(n):
            node = library.Reservoir(W=weights, Win=entry[:, k : k + 1], lr=1.0, bias=0.0)
            found = node.run(drive[:, k : k + 1])
            if k == 0:
                kept["theirs"] = np.asarray(found)

    one = ratio(lambda: theirs(1), lambda: ours(1), repeats)
    apart = float(np.abs(kept["theirs"] - kept["ours"]).max())
    ten = ratio(lambda: theirs(10), lambda: ours(10), 1)
    return [
        *after_lesions(library, repeats),
        Figure(f"{row}, one input: reservoirpy over ours", "x CPU", one, at_least=4),
        Figure(f"{row}, ten inputs: reservoirpy over ours", "x CPU", ten, at_least=4),
        Figure(f"{row}: largest difference", "", apart, at_most=1e-9),
    ]


def after_lesions(library: Any, repeats: int) -> list[Figure]:
    """What a lesion of the worm costs on the page: whole, eleven cut copies, readouts as they were.

    Both sides run all copies on three inputs and read 40 delays from each; reservoirpy has a
    network for each copy, told as a sparse matrix, with which it is fastest.
    """
    from scipy import sparse

    from engines.connectome.memory.driving import driven_without
    from engines.connectome.memory.readout import read
    from engines.connectome.memory.wired import scaled
    from engines.connectome.wiring.graph import graph_of
    from engines.connectome.wiring.spec import WiringSpec

    weights = scaled(graph_of(WiringSpec()).directed.toarray().T.astype(float), 0.9)
    rng, n, n_inputs, n_steps = np.random.default_rng(1), len(weights), 3, 800
    entry, drive = rng.uniform(-0.5, 0.5, (n, n_inputs)), rng.uniform(-1, 1, (n_steps, n_inputs))
    lines = rng.normal(size=(n_inputs, n + 1, 40))
    left = np.ones((12, n), bool)
    for one in left[1:]:
        one[rng.permutation(n)[: n // 10]] = False
    kept: dict[str, np.ndarray] = {}

    def theirs() -> None:
        said = np.empty((n_steps, len(left), n_inputs, 40))
        for j, one in enumerate(left):
            for k in range(n_inputs):
                across, into = sparse.csr_array(weights * one[:, None]), entry[:, [k]]
                node = library.Reservoir(W=across, Win=into * one[:, None], lr=1.0, bias=0.0)
                said[:, j, k] = read(np.asarray(node.run(drive[:, k : k + 1])), lines[k])
        kept["theirs"] = said

    def ours() -> None:
        said, done = np.empty((n_steps, len(left), n_inputs, 40)), 0
        for part in driven_without(weights, left, entry, drive, np.tanh):
            for k in range(n_inputs):
                said[done : done + len(part), :, k] = read(part[..., k], lines[k])
            done += len(part)
        kept["ours"] = said

    found = ratio(theirs, ours, repeats)
    row = f"reservoir of the worm's {n} neurons, 12 copies after lesions, 3 inputs, 800 steps, read"
    apart = float(np.abs(kept["theirs"] - kept["ours"]).max())
    return [
        Figure(f"{row}: reservoirpy over ours", "x CPU", found, at_least=4),
        Figure(f"{row}: largest difference", "", apart, at_most=1e-9),
    ]


def spikes(repeats: int) -> list[Figure]:
    """1,000 steps of leaky integrate-and-fire cells on the worm's wiring, sensory ones driven.

    The same time constants, threshold and weights; snntorch has no delay and no rest after a spike.
    """
    from engines.connectome.dynamics.network import network_of
    from engines.connectome.dynamics.spiking import SpikingTrial
    from engines.connectome.dynamics.stimulus import StimulusSpec

    row = "spiking cells on the worm, 1,000 steps"
    spec = StimulusSpec(
        targets="role:sensory", model="spiking", shape="step", start_ms=0.0, duration_ms=100.0,
        dt_ms=0.1, amplitude=2.0, synapse_mv=1.0, electrical=False,
    )  # fmt: skip
    network = network_of(spec)
    kept: dict[str, float] = {}

    def ours() -> None:
        trial = SpikingTrial(spec, network, 0, 10)
        trial.advance(0, 1_000)
        kept["ours"] = trial.n_spikes

    library = peer("snntorch")
    if library is None:
        seconds = cpu_seconds(ours, repeats)
        return [
            *missing(f"{row}: snntorch over ours", "snntorch"),
            Figure(f"{row}: ours", "ms CPU", 1e3 * seconds),
        ]
    weight = torch.from_numpy(network.chemical.toarray()).float() * spec.synapse_mv / 7.0
    push = torch.from_numpy(network.target.astype(np.float32))[None] * 2.0 * 0.02 * 0.005
    cell = library.Synaptic(alpha=0.98, beta=0.995, threshold=1.0, reset_mechanism="zero")

    @torch.no_grad()
    def theirs() -> None:
        syn, mem = cell.reset_mem()
        spike, n_spikes = torch.zeros(1, network.n), 0.0
        for _ in range(1_000):
            spike, syn, mem = cell(0.005 * spike @ weight.T + push, syn, mem)
            n_spikes += float(spike.sum())
        kept["theirs"] = n_spikes

    found = ratio(theirs, ours, repeats)
    return [
        Figure(f"{row}: snntorch over ours", "x CPU", found, at_least=1),
        Figure(f"{row}: spikes, ours", "", kept["ours"]),
        Figure(f"{row}: spikes, snntorch", "", kept["theirs"]),
    ]


def graph_blocks(repeats: int) -> list[Figure]:
    """Twenty steps of the shipped network on 300 nodes, and the same layers in torch_geometric."""
    from engines.connectome.passing.block import inputs
    from engines.connectome.passing.planar import drawn
    from engines.connectome.passing.shipped import shipped

    row = "graph network, 300 nodes, 20 steps"
    net = shipped()
    x = inputs(drawn(np.random.default_rng(0), 300))
    utils = peer("torch_geometric.utils")
    if utils is None:
        return missing(f"{row}: torch_geometric over ours", "torch_geometric")
    nn: Any = peer("torch_geometric.nn")
    kept: dict[str, torch.Tensor] = {}

    class Edges(torch.nn.Module):
        def forward(self, src: Any, dst: Any, edge: Any, whole: Any, batch: Any) -> Any:
            return net.edge(torch.cat([edge, src, dst, whole[batch]], 1))

    class Nodes(torch.nn.Module):
        def forward(self, node: Any, ends: Any, edge: Any, whole: Any, batch: Any) -> Any:
            heard = utils.scatter(edge, ends[1], 0, dim_size=len(node), reduce="max")
            return net.node(torch.cat([heard, node, whole[batch]], 1))

    class Whole(torch.nn.Module):
        def forward(self, node: Any, ends: Any, edge: Any, whole: Any, batch: Any) -> Any:
            by_edge = utils.scatter(edge, batch[ends[1]], 0, dim_size=len(whole), reduce="mean")
            by_node = utils.scatter(
                node[:, -node.shape[1] :], batch, 0, dim_size=len(whole), reduce="mean"
            )
            return net.whole(torch.cat([by_edge, by_node, whole], 1))

    layer = nn.MetaLayer(Edges(), Nodes(), Whole())

    @torch.no_grad()
    def theirs() -> None:
        node0, edge0 = net.node_in(x.node), net.edge_in(x.edge)
        node, edge, whole = node0, edge0, node0.new_zeros(x.n_graphs, node0.shape[1])
        ends = torch.stack([x.sender, x.receiver])
        for _ in range(20):
            both = torch.cat([node0, node], 1)
            node, edge, whole = layer(both, ends, torch.cat([edge0, edge], 1), whole, x.graph)
        kept["theirs"] = net.out(node)[:, 0]

    @torch.no_grad()
    def ours() -> None:
        kept["ours"] = net(x, 20)[-1]

    found = ratio(theirs, ours, 10 * repeats)
    apart = float((kept["theirs"] - kept["ours"]).abs().max())
    return [
        Figure(f"{row}: torch_geometric over ours", "x CPU", found, at_least=1),
        Figure(f"{row}: largest difference", "logits", apart, at_most=1e-4),
    ]


def swimming(repeats: int) -> list[Figure]:
    """How much faster than it is played the body is computed."""
    from engines.connectome.bodies.swimming import swim
    from engines.connectome.experiments.bodies.swimmer import SwimmerSpec, drawn_weights

    spec, n_cycles = SwimmerSpec(), 20
    weights = drawn_weights(spec)
    seconds = cpu_seconds(lambda: swim(weights, spec, n_cycles=n_cycles), repeats)
    played_s = n_cycles * spec.period / PLAYED_PER_S
    name = f"swimmer, {spec.n_joints} joints, against {PLAYED_PER_S} steps a second"
    return [Figure(name, "x real time", played_s / seconds, at_least=200)]


def lesions(repeats: int) -> list[Figure]:
    """A lesion after learning: the test again, beside random lesions, nothing trained anew."""
    from engines.connectome.experiments.learning.masks import EXPERIMENT as MASKS
    from engines.connectome.experiments.learning.masks import MasksSpec
    from engines.connectome.experiments.learning.wired_start import EXPERIMENT as START
    from engines.connectome.experiments.learning.wired_start import WiredStartSpec
    from engines.connectome.experiments.memory.remembering import EXPERIMENT as MEMORY
    from engines.connectome.experiments.memory.remembering import RememberingSpec

    cases: list[tuple[str, Any, Any]] = [
        ("a wiring as a start, worm", START, WiredStartSpec(n_steps=20, n_seeds=3)),
        ("masks, worm", MASKS, MasksSpec(by="wiring", n_epochs=2, n_seeds=3)),
        ("wiring as memory, worm", MEMORY, RememberingSpec(n_nulls=3)),
    ]
    found = []
    for name, experiment, spec in cases:
        experiment.result(spec)
        cuts = iter(("class:AVA", "class:AVB", "class:AVD", "class:AVE", "class:PVC", "class:RIB"))
        seconds = [
            cpu_seconds(lambda: experiment.result(spec.replace(lesion=next(cuts))), 1, warm=False)  # noqa: B023
            for _ in range(1 + repeats)
        ]
        row = f"lesion after learning beside random ones, {name}"
        found.append(Figure(row, "s CPU", min(seconds[1:]), at_most=0.3))
    return found


def main() -> int:
    """Print the table and the JSON; the exit status is 0, figures decide nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="the median of more repeats")
    repeats = 5 if parser.parse_args().full else 2
    figures: list[Figure] = []
    torch.set_num_threads(1)
    groups = (decomposition, chains, reservoirs, spikes, graph_blocks, swimming, lesions)
    with threadpool_limits(1):
        for group in groups:
            for figure in group(repeats):
                figures.append(figure)
                print(figure, flush=True)
    print(as_json(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
