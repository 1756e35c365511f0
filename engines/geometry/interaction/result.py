"""What a run yields: frames while networks learn, and edges of every basis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Estimate, Frame, Result
from engines.contract.pictures import Axis, Bars, Curves, Heatmap, Picture, Table
from engines.geometry.interaction.found import Found
from engines.geometry.interaction.graph import graph, shown_table
from engines.geometry.interaction.spec import BASES, LIB, PCA, SHORT
from engines.lab.statistics import half_widths


@dataclass(frozen=True)
class InteractionFrame(Frame):
    """What is under way."""

    doing: str

    def pictures(self) -> tuple[Picture, ...]:
        """Nothing is drawn before there are edges."""
        return (Table("Now", {"": (self.doing,)}),)


@dataclass(frozen=True, eq=False)
class InteractionRun(Result):
    """Edges and accuracy in every basis."""

    found: Found

    def pictures(self, look: int | None = None, beside: int = PCA) -> tuple[Picture, ...]:
        """Graphs of two bases, accuracy by edges, edges needed, all wires, and numbers.

        Graphs are of the first network and keep the edges of a look, as many as the interaction
        basis needs when none is named; ``beside`` is the basis next to it.
        """
        found = self.found
        look = found.enough(LIB) if look is None else look
        pair = (LIB, beside)
        graphs = [graph(found, basis, look) for basis in pair]
        wires = [_wires(found, basis) for basis in pair]
        return (*graphs, _by_edges(found, look), _needed(found), _purity(found), *wires,
                shown_table(found, look), _table(found))  # fmt: skip


def _by_edges(found: Found, look: int) -> Curves:
    lines = {name: found.accuracy[k].mean(axis=-1) for k, name in enumerate(BASES)}
    half = {name: half_widths(found.accuracy[k]) for k, name in enumerate(BASES)}
    bands = {name: (lines[name] - half[name], lines[name] + half[name]) for name in BASES}
    ticks = tuple((float(np.log10(n)), f"{n:,}") for n in (3, 10, 30, 100, 300, 1_000, 3_000)
                  if found.n_edges[0] <= n <= found.n_edges[-1])  # fmt: skip
    here = np.arange(len(found.n_edges)) == look
    dots = {name: np.where(here, line, np.nan) for name, line in lines.items()}
    return Curves("Sums right with so many wires", np.log10(found.n_edges.astype(float)), lines,
                  Axis("edges kept, the strongest first", ticks=ticks), Axis("share of sums"),
                  bands, dots=dots)  # fmt: skip


def _bars(title: str, label: str, rows: list[Estimate], names: tuple[str, ...]) -> Bars:
    ticks = tuple((float(k), name) for k, name in enumerate(names))
    ends = np.array([one.low for one in rows]), np.array([one.high for one in rows])
    return Bars(title, np.array([one.value for one in rows]), Axis("", ticks=ticks), Axis(label),
                whiskers=ends)  # fmt: skip


def _needed(found: Found) -> Bars:
    rows = [found.edges(k) for k in range(len(BASES))]
    return _bars("Edges for 99 % of the accuracy", "edges", rows, SHORT)


def _purity(found: Found) -> Bars:
    rows = [found.purity(k) for k in range(len(BASES))]
    return _bars("Is a feature one frequency?", "share of power", rows, SHORT)


def _wires(found: Found, basis: int) -> Heatmap:
    strength = found.strengths[basis]
    title = "Wires of the interaction basis (LIB)" if basis == LIB else f"Wires of {BASES[basis]}"
    shown = np.log10(np.maximum(strength / strength.max(), 1e-6))
    return Heatmap(title, shown, Axis("hidden feature"), Axis("embedded feature"),
                   Axis("log10 strength"))  # fmt: skip


def _table(found: Found) -> Table:
    rows, pure = ([of(k) for k in range(len(BASES))] for of in (found.edges, found.purity))
    features = found.n_features.mean(axis=-1)
    spec = found.spec
    return Table(
        f"{spec.n_seeds} networks, modulus {spec.p}, seed {spec.seed}; 95 % t over networks; "
        f"{found.whole.mean():.3f} right with all edges",
        {
            "basis": BASES,
            "features of the embedding": features[:, 0],
            "of the hidden layer": features[:, 1],
            "edges for 99 %": np.array([one.value for one in rows]),
            "low": np.array([one.low for one in rows]),
            "high": np.array([one.high for one in rows]),
            "power at one frequency": np.array([one.value for one in pure]),
        },
    )
