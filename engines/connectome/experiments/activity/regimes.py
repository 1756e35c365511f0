"""Groups of neurons and regimes of time, found at once in counts of spikes."""

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
from engines.contract.claims import AtLeast, Exceeds
from engines.contract.pictures import Axis, Bars, Heatmap, Picture, Table
from engines.lab.statistics import mean_over, paired

ARMS = ("both at once", "bins shuffled", "k-means at its best", "neurons shifted")
BOTH, SHUFFLED, MEANS, SHIFTED = range(len(ARMS))
NEURONS, BINS = 0, 1
_OF = ("groups of neurons", "regimes of time")
_SOURCE = (
    "Wei 2023, Bayesian bi-clustering of neural spiking activity; data, sizes and sampler are ours"
)
N_STARTS, N_RANDOM = 4, 8


class RegimesSpec(Spec):
    """What is planted, and how many groups and regimes are looked for."""

    n_groups: int = knob(
        3, label="Groups", help="How many are looked for; three are planted.", group="Model", ge=1,
        le=8, marks={3: "planted"},
    )  # fmt: skip
    n_regimes: int = knob(
        3, label="Regimes", help="How many are looked for; three are planted.", group="Model",
        ge=2, le=8, marks={3: "planted"},
    )  # fmt: skip
    n_neurons: int = knob(
        45, label="Neurons", help="In equal groups.", group="Recording", ge=6, le=300
    )
    n_bins: int = knob(
        1_000, label="Bins", help="Of time.", group="Recording", ge=50, le=5_000, log=True
    )
    mean: float = knob(
        0.3, label="Spikes", help="Of a neuron, about.", unit="per bin", group="Recording", gt=0.0,
        le=10.0, soft=(0.05, 2.0), log=True,
    )  # fmt: skip
    spread: float = knob(
        0.6, label="Spread", help="Deviation of log rates over groups and regimes.",
        group="Recording", ge=0.0, le=3.0, soft=(0.1, 1.5), step=0.1,
    )  # fmt: skip
    stay: float = knob(
        0.95, label="Stays", help="Probability that a regime stays for one more bin.",
        group="Recording", ge=0.0, le=0.999, soft=(0.5, 0.99),
    )  # fmt: skip
    lesion: str = knob(
        "", label="Not looked at", help="Neurons whose spikes say nothing about regimes: names, "
        "/patterns/ or group:1 of those planted. Nothing is learnt again; as many others at random "
        "stand beside them.", group="Lesion", max_length=2_000,
    )  # fmt: skip
    n_rounds: int = knob(
        60, label="Rounds", help=f"Of drawing everything anew, from {N_STARTS} starts; the "
        "likeliest draw is taken.", group="Runs", ge=5, le=1_000,
    )  # fmt: skip
    n_recordings: int = knob(
        8, label="Recordings", help="Planted anew; intervals are over these.", group="Runs", ge=3,
        le=50,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Of recordings and draws.", group="Runs")


@dataclass(frozen=True, eq=False)
class RegimesFrame(Frame):
    """Agreement so far: float64[recording, arm, (neurons, bins)]."""

    agreement: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """Means over the recordings so far, from two on."""
        return (_bars(self.agreement),) if len(self.agreement) > 1 else ()


@dataclass(frozen=True, eq=False)
class Regimes(Result):
    """Agreement with what was planted, and the first recording.

    ``agreement`` float64[recording, arm, (neurons, bins)]: adjusted Rand index. Of the first
    recording: ``counts`` int64[bin, neuron], ``group`` and ``regime`` as planted, ``found_group``
    int64[neuron], ``sure`` float64[bin, regime] probabilities; ``rate`` float64[group, regime]
    found and ``planted_rate``. Found ones bear the numbers of those planted that they share most
    with, and are nan at a number that nothing found bears. ``left`` float64[lesion]: agreement of
    bins, the asked lesion first; empty without one.
    """

    spec: RegimesSpec
    agreement: np.ndarray
    counts: np.ndarray
    group: np.ndarray
    regime: np.ndarray
    found_group: np.ndarray
    sure: np.ndarray
    rate: np.ndarray
    planted_rate: np.ndarray
    left: np.ndarray
    n_silent: int

    def of(self, arm: int, what: int) -> Estimate:
        """Agreement with its interval over recordings."""
        said = f"adjusted Rand index of {_OF[what]}, {ARMS[arm]}"
        return mean_over(self.agreement[:, arm, what], of=said, unit="recordings")

    def pictures(self) -> tuple[Picture, ...]:
        """Agreement beside controls, counts in order, regimes, rates, lesion, numbers."""
        made: list[Picture] = [_bars(self.agreement), self.raster(), self.ribbon(), self.rates()]
        if len(self.left):
            made.append(self.lesions())
        return (*made, self.table())

    def raster(self) -> Heatmap:
        """Counts of the first recording, neurons by the group that was found."""
        order = np.argsort(self.found_group, kind="stable")
        size = np.bincount(self.found_group, minlength=self.spec.n_groups)
        middle = np.cumsum(size) - size / 2
        ticks = tuple((float(m), f"group {k + 1}") for k, m in enumerate(middle) if size[k])
        return Heatmap("Spikes, neurons by the group found", self.counts[:, order].T.astype(float),
                       Axis("bin"), Axis("", ticks=ticks), Axis("spikes"))  # fmt: skip

    def ribbon(self) -> Heatmap:
        """Regimes of the first recording: planted above, found below."""
        true = (self.regime[:, None] == np.arange(self.planted_rate.shape[1])).astype(float)
        both = np.concatenate([true, self.sure], axis=1).T
        n = true.shape[1]
        ticks = [(k + 0.5, f"planted {k + 1}") for k in range(n)]
        ticks += [(n + k + 0.5, f"found {k + 1}") for k in range(self.sure.shape[1])]
        return Heatmap("Regimes: planted above, found below", both, Axis("bin"),
                       Axis("", ticks=tuple(ticks)), Axis("probability"))  # fmt: skip

    def rates(self) -> Heatmap:
        """Rates of every group in every regime: planted left, found right."""
        n = max(len(self.rate), len(self.planted_rate))
        parts = [np.pad(r, ((0, n - len(r)), (0, 0)), constant_values=np.nan)
                 for r in (self.planted_rate, self.rate)]  # fmt: skip
        widths = [part.shape[1] for part in parts]
        columns = [(k + 0.5, f"{k + 1}, planted") for k in range(widths[0])]
        columns += [(widths[0] + k + 0.5, f"{k + 1}, found") for k in range(widths[1])]
        rows = tuple((k + 0.5, f"group {k + 1}") for k in range(n))
        return Heatmap("Rates", np.concatenate(parts, axis=1), Axis("regime", ticks=tuple(columns)),
                       Axis("", ticks=rows), Axis("spikes per bin"))  # fmt: skip

    def lesions(self) -> Bars:
        """Regimes when some neurons are not looked at, beside as many others."""
        random = self.left[1:]
        heights = np.array([self.agreement[0, BOTH, BINS], self.left[0], random.mean()])
        nan = float("nan")
        ends = np.array([nan, nan, random.min()]), np.array([nan, nan, random.max()])
        names = ("whole", "this lesion", f"{N_RANDOM} random, lowest to highest")
        ticks = tuple((float(k), name) for k, name in enumerate(names))
        return Bars(f"Regimes when {self.n_silent} neurons are not looked at", heights,
                    Axis("", ticks=ticks), Axis("adjusted Rand index"),
                    ("whole", "lesion", "control"), whiskers=ends)  # fmt: skip

    def table(self) -> Table:
        """Both agreements of every arm."""
        columns = {_OF[w]: tuple(str(self.of(k, w)) for k in range(len(ARMS))) for w in (0, 1)}
        title = "Planted counts (synthetic): adjusted Rand index, 95 % t interval; k-means has the "
        title += "block and smoothing that are best in each recording"
        return Table(title, {"": ARMS, **columns})


def _bars(agreement: np.ndarray) -> Bars:
    slots = [(what, arm) for what in (NEURONS, BINS) for arm in range(len(ARMS))]
    made = [mean_over(agreement[:, a, w], of="agreement", unit="recordings") for w, a in slots]
    n = len(ARMS) + 1.0
    x = np.array([arm + n * what for what, arm in slots])
    ticks = tuple((n * w + (n - 2) / 2, _OF[w]) for w in (NEURONS, BINS))
    return Bars(
        f"Agreement with what was planted, {len(agreement)} recordings",
        np.array([one.value for one in made]), Axis("", ticks=ticks),
        Axis("adjusted Rand index, chance 0"), tuple(ARMS[arm] for _, arm in slots), x,
        (np.array([one.low for one in made]), np.array([one.high for one in made])),
    )  # fmt: skip


def frames(spec: RegimesSpec) -> Iterator[RegimesFrame | Regimes]:
    """Recording by recording, each with its controls; a frame every few rounds."""
    from engines.connectome.grouping import regimes as made_of

    made_of.checked(np.zeros((spec.n_bins, spec.n_neurons)), spec.n_groups, spec.n_regimes)
    first: tuple[Any, Any] | None = None
    silent = np.zeros(0, bool)
    agreement: list[np.ndarray] = []
    for k in range(spec.n_recordings):
        rng = np.random.Generator(np.random.Philox(key=[spec.seed, k]))
        plant = made_of.planted(rng, spec.n_neurons, spec.n_bins, mean=spec.mean,
                                spread=spec.spread, stay=spec.stay)  # fmt: skip
        if k == 0:
            silent = _silent(spec, plant.group)
        draws = np.random.Generator(np.random.Philox(key=[spec.seed, k + 2**32]))
        for number, one in enumerate(_judged(spec, plant, draws)):
            if isinstance(one, tuple):
                agreement.append(one[0])
                first = first or (plant, one[1])
                continue
            done = (k + min(1.0, number / 20)) / spec.n_recordings
            yield RegimesFrame(np.reshape(agreement, (-1, len(ARMS), 2)), fraction=done)
    assert first is not None
    yield _result(spec, np.array(agreement), *first, silent)


def _judged(spec: RegimesSpec, plant: Any, rng: np.random.Generator) -> Iterator[Any]:
    """None while it is worked on; agreement float64[arm, 2] and the likeliest draw last."""
    from engines.connectome.grouping import regimes as made_of
    from engines.connectome.partitions.agreement import ari

    counts, order = plant.counts, rng.permutation(len(plant.counts))
    turned = np.stack([np.roll(c, rng.integers(len(c))) for c in counts.T], axis=1)
    found = []
    for given in (counts, counts[order], turned):
        best: Any = None
        for _ in range(N_STARTS):
            rounds = made_of.drawn(rng, given, spec.n_groups, spec.n_regimes, spec.n_rounds)
            for number, one in enumerate(rounds):
                best = one if best is None or one.log_joint > best.log_joint else best
                if number % 50 == 49:
                    yield None
            yield None
        found.append(best)
    one, mixed, shifted = found
    rows = [(one, plant.regime), (mixed, plant.regime[order]), (shifted, plant.regime)]
    right = [[ari(made.group, plant.group), ari(made.regime, true)] for made, true in rows]
    means = []
    for labels, true in (
        (made_of.groups_by_means(counts, spec.n_groups, spec.seed), plant.group),
        (made_of.regimes_by_means(counts, spec.n_regimes, spec.seed), plant.regime),
    ):
        most = -np.inf
        for label in labels:
            # What was planted chooses for k-means, so that no better choice is left to it.
            most = max(most, ari(label, true))
            yield None
        means.append(most)
    right.insert(MEANS, means)
    yield np.array(right), one


def _silent(spec: RegimesSpec, group: np.ndarray) -> np.ndarray:
    """bool[neuron] of the first recording whom the lesion text names.

    Raises:
        InputError: nobody is left, or a part fits nobody.
    """
    from engines.connectome.recordings.sources import Source

    names = tuple(f"neuron {k + 1:02d}" for k in range(len(group)))
    known = {"group": tuple(str(g + 1) for g in group)}
    gone = Source(np.zeros((0, 0, len(names))), names, known).silenced(spec.lesion)
    if gone.all():
        raise InputError("no neuron is left to look at; leave at least one out of the lesion")
    return gone


def _result(
    spec: RegimesSpec, agreement: np.ndarray, plant: Any, made: Any, silent: np.ndarray
) -> Regimes:
    from engines.connectome.grouping.regimes import seen
    from engines.connectome.partitions.agreement import ari

    rng = np.random.Generator(np.random.Philox(key=[spec.seed, 2**33]))
    lesions = [silent, *(rng.permutation(silent) for _ in range(N_RANDOM))] if silent.any() else []
    left = [ari(made.read(plant.counts, ~gone), plant.regime) for gone in lesions]
    shape = np.maximum(made.rate.shape, plant.rate.shape)
    group = _names(made.group, plant.group, len(made.rate), len(plant.rate))
    regime = _names(made.regime, plant.regime, *(rate.shape[1] for rate in (made.rate, plant.rate)))
    rate, sure = np.full(shape, np.nan), np.full((spec.n_bins, shape[1]), np.nan)
    rate[np.ix_(group, regime)] = made.rate
    sure[:, regime] = seen(made, plant.counts, np.ones(spec.n_neurons, bool))
    return Regimes(
        spec=spec, agreement=agreement, counts=plant.counts, group=plant.group,
        regime=plant.regime, found_group=group[made.group], sure=sure, rate=rate,
        planted_rate=plant.rate, left=np.array(left), n_silent=int(silent.sum()),
    )  # fmt: skip


def _names(found: np.ndarray, planted: np.ndarray, n_found: int, n_planted: int) -> np.ndarray:
    """int64[found]: the planted one that each shares most with; those beyond come after them."""
    from engines.connectome.recordings.recovery import matching

    table = np.zeros((n_found, n_planted))
    np.add.at(table, (found, planted), 1.0)
    name = matching(table)
    beyond = name < 0
    name[beyond] = n_planted + np.arange(np.count_nonzero(beyond))
    return name


def _less(control: int, what: int) -> Callable[[Regimes], Estimate]:
    def less(found: Regimes) -> Estimate:
        a, b = found.agreement[:, control, what], found.agreement[:, BOTH, what]
        return paired(a, b, found.spec.seed).estimate(f"both at once less {ARMS[control]}",
                                                      "recordings")  # fmt: skip

    return less


def _claim(sentence: str, what: int, control: int, rule: Any) -> Claim:
    return Claim(
        sentence,
        figure=lambda found: found.of(BOTH, what),
        control=lambda found: found.of(control, what),
        difference=_less(control, what),
        holds_when=rule,
        source=_SOURCE,
    )


CLAIMS = (
    _claim("Who fires alike is found better together with when than by k-means on blocks of bins.",
           NEURONS, MEANS, Exceeds()),
    _claim("When they do is found better together with who than by k-means on smoothed counts.",
           BINS, MEANS, Exceeds()),
    _claim("That regimes last helps to find them: in shuffled bins fewer are right.", BINS,
           SHUFFLED, Exceeds()),
    _claim("Groups of neurons are found to an adjusted Rand index of 0.8.", NEURONS, SHIFTED,
           AtLeast(0.8)),
    _claim("So are regimes of time.", BINS, SHIFTED, AtLeast(0.8)),
)  # fmt: skip


def known_answers() -> tuple[KnownAnswer, ...]:
    """Paths that can be counted, and what no rate can tell."""
    from engines.connectome.answers.chains import regime_answers

    return regime_answers()


EXPERIMENT = Experiment(
    spec=RegimesSpec,
    frames=frames,
    card=Card(
        title="Groups and regimes",
        claim="Some neurons fire alike, and how they fire changes from time to time. Who belongs "
        "together, and when does it change? Both are found at once in nothing but counts.",
        paper="Wei 2023, Bayesian bi-clustering of neural spiking activity with latent structures",
        link="https://arxiv.org/abs/2309.02213",
        related=("connectome/hidden_states", "connectome/dynamic_communities"),
    ),
    presets={
        "Three groups, three regimes": RegimesSpec(),
        "Regimes that last one bin": RegimesSpec(stay=0.34),
        "A group not looked at": RegimesSpec(lesion="group:1"),
        "Five of each looked for": RegimesSpec(n_groups=5, n_regimes=5),
        "Break it: rates all alike": RegimesSpec(spread=0.0),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: 1.0 + 0.6 * spec.n_recordings * spec.n_rounds / 60 * spec.n_bins / 1_000,
    order=68,
)
