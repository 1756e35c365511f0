"""A recurrent network that learnt from samples alone to behave as a hidden Markov chain does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from engines.connectome.experiments.learning import _emulator_pictures as drawn
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
from engines.contract.claims import Alike, AtMost, FallsBelow
from engines.contract.pictures import Picture
from engines.contract.sending import Gift, Matrix
from engines.lab.statistics import bootstrap, mean_over

if TYPE_CHECKING:
    from engines.connectome.emulating.measuring import Beside, Scissors, Watched
    from engines.connectome.emulating.network import Emulator

_SOURCE = "Torre et al. 2025; a network of 50 units, its chain and its training are ours"
_UNITS = "runs"


class EmulatorSpec(Spec):
    """Which network runs, what is cut out of it, and how long it is watched."""

    network: Literal["trained", "learns here", "untrained"] = knob(
        "trained", label="Network", help="The one that comes with the product; one that learns "
        "now, from the seed; or one before learning.", group="Network",
    )  # fmt: skip
    trained_from: Literal["seed 0", "seed 2", "seed 3"] = knob(
        "seed 0", label="Trained from", help="Three of four that were trained alike; the fourth, "
        "from seed 1, grew without end. Seed 0 came nearest to chains it had not seen.",
        group="Network", when={"network": ("trained",)},
    )  # fmt: skip
    n_training: int = knob(
        700, label="Steps of learning", help="256 sequences of 40 symbols each, drawn anew.",
        group="Network", ge=10, le=5_000, when={"network": ("learns here",)},
    )  # fmt: skip
    lesion: str = knob(
        "", label="Lesion", help="Units h1 to h50, edges such as h3->h7, or role:kicks A to B; "
        "parted by commas. Nothing is learnt again.", group="Scissors", widget="text",
        max_length=2_000,
    )  # fmt: skip
    n_kick: int = knob(
        3, label="Units that kick", help="How many of those that rise most in the three steps "
        "before a switch are taken for its cause, and cut.", group="Scissors", ge=1, le=12,
    )  # fmt: skip
    n_runs: int = knob(
        64, label="Runs", help="Side by side; intervals are over these.", group="Watched",
        ge=8, le=512,
    )  # fmt: skip
    n_steps: int = knob(
        1_000, label="Steps", help="Of every run, after 50 that are not looked at.",
        group="Watched", ge=100, le=5_000,
    )  # fmt: skip
    seed: Seed = knob(
        0, label="Seed", help="Draws noise, chains, random lesions, and the start of learning.",
        group="Watched",
    )  # fmt: skip

    @property
    def learnt(self) -> tuple[str, int, int]:
        """Names what is learnt."""
        here, bundled = self.network == "learns here", self.network == "trained"
        seed = int(self.trained_from.removeprefix("seed ")) if bundled else self.seed
        return self.network, self.n_training * here, seed


@dataclass(frozen=True, eq=False)
class EmulatorFrame(Frame):
    """Learning so far: divergences float64[step], and what two samples of the chain give."""

    losses: np.ndarray
    floor: float

    def pictures(self) -> tuple[Picture, ...]:
        """The curve so far."""
        return (drawn.learning(self.losses, self.floor),) if len(self.losses) else ()


@dataclass(frozen=True, eq=False)
class OrbitFrame(Frame):
    """A moment of the orbit: how far float64[step, 2] has come, with int64[step] states."""

    orbit: np.ndarray
    state: np.ndarray
    symbols: np.ndarray
    share: np.ndarray
    now: int

    def pictures(self) -> tuple[Picture, ...]:
        """The last steps of the orbit, and what it says."""
        return (
            drawn.orbit(self.orbit, self.state, self.share, self.now),
            drawn.said(self.symbols, self.now),
        )


@dataclass(frozen=True, eq=False)
class Emulated(Result):
    """What a network does beside the chain that it emulates.

    ``following`` float64[(chain, network, untrained), symbol, next symbol]; ``counts`` int64[run,
    symbol, next symbol] and ``changing`` float64[(network, untrained), run] of symbols; ``stays``
    and ``chain_stays`` int64[stay, (length, run)]; ``silent`` float64[(noise, no input), step];
    ``orbit`` float64[step, 2] with ``state`` and ``symbols`` int64[step]; ``rasters``
    float64[direction, unit, lag] of ``raster_units`` int64[direction, unit]; ``kick``
    int64[direction, unit]; ``cuts`` float64[cut, direction, (switches, steps that could have been
    switches), run].
    """

    spec: EmulatorSpec
    following: np.ndarray
    counts: np.ndarray
    changing: np.ndarray
    stays: np.ndarray
    chain_stays: np.ndarray
    silent: np.ndarray
    orbit: np.ndarray
    state: np.ndarray
    symbols: np.ndarray
    share: np.ndarray
    rasters: np.ndarray
    raster_units: np.ndarray
    kick: np.ndarray
    cut_names: tuple[str, ...]
    cuts: np.ndarray
    losses: np.ndarray
    floor: float
    recurrent: np.ndarray

    def moments(self) -> tuple[OrbitFrame, ...]:
        """The orbit as it is run through."""
        held = self.orbit, self.state, self.symbols, self.share
        return tuple(OrbitFrame(*held, now) for now in range(4, len(self.orbit) + 1, 4))

    @property
    def error(self) -> float:
        """Largest difference of a chance from the chain's; a symbol that never comes is wrong."""
        off = np.abs(self.following[1] - self.following[0])
        return float(np.where(np.isfinite(off), off, 1.0).max())

    def pictures(self) -> tuple[Picture, ...]:
        """Orbit, symbols, units at a switch, scissors, stays, silence, numbers."""
        made: list[Picture] = [
            drawn.orbit(self.orbit, self.state, self.share, len(self.orbit)),
            drawn.scissors(self.cut_names, self.cuts),
            drawn.said(self.symbols, len(self.symbols)),
            *drawn.rasters(self.rasters, self.raster_units, self.kick),
            drawn.stays(self.stays[:, 0], self.chain_stays[:, 0]),
            drawn.silence(self.silent),
        ]
        if len(self.losses):
            made.append(drawn.learning(self.losses, self.floor))
        return (*made, drawn.chances(self.following), drawn.kickers(self.cut_names, self.cuts))

    def gives(self) -> tuple[Gift, ...]:
        """The recurrent weights as a wiring, and the orbit's states as activations."""
        return (Gift("Weights of the network", Matrix, self.as_matrix),)

    def as_matrix(self) -> Matrix:
        """[from, to] between the units."""
        names = tuple(f"h{k + 1}" for k in range(len(self.recurrent)))
        return Matrix("Emulator of a hidden chain", self.recurrent.T.astype(np.float64), names)


