"""A real wiring as a reservoir, beside wirings like it, whole and with cells cut out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engines.connectome.wiring.spec import WiringSpec
from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    KnownAnswer,
    Result,
    Seed,
    knob,
)
from engines.contract.claims import Exceeds
from engines.contract.pictures import Axis, Bars, Curves, Picture, Table
from engines.lab.statistics import mean_over

N_DELAYS = 60
N_RANDOM = 10
"""Random lesions of equal size beside the one that was asked for."""
_KINDS = ("this wiring", "same degrees", "shuffled entries")
_TEST_STEPS = 600


class RememberingSpec(WiringSpec):
    """Which wiring holds a random input, and for how long."""

    radius: float = knob(
        0.9, label="Spectral radius", help="Of the signed weights: how long activity lasts by "
        "itself. Units are tanh; cells with GABA inhibit, all others excite.", group="Network",
        gt=0.0, le=3.0, soft=(0.3, 1.5), step=0.05,
    )  # fmt: skip
    noise: float = knob(
        0.01, label="Read with noise", help="Deviation, in mean deviations of a cell, that the "
        "readout reckons with: it does not lean on smaller differences.", group="Network",
        gt=0.0, le=1.0, soft=(1e-4, 0.3), log=True,
    )  # fmt: skip
    n_nulls: int = knob(
        8, label="Nulls", help="Of either kind, scaled to the same radius.", group="Nulls", ge=3,
        le=100,
    )  # fmt: skip
    n_inputs: int = knob(
        3, label="Inputs", help="Random inputs, each heard by every neuron in its own measure.",
        group="Runs", ge=3, le=20,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws inputs, nulls and lesions.", group="Runs")

    @property
    def wiring(self) -> WiringSpec:
        """The wiring alone, whole: lesions come after the readout has learnt."""
        names = set(WiringSpec.model_fields) - {"lesion", "lesion_fraction", "lesion_seed"}
        return WiringSpec(**{name: getattr(self, name) for name in names})

    @property
    def is_cut(self) -> bool:
        """Whether anything is lesioned."""
        return bool(self.lesion or self.lesion_fraction)


@dataclass(frozen=True, eq=False)
class RememberingFrame(Frame):
    """Known of earlier inputs so far: float64[input, network, delay], nan where not measured."""

    spec: RememberingSpec
    by_delay: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """The curves so far."""
        return (_delays(self.by_delay),) if np.isfinite(self.by_delay).any() else ()


@dataclass(frozen=True, eq=False)
class Remembering(Result):
    """Memory of a wiring, of its nulls, and after a lesion.

    ``by_delay`` float64[input, network, delay]: the first network is the wiring, then
    ``spec.n_nulls`` of the same degrees and as many shuffled ones. ``lesioned`` float64[lesion,
    input]: capacity with the readout that was learnt whole; the first is the lesion asked for, the
    others cut as many random neurons; empty without one. ``whole`` float64[input] is the same
    measure without a lesion.
    """

    spec: RememberingSpec
    n_neurons: int
    n_inhibiting: int
    in_place: float
    by_delay: np.ndarray
    whole: np.ndarray
    lesioned: np.ndarray
    n_cut: int

    @property
    def capacity(self) -> np.ndarray:
        """float64[input, network]."""
        return self.by_delay.sum(axis=2)

    def of(self, kind: str) -> Estimate:
        """Capacity of a kind: the wiring over inputs, nulls over nulls."""
        named = f"memory capacity, {kind}"
        if kind == _KINDS[0]:
            return mean_over(self.capacity[:, 0], of=named, unit="inputs")
        first = 1 + (_KINDS.index(kind) - 1) * self.spec.n_nulls
        values = self.capacity.mean(axis=0)[first : first + self.spec.n_nulls]
        return mean_over(values, of=named, unit="nulls")

    def p_against(self, kind: str) -> tuple[float, float]:
        """z, and the share (r + 1) / (K + 1) of nulls that remember at most as much."""
        first = 1 + (_KINDS.index(kind) - 1) * self.spec.n_nulls
        mean = self.capacity.mean(axis=0)
        nulls = mean[first : first + self.spec.n_nulls]
        below = np.count_nonzero(nulls <= mean[0])
        deviation = float(nulls.std(ddof=1))
        z = (mean[0] - nulls.mean()) / deviation if deviation else float("nan")
        return float(z), float((below + 1) / (len(nulls) + 1))

    def pictures(self) -> tuple[Picture, ...]:
        """Capacities, the memory of each delay, lesions, numbers."""
        made: list[Picture] = [self._bars(), _delays(self.by_delay)]
        if len(self.lesioned):
            made.append(self._lesions())
        return (*made, self._table())

    def _bars(self) -> Bars:
        found = [self.of(kind) for kind in _KINDS]
        ticks = tuple((float(k), name) for k, name in enumerate(_KINDS))
        ends = np.array([e.low for e in found]), np.array([e.high for e in found])
        heights = np.array([e.value for e in found])
        y = Axis("inputs remembered")
        return Bars("Memory capacity", heights, Axis("", ticks=ticks), y, whiskers=ends)

    def _lesions(self) -> Bars:
        mean = self.lesioned.mean(axis=1)
        random = mean[1:]
        heights = np.array([self.whole.mean(), mean[0], random.mean()])
        low = np.array([np.nan, np.nan, random.min()])
        high = np.array([np.nan, np.nan, random.max()])
        asked = self.spec.lesion or "random share"
        names = ("whole", asked, f"{N_RANDOM} random, lowest to highest")
        ticks = tuple((float(k), name) for k, name in enumerate(names))
        title = f"{self.n_cut} neurons cut after learning"
        y = Axis("inputs remembered")
        return Bars(title, heights, Axis("", ticks=ticks), y, whiskers=(low, high))

    def _table(self) -> Table:
        rows = [("neurons", f"{self.n_neurons:,}"), ("of them inhibit", f"{self.n_inhibiting:,}")]
        rows += [(f"capacity, {kind}", str(self.of(kind))) for kind in _KINDS]
        for kind in _KINDS[1:]:
            z, p = self.p_against(kind)
            rows.append((f"against {kind}", f"z = {z:.2f}, p (poorer) = {p:.3g}"))
        rows.append(("edges still in place in the nulls", f"{100 * self.in_place:.0f} %"))
        names, values = zip(*rows, strict=True)
        title = f"Mean of {self.spec.n_inputs} inputs, radius {self.spec.radius:g}"
        return Table(title, {"": names, "value": values})


def _delays(by_delay: np.ndarray) -> Curves:
    n_nulls = (by_delay.shape[1] - 1) // 2
    groups = {
        _KINDS[0]: by_delay[:, :1],
        _KINDS[1]: by_delay[:, 1 : 1 + n_nulls],
        _KINDS[2]: by_delay[:, 1 + n_nulls :],
    }
    known = {k: g[np.isfinite(g).all(axis=(1, 2))] for k, g in groups.items()}
    lines = {k: g.mean(axis=(0, 1)) for k, g in known.items() if len(g)}
    clouds = {k: g.mean(axis=0) for k, g in known.items() if len(g)}
    x = np.arange(1, by_delay.shape[2] + 1)
    title = "What is known of an earlier input"
    return Curves(title, x, lines, Axis("steps ago"), Axis("r²"), clouds=clouds)


@dataclass(frozen=True, eq=False)
class _Learnt:
    """What one input taught the wiring, kept for lesions."""

    entry: np.ndarray
    weights: np.ndarray
    """float64[neuron + 1, delay] of the readout."""
    by_delay: np.ndarray
    """float64[network, delay]."""


def frames(spec: RememberingSpec) -> Iterator[RememberingFrame | Remembering]:
    """A frame per input, the lesions last."""
    from engines.connectome.memory.wired import lesion

    gone, edges = lesion(spec.wiring, spec)
    whole = spec.model_copy(update={"lesion": "", "lesion_fraction": 0.0}).to_json()
    by_delay = np.full((spec.n_inputs, 1 + 2 * spec.n_nulls, N_DELAYS), np.nan)
    yield RememberingFrame(spec, by_delay.copy(), fraction=0.02)
    learnt = []
    for k in range(spec.n_inputs):
        learnt.append(_learnt(whole, k))
        by_delay[k] = learnt[-1].by_delay
        yield RememberingFrame(spec, by_delay.copy(), fraction=(k + 1) / (spec.n_inputs + 1))
    made = _networks(whole)
    left, lesioned = _after_lesions(spec, made, learnt, gone, edges)
    yield Remembering(
        spec=spec,
        n_neurons=len(made.sign),
        n_inhibiting=int((made.sign < 0).sum()),
        in_place=made.in_place,
        by_delay=by_delay,
        whole=left,
        lesioned=lesioned,
        n_cut=int(gone.sum()),
    )


@dataclass(frozen=True, eq=False)
class _Networks:
    """The wiring and its nulls, float64[network, post, pre], scaled."""

    weight: np.ndarray
    sign: np.ndarray
    in_place: float


@lru_cache(maxsize=4)
def _networks(text: str) -> _Networks:
    from engines.connectome.memory import wired
    from engines.connectome.wiring.graph import connectome_of, graph_of

    spec = RememberingSpec.from_json(text)
    connectome, graph = connectome_of(spec.wiring), graph_of(spec.wiring)
    sign = wired.sign_of(graph, connectome)
    own = wired.matrix(graph, sign)
    nulls, in_place = wired.degree_nulls(graph, sign, connectome, spec.n_nulls, spec.seed)
    every = [own, *nulls, *wired.shuffles(own, spec.n_nulls, spec.seed)]
    return _Networks(np.stack([wired.scaled(w, spec.radius) for w in every]), sign, in_place)


@lru_cache(maxsize=32)
def _learnt(text: str, number: int) -> _Learnt:
    from engines.connectome.memory.driving import INPUT, all_states
    from engines.connectome.memory.readout import (
        N_STEPS,
        N_TRAIN,
        WASHED,
        delayed,
        readout,
        remembered,
    )

    made, rng, noise = _networks(text), _rng(text, number), RememberingSpec.from_json(text).noise
    entry = rng.uniform(-INPUT, INPUT, len(made.sign))
    drive = rng.uniform(-1, 1, N_STEPS)
    by_delay = []
    weights = np.zeros(0)
    # A few at a time: all states at once would be a gigabyte.
    for first in range(0, len(made.weight), 4):
        states = all_states(made.weight[first : first + 4], entry, drive, np.tanh)
        by_delay += [
            remembered(states[:, k], drive, N_DELAYS, noise) for k in range(states.shape[1])
        ]
        if first == 0:
            train = slice(WASHED, WASHED + N_TRAIN)
            weights = readout(states[train, 0], delayed(drive, N_DELAYS, train), noise)
    return _Learnt(entry, weights, np.array(by_delay))


def _rng(text: str, number: int) -> np.random.Generator:
    seed = RememberingSpec.from_json(text).seed
    return np.random.Generator(np.random.Philox(key=[seed, number]))


def _after_lesions(
    spec: RememberingSpec,
    made: _Networks,
    learnt: list[_Learnt],
    gone: np.ndarray,
    edges: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Capacity float64[input] whole and float64[lesion, input] cut, on a fresh stretch of input."""
    from engines.connectome.memory.wired import cut

    rng = np.random.Generator(np.random.Philox(key=[spec.seed, 2**32]))
    others = [rng.permutation(gone) for _ in range(N_RANDOM if spec.is_cut and gone.any() else 0)]
    own, nothing = made.weight[0], np.zeros_like(gone)
    if not len(edges):
        left = ~np.stack([nothing, *([gone] if spec.is_cut else []), *others])
        found = _tested(own, left, learnt, spec.seed)
    else:
        with_edges = _tested(own, ~np.stack([nothing, *others]), learnt, spec.seed)
        asked = _tested(cut(own, nothing, edges), ~gone[None], learnt, spec.seed)
        found = np.concatenate([with_edges[:1], asked, with_edges[1:]])
    return found[0], found[1:]


