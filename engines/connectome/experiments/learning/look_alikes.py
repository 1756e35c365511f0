"""Graphs that look alike to every passing of messages, and what tells them apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.connectome.passing.alike import PAIRS, TOLD, PairName, pair, tells
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
from engines.contract.pictures import Axis, Bars, Curves, Picture, Table
from engines.lab.statistics import mean_over, paired

ALONE, NUMBERS, COUNTS, ONE, TWO = range(len(TOLD))
_PAIRS = tuple(PAIRS)
_SPEN = "Mitton & Murray-Smith 2021, Subgraph permutation equivariant networks"


class LookAlikesSpec(Spec):
    """Which pair is drawn, and how networks learn."""

    pair: PairName = knob(
        "rings", label="Pair drawn", help="Networks learn all four pairs; one of them is drawn.",
        group="Graphs",
    )  # fmt: skip
    n_cut: int = knob(
        0, label="Edges cut", help="Out of each graph, by chance: what is no longer regular is "
        "soon told apart.", group="Graphs", ge=0, le=6,
    )  # fmt: skip
    n_rounds: int = knob(
        3, label="Rounds", help="How often messages are passed.", group="Network", ge=1, le=6
    )
    n_training: int = knob(
        80, label="Steps of learning", help="Of Adam at 0.01, all copies at every step.",
        group="Learning", ge=10, le=1_000,
    )  # fmt: skip
    n_copies: int = knob(
        3, label="Copies", help="Of each graph that are learnt from, their nodes called otherwise "
        "in every one.", group="Learning", ge=1, le=32,
    )  # fmt: skip
    n_seeds: int = knob(
        5, label="Networks", help="Of every kind; intervals are over these.", group="Runs", ge=3,
        le=20,
    )  # fmt: skip
    seed: Seed = knob(0, label="Seed", help="Draws first weights, names and cuts.", group="Runs")


@dataclass(frozen=True, eq=False)
class LookAlikesFrame(Frame):
    """Shares so far: float64[told, pair, network], nan where nothing was learnt yet."""

    right: np.ndarray

    def pictures(self) -> tuple[Picture, ...]:
        """What is told apart so far."""
        return (_bars(self.right),)


@dataclass(frozen=True, eq=False)
class LookAlikes(Result):
    """What networks tell apart.

    ``right`` float64[told, pair, network] on graphs whose nodes have names nobody learnt from, but
    for the share ``known`` float64[pair], where few names are left; ``learnt`` the same on those
    learnt from; ``moved`` float64[told, pair]: by how much a logit
    changes with the names at most; ``can`` bool[told, pair]: what refined colours say; ``drawn``
    bool[graph, node, node] of the spec's pair and ``xy`` float64[graph, node, 2].
    """

    spec: LookAlikesSpec
    right: np.ndarray
    learnt: np.ndarray
    known: np.ndarray
    moved: np.ndarray
    can: np.ndarray
    names: tuple[str, ...]
    """Of the two graphs of every pair, one after the other."""
    drawn: np.ndarray
    xy: np.ndarray

    def of(self, told: int, name: PairName, *, learnt: bool = False) -> Estimate:
        """Share right with its interval over networks."""
        values = (self.learnt if learnt else self.right)[told, _PAIRS.index(name)]
        return mean_over(values, of=f"share right, {TOLD[told]}, {name}", unit="networks")

    def pictures(self) -> tuple[Picture, ...]:
        """What is told apart, the pair, theory beside it."""
        return _bars(self.right), self.graphs(), self.table()

    def graphs(self) -> Curves:
        """Both graphs of the spec's pair, side by side."""
        k = 2 * _PAIRS.index(self.spec.pair)
        paths = [
            _path(*one, 3.6 * j) for j, one in enumerate(zip(self.drawn, self.xy, strict=True))
        ]
        x = np.concatenate([path[:, 0] for path, _ in paths])
        lines, dots = {}, {}
        for j, name in enumerate(self.names[k : k + 2]):
            lines[name], dots[name] = np.full((2, len(x)), np.nan)
            path, is_node = paths[j]
            here = slice(len(paths[0][0]) * j, len(paths[0][0]) * j + len(path))
            lines[name][here] = np.where(is_node, np.nan, path[:, 1])
            dots[name][here] = np.where(is_node, path[:, 1], np.nan)
        return Curves(f"The pair of {self.spec.pair}", x, lines, Axis(""), Axis(""), dots=dots,
                      square=True)  # fmt: skip

    def table(self) -> Table:
        """Shares, what theory says, and by how much an answer changes with the names."""
        rows = [(k, j) for j in range(len(_PAIRS)) for k in range(len(TOLD))]
        return Table(
            f"{self.spec.n_seeds} networks of each kind, 95 % t interval; theory: refined colours",
            {
                "pair": tuple(_PAIRS[j] for _, j in rows),
                "told": tuple(TOLD[k] for k, _ in rows),
                "can tell": tuple(_said(k, bool(self.can[k, j])) for k, j in rows),
                "right": tuple(str(self.of(k, _PAIRS[j])) for k, j in rows),
                "right on what was learnt": np.array([self.learnt[k, j].mean() for k, j in rows]),
                "names that were learnt": tuple(f"{self.known[j]:.0%}" for _, j in rows),
                "logit moved by names": tuple(f"{self.moved[k, j]:.1g}" for k, j in rows),
            },
        )


