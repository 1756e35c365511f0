"""A liquid and its astrocyte: plasticity that finds by itself how much to fire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engines.connectome.experiments.memory._liquid_pictures import (
    bars,
    levels,
    raster,
    ratios,
    tried,
)
from engines.contract import (
    Card,
    Claim,
    Estimate,
    Experiment,
    Frame,
    KnownAnswer,
    Result,
    Seed,
    Spec,
    knob,
)
from engines.contract.claims import Exceeds, FallsBelow
from engines.contract.pictures import Picture, Table
from engines.lab.statistics import mean_over, paired

if TYPE_CHECKING:
    from engines.connectome.liquid.examining import Found, Network

ARMS = ("astrocyte", "its mean, constant", "constant, tuned", "fixed weights, tuned", "input alone")
ASTROCYTE, MEAN, TUNED, HAND, INPUT = range(len(ARMS))
N_LIQUIDS = INPUT
_OFF = "spikes for each that comes in, off 1"
PLASTIC = (ASTROCYTE, MEAN)
"""Those whose settling is shown."""
_SOURCE = (
    "Ivanov & Michmizos 2021, Increasing liquid state machine performance with edge-of-chaos "
    "dynamics organized by astrocyte-modulated plasticity"
)


class LiquidSpec(Spec):
    """How large liquids are, what they are shown, and how the astrocyte hears them."""

    depth: int = knob(
        8, label="Depth", help="Layers of 5 x 5 neurons, a fifth of which inhibit.",
        group="Liquid", ge=2, le=40, soft=(4, 16),
    )  # fmt: skip
    hears: float = knob(
        0.015, label="Astrocyte hears", help="By how much it raises what plasticity takes away for "
        "each spike of the liquid, and lowers it for each that comes in; the source takes 0.015. "
        "At 0 it is deaf.", group="Astrocyte", ge=0.0, le=1.0, soft=(0.0, 0.1), step=0.005,
    )  # fmt: skip
    tau: float = knob(
        10.0, label="It forgets in", help="Time constant of the astrocyte.", unit="ms",
        group="Astrocyte", ge=1.0, le=1_000.0, soft=(2.0, 100.0), log=True,
    )  # fmt: skip
    up: float = knob(
        0.15, label="Plasticity adds", help="For a spike that follows another, per trace of it; "
        "as much is taken away at first, for one that comes too late.", group="Plasticity",
        ge=0.01, le=2.0, soft=(0.05, 0.5), step=0.01,
    )  # fmt: skip
    n_steps: int = knob(
        40, label="Shown for", help="How long each digit is shown.", unit="ms", group="Digits",
        ge=15, le=500, soft=(20, 200),
    )  # fmt: skip
    n_learnt: int = knob(
        300, label="Learnt from", help="Digits that readouts learn from. 100 others settle "
        "weights, 150 choose settings, 397 are the exam.", group="Digits", ge=50, le=1_150,
        log=True,
    )  # fmt: skip
    n_networks: int = knob(
        5, label="Networks", help="With neurons, spikes and splits of their own; intervals are "
        "over these.", group="Runs", ge=3, le=40,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws wiring, spikes and splits.", group="Runs")


@dataclass(frozen=True, eq=False)
class LiquidFrame(Frame):
    """So far: ``told`` float64[arm, network], nan where nobody was; ``level`` as in the result."""

    told: np.ndarray
    level: np.ndarray
    up: float

    def pictures(self) -> tuple[Picture, ...]:
        """What is told, and what is taken away."""
        made: list[Picture] = [bars(ARMS, self.told)] if np.isfinite(self.told).any() else []
        if np.isfinite(self.level).any():
            made.append(levels([ARMS[k] for k in PLASTIC], self.level, self.up))
        return tuple(made)


@dataclass(frozen=True, eq=False)
class Liquids(Result):
    """How liquids branch, and what is told from their spikes.

    ``told`` float64[arm, network] is the share right in the exam; ``sigma`` and ``ratio``
    float64[liquid, network] are branching and spikes for each that comes in, of arms with a liquid.
    ``level`` and ``balance`` float64[plastic, network, picture] are what is taken away and the
    ratio while weights settle, of `PLASTIC` arms. ``tried`` float64[kind, setting, network, 2] is
    branching, and the share right by which settings are chosen, of constant plasticity and of
    fixed weights; ``times`` and ``sizes`` are the settings. ``raster`` bool[plastic, step, neuron]
    is one digit in the first network.
    """

    spec: LiquidSpec
    told: np.ndarray
    sigma: np.ndarray
    ratio: np.ndarray
    level: np.ndarray
    balance: np.ndarray
    tried: np.ndarray
    chosen: np.ndarray
    """float64[network]: the share right of the astrocyte where settings are chosen."""
    times: tuple[float, ...]
    sizes: tuple[float, ...]
    raster: np.ndarray

    def off(self, arm: int) -> np.ndarray:
        """float64[network]: how far spikes for each that comes in are from 1."""
        return np.abs(self.ratio[arm] - 1.0)

    def pictures(self) -> tuple[Picture, ...]:
        """Branching and telling, the exam, settling, one digit twice, numbers."""
        names = [ARMS[k] for k in PLASTIC]
        rasters = (raster(f"One digit, {name}", one) for name, one in
                   zip(names, self.raster, strict=True))  # fmt: skip
        return (tried(self.tried, self.sigma[ASTROCYTE], self.chosen), bars(ARMS, self.told),
                levels(names, self.level, self.spec.up), ratios(names, self.balance), *rasters,
                self.table())  # fmt: skip

    def table(self) -> Table:
        """Every arm."""
        rows = [
            [str(mean_over(values[k], of=ARMS[k], unit="networks")) if k < len(values) else ""
             for k in range(len(ARMS))]
            for values in (self.told, self.sigma, self.ratio)
        ]  # fmt: skip
        title = "Every arm, 95 % t interval over networks"
        return Table(title, {"": ARMS, "told right": tuple(rows[0]), "branching": tuple(rows[1]),
                             "spikes for each that comes in": tuple(rows[2])})  # fmt: skip


def frames(spec: LiquidSpec) -> Iterator[LiquidFrame | Liquids]:
    """Liquid by liquid: the astrocyte, its mean, then the settings that are tried."""
    from engines.connectome.liquid import examining as of
    from engines.connectome.liquid.watching import Plasticity

    n, rule = spec.n_networks, Plasticity(spec.up, spec.up, spec.hears, spec.tau)
    told, level = np.full((len(ARMS), n), np.nan), np.full((2, n, of.N_SETTLED), np.nan)
    arms: list[list[Found]] = []
    settings, balance = np.zeros((2, len(of.TIMES), n, 2)), np.zeros((2, n, of.N_SETTLED))
    for k in range(n):
        net = of.network(spec.seed, k, spec.depth, spec.n_learnt, spec.n_steps, rule)
        told[INPUT, k] = net.of_input()
        runs = _runs(net, settings[:, :, k])
        arms.append([])
        for step, (arm, one) in enumerate(runs):
            if arm < N_LIQUIDS:
                arms[-1].append(one)
                told[arm, k] = one.exam
            if arm in PLASTIC and one.settled is not None:
                level[arm, k] = one.settled.level.mean(axis=1)
                came = np.maximum(1, net.data.settling.sum(axis=(1, 2)))
                balance[arm, k] = one.settled.count.sum(axis=1) / came
            done = (k + (step + 1) / (N_LIQUIDS + settings[..., 0, 0].size)) / n
            yield LiquidFrame(told.copy(), level.copy(), spec.up, fraction=done)
    yield Liquids(
        spec=spec, told=told, sigma=_each(arms, "sigma"), ratio=_each(arms, "ratio"), level=level,
        balance=balance, tried=settings, chosen=_each(arms, "chosen")[ASTROCYTE], times=of.TIMES,
        sizes=of.SIZES, raster=np.stack([arms[0][k].raster for k in PLASTIC]),
    )  # fmt: skip


def _each(arms: list[list[Found]], name: str) -> np.ndarray:
    """float64[arm, network] of one number."""
    return np.array([[getattr(one, name) for one in net] for net in arms]).T


def _runs(net: Network, settings: np.ndarray) -> Iterator[tuple[int, Found]]:
    """The arms of one network, and with an arm beyond them what is tried for two of these.

    ``settings`` float64[kind, setting, 2] is filled.
    """
    from engines.connectome.liquid import examining as of

    heard = net.with_astrocyte()
    yield ASTROCYTE, heard
    yield MEAN, net.at_mean(heard)
    for kind, (run, at) in enumerate(((net.constant, of.TIMES), (net.fixed, of.SIZES))):
        for j, one in enumerate(at):
            made = run(one, sits=False)
            settings[kind, j] = made.sigma, made.chosen
            yield len(ARMS), made
        best = at[int(settings[kind, :, 1].argmax())]
        yield (TUNED, HAND)[kind], run(best, sits=True)


def _less(of: Callable[[Liquids, int], np.ndarray], a: int, b: int) -> Callable[[Liquids], Any]:
    def less(found: Liquids) -> Estimate:
        both = paired(of(found, b), of(found, a), found.spec.seed)
        return both.estimate(f"{ARMS[a]} less {ARMS[b]}", "networks")

    return less


def _claim(sentence: str, what: str, control: int, rule: Any, source: str) -> Claim:
    def of(found: Liquids, arm: int) -> np.ndarray:
        return found.off(arm) if what == _OFF else found.told[arm]

    def each(arm: int) -> Callable[[Liquids], Estimate | None]:
        def estimate(found: Liquids) -> Estimate | None:
            if found.spec.hears == 0.0:
                return None
            return mean_over(of(found, arm), of=f"{what}, {ARMS[arm]}", unit="networks")

        return estimate

    difference = _less(of, ASTROCYTE, control)
    return Claim(sentence, figure=each(ASTROCYTE), control=each(control), difference=difference,
                 holds_when=rule, source=source)  # fmt: skip


CLAIMS = (
    _claim("With an astrocyte a liquid fires nearer to what comes in than at the same mean "
           "plasticity without it.", _OFF, MEAN, FallsBelow(), _SOURCE),
    _claim("More digits are told than at the same mean plasticity without it.", "told right", MEAN,
           Exceeds(), _SOURCE),
    _claim("The liquid tells more than the spikes that come in.", "told right", INPUT, Exceeds(),
           "Maass, Natschläger & Markram 2002, Real-time computing without stable states"),
)  # fmt: skip


def known_answers() -> tuple[KnownAnswer, ...]:
    """Closed forms of a neuron, a synapse, the astrocyte and branching."""
    from engines.connectome.answers.networks.liquids import liquid_answers

    return liquid_answers()


EXPERIMENT = Experiment(
    spec=LiquidSpec,
    frames=frames,
    card=Card(
        title="A liquid and its astrocyte",
        claim="Spiking neurons whose plasticity an astrocyte watches: it takes more away when the "
        "liquid fires more than what comes in. Does it fire as much as comes in, and tell more so?",
        paper="Ivanov & Michmizos 2021, Increasing liquid state machine performance with "
        "edge-of-chaos dynamics organized by astrocyte-modulated plasticity",
        link="https://arxiv.org/abs/2111.01760",
        related=("connectome/reservoir", "connectome/remembering"),
    ),
    presets={
        "As it hears in the source": LiquidSpec(),
        "Sixteen networks": LiquidSpec(n_networks=16),
        "Twice as many neurons, shown for longer": LiquidSpec(depth=16, n_steps=80, n_learnt=600),
        "An astrocyte that overreacts": LiquidSpec(hears=0.3),
        "Break it: deaf": LiquidSpec(hears=0.0),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: (
        0.5 + 1.0 * spec.n_networks * (spec.depth / 8) * (spec.n_steps / 40)
        * ((spec.n_learnt + 250) / 550)
    ),
    order=48,
)  # fmt: skip
