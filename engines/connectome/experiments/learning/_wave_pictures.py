"""What a wave over a graph shows: the map as it is reached, and what a network makes of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from engines.contract.pictures import Axis, Bars, Curves, Table
from engines.lab.statistics import mean_over

Waves = Any
"""The result of `graph_network`, which imports this module."""
_DRAWN = 600
"""Above so many edges only those that carry the wave are drawn."""


def wave(found: Waves, step: int) -> Curves:
    """Who is reached after a step of the exact block; at the end the shortest way too."""
    now, last = found.distance[step], step == len(found.distance) - 1
    came = np.isfinite(now)
    new = came & ~np.isfinite(found.distance[max(0, step - 1)]) if step else came
    edges, carries = _carriers(found, now)
    map_ = _Map(found.xy)
    map_.segments("edge", edges[~carries], faint=True)
    map_.segments("reached", edges[carries])
    if last:
        if found.gone.any():
            map_.path("way before the cut", found.before)
        map_.path("shortest way", found.way)
    map_.nodes("not reached", ~came)
    map_.nodes("reached", came & ~new)
    map_.nodes("reached now", new & (step > 0))
    map_.nodes("ends", np.isin(np.arange(len(found.xy)), found.ends))
    text = f"after {step} steps: {came.sum():,} of {len(came):,} reached"
    return map_.curves(f"The wave {text}", found)


def believed(found: Waves, step: int) -> Curves:
    """Whom the network says to be on the shortest way, against who is."""
    at = len(found.chance) - 1 if step == len(found.distance) - 1 else step - 1
    at = min(max(0, at), len(found.chance) - 1)
    says = found.chance[at] > 0.5
    on = np.isin(np.arange(len(found.xy)), found.way)
    edges, _ = _carriers(found, found.distance[-1])
    map_ = _Map(found.xy)
    map_.segments("edge", edges, faint=True)
    map_.path("shortest way", found.way)
    map_.nodes("edge", ~says & ~on)
    map_.nodes("shortest way", says & on)
    map_.nodes("missed", ~says & on)
    map_.nodes("wrongly on it", says & ~on)
    text = f"The network, {at + 1} steps: {(says == on).mean():.0%} right"
    return map_.curves(text, found, large=False)


class _Map:
    """Several kinds of lines and dots over one x."""

    def __init__(self, xy: np.ndarray) -> None:
        self._xy = xy
        self._lines: list[tuple[str, np.ndarray]] = []
        self._faint: set[str] = set()
        self._dots: list[tuple[str, np.ndarray]] = []

    def segments(self, name: str, edges: np.ndarray, *, faint: bool = False) -> None:
        """Edges int64[edge, 2] as broken lines, thin ones where they only lie behind."""
        self._faint |= {name} if faint else set()
        ends = self._xy[edges]
        gap = np.full((len(ends), 1, 2), np.nan)
        self._lines.append((name, np.concatenate([ends, gap], axis=1).reshape(-1, 2)))

    def path(self, name: str, nodes: np.ndarray) -> None:
        """One line through nodes."""
        self._lines.append((name, self._xy[nodes]))

    def nodes(self, name: str, which: np.ndarray) -> None:
        """Dots at nodes bool[node]."""
        self._dots.append((name, self._xy[which]))

    def curves(self, title: str, found: Waves, *, large: bool = True) -> Curves:
        """Everything over one x; a kind of line without dots has none."""
        parts = [*self._lines, *self._dots]
        gap = np.full((1, 2), np.nan)
        every = np.concatenate([np.concatenate([points, gap]) for _, points in parts])
        ends = np.cumsum([len(points) + 1 for _, points in parts])
        owner = np.repeat(np.arange(len(parts)), np.diff(ends, prepend=0))

        def of(place: int) -> np.ndarray:
            return np.where(owner == place, every[:, 1], np.nan)

        n = len(self._lines)
        lines = {name: of(k) for k, (name, _) in enumerate(self._lines)}
        clouds = {name: lines[name][None] for name in self._faint}
        lines |= {name: np.full(len(every), np.nan) for name in self._faint}
        dots = {name: of(n + k) for k, (name, _) in enumerate(self._dots)}
        lines |= {name: np.full(len(every), np.nan) for name in dots if name not in lines}
        plane = found.spec.over == "plane"
        x = Axis("x") if plane else Axis("steps from the start, last column never reached")
        y = Axis("y") if plane else Axis("rank within the step")
        # Gaps in x too would lose the line; its y is nan there already.
        x_all = np.where(np.isfinite(every[:, 0]), every[:, 0], self._xy[0, 0])
        return Curves(title, x_all, lines, x, y, clouds=clouds, dots=dots, square=plane and large,
                      large=large)  # fmt: skip


def _carriers(found: Waves, now: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Edges that are drawn, int64[edge, 2], and bool[edge]: those by which the wave came."""
    edges = found.edges[~found.gone]
    first = _firsts(found, edges)
    shown = first if len(edges) > _DRAWN else np.ones(len(edges), bool)
    return edges[shown], (first & np.isfinite(now[edges[:, 1]]))[shown]


