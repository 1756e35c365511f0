"""Synthetic wiring, always called so: random, lattice, block model, and one of a fly's size."""

from __future__ import annotations

import numpy as np

from engines.connectome.wiring.connectome import Connectome, Provenance, layer_from_edges

FLY_NEURONS, FLY_EDGES = 130_000, 2_700_000
_TRANSMITTERS = ("Acetylcholine", "GABA", "Glutamate")


def _rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def _made(
    name: str,
    title: str,
    how: str,
    n_neurons: int,
    edges: tuple[np.ndarray, np.ndarray, np.ndarray],
    columns: dict[str, tuple[str, ...]] | None = None,
) -> Connectome:
    pre, post, weight = edges
    layer = layer_from_edges("chemical", pre, post, weight)
    counts = f"{n_neurons:,} neurons, {layer.n_edges:,} edges"
    width = len(str(n_neurons - 1))
    names = tuple(f"n{k:0{width}d}" for k in range(n_neurons))
    caveats = ("Synthetic: nobody measured this wiring.",)
    provenance = Provenance(title, how, "none needed", counts, caveats, synthetic=True)
    return Connectome(name, names, (layer,), provenance, columns or {})


def erdos_renyi(n_neurons: int = 279, n_edges: int = 2_990, seed: int = 0) -> Connectome:
    """Exactly ``n_edges`` directed edges, every simple graph equally likely (G(n, m))."""
    most = n_neurons * (n_neurons - 1)
    picked = np.sort(_rng(seed).choice(most, size=min(n_edges, most), replace=False))
    pre, post = picked // (n_neurons - 1), picked % (n_neurons - 1)
    post = post + (post >= pre)
    how = "Erdos & Renyi 1959: G(n, m), directed, no self-loops"
    edges = pre, post, np.ones(len(pre))
    return _made("erdos_renyi", "Random graph (synthetic)", how, n_neurons, edges)


def lattice(n_neurons: int = 279, n_neighbours: int = 10) -> Connectome:
    """A ring: each neuron connects to its nearest ``n_neighbours``, half on each side."""
    reach = np.arange(1, n_neighbours // 2 + 1)
    pre = np.repeat(np.arange(n_neurons), 2 * len(reach))
    post = (pre + np.tile(np.concatenate([reach, -reach]), n_neurons)) % n_neurons
    how = "ring lattice, as in Watts & Strogatz 1998 before rewiring"
    apart = pre != post
    edges = pre[apart], post[apart], np.ones(int(apart.sum()))
    made = _made("lattice", "Ring lattice (synthetic)", how, n_neurons, edges)
    ones = made.layers[0]
    flat = type(ones)(ones.name, ones.pre, ones.post, np.ones(ones.n_edges))
    return Connectome(made.name, made.neurons, (flat,), made.provenance, made.columns)


def block_model(
    n_neurons: int = 1_000,
    n_edges: int = 20_000,
    n_blocks: int = 6,
    within: float = 0.7,
    seed: int = 0,
    *,
    name: str = "block_model",
    title: str = "Degree-corrected block model (synthetic)",
) -> Connectome:
    """Lognormal degrees; a share ``within`` of all edges stays in its block.

    About ``n_edges`` edges come out: those drawn twice become weights, self-loops are dropped.
    """
    rng = _rng(seed)
    block = np.sort(rng.integers(0, n_blocks, n_neurons))
    out_pull, in_pull = rng.lognormal(0.0, 1.0, (2, n_neurons))
    pre = _drawn(rng, out_pull, n_edges)
    stays = rng.random(n_edges) < within
    post = _drawn(rng, in_pull, n_edges)
    ends = np.searchsorted(block, np.arange(n_blocks + 1))
    cumulative = np.concatenate([[0.0], np.cumsum(in_pull)])
    here = block[pre[stays]]
    low, high = cumulative[ends[here]], cumulative[ends[here + 1]]
    inside = low + rng.random(len(here)) * (high - low)
    post[stays] = np.clip(np.searchsorted(cumulative, inside) - 1, ends[here], ends[here + 1] - 1)
    weight = 1.0 + rng.poisson(rng.lognormal(0.8, 0.8, n_edges))
    apart = pre != post
    edges = pre[apart], post[apart], weight[apart]
    how = "degree-corrected stochastic block model (Karrer & Newman 2011), lognormal degrees"
    kinds = np.array(_TRANSMITTERS)[rng.choice(3, n_neurons, p=(0.6, 0.2, 0.2))]
    columns = {
        "class": tuple(f"block {b + 1}" for b in block.tolist()),
        "transmitter": tuple(kinds.tolist()),
    }
    return _made(name, title, how, n_neurons, edges, columns)


def _drawn(rng: np.random.Generator, pull: np.ndarray, n: int) -> np.ndarray:
    cumulative = np.cumsum(pull)
    return np.searchsorted(cumulative, rng.random(n) * cumulative[-1], side="right")


def fly_size(seed: int = 0) -> Connectome:
    """As many neurons and edges as a fly's brain has, on random wiring: never a real fly."""
    return block_model(
        FLY_NEURONS,
        int(FLY_EDGES * 1.006),
        60,
        0.7,
        seed,
        name="fly_size",
        title="Fly-size block model (synthetic, not a fly)",
    )