def _path(joined: np.ndarray, xy: np.ndarray, aside: float) -> tuple[np.ndarray, np.ndarray]:
    """float64[place, 2] along every edge, then every node, and bool[place]: is it a node's."""
    a, b = np.nonzero(np.triu(joined))
    at = xy + np.array([aside, 0.0])
    edges = np.stack([at[a], at[b], np.full((len(a), 2), np.nan)], axis=1).reshape(-1, 2)
    is_node = np.arange(len(edges) + len(at)) >= len(edges)
    return np.concatenate([edges, at]), is_node


def _said(told: int, can: bool) -> str:
    if told == NUMBERS:
        return "by heart"
    return "yes" if can else "no"


def _bars(right: np.ndarray) -> Bars:
    """A group of bars for every pair; where nothing came yet there is none."""
    n_told, n_pairs, _ = right.shape
    known = np.isfinite(right.sum(axis=2))
    found = {
        (k, j): mean_over(right[k, j], of="share right", unit="networks")
        for k in range(n_told) for j in range(n_pairs) if known[k, j]
    }  # fmt: skip
    slots = [(k, j) for j in range(n_pairs) for k in range(n_told)]
    x = np.array([k + (n_told + 1.0) * j for k, j in slots])
    nan = float("nan")
    ends = [(found[s].low, found[s].high) if s in found else (nan, nan) for s in slots]
    low, high = np.array(ends).T
    heights = np.array([found[s].value if s in found else nan for s in slots])
    ticks = tuple(((n_told + 1.0) * j + 0.5 * (n_told - 1), name) for j, name in enumerate(_PAIRS))
    return Bars("Which of the two is it? New names of nodes", heights, Axis("", ticks=ticks),
                Axis("share right, chance 0.5"), tuple(TOLD[k] for k, _ in slots), x,
                (np.maximum(low, 0.0), np.minimum(high, 1.0)))  # fmt: skip


def frames(spec: LookAlikesSpec) -> Iterator[LookAlikesFrame | LookAlikes]:
    """Kind by kind and pair by pair."""
    from engines.connectome.passing import telling

    size = len(TOLD), len(_PAIRS), spec.n_seeds
    right, learnt = np.full(size, np.nan), np.full(size, np.nan)
    moved, can, n_done = np.zeros(size[:2]), np.zeros(size[:2], bool), 0
    known = np.zeros(size[1])
    both = [pair(name, spec.n_cut, spec.seed) for name in PAIRS]
    for k, told in enumerate(TOLD):
        for j, graphs in enumerate(both):
            for last in telling.learn(
                graphs, told, n_rounds=spec.n_rounds, n_steps=spec.n_training,
                n_copies=spec.n_copies, n_nets=spec.n_seeds, seed=spec.seed,
            ):  # fmt: skip
                if isinstance(last, telling.Learnt):
                    right[k, j], learnt[k, j], moved[k, j] = last.right, last.learnt, last.moved
                    known[j] = last.known
                    continue
                done = (n_done + last) / (size[0] * size[1])
                yield LookAlikesFrame(right.copy(), fraction=done)
            can[k, j] = tells(graphs.joined, told, spec.n_rounds)
            n_done += 1
    shown = both[_PAIRS.index(spec.pair)]
    names = tuple(name for graphs in both for name in graphs.names)
    yield LookAlikes(spec=spec, right=right, learnt=learnt, known=known, moved=moved, can=can,
                     names=names, drawn=shown.joined, xy=shown.xy)  # fmt: skip


