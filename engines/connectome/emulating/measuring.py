"""What is measured of a network beside the chain that it emulates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.connectome.emulating import chain, switches
from engines.connectome.emulating.network import Emulator, Run, drawn, ran, silent_norms
from engines.connectome.wiring import selection
from engines.connectome.wiring.connectome import Connectome, Provenance, layer_from_edges
from engines.contract import InputError

REACH, N_ORBIT, N_SILENT = 12, 400, 40
LEAST_HEARD = 0.01
"""Units whose mean activity is less than this share of the busiest one's are silent."""
N_RANDOM = 10


@dataclass(frozen=True, eq=False)
class Watched:
    """A run of the whole network, and who does what in it."""

    net: Emulator
    run: Run
    kick: np.ndarray
    """int64[direction, unit]: units that rise before a switch, the highest first."""
    busy: np.ndarray
    """bool[unit]: those that speak at all."""


def watched(net: Emulator, n_runs: int, n_steps: int, n_kick: int, seed: int) -> Watched:
    """Run a network and find the units that kick it from state to state."""
    run = ran(net, n_runs, n_steps, seed)
    mean = run.states.mean(axis=(0, 1))
    busy = mean > LEAST_HEARD * max(mean.max(), 1e-12)
    return Watched(net, run, switches.kickers(run.states, run.side, n_kick), busy)


def orbit(states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Float64[step, 2] of the first run in the two widest directions of all, and their shares."""
    flat = states.reshape(-1, states.shape[2]).astype(np.float64)
    centre = flat.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov((flat - centre).T))
    plane = vectors[:, [-1, -2]]
    plane = plane * np.sign(plane[np.abs(plane).argmax(axis=0), [0, 1]])
    share = values[[-1, -2]] / max(values.sum(), 1e-12)
    return (states[:N_ORBIT, 0] - centre) @ plane, share


def raster(seen: Watched, direction: int) -> tuple[np.ndarray, np.ndarray]:
    """Deviations float64[unit, lag] around switches, and the units, by the time of their peak.

    Each unit in units of its own standard deviation; silent ones are left out.
    """
    at = switches.switches(seen.run.side, direction, REACH)
    mean, deviation = seen.run.states.mean(axis=(0, 1)), seen.run.states.std(axis=(0, 1))
    made = switches.around(seen.run.states, at, REACH) - mean
    made = (made / np.maximum(deviation, 1e-12))[:, seen.busy].T
    order = np.argsort(made.argmax(axis=1), kind="stable")
    return made[order], np.flatnonzero(seen.busy)[order]


def as_connectome(seen: Watched) -> Connectome:
    """Units ``h1`` ... with their recurrent weights, and as role what they do at a switch."""
    n = seen.net.n_units
    role = np.where(seen.busy, "other", "silent").astype(object)
    for direction in (1, 0):
        role[seen.kick[direction]] = f"kicks {switches.DIRECTIONS[direction]}"
    post, pre = np.nonzero(seen.net.recurrent)
    weight = seen.net.recurrent[post, pre].astype(np.float64)
    said = Provenance(
        "Emulator of a hidden Markov chain", "Torre et al. 2025; trained by ourselves",
        counts=f"{n} units", synthetic=True, unit="weight",
    )  # fmt: skip
    layers = (layer_from_edges("chemical", pre, post, weight),)
    names = tuple(f"h{k + 1}" for k in range(n))
    return Connectome("the emulator", names, layers, said, {"role": tuple(map(str, role))})


def cut_out(seen: Watched, text: str) -> tuple[Emulator, np.ndarray]:
    """The network without the edges that a lesion names, and bool[unit] of those it cuts.

    Raises:
        InputError: it names a unit that is not there, or none would be left.
    """
    gone = np.zeros(seen.net.n_units, bool)
    cells, edges = selection.lesion(as_connectome(seen), text)
    gone[cells] = True
    if gone.all():
        raise InputError("no unit is left after this lesion; cut fewer")
    return seen.net.without(np.asarray(edges, np.int64).reshape(-1, 2)), gone


@dataclass(frozen=True, eq=False)
class Scissors:
    """Named cuts, and float64[cut, direction, (switches, steps that could have been), run]."""

    names: tuple[str, ...]
    found: np.ndarray


def scissors(
    seen: Watched, text: str, n_kick: int, n_runs: int, n_steps: int, seed: int
) -> Scissors:
    """Kickers of either direction, the busiest, a lesion by hand, and ten at random.

    All are tried on other noise than that by which kickers were found.
    """
    n = seen.net.n_units
    mean = seen.run.states.mean(axis=(0, 1))
    named = {
        "whole": np.zeros(0, np.int64),
        f"kick {switches.DIRECTIONS[0]}": seen.kick[0],
        f"kick {switches.DIRECTIONS[1]}": seen.kick[1],
        "busiest": np.argsort(-mean, kind="stable")[:n_kick],
    }
    cuts = [np.isin(np.arange(n), who) for who in named.values()]
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**45]))
    names = [*named, *(f"random {k + 1}" for k in range(N_RANDOM))]
    cuts += switches.random_cuts(rng, seen.busy, n_kick, N_RANDOM)
    found = switches.after_cuts(seen.net, cuts, n_runs, n_steps, seed + 1)
    if text.strip():
        left, gone = cut_out(seen, text)
        names.append(f"lesion: {text.strip()[:24]}")
        found = np.concatenate(
            [found, switches.after_cuts(left, [gone], n_runs, n_steps, seed + 1)]
        )
    return Scissors(tuple(names), found)


@dataclass(frozen=True, eq=False)
class Beside:
    """Numbers of the network beside those of the chain and of an untrained network."""

    following: np.ndarray
    """float64[(chain, network, untrained), symbol, next symbol]."""
    counts: np.ndarray
    """int64[run, symbol, next symbol] of the network."""
    changing: np.ndarray
    """float64[(network, untrained), run]: share of steps at which the symbol changes."""
    stays: np.ndarray
    """int64[stay, (length, run)] of the network."""
    chain_stays: np.ndarray
    """int64[stay, (length, run)] of as many runs of the chain."""
    silent: np.ndarray
    """float64[(noise, no input), step]: mean length of the state."""


def beside(seen: Watched, seed: int) -> Beside:
    """Measure a network that was watched."""
    n_runs, n_steps = seen.run.symbols.shape
    net = seen.net
    raw = ran(drawn(seed, net.n_units, net.entry.shape[1]), n_runs, n_steps, seed).symbols
    rng = np.random.Generator(np.random.Philox(key=[seed, 2**46]))
    own, _ = chain.sampled(rng, n_runs, n_steps)
    counts = chain.counted(seen.run.symbols)
    every = np.stack(
        [
            chain.following(),
            chain.shares(counts.sum(axis=0)),
            chain.shares(chain.counted(raw).sum(axis=0)),
        ]
    )
    changes = [(s[:, 1:] != s[:, :-1]).mean(axis=1) for s in (seen.run.symbols, raw)]
    loud = np.linalg.norm(seen.run.states[: N_SILENT + 1], axis=2).mean(axis=1)
    quiet = silent_norms(net, n_runs, N_SILENT, seed)
    return Beside(
        every, counts, np.stack(changes), _stays(seen.run.side), _stays(own),
        np.stack([loud.astype(np.float64), quiet]),
    )  # fmt: skip


def _stays(state: np.ndarray) -> np.ndarray:
    parts = [chain.stays(row[None]) for row in state]
    owner = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return np.stack([np.concatenate(parts), owner], axis=1)
