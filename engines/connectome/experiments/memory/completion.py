"""Completing a memory: clipped Hebbian synapses, few of which exist, running both ways or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    InputError,
    KnownAnswer,
    Result,
    Seed,
    Spec,
    knob,
)
from engines.contract.claims import Alike, Exceeds
from engines.contract.pictures import Axis, Curves, Heatmap, Picture, Table
from engines.lab.statistics import mean_over, paired

ARMS = ("all synapses", "as chance has it", "both ways", "never stored")
ALL, CHANCE, BOTH, NEVER = range(len(ARMS))
_TIMES = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0)
"""Loads, in multiples of the one that is asked for."""
_MAIN = _TIMES.index(1.0)
_N_TESTED = 60
_SOURCE = (
    "Guzman, Schlögl, Frotscher & Jonas 2016, Synaptic mechanisms of pattern completion in the "
)
_SOURCE += "hippocampal CA3 network"


class CompletionSpec(Spec):
    """How many cells and patterns, how much is shown, and which synapses exist."""

    n_cells: int = knob(
        1_000, label="Cells", help="All excite; inhibition keeps as many active as a pattern has.",
        group="Network", ge=50, le=4_000, log=True,
    )  # fmt: skip
    synapses: float = knob(
        0.2, label="Synapses", help="Share of all pairs, in each direction, between which one "
        "exists.", group="Network", ge=0.01, le=1.0, step=0.01,
    )  # fmt: skip
    both_ways: float = knob(
        1.0, label="Both ways", help="Share of pairs of cells that are joined in both directions "
        "or in none, in the third kind of network.", group="Network", ge=0.0, le=1.0, step=0.05,
    )  # fmt: skip
    n_active: int = knob(
        40, label="Active", help="Cells of a pattern.", group="Memory", ge=4, le=400
    )
    n_stored: int = knob(
        100, label="Stored", help="Patterns; the curve also holds a tenth to eight times as many.",
        group="Memory", ge=10, le=1_000, log=True,
    )  # fmt: skip
    shown: float = knob(
        0.5, label="Shown", help="Share of a pattern's cells that the cue makes active.",
        group="Memory", ge=0.05, le=0.95, step=0.05,
    )  # fmt: skip
    n_rounds: int = knob(
        6, label="Rounds", help="How often activity goes round.", group="Memory", ge=1, le=20
    )
    n_networks: int = knob(
        5, label="Networks", help="With synapses and patterns of their own; intervals are over "
        "these.", group="Runs", ge=3, le=50,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws synapses, patterns and cues.", group="Runs")

    @property
    def n_shown(self) -> int:
        """Cells that the cue makes active."""
        return min(self.n_active - 1, max(1, round(self.shown * self.n_active)))

    @property
    def loads(self) -> tuple[int, ...]:
        """How many patterns are stored, from few to many."""
        return tuple(max(1, round(times * self.n_stored)) for times in _TIMES)


@dataclass(frozen=True, eq=False)
class CompletionFrame(Frame):
    """Shares so far, as in the result; nan where nothing has come."""

    spec: CompletionSpec
    share: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """What comes back, so far."""
        return (_by_load(self.spec, self.share),)


@dataclass(frozen=True, eq=False)
class Completion(Result):
    """Share of the missing cells that are active.

    ``share`` float64[arm, network, load, round] begins with the cue; ``theory`` float64[load] is
    for one round where all synapses exist; ``film`` uint8[arm, cell, round] shows one memory of the
    first network: cells that were shown, missing ones, and others that became active.
    """

    spec: CompletionSpec
    share: np.ndarray
    theory: np.ndarray
    film: np.ndarray

    def of(self, arm: int, *, n_rounds: int = -1) -> np.ndarray:
        """float64[network] at the load that was asked for, after so many rounds (-1: all)."""
        return self.share[arm, :, _MAIN, n_rounds]

    def estimate(self, arm: int, *, n_rounds: int = -1) -> Estimate:
        """The same with its interval."""
        return mean_over(self.of(arm, n_rounds=n_rounds), of=ARMS[arm], unit="networks")

    def pictures(self) -> tuple[Picture, ...]:
        """Loads, rounds, one memory in two networks, theory, numbers."""
        films = (_film(self.spec, self.film[arm], ARMS[arm]) for arm in (CHANCE, BOTH))
        return (_by_load(self.spec, self.share), self.by_round(), *films, self.first_round(),
                self.table())  # fmt: skip

    def by_round(self) -> Curves:
        """Round by round at the load that was asked for."""
        x = np.arange(self.share.shape[-1], dtype=float)
        lines = {name: self.share[k, :, _MAIN].mean(axis=0) for k, name in enumerate(ARMS)}
        clouds = {name: self.share[k, :, _MAIN] for k, name in enumerate(ARMS)}
        title = f"Round by round, {self.spec.n_stored} stored"
        return Curves(title, x, lines, Axis("round"), Axis("missing cells active"), clouds=clouds)

    def first_round(self) -> Curves:
        """One round where all synapses exist, beside the closed form."""
        ours = self.share[ALL, :, :, 1].mean(axis=0)
        lines = {"closed form": self.theory, "networks": np.full(len(ours), np.nan)}
        x, axis = _stored(self.spec)
        return Curves("One round, all synapses", x, lines, axis,
                      Axis("missing cells active"), dots={"networks": ours})  # fmt: skip

    def table(self) -> Table:
        """At the load that was asked for."""
        one, last = ([str(self.estimate(k, n_rounds=n)) for k in range(len(ARMS))] for n in (1, -1))
        title = f"Share of missing cells, {self.spec.n_stored} stored, 95 % t interval"
        columns = {"synapses": ARMS, "after one round": tuple(one), "at the end": tuple(last)}
        return Table(title, columns)


def _stored(spec: CompletionSpec) -> tuple[np.ndarray, Axis]:
    """Loads on a scale of ratios, the first and every second told."""
    x = np.log10(np.array(spec.loads, float))
    told = tuple((float(x[k]), str(spec.loads[k])) for k in (0, 1, 2, 4, 6, 8, 9))
    return x, Axis("patterns stored", ticks=told)


def _by_load(spec: CompletionSpec, share: np.ndarray) -> Curves:
    last = share[..., -1]
    n_came = np.isfinite(last).sum(axis=1)
    mean = np.where(n_came > 0, np.nansum(last, axis=1) / np.maximum(n_came, 1), np.nan)
    lines = {name: mean[k] for k, name in enumerate(ARMS)}
    clouds = {name: last[k] for k, name in enumerate(ARMS)}
    x, axis = _stored(spec)
    return Curves("What comes back", x, lines, axis,
                  Axis("missing cells active"), clouds=clouds, large=True)  # fmt: skip


def _film(spec: CompletionSpec, film: np.ndarray, name: str) -> Heatmap:
    middles = spec.n_shown / 2, (spec.n_shown + spec.n_active) / 2
    n_others = len(film) - spec.n_active
    ticks = [(middles[0], "shown"), (middles[1], "missing")]
    ticks += [(spec.n_active + n_others / 2, "others")] if n_others else []
    rounds = tuple((k + 0.5, str(k)) for k in range(film.shape[1]))
    return Heatmap(f"One memory, {name}", film.astype(float), Axis("round", ticks=rounds),
                   Axis("cells", ticks=tuple(ticks)), Axis("active"))  # fmt: skip


def frames(spec: CompletionSpec) -> Iterator[CompletionFrame | Completion]:
    """Network by network and load by load; all arms of a network see the same patterns and cues."""
    from engines.connectome.memory import completion as made_of

    if 4 * spec.n_active > spec.n_cells:
        raise InputError(
            f"{spec.n_active} active of {spec.n_cells} cells are too many for patterns of few; "
            f"at most {spec.n_cells // 4} may be active"
        )
    loads, n = spec.loads, spec.n_networks
    share = np.full((len(ARMS), n, len(loads), spec.n_rounds + 1), np.nan)
    film = np.zeros((len(ARMS), 0, 0), np.uint8)
    for network in range(n):
        rng = np.random.Generator(np.random.Philox(key=[spec.seed, network]))
        exist = _synapses(rng, spec)
        for k, n_stored in enumerate(loads):
            drawn = made_of.patterns(rng, n_stored + _N_TESTED, spec.n_cells, spec.n_active)
            together = made_of.stored(drawn[:n_stored])
            asked = [drawn[:n_stored][:_N_TESTED], drawn[n_stored:]]
            shown = [made_of.cues(rng, whole, spec.n_shown) for whole in asked]
            for arm in range(len(ARMS)):
                whole, cue = asked[arm == NEVER], shown[arm == NEVER]
                weight = (together & exist[arm]).astype(np.float32)
                ties = np.random.Generator(
                    np.random.Philox(key=[spec.seed, network], counter=[0, 0, 1 + arm, k])
                )
                states = made_of.recalled(ties, weight, cue, spec.n_active, spec.n_rounds)
                share[arm, network, k] = made_of.came_back(states, whole, cue).mean(axis=1)
                if network == 0 and k == _MAIN:
                    film = _kept(film, arm, states[:, 0], whole[0], cue[0])
            done = (network * len(loads) + k + 1) / (n * len(loads))
            yield CompletionFrame(spec, share.copy(), fraction=done)
    theory = [made_of.one_round(spec.n_cells, spec.n_active, m, spec.n_shown) for m in loads]
    yield Completion(spec, share, np.array(theory), film)


def _synapses(rng: np.random.Generator, spec: CompletionSpec) -> list[np.ndarray]:
    """bool[post, pre] of each arm; what was never stored is asked of those as chance has them."""
    from engines.connectome.memory import completion as made_of

    n = spec.n_cells
    chance = made_of.synapses(rng, n, spec.synapses, both_ways=0.0)
    both = made_of.synapses(rng, n, spec.synapses, both_ways=spec.both_ways)
    return [~np.eye(n, dtype=bool), chance, both, chance]


def _kept(
    film: np.ndarray, arm: int, states: np.ndarray, whole: np.ndarray, cue: np.ndarray
) -> np.ndarray:
    """uint8[arm, cell, round] with one more memory: shown, missing and most active other cells."""
    n_active = int(whole.sum())
    others = np.where(whole, -1, states.sum(axis=0))
    most = np.argsort(-others, kind="stable")[:n_active]
    rows = np.concatenate([np.flatnonzero(cue), np.flatnonzero(whole & ~cue), most])
    if not film.size:
        film = np.zeros((len(ARMS), len(rows), len(states)), np.uint8)
    film[arm] = states[:, rows].T
    return film


def _less(a: int, b: int, n_rounds: int) -> Callable[[Completion], Estimate]:
    def less(found: Completion) -> Estimate:
        both = paired(found.of(b, n_rounds=n_rounds), found.of(a, n_rounds=n_rounds),
                      found.spec.seed)  # fmt: skip
        return both.estimate(f"{ARMS[a]} less {ARMS[b]}", "networks")

    return less


def _claim(sentence: str, a: int, b: int, rule: Any, source: str, n_rounds: int = -1) -> Claim:
    return Claim(
        sentence,
        figure=lambda found: found.estimate(a, n_rounds=n_rounds),
        control=lambda found: found.estimate(b, n_rounds=n_rounds),
        difference=_less(a, b, n_rounds),
        holds_when=rule,
        source=source,
    )


CLAIMS = (
    _claim(
        "A part of a pattern brings back more of the rest than of one never stored.", CHANCE,
        NEVER, Exceeds(), "Marr 1971, Simple memory: a theory for archicortex",
    ),
    _claim(
        "Synapses that run both ways complete patterns better.", BOTH, CHANCE, Exceeds(), _SOURCE
    ),
    _claim(
        "That comes from going round: after one round there is no difference.", BOTH, CHANCE,
        Alike(within=0.03), "a claim of our own", n_rounds=1,
    ),
)  # fmt: skip


def known_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms of the network in which all synapses exist."""
    from engines.connectome.answers.networks.completing import completion_answers

    return completion_answers()


EXPERIMENT = Experiment(
    spec=CompletionSpec,
    frames=frames,
    card=Card(
        title="Completing a memory",
        claim="Show a part of a pattern to a network whose synapses are only there or not: does "
        "the rest come back, and does it matter that synapses run both ways?",
        paper="Willshaw, Buneman & Longuet-Higgins 1969, Non-holographic associative memory; "
        "Guzman et al. 2016",
        link="https://doi.org/10.1126/science.aaf1836",
        related=("connectome/hopfield", "connectome/remembering"),
    ),
    presets={
        "A fifth of the synapses": CompletionSpec(),
        "Half of them, more stored": CompletionSpec(synapses=0.5, n_stored=400),
        "A fifth of the pattern shown": CompletionSpec(shown=0.2),
        "One synapse in fifty: too few": CompletionSpec(synapses=0.02, n_stored=50),
        "All synapses, as Willshaw had it": CompletionSpec(synapses=1.0, n_stored=600),
    },
    known_answers=known_answers,
    claims=CLAIMS,
    seconds=lambda spec: 0.8 * spec.n_networks * (spec.n_cells / 1_000) ** 2,
    order=46,
)