def _whole(found: LookAlikes) -> bool:
    """Whether the run is about the pairs as they are, with rounds enough for rings of six."""
    return found.spec.n_cut == 0 and found.spec.n_rounds >= 2


def _claim(sentence: str, told: int, name: PairName, rule: Any, source: str) -> Claim:
    # Kinds are told different things, so that their first weights have nothing in common: unpaired.
    return Claim(
        sentence,
        figure=lambda found: found.of(told, name) if _whole(found) else None,
        control=lambda found: found.of(ALONE, name),
        holds_when=rule,
        source=source,
    )


def _of_new(found: LookAlikes, values: np.ndarray) -> np.ndarray:
    """float64[network]: mean over the pairs whose names in the exam are all new."""
    return values[NUMBERS][found.known == 0.0].mean(axis=0)


def _by_heart(found: LookAlikes, values: np.ndarray, said: str) -> Estimate | None:
    if found.known.all():
        return None
    return mean_over(_of_new(found, values), of=f"share right, {said}", unit="networks")


def _forgotten(found: LookAlikes) -> Estimate | None:
    if found.known.all():
        return None
    known, new = (_of_new(found, values) for values in (found.learnt, found.right))
    return paired(known, new, found.spec.seed).estimate("new names less learnt ones", "networks")


CLAIMS = (
    _claim(
        "Networks inside ego networks tell molecules apart that messages alone do not.", TWO,
        "molecules", Exceeds(), _SPEN,
    ),
    _claim(
        "They too tell no strongly regular graphs apart.", TWO, "boards", Alike(within=0.02),
        "Frasca et al. 2022, Understanding and extending subgraph GNNs by rethinking their "
        "symmetries",
    ),
    Claim(
        "Who is told the numbers of nodes learns them by heart, and is right less often when "
        "nodes get new ones.",
        figure=lambda found: _by_heart(found, found.right, "new names"),
        control=lambda found: _by_heart(found, found.learnt, "names learnt from"),
        difference=_forgotten,
        holds_when=FallsBelow(),
        source="a claim of our own",
    ),
)  # fmt: skip


def known_answers() -> tuple[KnownAnswer, ...]:
    """Theorems about the pairs, and that answers do not depend on names."""
    from engines.connectome.answers.networks.passing import alike_answers

    return alike_answers()


EXPERIMENT = Experiment(
    spec=LookAlikesSpec,
    frames=frames,
    card=Card(
        title="Graphs that look alike",
        claim="Two triangles, or a ring of six? To whoever passes messages along edges they are "
        "one and the same. What has to be told to tell them apart, and what is learnt by heart?",
        paper="Mitton & Murray-Smith 2021, Subgraph permutation equivariant networks",
        link="https://arxiv.org/abs/2111.11840",
        related=("connectome/graph_network",),
    ),
    presets={
        "Four pairs": LookAlikesSpec(),
        "Molecules drawn, one round only": LookAlikesSpec(pair="molecules", n_rounds=1),
        "Sixteen copies of each: still by heart": LookAlikesSpec(pair="skips", n_copies=16),
        "Break it: one edge cut out of each": LookAlikesSpec(pair="boards", n_cut=1),
    },
    claims=CLAIMS,
    known_answers=known_answers,
    seconds=lambda spec: 0.012 * spec.n_training * (1 + spec.n_copies * spec.n_seeds / 20),
    order=57,
)