def _tested(weight: np.ndarray, left: np.ndarray, learnt: list[_Learnt], seed: int) -> np.ndarray:
    """float64[copy, input]: capacity on new input with readouts that stay as they were.

    ``left`` bool[copy, unit] says who is not cut in each copy.
    """
    from engines.connectome.memory.driving import driven_without
    from engines.connectome.memory.readout import WASHED, delayed, read, squared_correlation

    rng = np.random.Generator(np.random.Philox(key=[seed, 2**33]))
    drive = rng.uniform(-1, 1, (WASHED + _TEST_STEPS, len(learnt)))
    entry = np.stack([one.entry for one in learnt], axis=1)
    said, n_done = np.empty((len(drive), len(left), len(learnt), N_DELAYS)), 0
    for part in driven_without(weight, left, entry, drive, np.tanh):
        for k, one in enumerate(learnt):
            said[n_done : n_done + len(part), :, k] = read(part[..., k], one.weights)
        n_done += len(part)
    found = np.empty((len(left), len(learnt)))
    for k in range(len(learnt)):
        true = delayed(drive[:, k], N_DELAYS, slice(WASHED, None))
        for j in range(len(left)):
            found[j, k] = squared_correlation(said[WASHED:, j, k], true).sum()
    return found


CLAIMS = (
    Claim(
        "This wiring remembers more than wirings in which every neuron keeps its degrees.",
        figure=lambda found: found.of(_KINDS[0]),
        control=lambda found: found.of(_KINDS[1]),
        holds_when=Exceeds(),
        source="a claim of our own, after Srinivasan, Plenz & Girvan 2025",
    ),
)


