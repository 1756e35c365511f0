"""Almost linear: a chaotic flow from networks that bend in a few units only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from engines.connectome.experiments.learning import _flow_pictures as drawn
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
from engines.contract.claims import Alike, Exceeds, FallsBelow
from engines.contract.pictures import Picture, Table
from engines.lab.statistics import mean_over, paired

if TYPE_CHECKING:
    from engines.connectome.emulating.almost_linear import Nets

N_RECTIFIED = (0, 1, 2, 3, 4, 6, 8)
LINEAR, TWO, MOST = 0, N_RECTIFIED.index(2), len(N_RECTIFIED) - 1
OVERLAP, DIVERGENCE, SPECTRUM = range(3)
_MEASURES = ("overlap with the attractor", "divergence of places, nats", "distance of spectra")
N_RUNS, N_FREE, N_SETTLED = 10, 2_000, 500
"""Free runs of every network, the steps of each, and those before them that do not count."""
_SHOWN, _SYMBOLS = 2_000, 12
_LEARNT = 0.3
"""Overlap above linear networks from which on something was learnt."""
_SOURCE = (
    "Brenner, Hemmer, Monfared & Durstewitz 2024, Almost-linear RNNs yield highly interpretable "
    "symbolic codes in dynamical systems reconstruction"
)


class AlmostLinearSpec(Spec):
    """Which network is shown, and whether the bundled ones are taken or learn here."""

    n_rectified: Literal[0, 1, 2, 3, 4, 6, 8] = knob(
        8, label="Units that bend", help="Rectified units of the network that is shown, of twelve; "
        "all others are linear. The curves hold every number.", group="Network",
    )  # fmt: skip
    net: int = knob(
        1, label="Network", help="Which of those with as many is shown.", group="Network", ge=1,
        le=20, soft=(1, 5),
    )  # fmt: skip
    trained: Literal["bundled", "here"] = knob(
        "bundled", label="Networks", help="Five of every number that come with the product (10,000 "
        "steps of learning), or networks that learn here.", group="Learning",
    )  # fmt: skip
    n_steps: int = knob(
        1_000, label="Steps of learning", help="Of 16 stretches of 40 samples each.",
        group="Learning", ge=10, le=50_000, soft=(100, 10_000), log=True,
        when={"trained": ("here",)},
    )  # fmt: skip
    n_seeds: int = knob(
        3, label="Networks of each", help="That learn here; intervals are over these.",
        group="Learning", ge=3, le=20, when={"trained": ("here",)},
    )  # fmt: skip
    seed: Seed = knob(
        0, label="Seed", help="Of free runs, and of recording and networks that learn here.",
        group="Learning",
    )  # fmt: skip

    @property
    def n_nets(self) -> int:
        """Networks of each number of rectified units."""
        return 5 if self.trained == "bundled" else self.n_seeds


@dataclass(frozen=True, eq=False)
class AlmostLinearFrame(Frame):
    """Errors while learning so far: float64[step, number of rectified units]."""

    error: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """The curves of learning so far."""
        return (drawn.learning(self.error, N_RECTIFIED),) if len(self.error) > 1 else ()


@dataclass(frozen=True, eq=False)
class AlmostLinear(Result):
    """How alike to Lorenz's flow every network is when it runs by itself.

    ``found`` float64[number, network, measure]; ``floor`` float64[measure] is of two stretches of
    the flow itself; ``n_pieces`` int64[number, network] counts linear pieces that are visited.
    ``path`` and ``true`` float64[step, 3] are a run of the network that is shown and of the flow,
    ``piece`` int64[step] where the first is; of its most visited pieces ``names`` int64[piece],
    ``time`` float64[piece] and ``moves`` float64[from, to]. ``spectra`` float64[(flow, network),
    frequency] are of the third axis. ``error`` float64[step, number] while learning; empty for
    bundled networks.
    """

    spec: AlmostLinearSpec
    found: np.ndarray
    floor: np.ndarray
    n_pieces: np.ndarray
    path: np.ndarray
    true: np.ndarray
    piece: np.ndarray
    names: np.ndarray
    time: np.ndarray
    moves: np.ndarray
    spectra: np.ndarray
    error: np.ndarray

    @property
    def shown(self) -> int:
        """Which number of rectified units is shown."""
        return N_RECTIFIED.index(self.spec.n_rectified)

    def of(self, number: int, measure: int) -> Estimate:
        """A measure of the networks with so many rectified units (by place)."""
        said = f"{_MEASURES[measure]}, {N_RECTIFIED[number]} of 12 units bend"
        return mean_over(self.found[number, :, measure], of=said, unit="networks")

    def less(self, a: int, b: int, measure: int) -> Estimate:
        """Networks with the one number less those of the same seed with the other."""
        both = paired(self.found[b, :, measure], self.found[a, :, measure], self.spec.seed)
        said = f"{N_RECTIFIED[a]} less {N_RECTIFIED[b]}"
        return both.estimate(said, "networks")

    def pictures(self) -> tuple[Picture, ...]:
        """The attractor in pieces, both curves, symbols, spectra, learning, numbers."""
        bits = int(self.spec.n_rectified)
        made: list[Picture] = [
            drawn.attractor(self.path, self.piece, self.names),
            drawn.measured(self.found[:, :, OVERLAP], N_RECTIFIED, self.floor[OVERLAP],
                           "Time spent in the same places", "overlap"),
            drawn.measured(self.found[:, :, SPECTRUM], N_RECTIFIED, self.floor[SPECTRUM],
                           "How far spectra are apart", "Hellinger distance"),
            drawn.flow(self.true),
            drawn.symbols(self.moves),
            drawn.powers(self.spectra, bits),
        ]  # fmt: skip
        if len(self.error) > 1:
            made.append(drawn.learning(self.error, N_RECTIFIED))
        return (*made, drawn.pieces(self.names, self.time, bits), self.table())

    def table(self) -> Table:
        """Every measure of every number, and of the flow beside itself."""
        numbers = range(len(N_RECTIFIED))
        columns = {
            _MEASURES[m]: (*(str(self.of(k, m)) for k in numbers), f"{self.floor[m]:.3g}")
            for m in (OVERLAP, DIVERGENCE, SPECTRUM)
        }
        visited = (*(f"{self.n_pieces[k].mean():.1f} of {2**n}" for k, n in
                     enumerate(N_RECTIFIED)), "")  # fmt: skip
        names = (*(str(n) for n in N_RECTIFIED), "the flow, twice")
        title = f"Free runs of {N_RUNS} x {N_FREE:,} steps, 95 % t interval over networks"
        return Table(title, {"units that bend": names, **columns, "pieces visited": visited})


def frames(spec: AlmostLinearSpec) -> Iterator[AlmostLinearFrame | AlmostLinear]:
    """A frame every few steps of learning; free runs last."""
    from engines.connectome.emulating import almost_linear, flows, shipped_flows

    if spec.net > spec.n_nets:
        raise drawn.too_few(spec.net, spec.n_nets)
    error: list[np.ndarray] = []
    yield AlmostLinearFrame(np.zeros((0, len(N_RECTIFIED))), fraction=0.01)
    if spec.trained == "bundled":
        nets = shipped_flows.shipped_flows()
    else:
        nets = almost_linear.drawn(N_RECTIFIED, spec.n_seeds, spec.seed)
        for step in almost_linear.learn(
            shipped_flows.recorded(spec.seed), nets, spec.n_steps, spec.seed
        ):
            nets = step.nets
            error.append(step.error.reshape(len(N_RECTIFIED), -1).mean(axis=1))
            if step.number % 5 == 0:
                done = 0.9 * step.number / spec.n_steps
                yield AlmostLinearFrame(np.array(error), fraction=done)
    rng = np.random.Generator(np.random.Philox(key=[spec.seed, 2**44]))
    true = flows.lorenz(rng, 2 * N_RUNS, N_FREE)
    state = nets.begun(true[:N_RUNS, 0])
    runs = np.empty((N_FREE, *state.shape))
    for k in range(-N_SETTLED, N_FREE):
        state = nets.step(state)
        if k >= 0:
            runs[k] = state
        if k % 250 == 0:
            yield AlmostLinearFrame(np.reshape(error, (-1, len(N_RECTIFIED))), fraction=0.92)
    yield _judged(spec, nets, runs.transpose(1, 2, 0, 3), true, np.array(error))


def _judged(
    spec: AlmostLinearSpec, nets: Nets, runs: np.ndarray, true: np.ndarray, error: np.ndarray
) -> AlmostLinear:
    from engines.connectome.emulating import likeness

    first, second = true[:N_RUNS], true[N_RUNS:]
    measures = (likeness.overlap, likeness.divergence, likeness.apart)
    seen = runs[..., : nets.n_seen]
    found = [[measure(first, one) for measure in measures] for one in seen]
    piece = [likeness.pieces(one, cut) for one, cut in zip(runs, nets.rectified, strict=True)]
    shape = len(N_RECTIFIED), spec.n_nets
    at = N_RECTIFIED.index(spec.n_rectified) * spec.n_nets + spec.net - 1
    names, moves = likeness.moves(piece[at], _SYMBOLS)
    return AlmostLinear(
        spec=spec,
        found=np.reshape(found, (*shape, len(measures))),
        floor=np.array([measure(first, second) for measure in measures]),
        n_pieces=np.reshape([len(np.unique(one)) for one in piece], shape),
        path=seen[at, 0, :_SHOWN],
        true=first[0, :_SHOWN],
        piece=piece[at][0, :_SHOWN],
        names=names,
        time=(piece[at][..., None] == names).mean(axis=(0, 1)),
        moves=moves,
        spectra=np.stack([likeness.spectra(one)[:, 2] for one in (first, seen[at])]),
        error=error,
    )


def _two_where_learnt(found: AlmostLinear) -> Estimate | None:
    """Overlap of two units that bend, where eight have learnt what linear networks have not."""
    learnt = found.less(MOST, LINEAR, OVERLAP).low > _LEARNT
    return found.of(TWO, OVERLAP) if learnt else None


def _claim(sentence: str, control: int, measure: int, rule: Any, figure: int = MOST) -> Claim:
    return Claim(
        sentence,
        figure=lambda found: found.of(figure, measure),
        control=lambda found: found.of(control, measure),
        difference=lambda found: found.less(figure, control, measure),
        holds_when=rule,
        source=_SOURCE,
    )


CLAIMS = (
    _claim("Networks with eight units that bend spend their time where the flow does, more than "
           "linear ones.", LINEAR, OVERLAP, Exceeds(by=_LEARNT)),
    _claim("Their spectra are nearer to the flow's than those of linear networks.", LINEAR,
           SPECTRUM, FallsBelow()),
    _claim("Two units that bend are better than none.", LINEAR, OVERLAP, Exceeds(), figure=TWO),
    Claim(
        "Two units that bend are enough: eight are no better.",
        figure=_two_where_learnt,
        control=lambda found: found.of(MOST, OVERLAP),
        difference=lambda found: found.less(TWO, MOST, OVERLAP),
        holds_when=Alike(within=0.1),
        source=_SOURCE,
    ),
)  # fmt: skip


def known_answers() -> tuple[KnownAnswer, ...]:
    """Lorenz's equations by another solver, linear networks in closed form, distances."""
    from engines.connectome.answers.networks.flows import flow_answers

    return flow_answers()


EXPERIMENT = Experiment(
    spec=AlmostLinearSpec,
    frames=frames,
    card=Card(
        title="Almost linear",
        claim="A network that is linear but for a few units learns a chaotic flow from samples. "
        "How many units must bend, and what does each linear piece do?",
        paper="Brenner et al. 2024, Almost-linear RNNs yield highly interpretable symbolic codes "
        "in dynamical systems reconstruction",
        link="https://arxiv.org/abs/2410.14240",
        related=("connectome/rnn_hmm",),
    ),
    presets={
        "Eight units bend": AlmostLinearSpec(),
        "Two bend": AlmostLinearSpec(n_rectified=2),
        "Four bend": AlmostLinearSpec(n_rectified=4),
        "Learn here": AlmostLinearSpec(trained="here"),
        "Break it: nothing bends": AlmostLinearSpec(n_rectified=0),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: (
        3.0 + (0.002 * spec.n_steps * spec.n_seeds if spec.trained == "here" else 0.0)
    ),
    order=58,
)