def frames(spec: EmulatorSpec) -> Iterator[EmulatorFrame | Emulated]:
    """Learning if there is any, then what the network does, then scissors."""
    from engines.connectome.emulating import measuring

    kept = _kept(spec.learnt)
    if not kept:
        for one in _learning(spec):
            if isinstance(one, _Learnt):
                kept.append(one)
            else:
                yield one
    found = kept[0]
    done = EmulatorFrame(found.losses, found.floor, fraction=0.9)
    yield done
    seen = measuring.watched(found.net, spec.n_runs, spec.n_steps, spec.n_kick, spec.seed)
    yield done
    beside = measuring.beside(seen, spec.seed)
    yield done
    cuts = measuring.scissors(seen, spec.lesion, spec.n_kick, spec.n_runs, spec.n_steps, spec.seed)
    yield _emulated(spec, found, seen, beside, cuts)


def _emulated(
    spec: EmulatorSpec, found: _Learnt, seen: Watched, beside: Beside, cuts: Scissors
) -> Emulated:
    from engines.connectome.emulating import measuring

    n_shown = measuring.N_ORBIT
    path, share = measuring.orbit(seen.run.states)
    rasters = [measuring.raster(seen, direction) for direction in (0, 1)]
    return Emulated(
        spec=spec, following=beside.following, counts=beside.counts, changing=beside.changing,
        stays=beside.stays, chain_stays=beside.chain_stays, silent=beside.silent,
        orbit=path, state=seen.run.side[0, :n_shown], symbols=seen.run.symbols[0, :n_shown],
        share=share, rasters=np.stack([made for made, _ in rasters]),
        raster_units=np.stack([units for _, units in rasters]), kick=seen.kick,
        cut_names=cuts.names, cuts=cuts.found, losses=found.losses, floor=found.floor,
        recurrent=found.net.recurrent,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Learnt:
    """A network and how it came to be, kept so that a lesion is tried at once."""

    net: Emulator
    losses: np.ndarray
    floor: float


@lru_cache(maxsize=4)
def _kept(_learnt: tuple[str, int, int]) -> list[_Learnt]:
    """Empty until the first run has learnt."""
    return []


def _learning(spec: EmulatorSpec) -> Iterator[EmulatorFrame | _Learnt]:
    from engines.connectome.emulating import network, shipped

    none = np.zeros(0)
    if spec.network == "trained":
        yield _Learnt(shipped.shipped(spec.learnt[2]), none, 0.0)
        return
    n_units, n_channels = shipped.RECIPE["n_units"], shipped.RECIPE["n_channels"]
    if spec.network == "untrained":
        yield _Learnt(network.drawn(spec.seed, n_units, n_channels), none, 0.0)
        return
    from engines.connectome.emulating import learning

    floor, losses = learning.floor(spec.seed), []
    course = learning.learn(
        n_units=n_units, n_channels=n_channels, n_steps=spec.n_training, seed=spec.seed
    )
    net = None
    for step in course:
        losses.append(step.loss)
        net = step.net
        yield EmulatorFrame(np.array(losses), floor, fraction=0.9 * step.number / spec.n_training)
    assert net is not None
    yield _Learnt(net, np.array(losses), floor)


# Claims --------------------------------------------------------------------------------------


def _learnt_one(found: Emulated) -> bool:
    return found.spec.network != "untrained"


def error(found: Emulated) -> Estimate | None:
    """The worst of the nine chances, with the interval of that one over runs."""
    if not _learnt_one(found):
        return None
    return _worst(found, 1)


def _worst(found: Emulated, which: int) -> Estimate:
    off = np.abs(found.following[which] - found.following[0])
    value, said = found.error, "largest error of a chance"
    if which == 2:
        return Estimate.exact(f"{said}, untrained", float(np.nanmax(off)), "as many runs")
    i, j = np.unravel_index(np.where(np.isfinite(off), off, 1.0).argmax(), off.shape)
    came, went = found.counts[:, i].sum(axis=1), found.counts[:, i, j]
    half = 1.96 * _ratio_error(went, came)
    return Estimate(said, value, max(0.0, value - half), value + half, len(came), _UNITS,
                    "of the worst of nine, ratio estimator over runs")  # fmt: skip


def _ratio_error(part: np.ndarray, whole: np.ndarray) -> float:
    """Standard error of sum(part) / sum(whole) over runs (Cochran 1977)."""
    if not whole.sum():
        return 0.0
    n, left = len(whole), part - part.sum() / whole.sum() * whole
    return float(np.sqrt(n / (n - 1) * (left**2).sum()) / whole.sum())


def variation(lengths: np.ndarray, seed: int, who: str) -> Estimate:
    """Standard deviation of stays over their mean, with runs drawn anew."""
    values = lengths[:, 0].astype(np.float64)

    def ratio(rows: np.ndarray) -> float:
        return float(values[rows].std() / values[rows].mean())

    return bootstrap(ratio, len(values), seed=seed, of=f"variation of stays, {who}", unit=_UNITS,
                     groups=lengths[:, 1], n_draws=500)  # fmt: skip


def _stays_of_network(found: Emulated) -> Estimate | None:
    enough = len(np.unique(found.stays[:, 1])) >= 8
    return variation(found.stays, found.spec.seed, "network") if enough else None


def _kick(direction: int):  # noqa: ANN202 -- a pair of functions of a result
    def cut(found: Emulated) -> Estimate | None:
        moved, could = found.cuts[1 + direction, direction]
        if not _learnt_one(found) or not could.sum() or not found.cuts[0, direction, 0].sum():
            return None
        value, half = moved.sum() / could.sum(), 1.96 * _ratio_error(moved, could)
        return Estimate("switches per step there, kickers cut", value, max(0.0, value - half),
                        value + half, len(moved), _UNITS, "ratio estimator over runs")  # fmt: skip

    def random(found: Emulated) -> Estimate:
        here = [k for k, name in enumerate(found.cut_names) if name.startswith("random")]
        moved, could = np.moveaxis(found.cuts[here, direction], 1, 0).sum(axis=2)
        half = moved / np.maximum(could, 1.0) / 2
        return mean_over(half, of="half of that with random units cut", unit="random lesions")

    return cut, random


_UP, _DOWN = _kick(0), _kick(1)

CLAIMS = (
    Claim(
        "From samples alone the network learns what follows what: no chance is off by more than "
        "0.06.",
        figure=error,
        control=lambda found: _worst(found, 2),
        holds_when=AtMost(0.06),
        source=_SOURCE,
    ),
    Claim(
        "Three units kick it from A to B: without them that switch is less than half as frequent "
        "as without random ones.",
        figure=_UP[0],
        control=_UP[1],
        holds_when=FallsBelow(),
        source=_SOURCE,
    ),
    Claim(
        "Three units kick it from B to A: without them that switch is less than half as frequent "
        "as without random ones.",
        figure=_DOWN[0],
        control=_DOWN[1],
        holds_when=FallsBelow(),
        source=_SOURCE,
    ),
    Claim(
        "Its stays vary as those of a chain without memory do.",
        figure=_stays_of_network,
        control=lambda found: variation(found.chain_stays, found.spec.seed, "chain"),
        holds_when=Alike(within=0.1),
        source=_SOURCE,
    ),
)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Identities of networks without bias, of transport, and floors of the bundled network."""
    from engines.connectome.answers.networks.emulating import emulator_answers

    return emulator_answers()


EXPERIMENT = Experiment(
    spec=EmulatorSpec,
    frames=frames,
    card=Card(
        title="A network that became a chain",
        claim="A recurrent network fed with noise alone says what a hidden Markov chain would. "
        "Do a few units kick it from state to state? Cut them, beside as many others.",
        paper="Torre et al. 2025, recurrent neural networks that emulate hidden Markov models",
        related=("connectome/hidden_states",),
    ),
    presets={
        "Trained": EmulatorSpec(),
        "Trained from seed 3": EmulatorSpec(trained_from="seed 3"),
        "Cut what kicks from B to A": EmulatorSpec(lesion="role:kicks B to A"),
        "Learn one now": EmulatorSpec(network="learns here"),
        "Break it: untrained": EmulatorSpec(network="untrained"),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: 2.0 + (0.1 * spec.n_training if spec.network == "learns here" else 0.0),
    order=53,
)