def _nothing_cut() -> float:
    """By how much a lesion of an edge that does not exist changes what is remembered."""
    *_, made = frames(RememberingSpec(n_nulls=3, lesion="ADAL->ADAL"))
    assert isinstance(made, Remembering)
    return float(np.abs(made.lesioned[0] - made.whole).max())


def known_answers() -> tuple[KnownAnswer, ...]:
    """What a lesion of nothing leaves."""
    return (
        KnownAnswer(
            "memory capacity after a lesion that cuts nothing, less the whole",
            "identity: the same wiring, readout and input", 0.0, 0.0, _nothing_cut,
        ),
    )  # fmt: skip


EXPERIMENT = Experiment(
    spec=RememberingSpec,
    frames=frames,
    card=Card(
        title="Wiring as memory",
        claim="Drive a real wiring with noise and ask it for the past: does it remember better "
        "than wirings like it, and who carries it?",
        paper="Jaeger 2001, Short term memory in echo state networks; Srinivasan, Plenz & Girvan "
        "2025",
        link="https://arxiv.org/abs/2504.12480",
        related=("connectome/reservoir", "connectome/stimulate"),
    ),
    presets={
        "The worm": RememberingSpec(),
        "The worm without GABA": RememberingSpec(lesion="transmitter:GABA"),
        "Command interneurons cut": RememberingSpec(lesion="class:AVA, class:AVB, class:PVC"),
        "Close to chaos": RememberingSpec(radius=1.2),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: 0.35 * spec.n_inputs * (1 + 2 * spec.n_nulls),
    order=41,
)