def _firsts(found: Waves, edges: np.ndarray) -> np.ndarray:
    """bool[edge]: for every reached node one edge by which it was first reached."""
    came = np.isfinite(found.distance)
    steps = np.where(came.any(axis=0), came.argmax(axis=0), -9)
    early = np.flatnonzero(steps[edges[:, 0]] + 1 == steps[edges[:, 1]])
    _, first = np.unique(edges[early, 1], return_index=True)
    return np.isin(np.arange(len(edges)), early[first])


def exam(found: Waves) -> Bars:
    """Share of nodes told right on graphs that nobody learnt from."""
    kinds = {
        "nobody": found.nobody, "untaught": found.raw, "1 step": found.right[0],
        "10": found.right[9], "20 steps": found.right[-1],
    }  # fmt: skip
    made = [mean_over(values, of=name, unit="graphs") for name, values in kinds.items()]
    ends = np.array([e.low for e in made]), np.array([e.high for e in made])
    ticks = tuple((float(k), name) for k, name in enumerate(kinds))
    title = f"Nodes told right, {len(found.nobody)} graphs of 16 to 32"
    control = ("control", "control", "network", "network", "network")
    return Bars(title, np.array([e.value for e in made]), Axis("", ticks=ticks),
                Axis("share of nodes"), control, whiskers=ends)  # fmt: skip


def course(found: Waves) -> Curves:
    """Shares told right after every step of the same network."""
    n = len(found.right)
    lines = {
        "nodes right": found.right.mean(axis=1),
        "graphs solved": found.solved.mean(axis=1),
        "nobody is on the way": np.full(n, found.nobody.mean()),
    }
    x = np.arange(1, n + 1, dtype=float)
    return Curves("What steps are for", x, lines, Axis("steps of the block"), Axis("share"))


def learning(losses: np.ndarray) -> Curves:
    """The loss through learning."""
    x = np.arange(1, len(losses) + 1, dtype=float)
    return Curves("What is learnt", x, {"network": losses}, Axis("steps of learning"),
                  Axis("loss", "nats"))  # fmt: skip


def ways(found: Waves) -> Table:
    """The shortest way with and without what is cut, and whom the network names."""
    says = np.flatnonzero(found.chance[-1] > 0.5)
    rows = {
        "whole graph": (found.before, found.lengths[1]),
        "what is left": (found.way, found.lengths[0]),
    }
    names = [_named(found, nodes) if len(nodes) else "no way" for nodes, _ in rows.values()]
    length = [f"{value:.3f}" if np.isfinite(value) else "" for _, value in rows.values()]
    hits = int(np.isin(says, found.way).sum())
    told = f"{hits} of its {len(found.way)} nodes, {len(says) - hits} wrongly"
    return Table(
        "Ways",
        {
            "of": (*rows, "network, what is left"),
            "way": (*names, told),
            "length": (*length, ""),
        },
    )


def _named(found: Waves, nodes: np.ndarray) -> str:
    return " → ".join(found.names[k] for k in nodes)


def twins() -> Table:
    """Two triangles and a ring of six: what passing messages sees, and what an ego network does."""
    from engines.connectome.passing.twins import among_neighbours, colours, ring

    graphs = {"two triangles": ring(3, 3), "a ring of six": ring(6)}
    blank = np.zeros(6, np.int64)
    return Table(
        "Graphs that no passing of messages tells apart (a theorem)",
        {
            "graph": tuple(graphs),
            "kinds of nodes after 6 steps": tuple(
                f"{len(set(colours(edges, blank, 6).tolist()))}" for edges in graphs.values()
            ),
            "edges among a node's neighbours": tuple(
                f"{among_neighbours(edges, 6)[0]}" for edges in graphs.values()
            ),
        },
    )
